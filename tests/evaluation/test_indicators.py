"""Indicators of regions: own data, published rates, and totals made from the regions below with their coverage."""

import datetime as dt
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.catalogue import Catalogue, load
from renben.evaluation.indicators import Limits, evaluate
from renben.evaluation.panel import frame
from tests.evaluation.conftest import PROVINCE, cell, history, rows

CITY, OTHER = "140100", "140200"
COUNTIES = ("140105", "140106", "140107")
RATE = "residence_permit_coverage"


def city_counties(catalogue, city=CITY):
    return [r.code for r in catalogue.regions.values() if r.parent == city and r.level == "county"]


def populations(catalogue, year=2024, size=100):
    counties = [r.code for r in catalogue.regions.values() if r.level == "county"]
    return [(code, "pop_resident", size, year) for code in counties]


def test_every_indicator_answers_for_every_region_and_year_with_a_value_or_a_reason(catalogue):
    found = history(catalogue, rows((PROVINCE, "pop_resident", 1)), years=range(2015, 2025))
    assert found.height == 103 * (1 + 11 + 117) * 10
    assert (found["value"].is_null() == found["value_reason"].is_not_null()).all()
    assert found.select("region", "indicator", "year").is_unique().all()


def test_a_ratio_of_a_city_is_the_sum_of_numerators_over_the_sum_of_denominators(catalogue):
    counties = city_counties(catalogue)
    given_rows = [(c, "residence_permit_valid", 10 + i) for i, c in enumerate(counties)]
    given_rows += [(c, "pop_nonlocal_over_6m", 20 + 7 * i) for i, c in enumerate(counties)]
    found = cell(history(catalogue, rows(*given_rows)), CITY, RATE)
    top, bottom = sum(10 + i for i in range(len(counties))), sum(20 + 7 * i for i in range(len(counties)))
    assert (found["numerator"], found["denominator"]) == (top, bottom)
    assert found["value"] == pytest.approx(100 * top / bottom)
    assert (found["coverage_units"], found["method"], found["state"]) == (1, "aggregated", "ok")


def test_a_total_over_too_few_people_is_withheld_and_says_how_many_are_covered(catalogue):
    counties = city_counties(catalogue)
    pairs = [(c, "residence_permit_valid", 10) for c in counties[:2]]
    pairs += [(c, "pop_nonlocal_over_6m", 20) for c in counties[:2]]
    found = cell(history(catalogue, rows(*pairs, *populations(catalogue))), CITY, RATE)
    assert (found["value"], found["value_reason"]) == (None, "insufficient_coverage")
    assert found["coverage_units"] == pytest.approx(2 / len(counties))
    assert found["coverage_population"] == pytest.approx(2 / len(counties))


def test_a_total_that_misses_a_few_people_is_provisional(catalogue):
    counties = city_counties(catalogue)
    pairs = [
        (c, e, v)
        for c in counties[1:]
        for e, v in (("residence_permit_valid", 10), ("pop_nonlocal_over_6m", 20))
    ]
    weights = [(c, "pop_resident", 1 if c == counties[0] else 1000) for c in counties]
    found = cell(history(catalogue, rows(*pairs, *weights)), CITY, RATE)
    assert (found["value"], found["state"]) == (pytest.approx(50), "provisional")
    assert 0.99 < found["coverage_population"] < 1


def test_a_city_that_reports_itself_is_not_overwritten_by_its_counties(catalogue):
    given_rows = [(CITY, "residence_permit_valid", 1000), (CITY, "pop_nonlocal_over_6m", 4000)]
    given_rows += [
        (c, e, 50)
        for c in city_counties(catalogue)
        for e in ("residence_permit_valid", "pop_nonlocal_over_6m")
    ]
    assert cell(history(catalogue, rows(*given_rows)), CITY, RATE)["value"] == 25


def test_a_published_rate_stands_in_where_the_base_data_are_missing_and_does_not_add_up(catalogue):
    rate = rows(("140100", "urban_rate_resident", 88.5), key="indicator")
    found = history(catalogue, rows((OTHER, "pop_resident", 1)), rate)
    own = cell(found, CITY, "urban_rate_resident")
    assert (own["value"], own["method"], own["numerator"]) == (88.5, "published", None)
    assert cell(found, PROVINCE, "urban_rate_resident")["value"] is None


def test_a_zero_denominator_is_undefined_and_the_row_survives(catalogue):
    found = cell(
        history(catalogue, rows((CITY, "citizenization_fund", 5), (CITY, "hukou_settled", 0))),
        CITY,
        "citizenization_fund_per_settled",
    )
    assert (found["value"], found["state"]) == (None, "undefined_denominator")


def test_a_reason_given_by_the_sender_reaches_the_indicator(catalogue):
    found = history(
        catalogue, rows((CITY, "pop_urban_resident", "missing_excused"), (CITY, "pop_resident", 5))
    )
    assert cell(found, CITY, "urban_rate_resident")["value_reason"] == "missing_excused"


def test_counts_of_few_people_are_suppressed_and_zero_is_not(catalogue):
    found = history(
        catalogue,
        rows(
            ("140105", "hukou_settled_ytd", 9),
            ("140106", "hukou_settled_ytd", 0),
            ("140107", "hukou_settled_ytd", 10),
        ),
    )
    said = [
        (cell(found, c, "hukou_settled_new")["value"], cell(found, c, "hukou_settled_new")["value_reason"])
        for c in COUNTIES
    ]
    assert said == [(None, "suppressed_small_n"), (0, None), (10, None)]


def test_a_level_at_which_an_indicator_is_not_kept_is_not_applicable(catalogue):
    found = history(catalogue, rows(("140105", "rail_length_operating", 5)))
    assert cell(found, "140105", "rail_transit_length")["value_reason"] == "not_applicable"
    assert cell(found, CITY, "urban_rate_potential_counties")["value_reason"] == "not_applicable"


def test_the_rate_of_named_counties_is_weighted_by_population_and_leaves_the_others_out(catalogue):
    members = catalogue.groups["potential_counties"].members
    sizes = [(c, "pop_resident", 100 * (i + 1)) for i, c in enumerate(members)]
    urban = [(c, "pop_urban_resident", 10 * (i + 1) + i) for i, c in enumerate(members)]
    found = history(
        catalogue,
        rows(*sizes, *urban, ("140105", "pop_resident", 9e6), ("140105", "pop_urban_resident", 9e6)),
    )
    total = cell(found, PROVINCE, "urban_rate_potential_counties")
    assert total["value"] == pytest.approx(100 * sum(u for *_, u in urban) / sum(s for *_, s in sizes))
    assert (total["coverage_units"], total["state"]) == (1, "ok")
    assert cell(found, "140105", "urban_rate_potential_counties")["value_reason"] == "not_applicable"


def test_a_total_over_a_group_needs_every_member(catalogue):
    members = catalogue.groups["taiyuan_circle"].members
    core = catalogue.groups["taiyuan_core"].members
    complete = history(catalogue, rows(*((c, "pop_resident", 10) for c in members)))
    share = cell(complete, PROVINCE, "metro_core_pop_share")
    assert share["value"] == pytest.approx(100 * len(core) / len(members))
    lacking = history(catalogue, rows(*((c, "pop_resident", 10) for c in members[1:])))
    assert cell(lacking, PROVINCE, "metro_core_pop_share")["value"] is None


def test_the_nation_s_value_is_used_everywhere(catalogue):
    found = history(
        catalogue,
        rows(
            ("100000", "urban_rate_national", 67),
            (PROVINCE, "pop_resident", 100),
            (PROVINCE, "pop_urban_resident", 66),
        ),
    )
    assert cell(found, PROVINCE, "urban_rate_gap_national")["value"] == pytest.approx(1)


def test_a_value_is_compared_with_a_fixed_year(catalogue):
    given_rows = [(PROVINCE, "construction_land", 100, 2020), (PROVINCE, "gdp_real", 100, 2020)]
    given_rows += [(PROVINCE, "construction_land", 105, 2024), (PROVINCE, "gdp_real", 120, 2024)]
    found = history(catalogue, rows(*given_rows))
    assert cell(found, PROVINCE, "land_use_per_gdp_decline")["value"] == pytest.approx(12.5)
    assert cell(found, PROVINCE, "land_use_per_gdp_decline", 2020)["value"] == pytest.approx(0)


def test_units_of_two_revisions_are_not_added_up(catalogue):
    counties = city_counties(catalogue)
    mixed = [
        (c, e, v, 2024, f"population@{'new' if i else 'old'}")
        for i, c in enumerate(counties)
        for e, v in (("pop_resident", 10), ("pop_urban_resident", 5))
    ]
    found = cell(history(catalogue, rows(*mixed)), CITY, "urban_rate_resident")
    assert (found["value"], found["value_reason"]) == (None, "break")


def test_growth_of_a_total_needs_every_unit_in_both_years(catalogue):
    members = catalogue.groups["equipment_manufacturing_counties"].members
    full = [(c, "equipment_va", v, y) for c in members for y, v in ((2023, 100), (2024, 110))]
    assert cell(history(catalogue, rows(*full)), members[0], "equipment_va_growth")["value"] == pytest.approx(
        10
    )


def test_the_first_value_of_a_new_series_is_marked(catalogue):
    given_rows = [
        (PROVINCE, e, v, y, s)
        for e, v in (("pop_resident", 10), ("pop_urban_resident", 5))
        for y, s in ((2022, "population@a"), (2023, "population@b"), (2024, "population@b"))
    ]
    found = history(catalogue, rows(*given_rows))
    assert [cell(found, PROVINCE, "urban_rate_resident", y)["state"] for y in (2022, 2023, 2024)] == [
        "ok",
        "break_after",
        "ok",
    ]


CATALOGUE = load()
TAIYUAN = [r.code for r in CATALOGUE.regions.values() if r.parent == CITY and r.level == "county"]
amounts = st.one_of(st.none(), st.integers(0, 10**7).map(float))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(amounts, amounts), min_size=len(TAIYUAN), max_size=len(TAIYUAN)))
def test_whatever_units_report_a_total_is_the_sum_over_complete_units_or_a_reason(pairs):
    given_rows = [
        (code, name, value)
        for code, pair in zip(TAIYUAN, pairs, strict=True)
        for name, value in zip(("urban_land_area", "road_length"), pair, strict=True)
        if value is not None
    ]
    given_rows = [(c, {"urban_land_area": "built_up_area"}.get(n, n), v) for c, n, v in given_rows]
    found = cell(history(CATALOGUE, rows((OTHER, "pop_resident", 1), *given_rows)), CITY, "road_density")
    complete = [(b, r) for b, r in pairs if b is not None and r is not None and b > 0]
    if found["value"] is None:
        few = len(complete) < 0.9 * len(TAIYUAN)
        assert few and found["value_reason"] in ("no_data", "insufficient_coverage", "undefined_denominator")
    else:
        assert found["value"] == pytest.approx(sum(r for _, r in complete) / sum(b for b, _ in complete))
        assert found["coverage_units"] == pytest.approx(len(complete) / len(TAIYUAN))
        assert math.isfinite(found["value"])


def test_the_frame_holds_every_region_once(catalogue):
    base = frame(catalogue, (2024,))
    assert [base.levels.count(level) for level in ("province", "prefecture", "county")] == [1, 11, 117]
    assert len(set(base.regions)) == 129


def test_missing_data_with_a_due_date_are_late_or_not_due_yet(tmp_path):
    folder = tmp_path / "indicators"
    folder.mkdir()
    ours = (
        (CATALOGUE.folders[0] / "indicators" / "data_elements.csv").read_text(encoding="utf-8").splitlines()
    )
    header, row = ours[0], next(line for line in ours if line.startswith("rail_length_operating,"))
    fields = dict(zip(header.split(","), row.split(","), strict=True)) | {"lag_days": "60"}
    (folder / "data_elements.csv").write_text(f"{header}\n{','.join(fields.values())}\n", encoding="utf-8")
    catalogue = Catalogue(tmp_path)
    limits = Limits(0.9, 10, dt.date(2024, 12, 31))
    found = evaluate(
        rows((CITY, "pop_resident", 1)),
        rows(key="indicator"),
        catalogue,
        frame(catalogue, (2023, 2024)),
        limits,
    )
    said = [cell(found, CITY, "rail_transit_length", year)["value_reason"] for year in (2023, 2024)]
    assert said == ["missing_late", "missing_not_due"]


def test_a_derived_element_that_is_reported_for_some_regions_is_derived_for_the_others(catalogue):
    members = catalogue.groups["taiyuan_circle"].members
    given_rows = [(c, "pop_resident", 10) for c in members]
    given_rows += [("140702", "pop_metro", 8), ("140702", "pop_within_60min", 6)]
    found = history(catalogue, rows(*given_rows))
    assert cell(found, "140702", "commute_60min_pop_share")["value"] == pytest.approx(75)
    assert cell(found, PROVINCE, "metro_core_pop_share")["value"] is not None
