"""Runs every fault on SQLite and PostgreSQL and prints one line each; ends with an error if a row was lost."""

import argparse
import resource
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from tests.faults import faults
from tests.faults.database import SERVER, Cluster, create, drop, restored, verified
from tests.faults.faults import Counted, under_writers
from tests.faults.ledger import Ledger, judge, rows, size
from tests.web.service import Service

SIMPLE: dict[str, Callable[[Service, int], Counted]] = {
    "kill_9": faults.kill_9,
    "double_submission": faults.double_submission,
    "lost_reply": faults.lost_reply,
    "two_sweepers": faults.two_sweepers,
    "clock_jump": faults.clock_jump,
}
bad: list[str] = []


def say(name: str, database: str, counted: Counted) -> None:
    """One line of the ledger."""
    acknowledged, lost, doubled = counted
    print(f"{name} {database} acknowledged {acknowledged} lost {lost} doubled {doubled}", flush=True)
    if lost or doubled or not acknowledged:
        bad.append(f"{name} {database}")


def disk_full(folder: Path) -> Counted:
    """SQLite on a disk that takes no more: refusals, no half-written row, and work goes on with space again."""
    service = Service(folder).start()
    visitor = faults.resident(service)
    service.stop()
    room = (folder / "web.sqlite3").stat().st_size + 200_000
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    service.start()
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    before, ledger, halt = size(service), Ledger(), threading.Event()
    pool = faults.writers(ledger, 4, halt, visitor)
    threading.Event().wait(8)
    full = ledger.refused
    service.kill()
    service.start()
    threading.Event().wait(3)
    halt.set()
    pool.shutdown(wait=True)
    sound = rows(service, "PRAGMA integrity_check") == [("ok",)]
    acknowledged, lost, doubled = judge(service, ledger, before)
    service.stop()
    if not full:
        print("disk_full sqlite: the disk was never full; raise the load", file=sys.stderr)
        bad.append("disk_full sqlite")
    return acknowledged, lost + (not sound), doubled


def crash(folder: Path, rounds: int) -> Counted:
    """PostgreSQL stops without warning under eight writers and recovers; the service goes on by itself."""
    cluster = Cluster(folder)
    service = Service(folder / "service", create(cluster.server))
    service.folder.mkdir()
    service.start()
    try:
        return under_writers(service, rounds, cluster.crash)
    finally:
        service.stop()
        cluster.stop()


def restore(service: Service, folder: Path) -> Counted:
    """A copy made while writers write: its seals verify, and every acknowledged case before the copy is in it."""
    ledger, halt = Ledger(), threading.Event()
    before = size(service)
    pool = faults.writers(ledger, 4, halt, faults.resident(service))
    threading.Event().wait(12)
    known = dict(ledger.acknowledged)
    copy = restored(service, folder)
    halt.set()
    pool.shutdown(wait=True)
    sound = verified(copy)
    acknowledged, lost, doubled = judge(copy, Ledger(known, ledger.refused + 10_000), before)
    if copy.database:
        drop(copy.database)
    return acknowledged, lost + (not sound), doubled


def both(folder: Path, rounds: int) -> None:
    """Every fault that both databases share."""
    for name, database in (("sqlite", ""), ("postgresql", create(SERVER))):
        place = folder / name
        place.mkdir()
        service = Service(place, database).start()
        try:
            for fault, run in SIMPLE.items():
                say(fault, name, run(service, rounds))
            say("restore_while_running", name, restore(service, folder / f"{name}-restored"))
        finally:
            service.stop()
            if database:
                drop(database)


def main() -> None:
    """Parse, run, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer rounds, for every commit")
    parser.add_argument(
        "--own", action="store_true", help="only the two faults that need a disk or cluster of their own"
    )
    options = parser.parse_args()
    rounds = 2 if options.short else 6
    folder = Path(tempfile.mkdtemp(prefix="renben-faults-"))
    folder.chmod(0o755)
    try:
        if not options.own:
            both(folder, rounds)
        (folder / "full").mkdir()
        say("disk_full", "sqlite", disk_full(folder / "full"))
        (folder / "crash").mkdir()
        say("database_crash", "postgresql", crash(folder / "crash", max(1, rounds // 2)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if bad:
        sys.exit(f"rows were lost, doubled, or nothing was acknowledged: {', '.join(bad)}")


if __name__ == "__main__":
    main()
