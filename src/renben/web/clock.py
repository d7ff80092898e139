"""The day and time of the service; in demo mode the day can be turned, elsewhere it is the real one."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from renben.web.guard.models import Instance

ZONE = ZoneInfo("Asia/Shanghai")
DEMO_DAY = "demo_day"
ROUND_AT = "round_at"
STALE = 300
"""Seconds without a round of the background process after which something is wrong."""
_read: ContextVar[dict[str, dt.date | None] | None] = ContextVar("what was read of the day", default=None)


@contextmanager
def one_day() -> Iterator[None]:
    """Read the demo's day once for a piece of work, such as a request: it has one day from start to end."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def today() -> dt.date:
    """The current day in the service's time zone."""
    turned = demo_day() if settings.DEMO else None
    return turned or dt.datetime.now(ZONE).date()


def now() -> dt.datetime:
    """The current moment; on a turned demo day, the real time of day on that day."""
    real = dt.datetime.now(ZONE)
    turned = demo_day() if settings.DEMO else None
    return real if turned is None else real.replace(year=turned.year, month=turned.month, day=turned.day)


def demo_day() -> dt.date | None:
    """The day set for the demo, if any."""
    read = _read.get()
    if read is None:
        return _stored()
    if DEMO_DAY not in read:
        read[DEMO_DAY] = _stored()
    return read[DEMO_DAY]


def _stored() -> dt.date | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM guard_instance WHERE name = %s", [DEMO_DAY])
        row = cursor.fetchone()
    return dt.date.fromisoformat(row[0]) if row else None


def set_demo_day(day: dt.date) -> None:
    """Turn the demo's day.

    Raises:
        ValueError: not in demo mode, or a day before the one that is set (recorded facts never move back).
    """
    if not settings.DEMO:
        raise ValueError("the day can be turned in demo mode only.")
    before = demo_day()
    if before is not None and day < before:
        raise ValueError(f"demo day {day}: before {before}; recorded facts never move back.")
    Instance.objects.update_or_create(name=DEMO_DAY, defaults={"value": day.isoformat()})
    (_read.get() or {}).clear()


def end_of(day: dt.date) -> dt.datetime:
    """The last moment of a day."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), ZONE)


def start_of(day: dt.date) -> dt.datetime:
    """The first moment of a day."""
    return dt.datetime.combine(day, dt.time(0), ZONE)


def rounded() -> None:
    """Keep that the background process ended a round, in real time whatever the demo's day."""
    at = dt.datetime.now(ZONE).replace(second=0, microsecond=0).isoformat()
    if Instance.objects.filter(name=ROUND_AT).exclude(value=at).update(value=at) == 0:
        Instance.objects.get_or_create(name=ROUND_AT, defaults={"value": at})


def last_round() -> tuple[dt.datetime | None, bool]:
    """When the background process last ended a round (to the minute), and whether that is recent enough."""
    kept = Instance.objects.filter(name=ROUND_AT).values_list("value", flat=True).first()
    at = dt.datetime.fromisoformat(kept) if kept else None
    return at, at is not None and (dt.datetime.now(ZONE) - at).total_seconds() < STALE
