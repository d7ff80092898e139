"""Depths of one sensor, in order of time, become ponding events: two thresholds and two waits against flicker.

Water is ponding once every reading for `rise_ms` stood at or above `rise`; it is gone once every reading for `fall_ms`
stood below `fall`. In between nothing changes. Silence proves neither. A depth that does not move at all for `stuck_ms`
while the sensor is wet says that the sensor is stuck: what it says then is set aside.
Not modelled: rates of change, several sensors at one place, depths where the ground is not level.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

STUCK = "stuck"


@dataclass(frozen=True, order=True)
class Reading:
    """A depth at a moment."""

    at: int
    """Milliseconds since 1970 (UTC)."""
    depth: float
    """Metres above the ground at the sensor."""


@dataclass(frozen=True)
class Rules:
    """When water counts as ponding, and when as gone (metres, milliseconds)."""

    rise: float
    fall: float
    urgent: float
    """Depth from which it is urgent."""
    rise_ms: int
    fall_ms: int
    gap_ms: int
    """Silence after which a wait begins anew."""
    stuck_ms: int
    late_ms: int
    """How much later than a newer one a reading may arrive and still count; see stream.feed."""

    def __post_init__(self) -> None:
        if not self.fall <= self.rise <= self.urgent:
            raise ValueError(
                f"thresholds {self.fall} / {self.rise} / {self.urgent} m: the lower, the upper and the urgent one must rise."
            )


@dataclass(frozen=True)
class Event:
    """Water that stood at a sensor."""

    start: int
    """First reading of the wait that proved it (ms)."""
    alarm: int
    """Moment at which the wait was over (ms)."""
    peak: float
    """Greatest depth so far (m)."""
    end: int | None = None
    """First reading of the wait that proved that it is gone (ms); empty while it stands."""


@dataclass(frozen=True)
class Course:
    """Everything that has to be remembered between two readings; a handful of numbers."""

    last: int | None = None
    depth: float = 0.0
    same_since: int = 0
    """Since when the depth has not moved (ms)."""
    since: int | None = None
    """Since when it stands at or above the upper threshold without an alarm yet (ms)."""
    highest: float = 0.0
    """Greatest depth of that wait (m)."""
    below: int | None = None
    """Since when it stands below the lower threshold while an event is open (ms)."""
    event: Event | None = None


START = Course()


@dataclass(frozen=True)
class Watched:
    """What readings came to: the course behind the last, events as they stand, and what was set aside."""

    course: Course
    events: tuple[Event, ...]
    """Events that began, changed or ended, by their start."""
    aside: tuple[tuple[int, str], ...]
    """Moment of a reading (ms) and why it does not count."""


def watch(course: Course, readings: Iterable[Reading], rules: Rules) -> Watched:
    """Follow readings of one sensor in order of time.

    Args:
        course: from where to go on.
        readings: later than the last one of the course, strictly in order.
        rules: thresholds and waits.

    Raises:
        ValueError: a reading is not later than the one before it.

    >>> rules = Rules(0.15, 0.05, 0.5, 300_000, 600_000, 900_000, 7_200_000, 0)
    >>> seen = watch(START, [Reading(n * 60_000, 0.2 + n / 100) for n in range(7)], rules)
    >>> seen.events
    (Event(start=0, alarm=300000, peak=0.26, end=None),)
    """
    events: dict[int, Event] = {}
    aside: list[tuple[int, str]] = []
    for reading in readings:
        if course.last is not None and reading.at <= course.last:
            raise ValueError(f"reading at {reading.at} ms is not later than {course.last} ms; sort them.")
        if _stuck(course, reading, rules):
            aside.append((reading.at, STUCK))
            continue
        before, course = course.event, _stepped(course, reading, rules)
        for event in (course.event, _ended(before, course)):
            if event is not None:
                events[event.start] = event
    return Watched(course, tuple(events[start] for start in sorted(events)), tuple(aside))


def _stuck(course: Course, reading: Reading, rules: Rules) -> bool:
    wet = reading.depth >= rules.fall
    unmoved = course.last is not None and reading.depth == course.depth
    return wet and unmoved and reading.at - course.same_since > rules.stuck_ms


def _stepped(course: Course, reading: Reading, rules: Rules) -> Course:
    silent = course.last is not None and reading.at - course.last > rules.gap_ms
    if silent:
        course = replace(course, since=None, highest=0.0, below=None)
    moved = course.last is None or reading.depth != course.depth
    course = replace(
        course,
        last=reading.at,
        depth=reading.depth,
        same_since=reading.at if moved else course.same_since,
    )
    return _rising(course, rules) if course.event is None else _standing(course, course.event, rules)


def _rising(course: Course, rules: Rules) -> Course:
    if course.depth < rules.rise or course.last is None:
        return replace(course, since=None, highest=0.0, below=None)
    since = course.last if course.since is None else course.since
    highest = max(course.highest, course.depth)
    if course.last - since < rules.rise_ms:
        return replace(course, since=since, highest=highest, below=None)
    return replace(course, since=None, highest=0.0, below=None, event=Event(since, course.last, highest))


def _standing(course: Course, event: Event, rules: Rules) -> Course:
    event = replace(event, peak=max(event.peak, course.depth))
    if course.depth >= rules.fall or course.last is None:
        return replace(course, event=event, below=None)
    below = course.last if course.below is None else course.below
    if course.last - below < rules.fall_ms:
        return replace(course, event=event, below=below)
    return replace(course, event=None, below=below)


def _ended(before: Event | None, course: Course) -> Event | None:
    """The event that a reading has just ended."""
    return replace(before, end=course.below) if before is not None and course.event is None else None
