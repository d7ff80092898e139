"""Signed messages a second through the door of a running service, beside the bare work: verify, insert, sign.

Each message is another one: parsed, checked against partner, key, freshness, replay and agreement, kept encrypted,
written into the audit and answered with a signed receipt, in one transaction. The rate is judged by CPU, as the web's
is: what this machine's cores could serve if nothing else ran on them. The bare reference does what no exchange can
leave out, an Ed25519 verification, one committed row in SQLite and one signature, without HTTP, checks or encryption.
"""

import datetime as dt
import itertools
import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.harness import ROOT, Row, cpu_seconds
from benchmarks.web import SECONDS, VISITORS, bare
from benchmarks.web_client import Line
from benchmarks.web_meter import CORES, Measured, run
from renben.web.exchange.envelope import Content, canonical, fits
from tests.faults.client import Visitor
from tests.faults.database import SERVER, create, drop
from tests.web.service import Service, clean_environment

DOOR = "/api/v1/exchange/messages"
BAR = 200
"""Messages a second."""
PEER = "X-Road user report 110/s with 300 users on 32 cores"
BASIS = "国务院令第663号第九、十条"
SET_UP = """
import json, os, sys
from renben.web import start; start.prepare()
from renben.web import clock
from renben.web.exchange import certificates, parties
from renben.web.guard import scope
from renben.web.registry import people
from renben.web.registry.models import Permit
parties.rotate()
parties.add_partner("linfen", "临汾", "Linfen", sys.argv[1])
parties.agree("linfen", "in", "sharing.answer", "residence_permit", "140000")
parties.agree("linfen", "in", "residence.request", "residence_permit", "140000")
parties.agree("linfen", "out", "residence.certificate", "residence_permit", "140000")
with scope.reading_as("setup"):
    holder = people.person(Permit.objects.current().exclude(state="closed").order_by("pk")[0].person_key)
    subject = certificates.subject_of(holder)
print(json.dumps({"now": clock.now().isoformat(), "subject": subject}))
"""


class Partner:
    """A partner that signs one message after another on the service's day."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.ahead = dt.timedelta()
        self.numbers = itertools.count()
        self.subject: dict[str, str] = {}
        """Somebody with a permit, as the other side recognises him."""

    def join(self, service: Service) -> "Partner":
        """Be registered with the service, and read its day."""
        environment = clean_environment() | {
            "RENBEN_WEB_FOLDER": str(service.folder), "RENBEN_WEB_DEMO": "1", "RENBEN_WEB_HTTPS": "0",
            "RENBEN_WEB_DATABASE": service.database, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", **service.environment,
        }  # fmt: skip
        public = self.key.public_key().public_bytes_raw().hex()
        command = [sys.executable, "-c", SET_UP, public]
        said = subprocess.run(
            command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
        told = json.loads(said)
        self.ahead = dt.datetime.fromisoformat(told["now"]) - dt.datetime.now(dt.UTC)
        self.subject = told["subject"]
        return self

    def message(self) -> bytes:
        """One more signed message."""
        answer = {"registered": True, "since": "2025-08-01"}
        return self._signed("sharing.answer", {"request": f"GX-{next(self.numbers)}", "answer": answer})

    def _signed(self, kind: str, body: dict[str, object]) -> bytes:
        content = Content(str(uuid4()), "linfen", "taiyuan", kind, "residence_permit", BASIS, "141002", body)
        return canonical(content.signed(self.key, dt.datetime.now(dt.UTC) + self.ahead))

    def ask(self, line: Line) -> bool:
        """Send one and look at the receipt."""
        return self._accepted(line, self.message())

    def move(self, line: Line) -> bool:
        """Ask for the residence certificate of somebody who moves; it is issued and signed at once."""
        return self._accepted(line, self._signed("residence.request", {"subject": self.subject}))

    def _accepted(self, line: Line, message: bytes) -> bool:
        status, answer = line.send(DOOR, message.decode())
        return status == 200 and b'"outcome":"accepted"' in answer


@contextmanager
def exchanging(name: str) -> Iterator[tuple[Service, Partner]]:
    """A service on a fresh database with one partner."""
    database = create(SERVER) if name == "PostgreSQL" else ""
    with tempfile.TemporaryDirectory(prefix="renben-exchange-") as folder:
        service = Service(Path(folder) / "service", database, RENBEN_WEB_PARTY="taiyuan").start()
        try:
            yield service, Partner().join(service)
        finally:
            service.stop()
            if database:
                drop(database)


def plain(count: int = 2000) -> float:
    """CPU-milliseconds of the bare work for one message."""
    partner, ours = Partner(), Ed25519PrivateKey.generate()
    public = partner.key.public_key().public_bytes_raw()
    messages = [json.loads(partner.message()) for _ in range(count)]

    def take() -> None:
        with tempfile.TemporaryDirectory(prefix="renben-plain-") as folder:
            store = sqlite3.connect(f"{folder}/plain.sqlite3", isolation_level=None)
            store.execute("PRAGMA journal_mode=WAL")
            store.execute("PRAGMA synchronous=NORMAL")
            store.execute("CREATE TABLE message (id TEXT PRIMARY KEY, body TEXT)")
            for one in messages:
                if not fits("envelope", one, public):
                    raise RuntimeError("a message of the benchmark does not carry its own signature")
                store.execute("INSERT INTO message VALUES (?, ?)", (one["id"], json.dumps(one)))
                ours.sign(one["id"].encode())
            store.close()

    return cpu_seconds(take) / count * 1000


TAKEN_IN = "signed messages taken in over HTTP, each with its signed receipt"
MOVED = "another city asks for a residence certificate: found, issued, signed, written for delivery, signed receipt"


def line(what: str, ours: Measured, alone: Measured, least: float, messages: int) -> Row:
    """One line of the table, for requests that bring so many signed messages each, receipts not counted."""
    times = (ours.service + ours.database) / least
    beside = (f"verify, insert, sign {least:.2f} CPU-ms (= {CORES * 1000 / least:.0f}/s on {CORES} free cores); Django "
              f"alone {alone.service:.1f} CPU-ms; published elsewhere: {PEER}")  # fmt: skip
    ratio = f"{times:.1f} x the CPU of the bare work, {(ours.service + ours.database) / alone.service:.1f} x Django alone"
    bar = BAR / messages
    return Row(what, str(ours), beside, ratio, f">= {bar:.0f}/s ({BAR} messages)", ours.capacity >= bar)


def rows() -> list[Row]:
    """The door on each database, the bare work and Django alone beside it."""
    found, least = [], plain()
    for name in ("SQLite", "PostgreSQL"):
        with bare() as alone, exchanging(name) as (service, partner):
            lines = [Line(Visitor(service.base)) for _ in range(VISITORS)]
            for what, ask, messages in ((TAKEN_IN, partner.ask, 1), (MOVED, partner.move, 2)):
                seen = run(service, lines, ask, SECONDS)
                found.append(line(f"{what}, {name}", seen, alone(), least, messages))
    return found
