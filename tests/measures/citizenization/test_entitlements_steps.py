"""From counts to gaps, money and hukou-based items; worked by hand."""

from decimal import Decimal

import polars as pl
import pytest

from renben.measures.citizenization.entitlements import entitlement_money, hukou_based_items, uptake_gap
from renben.measures.citizenization.entitlements.counts import payments_a_year

COUNTS = pl.LazyFrame(
    {
        "region": ["140105", "140105", "140105", "140105"],
        "origin": ["cross_province", "local", "in_city", "in_province"],
        "rule": ["legal_aid", "minimum_living", "rent_subsidy", "residence_permit"],
        "basis": ["permit", "hukou", "permit", "other"],
        "persons": [100, 100, 100, 100],
        "granted": [80, 5, 0, 30],
        "refused": [15, 90, 100, 60],
        "undecided": [5, 5, 0, 10],
        "amount": pl.Series([None, Decimal("3000.00"), Decimal("0.00"), None], dtype=pl.Decimal(18, 2)),
        "payments": [None, 12, 12, None],
    }
)


def test_the_gap_is_entitled_less_users_and_nobody_entitled_has_no_uptake():
    users = pl.LazyFrame(
        {
            "region": ["140105"] * 3,
            "rule": ["legal_aid", "minimum_living", "rent_subsidy"],
            "users": [60, 6, 0],
        }
    )
    found = {row["rule"]: row for row in uptake_gap(COUNTS, users).collect().to_dicts()}
    assert (found["legal_aid"]["gap"], found["legal_aid"]["uptake"]) == (20, 0.75)
    assert found["minimum_living"]["gap"] == -1
    assert (
        found["rent_subsidy"]["uptake"] is None
        and found["rent_subsidy"]["uptake_reason"] == "nobody_entitled"
    )


def test_money_a_year_is_the_payment_times_payments():
    found = {row["rule"]: row["amount"] for row in entitlement_money(COUNTS).collect().to_dicts()}
    assert found == {"minimum_living": Decimal("36000.00"), "rent_subsidy": Decimal("0.00")}


def test_hukou_based_items_are_counted_among_services_only():
    assert hukou_based_items(COUNTS).collect().row(0, named=True) == {
        "region": "140105",
        "items": 3,
        "hukou_items": 1,
        "share": pytest.approx(1 / 3),
    }


@pytest.mark.parametrize(
    ("unit", "times"), [("yuan/month", 12), ("yuan/year", 1), ("yuan/course", 1), ("", None)]
)
def test_payments_follow_the_unit(unit, times):
    assert payments_a_year(unit) == times


def test_people_of_all_origins_are_one_number_in_gaps_and_money():
    both = pl.concat([COUNTS, COUNTS.with_columns(origin=pl.lit("unknown"))])
    users = pl.LazyFrame({"region": ["140105"], "rule": ["legal_aid"], "users": [100]})
    assert uptake_gap(both, users).collect()["gap"].to_list() == [60]
    (money,) = entitlement_money(both).filter(rule="minimum_living").collect().to_dicts()
    assert (money["persons"], money["undecided"], money["amount"]) == (10, 10, Decimal("72000.00"))
    assert hukou_based_items(both).collect()["items"].to_list() == [3]
