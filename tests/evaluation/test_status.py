"""Status rules: a table of cases per rule, grey with its reason, targets of operators, warnings."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.catalogue import load
from renben.core.law import Law
from renben.core.schema import empty
from renben.evaluation.tables import indicator_forecasts, indicator_values, target_status
from renben.evaluation.targets import catalogue_targets, governing, regional_targets
from renben.evaluation.warnings import _benjamini_hochberg
from tests.evaluation.conftest import PROVINCE, frame, history, rows

CITY, COUNTY = "140100", "140105"
TARGETS = {
    "region": pl.String,
    "indicator": pl.String,
    "year": pl.Int64,
    "value": pl.Float64,
    "text": pl.String,
    "kind": pl.String,
    "source": pl.String,
    "trust": pl.String,
}


def law(catalogue, year=2024) -> Law:
    return Law(catalogue.laws, dt.date(year, 12, 31))


def entered(*given_rows) -> pl.LazyFrame:
    """Targets of an operator: region, indicator, year, value."""
    filled = [(*row, None, "annual_task", "文件", "P") for row in given_rows]
    return pl.LazyFrame(filled, schema=TARGETS, orient="row")


def no_projection(catalogue) -> pl.LazyFrame:
    """As the runner gives it where nobody has stored a projection."""
    return empty(catalogue.datasets["projection_rates"]).with_columns(synthetic=pl.lit(False))


def judged(catalogue, published, year=2024, targets=(), elements=None) -> pl.DataFrame:
    elements = rows(("100000", "urban_rate_national", 67)) if elements is None else elements
    found = history(catalogue, elements, rows(*published, key="indicator"), range(2015, year + 1)).lazy()
    in_force = law(catalogue, year)
    fan = indicator_forecasts(found, catalogue, in_force).collect().lazy()
    return target_status(
        found, fan, entered(*targets), no_projection(catalogue), catalogue, in_force
    ).collect()


def one(status: pl.DataFrame, region: str, indicator: str) -> dict:
    return status.filter((pl.col("region") == region) & (pl.col("indicator") == indicator)).to_dicts()[0]


@pytest.mark.parametrize(
    ("indicator", "region", "value", "status", "why"),
    [
        ("senior_secondary_enrolment", PROVINCE, 92.0, "green", "at the target"),
        ("senior_secondary_enrolment", PROVINCE, 91.9, "yellow", "just below"),
        ("senior_secondary_enrolment", PROVINCE, 89.9, "orange", "two points below"),
        ("senior_secondary_enrolment", PROVINCE, 50.0, "red", "far below"),
        ("pm25_concentration", PROVINCE, 35.0, "green", "at most means reached at the limit"),
        ("pm25_concentration", PROVINCE, 36.0, "yellow", "the published value of 2024"),
        ("pm25_concentration", PROVINCE, 44.0, "orange", "above the second limit"),
        ("pm25_concentration", PROVINCE, 46.0, "red", "above the last limit"),
        ("report_on_time_rate", COUNTY, 96.0, "green", "class limits without a policy target"),
        ("wage_account_coverage", COUNTY, 99.9, "yellow", "a legal duty is not rounded up"),
    ],
)
def test_a_standard_is_judged_by_its_class_limits(catalogue, indicator, region, value, status, why):
    found = one(judged(catalogue, [(region, indicator, value)]), region, indicator)
    assert (found["status"], found["reason"]) == (status, None), why
    assert found["system_thresholds"]


@pytest.mark.parametrize(
    ("indicator", "region", "value", "reason", "why"),
    [
        ("urban_rate_hukou", PROVINCE, 42.9, "no_colour_by_rule", "a direction only"),
        ("migrant_child_compulsory_share", PROVINCE, 99.5, "target_unverified", "target from memory"),
        ("urban_rate_resident", CITY, 89.0, "no_target", "the province's target is not the city's"),
        ("urban_rate_resident", PROVINCE, 66.0, "series_too_short", "one year makes no forecast"),
        ("county_hospital_upgraded", PROVINCE, 40.0, "no_schedule", "no plan has been entered"),
    ],
)
def test_grey_always_says_why(catalogue, indicator, region, value, reason, why):
    found = one(judged(catalogue, [(region, indicator, value)]), region, indicator)
    assert (found["status"], found["reason"]) == ("grey", reason), why


def test_a_missing_value_is_grey_with_the_reason_of_the_value(catalogue):
    found = judged(catalogue, [(PROVINCE, "pm25_concentration", "missing_late")])
    row = one(found, PROVINCE, "pm25_concentration")
    assert (row["status"], row["reason"], row["warning"]) == ("grey", "missing_late", 1)
    assert one(found, COUNTY, "pm25_concentration")["reason"] == "not_applicable"
    assert (found["status"] == "grey").equals(found["reason"].is_not_null())


RATES = (62.53, 63.42, 63.96, 64.97, 66.32)


def rates(values=RATES, start=2020):
    return [(PROVINCE, "urban_rate_resident", v, start + i) for i, v in enumerate(values)]


def test_the_headline_target_is_green_with_the_published_probability(catalogue):
    found = one(judged(catalogue, rates()), PROVINCE, "urban_rate_resident")
    assert (found["status"], round(found["probability"], 2)) == ("green", 0.84)
    assert (found["target"], found["target_stated"], found["target_year"]) == (69.5, 70, 2029)
    assert (round(found["forecast_median"], 1), found["forecast_by"]) == (70.8, "drift")
    assert (found["trend"], found["improving"]) == ("up", True)
    assert found["pace_recent"] == pytest.approx(0.9475)
    assert found["pace_needed"] == pytest.approx(3.18 / 5)
    assert found["pace_ratio"] is None, "the target counts from 2024, nothing is due yet"


def test_another_provision_gives_another_class(catalogue):
    found = history(
        catalogue, rows((PROVINCE, "pop_hukou", 1)), rows(*rates(), key="indicator"), range(2018, 2025)
    ).lazy()
    strict = dict(catalogue.laws)
    green = strict["evaluation.trajectory.green"]
    dated = {day: value.model_copy(update={"value": 0.9}) for day, value in green.values.items()}
    strict["evaluation.trajectory.green"] = green.model_copy(update={"values": dated})
    in_force = Law(strict, dt.date(2024, 12, 31))
    fan = indicator_forecasts(found, catalogue, in_force)
    status = target_status(found, fan, entered(), no_projection(catalogue), catalogue, in_force).collect()
    assert one(status, PROVINCE, "urban_rate_resident")["status"] == "yellow"


def test_an_operator_s_target_makes_a_city_checkable(catalogue):
    published = [(CITY, "urban_rate_resident", 88 + i / 2, 2019 + i) for i in range(6)]
    found = one(
        judged(catalogue, published, targets=[(CITY, "urban_rate_resident", 2029, 91.0)]),
        CITY,
        "urban_rate_resident",
    )
    assert found["status"] in ("green", "yellow", "orange", "red")
    assert not found["reference_only"] and found["target"] == 91


def test_work_is_judged_by_what_is_due_by_now(catalogue):
    def units(total):
        given_rows = [(PROVINCE, "affordable_rental_units_new", total / 4, y) for y in range(2021, 2025)]
        return one(judged(catalogue, [], elements=rows(*given_rows)), PROVINCE, "affordable_rental_units_cum")

    due = 55_000 * 4 / 5
    assert [units(due * share)["status"] for share in (0.96, 0.9, 0.75, 0.5)] == [
        "green",
        "yellow",
        "orange",
        "red",
    ]
    assert units(due)["pace_ratio"] == pytest.approx(1)


def test_milestones_due_by_now_are_judged_against_all_of_them(catalogue):
    def done(n):
        elements = rows((PROVINCE, "milestones_done", n), (PROVINCE, "milestones_due", 100))
        return one(judged(catalogue, [], elements=elements), PROVINCE, "metro_transport_milestones")["status"]

    assert [done(n) for n in (95, 94, 84, 69)] == ["green", "yellow", "orange", "red"]


def test_one_verified_event_is_red_and_a_major_matter(catalogue):
    def cases(n):
        elements = rows((COUNTY, "forced_exit_complaints_verified", n))
        return one(judged(catalogue, [], elements=elements), COUNTY, "forced_land_exit_complaints")

    assert (cases(0)["status"], cases(0)["warning"]) == ("green", 0)
    assert (cases(1)["status"], cases(1)["warning"], cases(1)["alarm"]) == ("red", 4, True)
    assert not cases(1)["system_thresholds"]


def test_a_target_out_of_reach_at_the_best_pace_is_level_four(catalogue):
    slow = [60 + 0.05 * i for i in range(5)]
    found = one(judged(catalogue, rates(slow)), PROVINCE, "urban_rate_resident")
    assert (found["status"], found["warning"]) == ("red", 4)


def test_a_value_far_below_last_year_s_forecast_gives_a_warning(catalogue):
    fallen = [
        (CITY, "residence_permit_coverage", v, 2017 + i)
        for i, v in enumerate((50, 51, 52.1, 53, 54.1, 55, 56, 40))
    ]
    found = one(judged(catalogue, fallen), CITY, "residence_permit_coverage")
    assert (found["warning"], found["alarm"]) == (2, True)


def test_a_fall_of_two_classes_gives_a_warning(catalogue):
    published = [(PROVINCE, "senior_secondary_enrolment", v, y) for v, y in ((93, 2023), (89, 2024))]
    assert one(judged(catalogue, published), PROVINCE, "senior_secondary_enrolment")["warning"] == 3


def test_what_was_reported_last_year_and_not_this_year_gives_a_warning(catalogue):
    published = [(PROVINCE, "pm25_concentration", 37, 2023), (PROVINCE, "good_air_days_rate", 74, 2024)]
    assert one(judged(catalogue, published), PROVINCE, "pm25_concentration")["warning"] == 1


def test_a_better_forecast_is_used_and_the_drift_line_is_kept_beside_it(catalogue, base):
    from renben.evaluation import forecast, status, tables  # noqa: PLC0415

    found = history(
        catalogue, rows((PROVINCE, "pop_hukou", 1)), rows(*rates(), key="indicator"), range(2018, 2025)
    )
    in_force = law(catalogue)
    fits = tables._fits(found, catalogue, in_force)
    fan = forecast.forecasts(fits, 2029)
    better = fan.with_columns(centre=pl.col("centre") - 0.2, median=pl.lit(67.0))
    targets = governing(regional_targets(catalogue, base, entered().collect()), 2024)
    rules = tables._rules(in_force)
    judged_ = status.judge(found, targets, fits, fan, status.definitions(catalogue), rules, 2024, better)
    row = one(judged_, PROVINCE, "urban_rate_resident")
    assert (row["forecast_by"], row["forecast_median"]) == ("projection", 67)
    assert round(row["drift_median"], 1) == 70.8 and round(row["drift_probability"], 2) == 0.84
    assert row["probability"] < 0.5 and row["status"] in ("orange", "red")


def test_the_next_target_governs_and_a_past_one_is_only_a_reference(catalogue, base):
    every = regional_targets(catalogue, base, entered().collect())

    def sponge(year):
        row = governing(every, year).filter(
            (pl.col("region") == PROVINCE) & (pl.col("indicator") == "sponge_area_share")
        )
        return row["target"][0], row["target_year"][0], row["reference_only"][0]

    assert sponge(2024) == (50, 2025, False)
    assert sponge(2026) == (80, 2030, False)
    assert sponge(2031) == (80, 2030, True)


def test_a_national_target_is_a_reference_for_a_province_and_a_legal_duty_is_not(catalogue, base):
    every = governing(regional_targets(catalogue, base, entered().collect()), 2024)
    by = {(r["region"], r["indicator"]): r["reference_only"] for r in every.to_dicts()}
    assert by[PROVINCE, "pension_coverage"] is True
    assert by[COUNTY, "wage_account_coverage"] is False
    assert by[COUNTY, "sponge_area_share"] is True
    assert (COUNTY, "urban_rate_resident") not in by


def test_no_target_stands_without_source_and_trust(catalogue):
    for target in catalogue_targets(catalogue):
        assert target.source and target.trust and target.text
        assert target.indicator in {**catalogue.indicators, **catalogue.reserve_indicators}


def test_values_carry_last_year_s_only_within_one_series(catalogue):
    published = [
        (PROVINCE, "urban_rate_resident", 60, 2022, "p@a"),
        (PROVINCE, "urban_rate_resident", 62, 2023, "p@b"),
        (PROVINCE, "urban_rate_resident", 63, 2024, "p@b"),
    ]
    found = history(catalogue, rows((PROVINCE, "pop_hukou", 1)), rows(*published, key="indicator")).lazy()
    now = one(indicator_values(found, law(catalogue)).collect(), PROVINCE, "urban_rate_resident")
    then = one(indicator_values(found, law(catalogue, 2023)).collect(), PROVINCE, "urban_rate_resident")
    assert (now["previous_value"], now["change"]) == (62, 1)
    assert (then["previous_value"], then["change"]) == (None, None)


def test_false_alarms_are_capped_as_benjamini_and_hochberg_say():
    p = np.array([0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, np.nan])
    assert _benjamini_hochberg(p, 0.05).tolist() == [True, True] + [False] * 7


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0.01, 0.3))
def test_the_cap_keeps_the_smallest_p_values_and_grows_with_the_share(p, share):
    values = np.array(p)
    kept = _benjamini_hochberg(values, share)
    if kept.any() and not kept.all():
        assert values[kept].max() <= values[~kept].min()
    assert (kept <= _benjamini_hochberg(values, share * 2)).all()


CATALOGUE = load()


def test_class_limits_are_the_ones_written_in_words():
    for indicator in CATALOGUE.indicators.values():
        for limit in (indicator.green, indicator.yellow, indicator.orange):
            assert limit is None or f"{limit:g}" in indicator.status_thresholds, indicator.id


def test_the_frame_of_regions_is_the_one_of_the_catalogue():
    assert frame(CATALOGUE, (2024,)).shape == (129, 1)
