"""Counts days and working days from the official calendar of each year; an unknown year is refused."""

import datetime as dt
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from renben.catalogue import load
from renben.catalogue.source import Written

SATURDAY = 5
DAY = dt.timedelta(days=1)


class CalendarError(ValueError):
    """A working day was asked for in a year whose official calendar is not written."""


class Year(BaseModel):
    """The official working days of one year."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ref: str
    published: dt.date
    trust: str
    free: tuple[tuple[dt.date, dt.date], ...]
    worked: tuple[dt.date, ...]


@lru_cache(maxsize=1)
def years() -> dict[int, Year]:
    """Official calendars by year, an operator's folder over ours."""
    found: dict[int, Year] = {}
    for path in load().files("calendars", "*.yaml"):
        written = Written(path)
        for year in written.value:
            found[int(year)] = written.model(Year, (year,))
    return found


def is_working(day: dt.date) -> bool:
    """Whether a day is worked under the official calendar.

    Raises:
        CalendarError: the year's calendar is not written.
    """
    year = years().get(day.year)
    if year is None:
        known = f"{min(years())}-{max(years())}"
        raise CalendarError(
            f"working days of {day.year}: no official calendar (known: {known}). Add the State Council's "
            "notice to calendars/ in your catalogue folder."
        )
    if day in year.worked:
        return True
    return day.weekday() < SATURDAY and not any(first <= day <= last for first, last in year.free)


def add(day: dt.date, count: int, unit: str) -> dt.date:
    """The last day of a period that begins the day after `day` (Civil Code art. 201: that day is not counted).

    Args:
        day: the day of the event that starts the period.
        count: length of the period; negative counts backwards.
        unit: `day` (calendar days) or `working_day`.

    Raises:
        CalendarError: a working day in a year whose calendar is not written.
        ValueError: another unit.
    """
    if unit == "day":
        return day + count * DAY
    if unit != "working_day":
        raise ValueError(f"unit {unit!r}: a deadline counts in day or working_day.")
    step, left = (DAY if count >= 0 else -DAY), abs(count)
    while left:
        day += step
        left -= is_working(day)
    return day


def between(first: dt.date, last: dt.date, unit: str) -> int:
    """Days or working days after `first` up to and with `last` (count)."""
    if unit == "day":
        return (last - first).days
    return sum(is_working(first + n * DAY) for n in range(1, (last - first).days + 1))
