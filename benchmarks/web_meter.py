"""What a load run costs: CPU of the service and of its database, memory, connections, and who else was busy."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
        return CORES * 1000 / (self.service + self.database)

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


def _right(ask: Ask, line: Line) -> bool:
    try:
        return ask(line)
    except (OSError, IndexError, ValueError):
        return False


def run(service: Service, lines: Sequence[Line], ask: Ask, seconds: float, warm: float = 1.0) -> Measured:
    """Closed model: each line sends its next request when the last was answered; the warm-up is dropped.

    Raises:
        WrongAnswers: any answer was not the right one.
    """
    times: list[float] = []
    wrong: list[int] = []
    begin = time.perf_counter() + warm

    def visit(line: Line) -> None:
        counted = 0
        while time.perf_counter() < begin + seconds or not counted:
            start = time.perf_counter()
            if not _right(ask, line):
                wrong.append(1)
                break
            if start > begin:
                counted += 1
                times.append(time.perf_counter() - start)
        line.close()

    threads = [threading.Thread(target=visit, args=(one,)) for one in lines]
    for one in threads:
        one.start()
    time.sleep(warm)
    before = (service_use(service)[0], _database_cpu(service), time.process_time(), _busy())
    for one in threads:
        one.join()
    after = (service_use(service)[0], _database_cpu(service), time.process_time(), _busy())
    if wrong or not times:
        raise WrongAnswers(f"{len(wrong)} wrong answers, {len(times)} right ones")
    ours, data, mine, busy = (b - a for a, b in zip(before, after, strict=True))
    elapsed = time.perf_counter() - begin
    ordered, count = sorted(times), len(times)
    p50, p95, p99 = (ordered[int(count * part)] * 1000 for part in (0.5, 0.95, 0.99))
    costs = (ours / count * 1000, data / count * 1000, mine / count * 1000)
    others = max(0.0, busy - ours - data - mine) / (CORES * elapsed)
    return Measured(count / elapsed, p50, p95, p99, *costs, others)
