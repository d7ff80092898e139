"""What mechanisms make feeds the indicators, after what was reported and never instead of what was published."""

import polars as pl

from renben.evaluation.sources import by_year, elements_of, not_published, with_made
from renben.evaluation.tables import mechanism_elements
from tests.evaluation.conftest import PROVINCE, rows

CITY = "140100"


def air(synthetic=True):
    return pl.LazyFrame(
        {
            "region": [CITY],
            "days_valid": [360],
            "days_good_air": [270],
            "pm25_sum": [9000.0],
            "synthetic": [synthetic],
        }
    )


def nothing():
    return pl.LazyFrame(schema={"region": pl.String, "synthetic": pl.Boolean})


def test_columns_that_are_data_elements_become_rows_with_their_origin(catalogue):
    cluster = pl.LazyFrame(
        {
            "region": [CITY, PROVINCE],
            "cluster_employment": [None, 5],
            "cluster_employment_reason": ["effort", None],
            "other": [1, 2],
            "synthetic": [False, False],
        }
    )
    funds = nothing().with_columns(citizenization_fund=pl.lit(1.0))
    reach = nothing().with_columns(pop_within_60min=pl.lit(1))
    items = nothing().with_columns(service_items=pl.lit(1))
    carried = nothing().with_columns(pop_hukou=pl.lit(1), quality=pl.lit("estimated"))
    cases = nothing().with_columns(city_cases_due=pl.lit(1))
    water = nothing().with_columns(ponding_points_severe=pl.lit(1))
    found = mechanism_elements(
        air(), cases, cluster, funds, reach, items, water, carried, catalogue
    ).collect()
    assert set(found["element"]) == {"days_valid", "days_good_air", "pm25_sum", "cluster_employment"}
    by = {(r["region"], r["element"]): r for r in found.to_dicts()}
    assert by[CITY, "days_valid"]["value"] == 360 and by[CITY, "days_valid"]["synthetic"]
    assert by[CITY, "cluster_employment"]["value_reason"] == "no_data", (
        "a foreign reason is no reason of ours"
    )
    assert not by[PROVINCE, "cluster_employment"]["synthetic"]


def test_reported_values_come_before_made_ones(catalogue):
    made = elements_of("air_year_data", air(), catalogue).collect().with_columns(year=pl.lit(2024, pl.Int64))
    reported = rows((CITY, "days_valid", 365), (CITY, "days_good_air", "missing_late"))
    found = {r["element"]: r for r in with_made(reported, made).to_dicts()}
    assert (found["days_valid"]["value"], found["days_valid"]["synthetic"]) == (365, False)
    assert (found["days_good_air"]["value"], found["days_good_air"]["sources"]) == (270, "air_year_data")
    assert found["pm25_sum"]["synthetic"]


def test_values_carried_forward_are_marked_estimated(catalogue):
    carried = pl.LazyFrame(
        {"region": [CITY], "pop_hukou": [5], "quality": ["estimated"], "synthetic": [False]}
    )
    made = (
        elements_of("population_ledger", carried, catalogue)
        .collect()
        .with_columns(year=pl.lit(2024, pl.Int64))
    )
    assert with_made(rows(), made)["quality"].to_list() == ["estimated"]


def test_example_data_never_replace_a_published_rate_and_real_data_do(catalogue):
    rate = rows((CITY, "good_air_days_rate", 74.2), key="indicator")
    for synthetic, left in ((True, {"pm25_sum"}), (False, {"days_valid", "days_good_air", "pm25_sum"})):
        table = elements_of("air_year_data", air(synthetic), catalogue).collect()
        made = table.with_columns(year=pl.lit(2024, pl.Int64))
        assert set(not_published(made, rate, catalogue)["element"]) == left


def test_only_annual_periods_are_read():
    history = pl.LazyFrame({"region": ["a", "b"], "period": ["2024", "2024Q3"]})
    assert by_year(history).to_dicts() == [{"region": "a", "year": 2024}]


def test_every_table_of_a_mechanism_that_holds_data_elements_is_read(catalogue):
    holds = {
        name
        for name, dataset in catalogue.datasets.items()
        if not dataset.source
        and dataset.grain == ("region",)
        and set(dataset.columns) & set(catalogue.elements)
    }
    assert holds <= set(mechanism_elements.reads), "read it in evaluation.tables.mechanism_elements"
