"""Audited writes beside a running service, whose background process seals them: prints what they cost, as JSON.

Run in the environment of the service (RENBEN_WEB_*). Each write is a transaction of its own, and counts when its
commit has come back; 8 writers, so that PostgreSQL can bring several commits to the disk at once.
"""

import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renben.web.settings")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from renben.web.guard import audit, scope, sealing  # noqa: E402
from renben.web.guard.models import AuditEvent  # noqa: E402
from renben.web.guard.policy import Actor  # noqa: E402

WRITERS = 8
SECONDS = float(os.environ.get("RENBEN_LOAD_SECONDS", "6"))
PATIENCE = 60.0
ACTOR = Actor(None, job="sweeper")


def write() -> None:
    """One audited write in a transaction of its own."""
    with transaction.atomic():
        scope.enter(ACTOR)
        audit.record(ACTOR, "system", object_type="load", object_id="1", detail={"step": "write"})


def database_cpu() -> float:
    """CPU seconds of the server process behind this thread's connection; 0 on SQLite (it is in ours)."""
    if connection.vendor != "postgresql":
        return 0.0
    line = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text(encoding="ascii")
    return int(line.split()[0]) / 1e9


def writer(begin: threading.Barrier) -> tuple[int, float]:
    """Write for a while over one connection: how many, and the database's CPU seconds."""
    write()
    begin.wait()
    before, count, end = database_cpu(), 0, time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        write()
        count += 1
    used = database_cpu() - before
    connection.close()
    return count, used


def sealed_after() -> float:
    """Seconds until the service's background process has sealed all that is written now."""
    start = time.perf_counter()
    last = AuditEvent.objects.order_by("-pk").values_list(sealing._order(), flat=True).first() or 0
    while time.perf_counter() < start + PATIENCE:
        seal = sealing.AuditSeal.objects.order_by("-after").first()
        if seal is not None and seal.upto >= last:
            return time.perf_counter() - start
        time.sleep(0.1)
    return PATIENCE


def main() -> None:
    """Write, wait until it is sealed, then seal as much again by ourselves to see how fast that is."""
    sealing.seal()
    begin = threading.Barrier(WRITERS + 1)
    with ThreadPoolExecutor(WRITERS) as pool:
        work = [pool.submit(writer, begin) for _ in range(WRITERS)]
        begin.wait()
        start, cpu = time.perf_counter(), time.process_time()
        counts = [one.result() for one in work]
    elapsed, used = time.perf_counter() - start, time.process_time() - cpu
    writes = sum(count for count, _ in counts)
    found: dict[str, Any] = {
        "rate": writes / elapsed,
        "service": used / writes * 1000,
        "database": sum(cpu for _, cpu in counts) / writes * 1000,
        "sealed_after": sealed_after(),
    }
    print(json.dumps(found | {"sealing": sealing_rate()}))


def sealing_rate(rows: int = 20_000) -> float:
    """Rows that one process seals a second."""
    with transaction.atomic():
        scope.enter(ACTOR)
        made = [audit.event(ACTOR, "system", object_type="load", detail={"n": n}) for n in range(rows)]
        AuditEvent.objects.bulk_create(made, batch_size=500)
    start = time.perf_counter()
    done = sealing.seal()
    return done / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
