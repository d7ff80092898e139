"""What was acknowledged against what is in the database."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import psycopg

from tests.web.service import Service

OPENED = "FROM flow_case WHERE kind = 'residence_registration'"
"""Cases of the kind that the writers open; the service's own daily work may open others meanwhile, a second look at a case say."""


@dataclass
class Ledger:
    """Key -> case ids that the service acknowledged for it; and how often a request failed meanwhile."""

    acknowledged: dict[str, set[str]] = field(default_factory=dict)
    refused: int = 0
    lock: Lock = field(default_factory=Lock)

    def note(self, key: str, location: str) -> None:
        """Note an acknowledgement: a redirect to the case."""
        with self.lock:
            self.acknowledged.setdefault(key, set()).add(location.split("/cases/")[1].split("/")[0])

    def fail(self) -> None:
        """Note a request that was not acknowledged."""
        with self.lock:
            self.refused += 1


def rows(service: Service, query: str) -> list[tuple[Any, ...]]:
    """Rows straight from the database, past the service."""
    if service.database:
        with psycopg.connect(service.database) as database:
            return database.execute(query).fetchall()  # type: ignore[arg-type]
    with closing(sqlite3.connect(Path(service.folder) / "web.sqlite3", timeout=30)) as database:
        return database.execute(query).fetchall()


def identifiers(found: Iterable[tuple[Any, ...]]) -> list[str]:
    """Case ids without dashes, as text."""
    return [str(row[0]).replace("-", "") for row in found]


def judge(service: Service, ledger: Ledger, before: int) -> tuple[int, int, int]:
    """Acknowledged, lost and doubled commands.

    Lost: an acknowledged case without its row, its first event, or its audit row. Doubled: a key with two
    cases, more cases than keys, or a key that was kept without its result. Each is one question to the database, for
    the service's timers go on between two.
    """
    cases = identifiers(rows(service, "SELECT id FROM flow_case"))
    events = set(identifiers(rows(service, "SELECT case_id FROM flow_caseevent WHERE seq = 1")))
    audited = set(identifiers(rows(service, "SELECT object_id FROM guard_auditevent WHERE kind = 'command'")))
    whole = set(cases) & events & audited
    ids = {case.replace("-", "") for found in ledger.acknowledged.values() for case in found}
    half = len(set(cases) - events)
    twice = sum(len(found) - 1 for found in ledger.acknowledged.values())
    unfinished = rows(service, "SELECT count(*) FROM flow_commandkey WHERE result IS NULL")[0][0]
    surplus = max(0, size(service) - before - len(ledger.acknowledged) - ledger.refused)
    return len(ids), len(ids - whole) + half, twice + surplus + unfinished


def size(service: Service) -> int:
    """Cases of the kind that is opened (rows)."""
    return int(rows(service, f"SELECT count(*) {OPENED}")[0][0])
