"""The web service under load: rate, tail and CPU per request on both databases, beside Django alone in the same run.

Closed model, DHIS2's method: 8 visitors, each sends its next request when the last is answered; a warm-up is
dropped; one wrong answer voids the run. Published figures of other registries come from other machines, so the
bars are judged by CPU-milliseconds: what this machine's cores could serve if nothing else ran on them. Tails are
judged as measured, or scaled by the same CPU where other programs held the machine; the row says so. Django alone is
measured anew beside every journey. Sizes: RENBEN_LOAD_PERSONS and RENBEN_LOAD_SECONDS, or the groups web_large and web_soak.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.harness import ROOT, Row
from benchmarks.web_client import Line
from benchmarks.web_journeys import EMPTY, JOURNEYS, Journey
from benchmarks.web_meter import CORES, Measured, WrongAnswers, run
from renben.web.guard.policy import policy
from renben.web.start import THREADS, workers
from tests import once
from tests.evaluated import evaluated
from tests.faults.client import Visitor
from tests.faults.database import SERVER, create, drop
from tests.web.service import Service, clean_environment

VISITORS = 8
PERSONS = int(os.environ.get("RENBEN_LOAD_PERSONS", "2000"))
SECONDS = float(os.environ.get("RENBEN_LOAD_SECONDS", "6"))
SEALED_WITHIN = 15
"""Seconds."""
TURNS = 8
MANY = 20_000
"""Persons from which a database is filled by several processes."""
EXTRA = 200
"""Calls beyond a door's limit."""


@dataclass
class Loaded:
    """A running service with people in it."""

    service: Service
    name: str
    """Name of its database."""
    known: dict[str, Visitor] = field(default_factory=dict)
    """Account -> its session."""

    def measure(
        self, journey: Journey, seconds: float = SECONDS, visitors: int = VISITORS, least: int = 1
    ) -> Measured:
        """A journey under load, by each visitor so many times at least."""
        return run(
            self.service, [self.line(journey) for _ in range(visitors)], journey.ask, seconds, least=least
        )

    def line(self, journey: Journey) -> Line:
        """A connection of whoever makes a journey, with those who take part in it."""
        return Line(self.visitor(journey.who), others=tuple(Line(self.visitor(who)) for who in journey.also))

    def visitor(self, who: str) -> Visitor:
        """Somebody signed in, once for each account; a stranger where there is none."""
        if who not in self.known:
            one = Visitor(self.service.base)
            self.known[who] = one.sign_in(who, self.service.password) if who else one
        return self.known[who]

    def python(self, module: str, *arguments: str) -> str:
        """Run a module in the service's environment and return what it printed."""
        environment = clean_environment() | {
            "RENBEN_WEB_FOLDER": str(self.service.folder), "RENBEN_WEB_DEMO": "1", "RENBEN_WEB_HTTPS": "0",
            "RENBEN_WEB_DATABASE": self.service.database, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        }  # fmt: skip
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.run(
            command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout


@contextmanager
def loaded(name: str, persons: int) -> Iterator[Loaded]:
    """A service on a fresh database with so many synthetic persons."""
    database = create(SERVER) if name == "PostgreSQL" else ""
    with tempfile.TemporaryDirectory(prefix="renben-load-") as folder:
        made = once.begin()
        space = evaluated(Path(folder) / "workspace")
        service = Service(Path(folder) / "service", database, RENBEN_WORKSPACE=str(space.root)).start()
        try:
            found = Loaded(service, name)
            if name == "PostgreSQL" and persons >= MANY:
                _fill_together(found, persons)
            found.python("benchmarks.web_people", str(persons))
            yield found
        finally:
            service.stop()
            once.end(made)
            if database:
                drop(database)


def _fill_together(found: Loaded, persons: int) -> None:
    """Fill a database that takes several writers with all cores."""
    parts = [("benchmarks.web_people", str(persons), str(part), str(CORES)) for part in range(CORES)]
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(lambda words: found.python(*words), parts))


class Bare(Service):
    """Django alone behind the same server with the same workers and threads."""

    def start(self) -> "Bare":
        """Start and wait until it answers."""
        environment = clean_environment() | {
            "BARE_KEY": "only for a benchmark, on this machine, for a minute", "BARE_FILE": str(self.folder / "bare.sqlite3"),
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        command = [sys.executable, "-m", "gunicorn", "benchmarks.web_bare:application", "--preload"]
        command += ["--workers", str(workers()), "--threads", str(THREADS), "--worker-class", "gthread"]
        command += ["--bind", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(
            command, env=environment, start_new_session=True, cwd=ROOT, stderr=subprocess.DEVNULL
        )
        for _ in range(480):
            try:
                urllib.request.urlopen(f"{self.base}/alive", timeout=2).close()
            except OSError:
                time.sleep(0.25)
            else:
                return self
        raise RuntimeError("the bare application did not start")


@contextmanager
def bare() -> Iterator[Callable[[], Measured]]:
    """Django alone, started; each call measures it for a moment under the same load."""
    with tempfile.TemporaryDirectory(prefix="renben-bare-") as folder:
        service = Bare(Path(folder), "")
        try:
            service.start()
            yield lambda: run(
                service, [Line(Visitor(service.base)) for _ in range(VISITORS)], EMPTY.ask, SECONDS / 3
            )
        finally:
            service.stop()


def judged(journey: Journey, ours: Measured) -> bool | None:
    """Whether a journey meets its bar, by CPU; None without a bar."""
    if not journey.bar:
        return None
    return ours.capacity >= journey.rate and (not journey.p95 or ours.tail <= journey.p95)


def line(journey: Journey, name: str, ours: Measured, limit: Measured) -> Row:
    """One line of the table."""
    times = (ours.service + ours.database) / limit.service
    published = f"; published elsewhere: {journey.beside}" if journey.beside else ""
    beside = f"Django alone {limit.service:.1f} CPU-ms, {limit.rate:.0f}/s{published}"
    ratio = f"{times:.1f} x the CPU of Django alone"
    return Row(f"{journey.what}, {name}", str(ours), beside, ratio, journey.bar, judged(journey, ours))


def scoped(one: Loaded) -> Row:
    """A county's list beside the province's, in turns, so that both see the same machine: what keeping to one's regions costs."""
    pair = [journey for journey in JOURNEYS if journey.name in ("list", "list_wide")]
    turns = []
    for turn in range(TURNS):
        order = pair if turn % 2 else pair[::-1]
        seen = {journey.name: one.measure(journey, SECONDS / 3) for journey in order}
        turns.append([seen[journey.name] for journey in pair])
    county, province = (median([m.service + m.database for m in part]) for part in zip(*turns, strict=True))
    what = f"a list within one county beside the whole province, in turns, {one.name}"
    ours, beside, ratio = f"{county:.1f} CPU-ms", f"{province:.1f} CPU-ms", county / province
    return Row(what, ours, beside, f"{ratio:.2f} x", "<= 1.2 x (Open Zaak 3.4-5.7 x)", ratio <= 1.2)


def audited(one: Loaded) -> Row:
    """Audited writes (writes a second), and how soon the running service has sealed them."""
    found = json.loads(one.python("benchmarks.web_audit"))
    used = found["service"] + found["database"]
    capacity = CORES * 1000 / used
    cost = f"server {found['service']:.2f}, database {found['database']:.2f} CPU-ms a write"
    ours = (
        f"{found['rate']:.0f}/s from one process; {cost} (= {capacity:.0f}/s on {CORES} free cores); the last one "
        f"sealed {found['sealed_after']:.0f} s later; sealing takes {found['sealing']:.0f} rows/s"
    )
    met = capacity >= 1000 and found["sealed_after"] <= SEALED_WITHIN
    bar = f">= 1000/s, sealed within {SEALED_WITHIN} s"
    times = f"{found['rate'] / 74:.0f} x"
    what = f"audited writes, each committed by itself, {one.name}"
    return Row(what, ours, "MOSIP audit add 74/s, p95 1.9 s", times, bar, met)


def overdue(one: Loaded) -> Row:
    """The sweep for what is overdue: cost where nothing is due, and for each timer that fires."""
    found = json.loads(one.python("benchmarks.web_sweep"))
    ours = (
        f"{found['fired']} of {found['due']} timers fired in {found['took']:.0f} s beside the service's own sweep, "
        f"{found['each']:.1f} CPU-ms each; with nothing due {found['idle']:.2f} CPU-ms a sweep over {found['open']:,} "
        f"open cases; {found['left']} left"
    )
    beside = "an engine that keeps its state in a file a case: 3.2 ms for every open case (SpiffWorkflow, specification C)"
    times = f"{3.2 * found['open'] / found['idle']:.0f} x cheaper where nothing is due"
    return Row(f"the sweep for what is overdue, {one.name}", ours, beside, times, "0 left", not found["left"])


def beyond_the_limit() -> Row:
    """A stranger who asks a public door more often than its limit: how many got in, and that the others were told to wait."""
    limit = next(door for door in policy().doors if "guide" in door.routes)
    with tempfile.TemporaryDirectory(prefix="renben-load-") as folder:
        service = Service(Path(folder) / "service", RENBEN_WEB_DOOR_FACTOR="1").start()
        try:
            line = Line(Visitor(service.base))
            answers = [line.get("/apply/residence_registration/") for _ in range(limit.address + EXTRA)]
        finally:
            service.stop()
    let_in = sum(status == 200 for status, _ in answers)
    told = sum(status == 429 and b"retry-after: " in body.lower() for status, body in answers)
    ours = f"{len(answers)} calls from one address at once: {let_in} answered, {told} told to wait (429 with Retry-After)"
    bar = f"{limit.address} in {limit.seconds} s, every other told when to come again"
    met = let_in >= limit.address and let_in + told == len(answers) and told > 0
    return Row(
        "a public door beyond its limit, SQLite", ours, "GOV.UK Notify 350-450/s, then 429", "", bar, met
    )


def table(name: str, persons: int) -> list[Row]:
    """Every journey on one database with so many persons, Django alone beside each."""
    with bare() as alone, loaded(name, persons) as one:
        rows = [_told(_measured(one, journey, alone)) for journey in (EMPTY, *JOURNEYS)]
        return [*rows, *(_told(row(one)) for row in (scoped, audited, overdue))]


def _measured(one: Loaded, journey: Journey, alone: Callable[[], Measured]) -> Row:
    """One journey's line; wrong answers void it, and it alone."""
    try:
        return line(journey, one.name, one.measure(journey), alone())
    except WrongAnswers as wrong:
        return Row(f"{journey.what}, {one.name}", f"void: {wrong}", "", "", journey.bar or "0 wrong", False)


def _told(row: Row) -> Row:
    """Said at once, since filling a database takes longer than measuring on it."""
    print(f"  {row.what}: {row.ours}", flush=True)
    return row


def rows() -> list[Row]:
    """Rate, tail and CPU of each journey on each database."""
    every = [row for name in ("SQLite", "PostgreSQL") for row in table(name, PERSONS)]
    return [*every, beyond_the_limit()]
