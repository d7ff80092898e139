"""Dates of a permit's life: the worked values of the specification, then properties."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.web.registry import permit_rules as rules

D = dt.date


@pytest.mark.parametrize(
    ("arrival", "eligible", "why"),
    [
        (D(2025, 1, 15), D(2025, 7, 15), "six calendar months"),
        (D(2025, 8, 31), D(2026, 2, 28), "cut to the month's end"),
        (D(2024, 3, 1), D(2024, 9, 1), "the golden family"),
    ],
)
def test_half_a_year_is_counted_in_calendar_months(arrival: D, eligible: D, why: str) -> None:
    assert rules.eligible_on(arrival, D(2026, 3, 2)) == eligible, why


@pytest.mark.parametrize(
    ("issued", "opens", "due"),
    [
        (D(2025, 3, 10), D(2026, 2, 10), D(2026, 3, 10)),
        (D(2024, 2, 29), D(2025, 1, 28), D(2025, 2, 28)),
        (D(2025, 3, 31), D(2026, 2, 28), D(2026, 3, 31)),
        (D(2024, 9, 12), D(2025, 8, 12), D(2025, 9, 12)),
    ],
)
def test_the_endorsement_window_is_the_month_before_a_full_year(issued: D, opens: D, due: D) -> None:
    assert rules.next_due(issued, issued) == due
    assert rules.window(due) == rules.Window(opens, due)


def test_both_readings_of_article_10_are_one_parameter_apart() -> None:
    anchor, gap, asked = D(2025, 3, 10), [(D(2026, 3, 10), D(2026, 5, 20))], D(2027, 5, 20)
    assert rules.residence_years(anchor, gap, asked, "restart") == 1
    assert rules.residence_years(anchor, gap, asked, "pause") == 2
    assert rules.next_due(rules.anchor_after_late(anchor, D(2026, 5, 20)), D(2026, 5, 20)) == asked


def test_an_unknown_lapse_rule_is_named() -> None:
    with pytest.raises(ValueError, match="forget"):
        rules.residence_years(D(2025, 1, 1), [], D(2026, 1, 1), "forget")


days = st.dates(D(2017, 1, 1), D(2040, 1, 1))


@given(days, st.integers(0, 4000))
def test_the_next_due_day_lies_after_the_day_asked_and_within_a_year(anchor: D, after: int) -> None:
    day = anchor + dt.timedelta(days=after)
    due = rules.next_due(anchor, day)
    assert day < due <= rules.add_years(day, 1) + dt.timedelta(days=1)


@given(st.lists(st.tuples(days, st.integers(0, 900)), max_size=8))
def test_no_day_counts_twice_in_cumulative_years(spells: list[tuple[D, int]]) -> None:
    intervals = [(start, start + dt.timedelta(days=n)) for start, n in spells]
    covered = {start + dt.timedelta(days=k) for start, n in spells for k in range(n)}
    assert round(rules.union_years(intervals) * 365.25) == len(covered)


@given(days, st.integers(0, 3000), st.integers(0, 300), st.integers(0, 3000))
def test_a_restart_never_counts_more_years_than_a_pause(anchor: D, before: int, gap: int, later: int) -> None:
    start = anchor + dt.timedelta(days=before)
    end = start + dt.timedelta(days=gap)
    asked = end + dt.timedelta(days=later)
    restart = rules.residence_years(anchor, [(start, end)], asked, "restart")
    assert restart <= rules.residence_years(anchor, [(start, end)], asked, "pause")
