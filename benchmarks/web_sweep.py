"""The sweep for what is overdue: what it costs where nothing is due, and per timer that fires; prints them as JSON.

Run in the environment of the service (RENBEN_WEB_*), as the last thing: it turns the demo's day. The service's own
background process sweeps, too, and takes its part of the timers; only what this process fires is counted.
"""

import datetime as dt
import json
import os
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renben.web.settings")

import django

django.setup()

from benchmarks.web_audit import database_cpu  # noqa: E402
from renben.web import clock  # noqa: E402
from renben.web.flow.models import Case, Timer  # noqa: E402
from renben.web.flow.sweeper import sweep  # noqa: E402

AHEAD = 60
"""Days after which the drafts of a run have waited too long."""
IDLE = 20
"""Sweeps with nothing due."""


def spent() -> float:
    """CPU seconds of this process and of the server process behind its connection."""
    return time.process_time() + database_cpu()


def swept() -> dict[str, Any]:
    """CPU-milliseconds of a sweep with nothing due, and of each timer that fires; how many are late afterwards."""
    sweep()
    before = spent()
    for _ in range(IDLE):
        sweep()
    idle = (spent() - before) / IDLE * 1000
    day = clock.today() + dt.timedelta(days=AHEAD)
    clock.Instance.objects.filter(name=clock.DEMO_DAY).update(value=day.isoformat())
    due = Timer.objects.filter(done_at__isnull=True, fire_on__lte=day).count()
    before, start = spent(), time.perf_counter()
    fired = sweep()
    used, took = spent() - before, time.perf_counter() - start
    left = Timer.objects.filter(done_at__isnull=True, fire_on__lte=day).count()
    cases = Case.objects.filter(closed_on__isnull=True).count()
    return {"idle": idle, "due": due, "fired": fired, "each": used / max(1, fired) * 1000, "took": took,
            "left": left, "open": cases}  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(swept()))
