"""Counts hours: by the clock, or only those that are worked, in the windows of a working day.

The windows are a provision (`service_flow.working_windows`), the working days those of the official calendar: an unknown
year is refused. An urgent matter counts in `hour`, nights and holidays included; everything else in `working_hour`.
"""

import datetime as dt
from collections.abc import Iterator

from renben.web.clock import ZONE
from renben.web.flow.workdays import DAY, is_working
from renben.web.law import provision

UNITS = ("hour", "working_hour")
Window = tuple[dt.datetime, dt.datetime]


def local_day(moment: dt.datetime) -> dt.date:
    """Day of a moment in the service's time zone."""
    return moment.astimezone(ZONE).date()


def add(moment: dt.datetime, span: dt.timedelta, unit: str, region: str = "") -> dt.datetime:
    """The end of a period that begins at a moment.

    Args:
        moment: with its time zone.
        span: length of the period, not negative.
        unit: `hour` (by the clock) or `working_hour`.
        region: whose working windows hold.

    Raises:
        CalendarError: a working hour in a year whose calendar is not written.
        ValueError: another unit.
    """
    if unit == "hour":
        return moment + span
    if unit != "working_hour":
        raise ValueError(f"unit {unit!r}: a span counts in hour or working_hour.")
    left = span
    for first, last in _windows_from(moment, region):
        start = max(first, moment)
        if left <= last - start:
            return start + left
        left -= last - start
    raise AssertionError("working windows go on without end")


def between(first: dt.datetime, last: dt.datetime, unit: str, region: str = "") -> dt.timedelta:
    """Time from one moment to a later one; in working hours only what lies in a window. Nothing where it is not later."""
    if last <= first:
        return dt.timedelta()
    if unit == "hour":
        return last - first
    spent = dt.timedelta()
    for start, end in _windows_from(first, region):
        if start >= last:
            return spent
        spent += min(end, last) - max(start, first)
    raise AssertionError("working windows go on without end")


def _windows_from(moment: dt.datetime, region: str) -> Iterator[Window]:
    """Working windows that end after a moment, in order, without end."""
    day = local_day(moment)
    while True:
        if is_working(day):
            yield from (window for window in _windows(day, region) if window[1] > moment)
        day += DAY


def _windows(day: dt.date, region: str) -> Iterator[Window]:
    for text in provision("service_flow.working_windows", day, region).value:
        first, last = (dt.time.fromisoformat(part) for part in text.split("-"))
        yield dt.datetime.combine(day, first, ZONE), dt.datetime.combine(day, last, ZONE)
