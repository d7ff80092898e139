"""Transfers follow people: the worked figures of the published rule, then what may never happen."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.measures.citizenization.fiscal_transfer import expenditure_need, fiscal_transfer
from tests.tables import CATALOGUE, frame, law, made

PAYER = "140300"
COUNTIES = tuple(sorted(c for c, r in CATALOGUE.regions.items() if r.parent == PAYER and r.level == "county"))
HERE = COUNTIES[0]


# -- transfers --------------------------------------------------------------------------------------------------


def shared(needs, revenues, pool):
    """Amounts and what the payer keeps; needs and revenues in the order of the counties."""
    need = [
        {"region": c, "need": n, "need_reason": None if n is not None else "undecided"}
        for c, n in zip(COUNTIES, needs, strict=True)
    ]
    revenue = [{"region": c, "revenue": r} for c, r in zip(COUNTIES, revenues, strict=True) if r is not None]
    result = fiscal_transfer(
        frame("expenditure_need", need),
        frame("fiscal_revenue", revenue),
        frame("transfer_pool", [{"payer": PAYER, "amount": pool}]),
        CATALOGUE,
        law("2024-12-31"),
    )
    names = ("fiscal_transfer", "transfer_returned")
    cells, kept = (made(fiscal_transfer, result, name) for name in names)
    return cells.filter(pl.col("region").is_in(COUNTIES)), kept.to_dicts()[0]


def test_gaps_of_fifty_five_and_none_share_forty_four_as_forty_four_and_nothing():
    rest = (len(COUNTIES) - 3) * (10,)
    cells, kept = shared((120, 80, 60, *rest), (70, 75, 66, *rest), 44)
    assert cells["gap"].to_list()[:3] == [50, 5, 0]
    assert cells["amount"].to_list()[:3] == [40, 4, 0]
    assert kept["coefficient"] == pytest.approx(0.8) and kept["returned"] == 0


def test_more_money_than_gaps_closes_them_and_the_rest_stays():
    cells, kept = shared((120, *[10] * (len(COUNTIES) - 1)), (70, *[10] * (len(COUNTIES) - 1)), 80)
    assert cells["amount"].sum() == 50 and kept["returned"] == 30 and kept["coefficient"] == 1


@pytest.mark.parametrize(
    ("need", "revenue", "why"), [(None, 5, "need_not_known"), (5, None, "revenue_not_known")]
)
def test_a_region_without_data_is_missing_and_nothing_is_shared(need, revenue, why):
    rest = [10] * (len(COUNTIES) - 1)
    cells, kept = shared((need, *rest), (revenue, *[3] * len(rest)), 44)
    assert cells["amount"].null_count() == cells.height and set(cells["amount_reason"]) == {"part_withheld"}
    assert cells["gap_reason"].to_list()[0] == why
    assert (kept["returned"], kept["gaps"], kept["coefficient"]) == (44, None, None)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 10**6), min_size=len(COUNTIES), max_size=len(COUNTIES)),
    st.lists(st.integers(0, 10**6), min_size=len(COUNTIES), max_size=len(COUNTIES)),
    st.integers(0, 10**6),
)
def test_what_is_paid_and_kept_is_the_pool_and_nobody_gets_more_than_the_gap(needs, revenues, pool):
    cells, kept = shared(needs, revenues, pool)
    assert cells["amount"].sum() + kept["returned"] == pool
    assert (cells["amount"] <= cells["gap"]).all() and (cells["amount"] >= 0).all()


# -- need -------------------------------------------------------------------------------------------------------


def counts(county, rule, granted, undecided=0, amount=None, payments=None, basis="permit"):
    return {
        "region": county,
        "origin": "local",
        "rule": rule,
        "basis": basis,
        "persons": granted + undecided,
        "granted": granted,
        "refused": 0,
        "undecided": undecided,
        "amount": amount,
        "payments": payments,
        "rule_book": "test",
    }


def needs(rows, money=(), prices=(("health_record", 94),), index=1.0):
    factor = [{"region": c, "difficulty": 1.0, "service_cost": index} for c in COUNTIES] if index else []
    found = expenditure_need(
        frame("entitlement_counts", rows),
        frame("entitlement_money", money),
        frame("service_price", [{"rule": r, "price": p} for r, p in prices]),
        frame("fiscal_factor", factor),
        CATALOGUE,
    )
    return {row["region"]: row for row in made(expenditure_need, found).to_dicts()}


def test_need_is_people_entitled_times_price_times_index_and_the_money_they_are_paid():
    money = [{"region": HERE, "rule": "rent_subsidy", "persons": 2, "undecided": 0, "amount": 10_800}]
    found = needs([counts(HERE, "health_record", 1000)], money, index=1.1)
    assert found[HERE]["need"] == Decimal("114200.00")  # 1000 x 94 x 1.1 + 2 x 450 x 12


def test_people_of_whom_it_cannot_be_said_open_a_span_instead_of_a_need():
    row = needs([counts(HERE, "health_record", 1000, undecided=100)])[HERE]
    assert (row["need"], row["need_reason"]) == (None, "undecided")
    assert (row["need_least"], row["need_most"]) == (94_000, 103_400)


def test_money_that_cannot_be_said_has_no_upper_end():
    money = [{"region": HERE, "rule": "rent_subsidy", "persons": 2, "undecided": 1, "amount": 100}]
    row = needs([counts(HERE, "health_record", 1)], money)[HERE]
    assert (row["need_least"], row["need_most"], row["need"]) == (194, None, None)


def test_a_city_has_a_need_where_all_its_counties_have_one_and_the_province_only_then():
    every = needs([counts(c, "health_record", 10) for c in COUNTIES])
    assert every[PAYER]["need"] == 940 * len(COUNTIES)
    some = needs([counts(HERE, "health_record", 10)])
    assert some[PAYER]["need_reason"] == "need_not_known" and some["140000"]["need"] is None


def test_without_an_index_of_costs_there_is_no_need_but_where_nothing_is_priced():
    assert HERE not in needs([counts(HERE, "health_record", 10)], index=None)
    assert needs([counts(HERE, "legal_aid", 10)], index=None)[HERE]["need"] == 0
