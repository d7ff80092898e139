"""The facts as base data: published numbers, vintages, and the census revision that nothing crosses."""

import csv
import datetime as dt

import polars as pl
import pytest

from renben.catalogue.facts_map import NATION, fact_versions, mapped, rules
from renben.evaluation.indicators import evaluate
from tests.evaluation.conftest import LIMITS, PROVINCE, cell, known_on

PUBLISHED = {2020: 62.53, 2021: 63.42, 2022: 63.96, 2023: 64.97, 2024: 66.32}


@pytest.mark.parametrize(("year", "rate"), PUBLISHED.items())
def test_the_resident_urbanization_rate_is_the_published_one(facts_history, year, rate):
    found = cell(facts_history, PROVINCE, "urban_rate_resident", year)
    assert round(found["value"], 2) == rate
    assert found["method"] == "computed"
    assert found["series"] == "population@census2020"


def test_what_was_known_before_the_census_is_rebuilt_as_it_was(catalogue, base):
    early = evaluate(*known_on(catalogue, dt.date(2020, 12, 31)), catalogue, base, LIMITS)
    assert round(cell(early, PROVINCE, "urban_rate_resident", 2019)["value"], 2) == 59.55
    assert round(cell(early, PROVINCE, "urban_rate_resident", 2018)["value"], 2) == 58.41
    assert cell(early, PROVINCE, "urban_rate_resident", 2021)["value"] is None


def test_a_restated_year_is_marked_revised_or_new_and_stands_in_a_series_of_its_own(facts_history):
    found = cell(facts_history, PROVINCE, "urban_rate_resident", 2018)
    assert round(found["value"], 2) == 59.85
    assert found["series"] == "population@census2020-restated"
    assert found["state"] == "break_after"


def test_residents_of_one_revision_and_urban_residents_of_another_are_not_divided(facts_history):
    by_series = facts_history.filter(
        (pl.col("indicator") == "urban_rate_resident") & pl.col("series").str.contains(";")
    )
    assert by_series.is_empty()


def test_counties_add_up_to_the_census_total_of_the_province(catalogue, base):
    elements, _ = known_on(catalogue, dt.date(2026, 1, 1))
    counties = [c for c, level in zip(base.regions, base.levels, strict=True) if level == "county"]
    total = elements.filter(
        pl.col("region").is_in(counties) & (pl.col("element") == "pop_resident") & (pl.col("year") == 2020)
    )
    assert total["value"].sum() == 34_915_616


def test_values_from_memory_are_rejected_and_not_used(catalogue, base):
    elements, _ = known_on(catalogue, dt.date(2026, 1, 1))
    memory = elements.filter(pl.col("quality") == "memory")
    assert memory.height == 3
    assert memory["value"].is_null().all() and (memory["value_reason"] == "rejected").all()


def test_every_element_and_indicator_of_the_mapping_is_known(catalogue):
    found = rules(catalogue).filter(pl.col("use") != "skip")
    elements = set(found.filter(pl.col("use") == "element")["id"])
    assert elements <= set(catalogue.elements)
    assert set(found.filter(pl.col("use") == "indicator")["id"]) <= set(catalogue.indicators)


def test_every_fact_of_a_mapped_name_is_used_or_skipped_with_a_reason(catalogue):
    names = set(rules(catalogue)["indicator"])
    skipped = rules(catalogue).filter(pl.col("use") == "skip")
    assert skipped["note"].str.len_chars().min() >= 20
    pairs = set(skipped.select("indicator", "basis").iter_rows())
    used = mapped(catalogue).height
    facts = 0
    for file in (
        "province_series",
        "population_prefecture",
        "population_county",
        "economy_services",
        "fiscal",
    ):
        with (catalogue.folders[0] / "facts" / f"{file}.csv").open(encoding="utf-8") as handle:
            facts += sum(
                row["indicator"] in names
                and NATION.get(row["code"], row["code"]) in catalogue.regions
                and (row["indicator"], row.get("basis", "")) not in pairs
                for row in csv.DictReader(handle)
            )
    assert used == facts


def test_versions_grow_with_what_becomes_known(catalogue):
    versions = [v for v in fact_versions(catalogue) if v.dataset == "elements" and v.period == "2018"]
    days = [v.day for v in versions]
    assert days == sorted(set(days)) and days[0] < dt.date(2020, 1, 1) < days[-1]
    sizes = [v.rows.height for v in versions]
    assert sizes == sorted(sizes)
    assert versions[-1].rows.filter((pl.col("region") == PROVINCE) & pl.col("revised")).height >= 1


def test_the_reference_tables_agree_where_they_are_supplied(facts_history, reference):
    path = reference / "population_prefecture.csv"
    with path.open(encoding="utf-8") as handle:
        rates = [
            (row["code"], int(row["year"]), float(row["value"]))
            for row in csv.DictReader(handle)
            if row["indicator"] == "urbanization_rate"
            and "revised" not in row["basis"]
            and int(row["year"]) >= 2020
        ]
    checked = 0
    for code, year, rate in rates:
        if year > 2024:
            continue
        found = cell(facts_history, code, "urban_rate_resident", year)
        if found["value"] is not None:
            assert found["value"] == pytest.approx(rate, abs=0.15), (code, year)
            checked += 1
    assert checked >= 5


def test_money_is_converted_by_the_unit_in_which_it_was_published(catalogue):
    funds = mapped(catalogue).filter(pl.col("id") == "citizenization_fund")
    by = {
        (region, year): value for region, year, value in funds.select("region", "year", "value").iter_rows()
    }
    assert by[(PROVINCE, 2024)] == 978_000_000
    cities = [
        value
        for (region, year), value in by.items()
        if year == 2024 and region.startswith("14") and region != PROVINCE
    ]
    assert len(cities) == 11 and sum(cities) == by[(PROVINCE, 2024)]
    assert by[("100000", 2022)] == 40_000_000_000
