"""Hours by the clock and working hours: worked values around a weekend, a make-up day and a lunch, and their sums."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.web.clock import ZONE
from renben.web.flow import workhours
from renben.web.flow.workdays import CalendarError

HOUR = dt.timedelta(hours=1)


def at(text: str) -> dt.datetime:
    """A moment in the service's time zone."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("begin", "hours", "unit", "end"),
    [
        ("2026-03-02 09:00", 4, "hour", "2026-03-02 13:00"),
        ("2026-03-02 22:00", 4, "hour", "2026-03-03 02:00"),
        ("2026-03-02 09:00", 2, "working_hour", "2026-03-02 11:00"),
        ("2026-03-02 11:00", 2, "working_hour", "2026-03-02 15:30"),
        ("2026-03-02 12:30", 1, "working_hour", "2026-03-02 15:30"),
        ("2026-03-02 17:00", 5, "working_hour", "2026-03-03 15:00"),
        ("2026-03-06 17:00", 2, "working_hour", "2026-03-09 09:30"),
        ("2026-03-07 10:00", 1, "working_hour", "2026-03-09 09:30"),
        ("2026-02-27 17:00", 2, "working_hour", "2026-02-28 09:30"),
        ("2026-02-13 17:30", 1, "working_hour", "2026-02-14 09:00"),
        ("2026-02-14 17:30", 1, "working_hour", "2026-02-24 09:00"),
        ("2026-03-02 08:30", 7, "working_hour", "2026-03-02 18:00"),
    ],
)
def test_a_period_ends(begin: str, hours: float, unit: str, end: str) -> None:
    assert workhours.add(at(begin), hours * HOUR, unit) == at(end)


def test_working_hours_between_two_moments_leave_out_lunch_and_night() -> None:
    assert workhours.between(at("2026-03-02 11:00"), at("2026-03-03 09:00"), "working_hour") == 5 * HOUR
    assert workhours.between(at("2026-03-07 10:00"), at("2026-03-08 10:00"), "working_hour") == 0 * HOUR
    assert workhours.between(at("2026-03-07 10:00"), at("2026-03-08 10:00"), "hour") == 24 * HOUR
    assert workhours.between(at("2026-03-08 10:00"), at("2026-03-07 10:00"), "hour") == 0 * HOUR


@given(minutes=st.integers(0, 40_000), span=st.integers(0, 2_000), unit=st.sampled_from(workhours.UNITS))
def test_what_is_added_lies_between(minutes: int, span: int, unit: str) -> None:
    begin = at("2026-01-05 00:00") + dt.timedelta(minutes=minutes)
    length = dt.timedelta(minutes=span)
    assert workhours.between(begin, workhours.add(begin, length, unit), unit) == length


def test_a_year_without_a_calendar_and_another_unit_are_refused() -> None:
    with pytest.raises(CalendarError, match="2031"):
        workhours.add(at("2031-03-03 09:00"), HOUR, "working_hour")
    with pytest.raises(ValueError, match="fortnight"):
        workhours.add(at("2026-03-03 09:00"), HOUR, "fortnight")
