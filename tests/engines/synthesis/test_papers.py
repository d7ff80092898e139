"""Permits, earlier places, insurance and savings: possible in law and in time, near their assumed shares, schema kept."""

import datetime as dt

import polars as pl
import pytest

from renben.catalogue import load
from renben.core.schema import canonical, refuse_bad
from renben.engines.synthesis.planning import make_plan
from renben.engines.synthesis.population import write_population

NOW, TODAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.date(2020, 11, 1)
COUNTIES = ["140105", "140213", "140931"]
FAR = 1
"""Classes of being away above this are registered in another county."""


@pytest.fixture(scope="module")
def plan():
    return make_plan(0.02)


@pytest.fixture(scope="module")
def folder(plan, tmp_path_factory):
    made = tmp_path_factory.mktemp("papers")
    write_population(plan, made, seed=5, created_at=NOW, counties=COUNTIES)
    return made


@pytest.fixture(scope="module")
def persons(folder):
    return pl.read_parquet(folder / "persons" / "*.parquet")


@pytest.mark.parametrize(
    ("table", "name"), [("persons", "population"), ("households", "population_households")]
)
def test_the_files_are_a_source_with_a_schema_and_pass_its_checks(folder, table, name):
    dataset = load().datasets[name]
    assert dataset.source
    frame = canonical(pl.scan_parquet(folder / table / "*.parquet"), dataset)
    refuse_bad(frame, dataset)
    assert set(frame.collect_schema()) == set(dataset.columns)


def test_a_permit_is_for_people_of_another_county_after_half_a_year_of_registration(persons):
    held = persons.filter("has_permit")
    assert held.height > 1000 and held.filter(pl.col("away") <= FAR).is_empty()
    waited = (pl.col("permit_issued") - pl.col("registered_since")).dt.total_days()
    assert held.filter((waited < 184) | waited.is_null()).is_empty()
    assert held["permit_issued"].max() <= TODAY
    assert persons.filter(~pl.col("has_permit"))["permit_issued"].is_null().all()


def test_permits_are_endorsed_by_the_year_and_the_assumed_share_has_lapsed(persons, plan):
    held = persons.filter("has_permit").with_columns(
        years=(pl.col("endorsed_until") - pl.col("permit_issued")).dt.total_days() / 365.2425
    )
    assert held.filter((pl.col("years") - pl.col("years").round()).abs() > 2 / 365).is_empty()
    assert held.filter(pl.col("years") < 0.9).is_empty()
    old = held.filter(pl.col("permit_issued") <= dt.date(2019, 10, 30))
    lapsed = old.filter(pl.col("endorsed_until") < TODAY).height / old.height
    assert lapsed == pytest.approx(plan.priors.number("permit_lapsed_share"), abs=0.04)


def test_households_get_their_permits_together(persons):
    away = persons.filter(
        pl.col("away") > FAR,
        pl.col("registered_since") < dt.date(2019, 1, 1),
        pl.col("birth") < dt.date(2015, 1, 1),
    )
    mixed = away.group_by("household").agg(pl.col("has_permit").n_unique().alias("n"), pl.len())
    assert mixed.filter(pl.col("len") > 1, pl.col("n") > 1).height == 0


def test_an_earlier_place_is_another_county_and_lies_between_birth_and_arrival(persons):
    moved = persons.filter(pl.col("before_region").is_not_null())
    assert moved.height > 500 and moved.filter(pl.col("away") == 0).is_empty()
    assert moved.filter(pl.col("before_region") == pl.col("county")).is_empty()
    assert moved.filter(pl.col("before_region") == pl.col("hukou_region")).is_empty()
    assert moved.filter(pl.col("before_since") > pl.col("resident_since")).is_empty()
    assert moved.filter(pl.col("before_since") < pl.col("birth")).is_empty()


def test_insurance_is_here_or_at_the_hukou_and_months_fit_the_age(persons):
    insured = persons.filter(pl.col("insurance") > 0)
    assert insured["insured_region"].null_count() == 0
    assert persons.filter(pl.col("insurance") == 0)["insured_region"].is_null().all()
    places = (pl.col("insured_region") == pl.col("county")) | (
        pl.col("insured_region") == pl.col("hukou_region")
    )
    assert insured.filter(~places).is_empty()
    employee = (pl.col("insurance") & 1) > 0
    assert persons.filter(employee)["pension_months"].null_count() == 0
    assert persons.filter(~employee)["pension_months"].is_null().all()
    age = (pl.lit(TODAY) - pl.col("birth")).dt.total_days() / 365.2425
    assert persons.filter(pl.col("pension_months") > ((age + 1 - 22) * 12).clip(0)).is_empty()


def test_savings_are_whole_thousands_and_grow_with_income(persons):
    assert (persons["assets"] % 1000 == 0).all() and persons["assets"].min() >= 0
    assert persons.filter(pl.col("income") == 0)["assets"].sum() == 0
    rich = persons.filter(pl.col("income") > 80_000)["assets"].median()
    assert rich > 2 * persons.filter(pl.col("income").is_between(1, 40_000))["assets"].median()


def test_every_assumption_behind_them_is_listed(plan):
    listed = {row["key"]: row["trust"] for row in plan.priors.rows}
    wanted = (
        "permit_share",
        "permit_delay",
        "permit_lapsed_share",
        "earlier_place_share",
        "insured_here_employee",
        "assets_income_years",
    )
    assert all(listed[key] == "D" for key in wanted)
