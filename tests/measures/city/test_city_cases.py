"""City cases by unit: the worked rates, unknown rates, and sums that add up."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.measures.city import city_cases as measure
from renben.measures.city.city_cases.results import SUMS
from tests.tables import CATALOGUE, frame, made

COUNTY, OTHER, CITY = "140105", "140106", "140100"


def counts(region=COUNTY, month="2026-07", unit="housing", subclass="ponding", **numbers):
    row = dict.fromkeys((*SUMS, "dispatched"), 0) | numbers
    return {"region": region, "month": month, "unit": unit, "subclass": subclass, **row}


def results(*rows):
    found = measure.city_case_result(frame("city_cases", rows), CATALOGUE)
    return {(row["region"], row["unit"]): row for row in made(measure.city_case_result, found).to_dicts()}


def test_the_worked_rates():
    row = counts(
        reported=1030, rejected=20, joined=10, filed=940, dispatched=930, due=900, done=890, in_time=846, closed=880, failed=22,
    )  # fmt: skip
    found = results(row)
    whole = found[COUNTY, "all"]
    assert whole["filing_rate"] == pytest.approx(0.94)
    assert whole["on_time_rate"] == pytest.approx(0.94)
    assert whole["closing_rate"] == pytest.approx(0.97778, abs=1e-5)
    assert whole["rework_rate"] == pytest.approx(0.025)
    assert found[CITY, "all"]["on_time_rate"] == whole["on_time_rate"]
    mine = found[COUNTY, "housing"]
    assert mine["filing_rate"] is None and mine["filing_rate_reason"] == "not_applicable"


def test_months_and_subclasses_of_a_unit_add_up_and_hours_are_weighted_by_cases():
    found = results(
        counts(done=3, due=3, hours_mean=2.0, hours_median=1.0),
        counts(month="2026-08", subclass="dirty_road", done=1, due=2, hours_mean=10.0),
        counts(OTHER, done=4, due=4, hours_mean=1.0),
    )
    assert found[COUNTY, "housing"]["hours_mean"] == pytest.approx(4.0)
    assert found[CITY, "housing"]["hours_mean"] == pytest.approx(2.5)
    assert found[CITY, "all"]["due"] == 9


def test_a_rate_of_nothing_is_unknown_and_not_zero():
    row = results(counts(unit="none", reported=2))[COUNTY, "none"]
    for name in ("on_time_rate", "closing_rate", "rework_rate", "hours_mean"):
        assert row[name] is None and row[f"{name}_reason"] == "undefined_denominator"


def test_the_indicators_data_elements_are_those_of_the_counties():
    rows = [
        counts(due=4, in_time=3, closed=2, failed=1),
        counts(unit="water", due=1, in_time=1, closed=1),
        counts(OTHER),
    ]
    found = made(measure.city_case_data, measure.city_case_data(frame("city_cases", rows)))
    assert found.rows() == [(COUNTY, 5, 4, 3, 1), (OTHER, 0, 0, 0, 0)]


def test_an_indicator_is_made_of_them():
    assert CATALOGUE.indicators["city_case_on_time_rate"].formula == "100*city_cases_in_time/city_cases_due"
    assert "ponding_points_severe" in CATALOGUE.indicators["ponding_points_open"].formula


numbers = st.integers(0, 50)
tables = st.lists(
    st.builds(
        lambda region, unit, due, part: counts(region, unit=unit, due=due, in_time=min(due, part), done=due, reported=due),
        st.sampled_from([COUNTY, OTHER]), st.sampled_from(["housing", "water", "none"]), numbers, numbers,
    ),
    max_size=6, unique_by=lambda row: (row["region"], row["unit"]),
)  # fmt: skip


@settings(deadline=None)
@given(tables)
def test_units_add_up_to_all_and_counties_to_the_city(rows):
    found = results(*rows)
    for region in {key[0] for key in found}:
        units = [row for (at, unit), row in found.items() if at == region and unit != "all"]
        assert sum(row["due"] for row in units) == found[region, "all"]["due"]
    counties = sum(row["due"] for (at, unit), row in found.items() if unit == "all" and at != CITY)
    assert counties == (found[CITY, "all"]["due"] if rows else 0)


def test_a_table_of_nothing_gives_nothing():
    found = measure.city_case_result(frame("city_cases"), CATALOGUE)
    assert made(measure.city_case_result, found).is_empty() and isinstance(found, pl.LazyFrame)
