"""The two ledgers: a settlement raises the rate by registration only; what is not known is missing."""

from hypothesis import given
from hypothesis import strategies as st

from renben.measures.citizenization.population_ledger import population_ledger
from tests.tables import CATALOGUE, frame, law, made

COUNTY, HOME, CITY = "140105", "141002", "140100"
STOCKS = {"pop_resident": 1000, "pop_urban_resident": 900, "pop_hukou": 600, "pop_urban_hukou": 500}
WAYS = ("arrived_urban", "arrived_rural", "arrived_unknown", "left_urban", "left_rural", "left_unknown")


def moved(region: str, ledger: str, complete: bool = True, **persons: int) -> dict[str, object]:
    return {"region": region, "ledger": ledger, "complete": complete, **dict.fromkeys(WAYS, 0), **persons}


def stocks(region: str, period: str = "2025", **other: float) -> list[dict[str, object]]:
    return [
        {"region": region, "element": name, "value": float(value), "period": period}
        for name, value in {**STOCKS, **other}.items()
    ]


def carried(moves, reported=(), before=()) -> dict[str, dict[str, object]]:
    result = population_ledger.function(
        frame("registry_moves", moves),
        frame("elements", reported, history=True),
        frame("population_ledger", before),
        CATALOGUE,
        law("2026-12-31"),
    )
    return {row["region"]: row for row in made(population_ledger, result).to_dicts()}


def rates(row: dict[str, object]) -> tuple[float, float]:
    return row["pop_urban_resident"] / row["pop_resident"], row["pop_urban_hukou"] / row["pop_hukou"]


def test_three_settlers_who_already_live_here_raise_the_registered_rate_alone():
    lived = [moved(COUNTY, "resident", arrived_urban=3), moved(COUNTY, "hukou")]
    settled = [moved(COUNTY, "resident", arrived_urban=3), moved(COUNTY, "hukou", arrived_urban=3)]
    before, after = (carried(m, stocks(COUNTY))[COUNTY] for m in (lived, settled))
    assert rates(before) == (903 / 1003, 500 / 600)
    assert rates(after) == (903 / 1003, 503 / 603)


def test_settling_inside_a_county_moves_people_from_the_country_to_the_town():
    inside = moved(COUNTY, "hukou", arrived_urban=2, left_rural=2)
    row = carried([moved(COUNTY, "resident"), inside], stocks(COUNTY))[COUNTY]
    assert (row["pop_hukou"], row["pop_urban_hukou"]) == (600, 502)


def test_a_move_between_town_and_country_that_is_not_told_hides_the_urban_stock_only():
    row = carried([moved(COUNTY, "resident", arrived_unknown=1), moved(COUNTY, "hukou")], stocks(COUNTY))[
        COUNTY
    ]
    assert row["pop_resident"] == 1001
    assert (row["pop_urban_resident"], row["pop_urban_resident_reason"]) == (None, "moves_not_known")


def test_a_county_whose_moves_are_kept_elsewhere_is_not_carried():
    found = carried([moved(HOME, "hukou", complete=False, left_rural=3)], stocks(HOME))
    assert HOME not in found


def test_a_city_is_carried_only_where_every_county_below_is_known():
    counties = [r.code for r in CATALOGUE.regions.values() if r.parent == CITY and r.level == "county"]
    every = [moved(code, ledger, arrived_urban=1) for code in counties for ledger in ("resident", "hukou")]
    found = carried(every, stocks(CITY))
    assert found[CITY]["pop_hukou"] == 600 + len(counties)
    assert CITY not in carried(every[2:], stocks(CITY))
    assert "140000" not in found


def test_the_ledger_opens_with_what_was_reported_else_with_what_was_carried_else_not_at_all():
    moves = [moved(COUNTY, "resident"), moved(COUNTY, "hukou", arrived_urban=1)]
    last = [{"region": COUNTY, **STOCKS, "pop_hukou": 700}]
    assert carried(moves, stocks(COUNTY), last)[COUNTY]["pop_hukou"] == 601
    assert carried(moves, (), last)[COUNTY]["pop_hukou"] == 701
    assert carried(moves, stocks(COUNTY, "2024"))[COUNTY]["pop_hukou_reason"] == "no_opening_stock"


def test_a_stock_that_would_fall_below_nothing_is_refused():
    row = carried([moved(COUNTY, "resident"), moved(COUNTY, "hukou", left_urban=501)], stocks(COUNTY))[COUNTY]
    assert (row["pop_urban_hukou"], row["pop_urban_hukou_reason"]) == (None, "more_left_than_lived_here")


@given(st.lists(st.integers(0, 50), min_size=4, max_size=4), st.integers(0, 50))
def test_settlement_never_touches_residents(lived, settlers):
    resident = moved(
        COUNTY,
        "resident",
        **dict(zip(("arrived_urban", "arrived_rural", "left_urban", "left_rural"), lived, strict=True)),
    )
    plain, settled = (
        carried([resident, moved(COUNTY, "hukou", arrived_urban=n)], stocks(COUNTY))[COUNTY]
        for n in (0, settlers)
    )
    names = ("pop_resident", "pop_urban_resident", "residents_gained")
    assert [plain[n] for n in names] == [settled[n] for n in names]
    assert settled["pop_urban_hukou"] - plain["pop_urban_hukou"] == settlers


def test_no_registry_gives_no_rows():
    assert carried([], stocks(COUNTY)) == {}
