"""The web service under load: rate, tail and CPU per request on both databases, beside an empty page of the same run.

Closed model: 8 visitors, each sends its next request when the last is answered; the first second is dropped;
every answer must be right. Published figures of other registries stand beside for orientation; they come from
other machines, so compare CPU-milliseconds and ratios, not rates.
"""

import os
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness import Row
from tests.faults.client import Visitor
from tests.faults.database import SERVER, create, drop
from tests.web.service import Service

VISITORS, SECONDS = 8, 6.0
NUMBER = "149901198501010014"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measured:
    """What one journey gave: requests a second, tail in milliseconds, CPU-milliseconds per request."""

    rate: float
    p95: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.rate:.0f}/s, p95 {self.p95:.0f} ms, {self.cpu:.1f} CPU-ms"


def _cpu(service: Service) -> float:
    """CPU seconds of everything the service started."""
    group = service.process.pid if service.process else 0
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def _run(service: Service, visitors: list[Visitor], ask: Callable[[Visitor], bool]) -> Measured:
    times: list[float] = []
    wrong: list[int] = []
    begin = time.perf_counter() + 1

    def visit(visitor: Visitor) -> None:
        while time.perf_counter() < begin + SECONDS:
            start = time.perf_counter()
            right = ask(visitor)
            if not right:
                wrong.append(1)
            elif start > begin:
                times.append(time.perf_counter() - start)

    threads = [threading.Thread(target=visit, args=(one,)) for one in visitors]
    for one in threads:
        one.start()
    time.sleep(1)
    before = _cpu(service)
    for one in threads:
        one.join()
    used = _cpu(service) - before
    if wrong:
        raise RuntimeError(f"{len(wrong)} wrong answers under load")
    ordered = sorted(times)
    return Measured(len(times) / SECONDS, ordered[int(len(ordered) * 0.95)] * 1000, used / len(times) * 1000)


def _declare(visitor: Visitor) -> bool:
    return visitor.post("/apply/residence_registration/begin/", {"key": uuid.uuid4().hex})[0] == 302


def _identity(visitor: Visitor) -> bool:
    return visitor.post("/office/search/", {"number": NUMBER})[0] == 200


def _queue(visitor: Visitor) -> bool:
    return b"JD-" in visitor.get("/office/?view=closed")


def _empty(visitor: Visitor) -> bool:
    return visitor.get("/alive") == b"ok\n"


JOURNEYS: tuple[tuple[str, str, Callable[[Visitor], bool], str], ...] = (
    (
        "open a registration (case, event, audit, timers, idempotency)",
        "jumin",
        _declare,
        "MOSIP add identity 4/s",
    ),
    (
        "find a person by number (blind index, decrypt, audit row)",
        "minjing",
        _identity,
        "MOSIP retrieve identity 140/s",
    ),
    (
        "an officer's list with names (decrypt, audit rows)",
        "minjing",
        _queue,
        "Open Zaak list 100, p95 320-430 ms",
    ),
)


def rows() -> list[Row]:
    """Rate, tail and CPU of each journey on each database; the ratio is CPU beside an empty page."""
    found = []
    for name, database in (("SQLite", ""), ("PostgreSQL", create(SERVER))):
        folder = Path(tempfile.mkdtemp(prefix="renben-load-")) / "service"
        service = Service(folder, database).start()
        try:
            empty = _run(service, [Visitor(service.base) for _ in range(VISITORS)], _empty)
            for what, who, ask, published in JOURNEYS:
                one = Visitor(service.base).sign_in(who, service.password)
                ours = _run(service, [one] * VISITORS, ask)
                beside = f"empty page {empty}; published elsewhere: {published}"
                ratio = f"{ours.cpu / empty.cpu:.1f} x the CPU of an empty page"
                found.append(Row(f"{what}, {name}", str(ours), beside, ratio, "every answer right", True))
        finally:
            service.stop()
            if database:
                drop(database)
    return found
