"""Runs every fault on SQLite and PostgreSQL and prints one line each; ends with an error if a row was lost."""

import argparse
import resource
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from tests import once
from tests.faults import faults
from tests.faults.client import Visitor
from tests.faults.database import Cluster, drop, populated, populated_in, restored, verified
from tests.faults.faults import Counted, under_writers
from tests.faults.ledger import Ledger, judge, rows, size
from tests.web.service import Service

SIMPLE: dict[str, Callable[[Service, int], Counted]] = {
    "double_submission": faults.double_submission,
    "lost_reply": faults.lost_reply,
    "two_sweepers": faults.two_sweepers,
    "clock_jump": faults.clock_jump,
    "kill_9": faults.kill_9,
}
"""In order: writers under a kill leave hundreds of drafts, which sweepers would clear for minutes."""
bad: list[str] = []
told: set[str] = set()
KEYS = "flow_commandkey"
FULL, ROOM = 4_000_000, 40_000
"""Bytes to which PostgreSQL's files may grow, and how much the table of keys is short of it when work begins."""


def say(name: str, database: str, counted: Counted) -> None:
    """One line of the ledger."""
    acknowledged, lost, doubled = counted
    print(f"{name} {database} acknowledged {acknowledged} lost {lost} doubled {doubled}", flush=True)
    told.add(f"{name} {database}")
    if lost or doubled or not acknowledged:
        bad.append(f"{name} {database}")


def _while_full(
    service: Service, visitor: Visitor, full: Callable[[], None], free: Callable[[], None]
) -> Counted:
    """Writers on a disk that takes no more and then takes more again: refusals meanwhile, and nothing half-written."""
    before, ledger, halt = size(service), Ledger(), threading.Event()
    full()
    pool = faults.writers(ledger, 4, halt, visitor)
    try:
        for _ in range(120):
            if ledger.refused > 20:
                break
            threading.Event().wait(0.5)
        refused = ledger.refused
        free()
        threading.Event().wait(3)
    finally:
        halt.set()
        pool.shutdown(wait=True)
    counted = judge(service, ledger, before)
    if not refused:
        print("disk_full: the disk was never full; raise the load", file=sys.stderr)
        bad.append("disk_full")
    return counted


def disk_full_sqlite(folder: Path) -> Counted:
    """SQLite on a full disk."""
    service = Service(folder).start()
    visitor = faults.resident(service)
    service.stop()
    room = (folder / "web.sqlite3").stat().st_size + 200_000
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    service.start()
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    def free() -> None:
        service.kill()
        service.start()

    acknowledged, lost, doubled = _while_full(service, visitor, lambda: None, free)
    sound = rows(service, "PRAGMA integrity_check") == [("ok",)]
    service.stop()
    return acknowledged, lost + (not sound), doubled


def of_its_own(folder: Path, rounds: int) -> Iterator[tuple[str, Counted]]:
    """PostgreSQL in a cluster that may be mistreated: no table can grow any more, then it stops without warning.

    The service goes on by itself when there is space again, and when the database has recovered.
    """
    cluster = Cluster(folder, "--wal-segsize=1")
    database = populated_in(cluster.server, folder / "service")
    service = Service(folder / "service", database).start()
    try:
        visitor = faults.resident(service)
        cluster.fill(database, KEYS, FULL - ROOM)
        yield "disk_full", _while_full(service, visitor, lambda: cluster.restart(FULL), cluster.restart)
        yield "database_crash", under_writers(service, rounds, cluster.crash)
    finally:
        service.stop()
        cluster.stop()


def restore(service: Service, folder: Path, seconds: float) -> Counted:
    """A copy made while writers write: seals verify, every case acknowledged before is in it, and it can be served."""
    ledger, halt = Ledger(), threading.Event()
    before = size(service)
    pool = faults.writers(ledger, 4, halt, faults.resident(service))
    threading.Event().wait(seconds)
    try:
        known = dict(ledger.acknowledged)
        copy = restored(service, folder)
    finally:
        halt.set()
        pool.shutdown(wait=True)
    sound = verified(copy)
    acknowledged, lost, doubled = judge(copy, Ledger(known, ledger.refused + 10_000), before)
    copy.start()
    copy.password = copy.password or service.password
    shown = faults.resident(copy).get(f"/my/cases/{next(iter(known.values())).copy().pop()}/")
    sound = sound and b"<main" in shown
    copy.stop()
    if copy.database:
        drop(copy.database)
    return acknowledged, lost + (not sound), doubled


def shared(folder: Path, name: str, rounds: int) -> None:
    """Every fault that both databases share, on one of them."""
    place = folder / name
    database = populated(place) if name == "postgresql" else ""
    service = Service(place, database).start()
    try:
        for fault, run in SIMPLE.items():
            say(fault, name, run(service, rounds))
        say("restore_while_running", name, restore(service, folder / f"{name}-restored", 2.0 * rounds))
    finally:
        service.stop()
        if database:
            drop(database)


def every(folder: Path, rounds: int, own: bool) -> None:
    """Every fault on both databases."""
    for name in () if own else ("sqlite", "postgresql"):
        shared(folder, name, rounds)
    say("disk_full", "sqlite", disk_full_sqlite(folder / "full"))
    (folder / "cluster").mkdir()
    for fault, counted in of_its_own(folder / "cluster", max(1, rounds // 2)):
        say(fault, "postgresql", counted)


def expected(own: bool) -> list[tuple[str, str]]:
    """Every fault with its database: one line each, else the run has failed."""
    both = () if own else (*SIMPLE, "restore_while_running")
    return [
        *((fault, database) for database in ("sqlite", "postgresql") for fault in both),
        ("disk_full", "sqlite"), ("disk_full", "postgresql"), ("database_crash", "postgresql"),
    ]  # fmt: skip


def main() -> None:
    """Parse, run, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer rounds, for every commit")
    parser.add_argument(
        "--own", action="store_true", help="only the two faults that need a disk or cluster of their own"
    )
    options = parser.parse_args()
    rounds = 1 if options.short else 6
    folder = Path(tempfile.mkdtemp(prefix="renben-faults-"))
    folder.chmod(0o755)
    made_once = once.begin()
    try:
        every(folder, rounds, options.own)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        once.end(made_once)
    missing = {f"{fault} {database}" for fault, database in expected(options.own)} - told
    if missing:
        sys.exit(f"not carried out: {', '.join(sorted(missing))}")
    if bad:
        sys.exit(f"rows were lost, doubled, or nothing was acknowledged: {', '.join(bad)}")


if __name__ == "__main__":
    main()
