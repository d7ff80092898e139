"""Land per added person: the published bands, the allowed shift, and quotas that add up."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.measures.citizenization.land_quota import land_quota, land_quota_regions_losing_people
from renben.measures.citizenization.land_quota.quota import QuotaError
from tests.tables import CATALOGUE, frame, law, made

TOWN, OTHER, PROVINCE = "140100", "140200", "140000"


def land(region: str = TOWN, per_capita: float | None = 95, **other: object) -> dict[str, object]:
    why = "no_data" if per_capita is None else None
    return {
        "region": region,
        "per_capita": per_capita,
        "per_capita_reason": why,
        "no_extra_land": False,
        **other,
    }


def settled(persons: int, region: str = TOWN) -> dict[str, object]:
    return {"region": region, "origin": "in_province", "persons": persons}


def allotted(lands, settlers=(), ledger=(), reported=(), plan=(), on="2020-12-31", **provisions):
    result = land_quota.function(
        frame("settlements", settlers),
        frame("population_ledger", ledger),
        frame("elements", reported, history=True),
        frame("urban_land_present", lands),
        frame("land_quota_plan", plan),
        CATALOGUE,
        law(on, **provisions),
    )
    return made(land_quota, result)


def one(table: pl.DataFrame, region: str = TOWN, basis: str = "settled") -> dict[str, object]:
    return table.filter(region=region, basis=basis).to_dicts()[0]


@pytest.mark.parametrize(
    ("present", "standard"), [(95, 100), (100, 100), (100.01, 80), (150, 80), (150.01, 50), (160, 50)]
)
def test_the_more_land_a_place_has_the_less_each_settler_brings(present, standard):
    assert one(allotted([land(per_capita=present)], [settled(1)]))["standard"] == standard


def test_a_family_of_three_brings_three_hundredths_of_a_hectare():
    assert one(allotted([land()], [settled(3)]))["quota"] == pytest.approx(0.03)


@pytest.mark.parametrize(("shift", "hectares"), [(0, 9.60), (-0.1, 8.64), (0.1, 10.56)])
def test_twelve_hundred_settlers_with_the_shift_a_province_may_make(shift, hectares):
    row = one(allotted([land(per_capita=120)], [settled(1200)], land_quota__adjustment=shift))
    assert row["quota"] == pytest.approx(hectares)


def test_a_larger_shift_is_refused():
    with pytest.raises(QuotaError, match=r"at most 0\.1"):
        allotted([land()], [settled(1)], land_quota__adjustment=0.11)


def test_the_core_of_a_very_large_city_gets_nothing_and_so_does_a_place_that_loses_people():
    core = one(allotted([land(no_extra_land=True)], [settled(500)]))
    lost = one(
        allotted([land()], ledger=[{"region": TOWN, "residents_gained": -7, "quality": "estimated"}]),
        basis="residents",
    )
    assert (core["quota"], lost["people"], lost["quota"]) == (0, -7, 0)


def test_settlers_count_until_the_plan_and_residents_since():
    for on, basis in (("2020-12-31", "settled"), ("2026-12-31", "residents")):
        counted = allotted([land()], [settled(3)], on=on).filter("counts")
        assert counted["basis"].to_list() == [basis]


def test_reported_residents_come_before_carried_ones_and_nothing_known_is_missing():
    reported = [
        {"region": TOWN, "element": "pop_resident", "value": value, "period": period}
        for period, value in (("2019", 1000.0), ("2020", 1010.0))
    ]
    ledger = [{"region": r, "residents_gained": 4, "quality": "estimated"} for r in (TOWN, OTHER)]
    found = allotted([land(), land(OTHER), land("140300")], ledger=ledger, reported=reported)
    assert one(found, basis="residents")["people"] == 10
    assert one(found, OTHER, "residents")["people"] == 4
    assert one(found, "140300", "residents")["quota_reason"] == "no_data"


def test_land_without_a_figure_gives_no_standard_rather_than_the_highest():
    row = one(allotted([land(per_capita=None)], [settled(3)]))
    assert (row["quota"], row["quota_reason"]) == (None, "missing_factor")


@given(st.lists(st.integers(0, 5000), min_size=2, max_size=2).filter(any), st.integers(0, 10**5))
def test_what_is_allotted_adds_up_to_the_plan(settlers, hundredths):
    lands, people = (
        [land(), land(OTHER)],
        [settled(n, r) for n, r in zip(settlers, (TOWN, OTHER), strict=True)],
    )
    plan = [{"payer": PROVINCE, "hectares": hundredths / 100}]
    counted = allotted(lands, people, plan=plan).filter("counts")
    assert counted["allotted"].sum() == pytest.approx(hundredths / 100)


def test_regions_that_lose_people_are_told_to_use_what_they_have():
    found = allotted(
        [land()], ledger=[{"region": TOWN, "residents_gained": -7, "quality": "estimated"}], on="2026-12-31"
    )
    (row,) = made(
        land_quota_regions_losing_people, land_quota_regions_losing_people.function(found.lazy(), CATALOGUE)
    ).to_dicts()
    assert "Taiyuan" in row["text_en"] and row["kind"] == "land_quota_none"
