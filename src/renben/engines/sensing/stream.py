"""Readings that arrive in batches, twice and out of order: the same events as if they had come in one row.

What is newer than the newest reading less `late_ms` may still be overtaken by a late one: it is judged at once, so that
an alarm waits for nothing, and again when it is settled. What comes later than that is set aside.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from renben.engines.sensing.ponding import START, Course, Event, Reading, Rules, watch

LATE = "late"


@dataclass(frozen=True)
class Memory:
    """What is settled, and the readings that are not yet."""

    course: Course = START
    kept: tuple[Reading, ...] = ()
    upto: int | None = None
    """Everything up to this moment is settled (ms)."""


@dataclass(frozen=True)
class Fed:
    """What a batch came to."""

    memory: Memory
    settled: tuple[Event, ...]
    """Events as the settled readings say; nothing that arrives later changes what they say so far."""
    ahead: tuple[Event, ...]
    """Events as all readings say."""
    open: bool
    """Whether water stands by all readings."""
    aside: tuple[tuple[int, str], ...]
    """Moment of a reading (ms) and why it does not count; each reading once."""


def feed(memory: Memory, batch: Sequence[Reading], rules: Rules) -> Fed:
    """Take in a batch of one sensor, in any order; of two readings of one moment the first to arrive counts.

    Args:
        memory: of the batches before.
        batch: readings of the sensor.
        rules: thresholds and waits.
    """
    settled_upto = memory.upto
    late = [one for one in batch if settled_upto is not None and one.at <= settled_upto]
    by_moment: dict[int, Reading] = {}
    for one in (*memory.kept, *batch):
        if settled_upto is None or one.at > settled_upto:
            by_moment.setdefault(one.at, one)
    row = [by_moment[at] for at in sorted(by_moment)]
    upto = row[-1].at - rules.late_ms if row else settled_upto
    if upto is not None and settled_upto is not None:
        upto = max(upto, settled_upto)
    behind = [one for one in row if upto is not None and one.at <= upto]
    kept = tuple(row[len(behind) :])
    done = watch(memory.course, behind, rules)
    ahead = watch(done.course, kept, rules)
    now = {event.start: event for event in (*done.events, *ahead.events)}
    return Fed(
        Memory(done.course, kept, upto),
        done.events,
        tuple(now[start] for start in sorted(now)),
        ahead.course.event is not None,
        tuple((one.at, LATE) for one in late) + done.aside,
    )
