"""How fast audited writes commit and are sealed: prints writes a second, CPU-ms a write, rows sealed a second."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renben.web.settings")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from renben.web.guard import audit, scope, sealing  # noqa: E402
from renben.web.guard.policy import Actor  # noqa: E402

WRITES, WRITERS = 3200, 8
ACTOR = Actor(None, job="sweeper")


def write() -> None:
    """One audited write in a transaction of its own."""
    with transaction.atomic():
        scope.enter(ACTOR)
        audit.record(ACTOR, "system", object_type="load", object_id="1", detail={"step": "write"})


def several(count: int) -> None:
    """Audited writes one after the other, over one connection."""
    for _ in range(count):
        write()
    connection.close()


def main() -> None:
    """Write, then seal what was written."""
    sealing.seal()
    write()
    start, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(several, [WRITES // WRITERS] * WRITERS))
    elapsed, used = time.perf_counter() - start, time.process_time() - cpu
    start = time.perf_counter()
    sealed = sealing.seal()
    took = time.perf_counter() - start
    connection.close()
    print(WRITES / elapsed, used / WRITES * 1000, sealed / took)


if __name__ == "__main__":
    main()
