"""A soak: the mixed visitors for a long while, with pauses; memory and connections must stay flat.

By name: python -m benchmarks web_soak. RENBEN_SOAK_SECONDS sets the length for both databases together, each with a
service of its own at the same time (two minutes by default; an hour at night). The first quarter is warm-up.
"""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.harness import Row
from benchmarks.web import PERSONS, Loaded, loaded
from benchmarks.web_meter import Seen, connections, service_use, watch
from benchmarks.web_profiles import RAMP, VISITORS, crew

SECONDS = float(os.environ.get("RENBEN_SOAK_SECONDS", "120"))
PAUSE = 1.0
"""Seconds between two turns of a visitor: a soak looks for what grows, not for how fast it goes."""
GROWTH = 0.05
"""Share by which memory may still grow after the warm-up."""
SAMPLES = 120


def rows() -> list[Row]:
    """Memory, connections and answers over the soak on each database."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(_soaked, ("SQLite", "PostgreSQL")))


def _soaked(name: str) -> Row:
    with loaded(name, PERSONS) as one:
        done, samples = threading.Event(), []
        watcher = threading.Thread(target=_sample, args=(one, done, samples))
        watcher.start()
        try:
            seen = watch(one.service, crew(one, VISITORS), SECONDS * 3 / 4, SECONDS / 4 - RAMP, RAMP, PAUSE)
        finally:
            done.set()
            watcher.join()
        return _row(one, samples[len(samples) // 4 :], seen)


def _sample(one: Loaded, done: threading.Event, samples: list[tuple[float, int]]) -> None:
    """Memory (MB) and connections until the soak is over."""
    begin = time.perf_counter()
    while not done.wait(SECONDS / SAMPLES):
        if time.perf_counter() - begin < SECONDS:
            samples.append((service_use(one.service)[1], connections(one.service)))


def _row(one: Loaded, samples: list[tuple[float, int]], seen: Seen) -> Row:
    memory, lines = zip(*samples, strict=True)
    third = max(1, len(memory) // 3)
    early, late = sum(memory[:third]) / third, sum(memory[-third:]) / third
    turns, growth = sum(len(times) for times in seen.times.values()), late / early - 1
    ours = (
        f"{turns} journeys after the warm-up, 0 wrong; {early:.0f} -> {late:.0f} MB; connections {min(lines)}-{max(lines)}; "
        f"p95 {seen.whole.p95:.0f} ms"
    )
    what = f"soak of {SECONDS:.0f} s, {VISITORS} mixed visitors with pauses of {PAUSE} s, {one.name}"
    bar = f"0 wrong, memory grows <= {GROWTH:.0%} after the warm-up"
    return Row(what, ours, "itself, first third beside last", f"{growth:+.1%}", bar, growth <= GROWTH)
