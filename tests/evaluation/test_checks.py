"""Findings: what has not been sent, what does not add up, what nobody knows, and warnings in words."""

import datetime as dt

import polars as pl
import pytest

from renben.core.law import Law
from renben.evaluation.checks import data_not_sent, early_warning, parts_and_whole, unknown_names
from tests.evaluation.conftest import LATER, PROVINCE, known_on, rows

CITY = "140100"


@pytest.fixture(scope="module")
def law(catalogue):
    return Law(catalogue.laws, dt.date(2024, 12, 31))


def counties(catalogue):
    return [r.code for r in catalogue.regions.values() if r.parent == CITY and r.level == "county"]


def test_a_city_that_is_not_the_sum_of_its_counties_must_explain_itself(catalogue, law):
    parts = [(c, "road_length", 10) for c in counties(catalogue)]
    exact = rows((CITY, "road_length", 10 * len(parts)), *parts)
    other = rows((CITY, "road_length", 11 * len(parts)), *parts)
    assert parts_and_whole(exact.lazy(), catalogue, law).collect().is_empty()
    found = parts_and_whole(other.lazy(), catalogue, law).collect().to_dicts()
    assert [f["subject"] for f in found] == [f"{CITY}/road_length"]
    assert found[0]["owner"] == "housing" and "太原市" in found[0]["text_zh"]


def test_sums_are_not_compared_while_a_part_is_missing_or_of_another_series(catalogue, law):
    parts = [(c, "road_length", 10) for c in counties(catalogue)]
    lacking = rows((CITY, "road_length", 9999), *parts[1:])
    other = rows(
        (CITY, "pop_resident", 9999, 2024, "p@a"), *((c, "pop_resident", 1, 2024, "p@b") for c, *_ in parts)
    )
    assert parts_and_whole(lacking.lazy(), catalogue, law).collect().is_empty()
    assert parts_and_whole(other.lazy(), catalogue, law).collect().is_empty()


def test_the_census_of_2020_adds_up_from_counties_to_the_province(catalogue, law):
    census = known_on(catalogue, LATER)[0].filter(pl.col("year") == 2020)
    assert parts_and_whole(census.lazy(), catalogue, law).collect().is_empty()


def test_a_name_that_nobody_knows_is_reported_with_the_nearest_known_one(catalogue):
    sent = rows((CITY, "road_lenght", 1), (CITY, "road_length", 1)).lazy()
    nothing = rows(key="indicator").lazy()
    found = unknown_names(sent, nothing, nothing, catalogue).collect().to_dicts()
    assert [f["subject"] for f in found] == ["elements/road_lenght"]
    assert "Did you mean road_length?" in found[0]["text_en"]
    assert "是否应为“road_length”？" in found[0]["text_zh"]


def test_each_office_hears_once_what_it_has_not_sent(catalogue):
    found = data_not_sent(
        rows((CITY, "road_length", 1), (CITY, "sponge_area", "missing_late")).lazy(), catalogue
    ).collect()
    assert found["subject"].is_unique().all()
    housing = found.filter(pl.col("owner") == "housing")["text_en"][0]
    sent, wanting = (catalogue.elements[name].name_en for name in ("road_length", "sponge_area"))
    assert wanting in housing and sent not in housing
    derived = catalogue.elements["pop_resident_potential"].name_en
    assert derived not in "".join(found["text_en"]), "derived elements are nobody's to send"


def status(**changed):
    row = {
        "region": PROVINCE,
        "indicator": "pm25_concentration",
        "value": 36.0,
        "target": 35.0,
        "warning": 3,
        "alarm": True,
        "synthetic": False,
    }
    return pl.LazyFrame([row | changed], schema_overrides={"value": pl.Float64, "target": pl.Float64})


@pytest.mark.parametrize(("level", "severity"), [(1, "warning"), (2, "warning"), (3, "error"), (4, "major")])
def test_a_warning_becomes_a_finding_of_its_severity_for_the_office_that_answers(catalogue, level, severity):
    found = early_warning(status(warning=level), catalogue).collect().to_dicts()
    assert (found[0]["kind"], found[0]["severity"], found[0]["owner"]) == (
        f"early_warning_{level}",
        severity,
        "ecology",
    )
    assert "36" in found[0]["text_zh"] and "山西省" in found[0]["text_zh"]


def test_what_does_not_stand_is_no_finding_and_a_missing_value_is_not_written_as_a_number(catalogue):
    assert early_warning(status(alarm=False), catalogue).collect().is_empty()
    text = early_warning(status(value=None, warning=1), catalogue).collect()["text_zh"][0]
    assert "0" not in text and "None" not in text
    assert "合成" in early_warning(status(synthetic=True), catalogue).collect()["text_zh"][0]
