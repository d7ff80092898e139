"""What a load run costs: CPU of the service and of its database, memory, connections, and who else was busy."""

import itertools
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from benchmarks.web_client import Line
from tests.web.service import Service

TICKS = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1
PAGE = os.sysconf("SC_PAGE_SIZE")
HELD = 0.1
"""Share of the machine from which others count as holding it."""
Ask = Callable[[Line], bool]


class WrongAnswers(RuntimeError):
    """Some answers under load were not the right ones; nothing else of the run counts."""


@dataclass(frozen=True)
class Measured:
    """One journey under load."""

    rate: float
    """Right answers a second."""
    p50: float
    p95: float
    p99: float
    """Milliseconds."""
    service: float
    database: float
    client: float
    """CPU-milliseconds per request."""
    others: float
    """Share of the machine's CPU that other programs used meanwhile (0 to 1)."""

    @property
    def capacity(self) -> float:
        """Requests a second that this machine's cores could serve if they did nothing else."""
        return CORES * 1000 / max(self.service + self.database, 1e-3)

    @property
    def held(self) -> bool:
        """Whether other programs held so much of the machine that the tail as measured is theirs."""
        return self.others >= HELD

    @property
    def tail(self) -> float:
        """p95 (ms); where others held the machine, as it would be if the cores did nothing but this work.

        The measured one, scaled by how much faster the cores could have gone by the CPU that the work took. CPU
        costs more on a machine that is held, so this is still more than a free machine shows.
        """
        if not self.held:
            return self.p95
        return self.p95 * self.rate * (self.service + self.database + self.client) / (CORES * 1000)

    def __str__(self) -> str:
        cost = f"CPU-ms a request: server {self.service:.1f}"
        cost += f", database {self.database:.1f}" if self.database else " with its database"
        held = f"; others held {self.others:.0%} of the machine, p95 without them {self.tail:.0f} ms"
        return (
            f"{self.rate:.0f}/s, p50 {self.p50:.0f} p95 {self.p95:.0f} p99 {self.p99:.0f} ms; {cost}, client "
            f"{self.client:.1f} (= {self.capacity:.0f}/s on {CORES} free cores{held if self.held else ''})"
        )


@dataclass(frozen=True)
class _Process:
    """One line of the process table."""

    parent: int
    group: int
    cpu: float
    """CPU seconds of its own."""
    ended: float
    """CPU seconds of its children that have ended: a worker that was relieved is not forgotten."""
    pages: int


def _stats() -> dict[int, _Process]:
    """Every process by its number."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = [int(one) for one in (folder / "stat").read_text().rsplit(")", 1)[1].split()[1:]]
        except OSError:
            continue
        own, ended = fields[10] + fields[11], fields[12] + fields[13]
        found[int(folder.name)] = _Process(fields[0], fields[1], own / TICKS, ended / TICKS, fields[20])
    return found


def service_use(service: Service) -> tuple[float, float]:
    """CPU seconds and resident megabytes of everything the service started."""
    group = service.process.pid if service.process else 0
    ours = [one for one in _stats().values() if one.group == group]
    return sum(one.cpu + one.ended for one in ours), sum(one.pages for one in ours) * PAGE / 2**20


def _backends(service: Service) -> list[int]:
    if not service.database:
        return []
    with psycopg.connect(service.database) as one:
        query = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in one.execute(query)]


def connections(service: Service) -> int:
    """Database connections that the service holds (PostgreSQL)."""
    return len(_backends(service))


def _database_cpu(service: Service) -> float:
    """CPU seconds of the server processes behind the service's connections; 0 on SQLite (it is in the service)."""
    known = _stats()
    ours = [known[pid] for pid in _backends(service) if pid in known]
    ended = sum(known[parent].ended for parent in {one.parent for one in ours} if parent in known)
    return sum(one.cpu for one in ours) + ended


def _busy() -> float:
    fields = [int(n) for n in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


@dataclass(frozen=True)
class Seen:
    """A crew of visitors under way for a while."""

    whole: Measured
    """All requests together."""
    times: dict[str, list[float]]
    """Name of a journey -> seconds of each of its turns."""

    def tail(self, name: str, part: float = 0.95) -> float:
        """A quantile of one journey's turns (ms)."""
        ordered = sorted(self.times[name])
        return ordered[int(len(ordered) * part)] * 1000


@dataclass(frozen=True)
class Round:
    """What one visitor does again and again, one journey after the other."""

    line: Line
    asks: Sequence[tuple[str, Ask]]


def _right(ask: Ask, line: Line) -> bool:
    try:
        return ask(line)
    except (OSError, IndexError, ValueError):
        return False


@dataclass
class _Tally:
    """What visitors tell; lists take appends of several threads."""

    begin: float
    end: float
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)

    def visit(self, one: Round, start: float, pause: float, least: int) -> None:
        """One visitor from a moment on; the first turns, up to the beginning, are not counted."""
        time.sleep(max(0.0, start - time.perf_counter()))
        counted = 0
        for name, ask in itertools.cycle(one.asks):
            if time.perf_counter() >= self.end and counted >= least * len(one.asks):
                break
            asked = time.perf_counter()
            if not _right(ask, one.line):
                self.wrong.append(name)
                break
            if asked > self.begin:
                counted += 1
                self.times[name].append(time.perf_counter() - asked)
            time.sleep(pause)
        one.line.close()


def watch(
    service: Service,
    crew: Sequence[Round],
    seconds: float,
    warm: float = 1.0,
    ramp: float = 0.0,
    pause: float = 0.0,
    least: int = 1,
) -> Seen:
    """Closed model: each visitor sends the next request when the last was answered.

    Args:
        service: under load.
        crew: the visitors.
        seconds: for which turns are counted.
        warm: seconds after the last visitor came, which are dropped.
        ramp: seconds over which the visitors come, one after the other.
        pause: seconds that a visitor waits between two turns.
        least: rounds that every visitor goes at least.

    Raises:
        WrongAnswers: any answer was not the right one.
    """
    now = time.perf_counter()
    tally = _Tally(now + ramp + warm, now + ramp + warm + seconds)
    starts = [now + ramp * n / len(crew) for n in range(len(crew))]
    threads = [
        threading.Thread(target=tally.visit, args=(one, start, pause, least))
        for one, start in zip(crew, starts, strict=True)
    ]
    for thread in threads:
        thread.start()
    time.sleep(max(0.0, tally.begin - time.perf_counter()))
    before = _spent(service)
    for thread in threads:
        thread.join()
    after = _spent(service)
    if tally.wrong or not tally.times:
        raise WrongAnswers(
            f"{len(tally.wrong)} wrong answers of {', '.join(sorted(set(tally.wrong))) or 'nobody'}, {len(tally.times)} journeys right"
        )
    spent = tuple(b - a for a, b in zip(before, after, strict=True))
    return Seen(_measured(tally, spent, time.perf_counter() - tally.begin), dict(tally.times))


def _spent(service: Service) -> tuple[float, float, float, float]:
    """CPU seconds so far: of the service, its database, this process, and the whole machine."""
    return service_use(service)[0], _database_cpu(service), time.process_time(), _busy()


def _measured(tally: _Tally, spent: Sequence[float], elapsed: float) -> Measured:
    ours, data, mine, busy = spent
    ordered = sorted(itertools.chain(*tally.times.values()))
    count = len(ordered)
    p50, p95, p99 = (ordered[int(count * part)] * 1000 for part in (0.5, 0.95, 0.99))
    costs = (ours / count * 1000, data / count * 1000, mine / count * 1000)
    others = max(0.0, busy - ours - data - mine) / (CORES * elapsed)
    return Measured(count / elapsed, p50, p95, p99, *costs, others)


def run(service: Service, lines: Sequence[Line], ask: Ask, seconds: float, least: int = 1) -> Measured:
    """One journey by several visitors, by each so many times at least.

    Raises:
        WrongAnswers: any answer was not the right one.
    """
    return watch(service, [Round(line, [("the journey", ask)]) for line in lines], seconds, least=least).whole
