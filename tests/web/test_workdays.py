"""Working days from the official notices: worked values of three years, and the refusal of an unknown one."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.web.flow import workdays

D = dt.date


@pytest.mark.parametrize(
    ("day", "working", "why"),
    [
        (D(2026, 2, 14), True, "a Saturday worked for the Spring Festival"),
        (D(2026, 2, 16), False, "Spring Festival"),
        (D(2026, 1, 4), True, "a Sunday worked for New Year"),
        (D(2026, 10, 10), True, "a Saturday worked for the National Day"),
        (D(2025, 10, 8), False, "National Day and Mid-Autumn, eight days"),
        (D(2025, 9, 28), True, "a Sunday worked"),
        (D(2024, 2, 9), True, "the eve was a working day in 2024"),
        (D(2026, 3, 7), False, "an ordinary Saturday"),
    ],
)
def test_a_day_is_worked_as_the_notice_says(day: D, working: bool, why: str) -> None:
    assert workdays.is_working(day) is working, why


@pytest.mark.parametrize(("year", "count"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_the_working_days_of_its_calendar(year: int, count: int) -> None:
    days = [D(year, 1, 1) + dt.timedelta(days=n) for n in range(366)]
    assert sum(workdays.is_working(day) for day in days if day.year == year) == count


def test_a_deadline_before_the_spring_festival_steps_over_it() -> None:
    assert workdays.add(D(2026, 2, 13), 3, "working_day") == D(2026, 2, 25)
    assert workdays.add(D(2026, 2, 13), 15, "day") == D(2026, 2, 28)


def test_a_year_without_a_calendar_is_refused_and_the_next_step_named() -> None:
    with pytest.raises(workdays.CalendarError, match=r"2027.*calendars/"):
        workdays.add(D(2026, 12, 30), 5, "working_day")


def test_every_calendar_names_its_notice() -> None:
    for year, calendar in workdays.years().items():
        assert "国务院办公厅" in calendar.ref and calendar.published.year == year - 1


days = st.dates(D(2024, 1, 1), D(2026, 10, 1))


@given(days, st.integers(1, 40))
def test_counting_between_undoes_adding(day: D, count: int) -> None:
    for unit in ("day", "working_day"):
        assert workdays.between(day, workdays.add(day, count, unit), unit) == count
