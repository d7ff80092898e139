"""A soak: mixed visitors for a while; memory and connections must stay flat. By name: python -m benchmarks web_soak.

RENBEN_SOAK_SECONDS sets the length (two minutes by default; an hour at night). The first quarter is warm-up.
"""

import os
import threading
import time

from benchmarks.harness import Row
from benchmarks.web import PERSONS, Loaded, loaded
from benchmarks.web_client import Line
from benchmarks.web_journeys import JOURNEYS
from benchmarks.web_meter import connections, service_use
from tests.faults.client import Visitor

SECONDS = float(os.environ.get("RENBEN_SOAK_SECONDS", "120"))
GROWTH = 0.05
"""Share by which memory may still grow after the warm-up."""


def rows() -> list[Row]:
    """Memory, connections and answers over the soak on each database."""
    found = []
    for name in ("SQLite", "PostgreSQL"):
        with loaded(name, PERSONS) as one:
            found.append(_soak(one))
    return found


def _soak(one: Loaded) -> Row:
    end, counts, wrong = time.perf_counter() + SECONDS, [0], [0]

    def visit(who: str, asks: list) -> None:
        line = Line(Visitor(one.service.base).sign_in(who, one.service.password))
        while time.perf_counter() < end:
            for ask in asks:
                right = ask(line)
                counts[0] += right
                wrong[0] += not right
        line.close()

    by_who: dict[str, list] = {}
    for journey in JOURNEYS:
        by_who.setdefault(journey.who, []).append(journey.ask)
    threads = [threading.Thread(target=visit, args=pair) for pair in by_who.items() for _ in range(2)]
    for thread in threads:
        thread.start()
    memory, lines = _watch(one, end)
    for thread in threads:
        thread.join()
    return _row(one, memory, lines, counts[0], wrong[0])


def _watch(one: Loaded, end: float) -> tuple[list[float], list[int]]:
    """Memory (MB) and connections, sampled to the end; the first quarter is left out."""
    memory, lines = [], []
    while time.perf_counter() < end:
        time.sleep(max(0.1, SECONDS / 40))
        memory.append(service_use(one.service)[1])
        lines.append(connections(one.service))
    return memory[len(memory) // 4 :], lines[len(lines) // 4 :]


def _row(one: Loaded, memory: list[float], lines: list[int], answers: int, wrong: int) -> Row:
    third = max(1, len(memory) // 3)
    early, late = sum(memory[:third]) / third, sum(memory[-third:]) / third
    growth = late / early - 1
    ours = f"{answers} answers, {wrong} wrong; {early:.0f} -> {late:.0f} MB; connections {min(lines)}-{max(lines)}"
    what = f"soak of {SECONDS:.0f} s with mixed visitors, {one.name}"
    bar = f"0 wrong, memory grows <= {GROWTH:.0%} after the warm-up"
    return Row(
        what, ours, "itself, first third beside last", f"{growth:+.1%}", bar, not wrong and growth <= GROWTH
    )
