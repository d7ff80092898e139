"""The load programme's profiles: smoke, load, capacity and soak, with the same mixed visitors on both databases.

DHIS2's method: a closed model, warm-up dropped, every answer must be the right one. By name, since they take long:
python -m benchmarks web_profiles (smoke, load, capacity) and python -m benchmarks web_soak.
Lengths: RENBEN_LOAD_SECONDS (180 s of load after a ramp of 15 s), RENBEN_SMOKE_REPEATS (100), RENBEN_STAIR_SECONDS (20);
persons: RENBEN_LOAD_PERSONS.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.harness import Row
from benchmarks.web import PERSONS, Loaded, loaded
from benchmarks.web_client import Line
from benchmarks.web_journeys import EMPTY, JOURNEYS, WIDE, Journey
from benchmarks.web_meter import Ask, Round, Seen, watch

VISITORS = 8
RAMP = 15.0
SECONDS = float(os.environ.get("RENBEN_LOAD_SECONDS", "180"))
REPEATS = int(os.environ.get("RENBEN_SMOKE_REPEATS", "100"))
STAIR = float(os.environ.get("RENBEN_STAIR_SECONDS", "20"))
STAIRS = (1, 2, 4, 8, 16, 32)
"""Visitors at each step."""
SLOWEST = 300.0
"""Most milliseconds at p95 over all journeys for a step of the stairs to count (the bar of the slowest list)."""
KEPT = 0.8
"""Share of the best rate that the last step must still serve: more visitors wait, nothing collapses."""


@dataclass(frozen=True)
class Part:
    """One of the people who use the service at the same time, and what that one does in turn."""

    who: str
    journeys: tuple[str, ...]


PARTS = (
    Part("jumin", ("home", "declare_call", "home", "begin")),
    Part("minjing", ("list", "identity", "name", "decide")),
    Part("", ("guide", "guide", "confirm")),
    Part("minjing", ("called", "list", "identity", "called")),
    Part("jumin", ("home", "declare_call", "home")),
    Part(WIDE, ("list_wide", "list_wide", "export")),
    Part("", ("guide", "confirm")),
    Part("guihua", ("board", "dashboard")),
)
"""A crew of eight; larger crews repeat it, smaller ones begin it."""
BY_NAME = {journey.name: journey for journey in (EMPTY, *JOURNEYS)}


def crew(one: Loaded, visitors: int) -> list[Round]:
    """So many visitors, each with a connection of his own."""
    found = []
    for n in range(visitors):
        part = PARTS[n % len(PARTS)]
        found.append(Round(_line(one, part), [(name, BY_NAME[name].ask) for name in part.journeys]))
    return found


def mixed(one: Loaded, visitors: int) -> list[Round]:
    """So many visitors who all go through the same mix, each from another place in it.

    A rate of one step of the stairs can be held beside another's only where a journey of both is the same work.
    """
    asks = [(part, name) for part in PARTS for name in part.journeys]
    found = []
    for n in range(visitors):
        lines = {part.who: _line(one, part) for part in PARTS}
        start = n * len(asks) // visitors
        turned = [(name, _by(lines[part.who], name)) for part, name in asks[start:] + asks[:start]]
        found.append(Round(Line(one.visitor(""), others=tuple(lines.values())), turned))
    return found


def _line(one: Loaded, part: Part) -> Line:
    """A connection for everything that one of the crew's accounts does, with whoever takes part in it."""
    names = [name for other in PARTS if other.who == part.who for name in other.journeys]
    also = dict.fromkeys(who for name in names for who in BY_NAME[name].also)
    return one.line(Journey("", "", part.who, EMPTY.ask, "", also=tuple(also)))


def _by(line: Line, name: str) -> Ask:
    """A journey on a line of its own, whoever asks for it."""
    return lambda _: BY_NAME[name].ask(line)


def rows() -> Iterator[Row]:
    """Smoke, load and capacity on each database, each row as soon as it is known."""
    for name in ("SQLite", "PostgreSQL"):
        with loaded(name, PERSONS) as one:
            yield from smoke(one)
            yield from load(one)
            yield from capacity(one)


def smoke(one: Loaded) -> Iterator[Row]:
    """One visitor, every journey a hundred times."""
    for journey in JOURNEYS:
        seen = one.measure(journey, 0.0, visitors=1, least=REPEATS)
        what = f"smoke, one visitor, {REPEATS} times: {journey.what}, {one.name}"
        bar = f"p95 <= {journey.p95:.0f} ms" if journey.p95 else ""
        yield Row(what, str(seen), "", "", bar, seen.tail <= journey.p95 if journey.p95 else None)


def load(one: Loaded) -> list[Row]:
    """The crew for three minutes after a ramp: all together, and each journey's tail."""
    seen = watch(one.service, crew(one, VISITORS), SECONDS, ramp=RAMP)
    what = f"load, {VISITORS} mixed visitors, ramp {RAMP:.0f} s, then {SECONDS:.0f} s, {one.name}"
    turns = sum(len(times) for times in seen.times.values())
    whole = Row(what, f"{turns} journeys, 0 wrong; {seen.whole}", "", "", "0 wrong", True)
    return [whole, *(_part(one, seen, BY_NAME[name]) for name in sorted(seen.times))]


def _part(one: Loaded, seen: Seen, journey: Journey) -> Row:
    p50, p95, p99 = (seen.tail(journey.name, part) for part in (0.5, 0.95, 0.99))
    ours = f"{len(seen.times[journey.name])} times, p50 {p50:.0f} p95 {p95:.0f} p99 {p99:.0f} ms"
    least = p95 * seen.whole.tail / seen.whole.p95
    bar = f"p95 <= {journey.p95:.0f} ms" if journey.p95 else ""
    beside = f"published elsewhere: {journey.beside}" if journey.p95 else ""
    if seen.whole.held:
        ours += f" (p95 without the others on the machine {least:.0f} ms)"
    return Row(f"load, within the mix: {journey.what}, {one.name}", ours, beside, "", bar,
               least <= journey.p95 if journey.p95 else None)  # fmt: skip


def capacity(one: Loaded) -> list[Row]:
    """More visitors step by step: where the service serves most, and what more than that does to it."""
    steps = [(count, watch(one.service, mixed(one, count), STAIR)) for count in STAIRS]
    good = [(count, seen.whole.rate) for count, seen in steps if seen.whole.tail <= SLOWEST]
    best, last = max(good or [(0, 0.0)], key=lambda step: step[1]), steps[-1][1].whole.rate
    peak = max(seen.whole.rate for _, seen in steps)
    ours = "; ".join(_step(count, seen) for count, seen in steps)
    most = f"most within p95 <= {SLOWEST:.0f} ms: {best[1]:.0f} journeys/s with {best[0]} visitors"
    bar = f"0 wrong, and the last step serves >= {KEPT:.0%} of the best"
    return [Row(f"capacity, mixed visitors in steps of {STAIR:.0f} s, {one.name}", f"{most}. {ours}",
                "itself, last step beside the best", f"{last / peak:.0%}", bar, last >= KEPT * peak)]  # fmt: skip


def _step(count: int, seen: Seen) -> str:
    return f"{count}: {seen.whole.rate:.0f}/s p95 {seen.whole.p95:.0f} ms"
