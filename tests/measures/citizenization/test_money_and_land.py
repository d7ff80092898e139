"""Land and transfers follow people: the worked figures of the published rules, then what may never happen."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.measures.citizenization.fiscal_transfer import expenditure_need, fiscal_transfer
from renben.measures.citizenization.land_quota import land_quota
from renben.measures.citizenization.land_quota.quota import QuotaError
from tests.tables import CATALOGUE, frame, law, made

PAYER = "140300"
COUNTIES = tuple(sorted(c for c, r in CATALOGUE.regions.items() if r.parent == PAYER and r.level == "county"))
HERE = COUNTIES[0]


# -- land -------------------------------------------------------------------------------------------------------


def land(present, settled, *, core=False, on="2023-12-31", **values):
    """One region's quota: present land per head (m2) and people settled."""
    town = [{"region": HERE, "land_ha": present, "urban_residents": 10_000, "core": core, "period": on[:4]}]
    people = [{"region": HERE, "origin": "in_city", "persons": settled}] if settled is not None else []
    found = land_quota(
        frame("town_land", town, history=True), frame("settlements", people), law(on, **values)
    )
    return made(land_quota, found).to_dicts()[0]


@pytest.mark.parametrize(
    ("present", "standard"), [(95, 100), (100, 100), (100.01, 80), (150, 80), (150.01, 50), (160, 50)]
)
def test_the_standard_falls_with_present_land_per_head(present, standard):
    assert land(present, 1)["standard_m2_per_person"] == standard


def test_twelve_hundred_settlers_at_a_hundred_and_twenty_square_metres_bring_nine_point_six_hectares():
    assert land(120, 1200)["quota_ha"] == pytest.approx(9.60)
    for shift, hectares in ((-0.1, 8.64), (0.1, 10.56)):
        assert land(120, 1200, land_quota__shift=shift)["quota_ha"] == pytest.approx(hectares)


def test_the_core_of_a_very_large_city_gets_none_and_a_family_of_three_gets_three_hundredths():
    assert land(120, 1200, core=True)["quota_ha"] == 0
    assert land(100, 3)["quota_ha"] == pytest.approx(0.03)


def test_since_the_plan_residents_gained_count_and_a_loss_brings_nothing():
    rows = [
        {"region": HERE, "land_ha": 100.0, "urban_residents": n, "core": False, "period": year}
        for year, n in (("2023", 10_500), ("2024", 10_000))
    ]
    town = frame("town_land", rows, history=True)
    (row,) = made(land_quota, land_quota(town, frame("settlements"), law("2024-12-31"))).to_dicts()
    assert (row["gained"], row["losing"], row["quota_ha"]) == (-500, True, 0)
    (row,) = made(
        land_quota, land_quota(town.filter(period="2024"), frame("settlements"), law("2024-12-31"))
    ).to_dicts()
    assert (row["quota_ha"], row["quota_ha_reason"]) == (None, "people_not_known"), "no year before: not zero"


def test_people_or_land_that_nobody_reported_give_a_reason_and_no_quota():
    assert land(120, None)["quota_ha_reason"] == "people_not_known"
    town = {
        "region": HERE,
        "land_ha": None,
        "land_ha_reason": "missing_late",
        "urban_residents": 5,
        "core": False,
    }
    people = [{"region": HERE, "origin": "in_city", "persons": 1}]
    found = land_quota(
        frame("town_land", [{**town, "period": "2023"}], history=True),
        frame("settlements", people),
        law("2023-12-31"),
    )
    assert made(land_quota, found)["quota_ha_reason"].to_list() == ["land_not_known"]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"land_quota__shift": 0.11}, "at most 0.1 either way"),
        ({"land_quota__counted": "everybody"}, "write one of settlers, residents"),
        ({"land_quota__m2_per_person": [{"upto": 100, "m2": 80}, {"upto": None, "m2": 90}]}, "m2 fall"),
        ({"land_quota__m2_per_person": [{"upto": 100, "m2": 80}]}, "upto: null last"),
    ],
)
def test_what_the_rule_does_not_allow_is_refused(values, says):
    with pytest.raises(QuotaError, match=says):
        land(120, 1, **values)


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
