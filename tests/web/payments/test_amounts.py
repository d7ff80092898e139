"""Amounts in fen: worked values, and that nothing is lost or made by rounding, comparing and renewing."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from renben.web.payments.amounts import NOTHING, Known, in_fen, lines, yuan
from renben.web.payments.matching import DIFFERS, MATCHED, MISSING, TWICE, UNKNOWN, compare
from renben.web.payments.templatetags.payments import yuan as shown

REGIONS = st.sampled_from([f"14{n:02d}00" for n in range(1, 12)])
FINE = st.decimals(min_value=0, max_value=10**11, places=4)
EXACT = st.decimals(min_value=0, max_value=10**11, places=2)
MONEY = st.integers(-(10**13), 10**13)


def test_amounts_exact_to_the_fen_are_not_rounded() -> None:
    assert in_fen({"a": Decimal("0.01"), "b": Decimal("123456789012.34")}, 100) == {
        "a": 1,
        "b": 12345678901234,
    }
    assert in_fen({"a": Decimal("1.25")}, 1_000_000) == {"a": 1_250_000}, "ten thousands of yuan"
    assert in_fen({"a": Decimal(0)}, 100) == {"a": 0} and in_fen({}, 100) == {}


def test_parts_of_a_fen_go_by_largest_remainder() -> None:
    third = Decimal("0.333")
    assert in_fen({"a": third, "b": third, "c": Decimal("0.334")}, 100) == {"a": 33, "b": 33, "c": 34}


@given(st.dictionaries(REGIONS, EXACT, max_size=11))
def test_every_amount_of_two_decimals_stays_what_it_is(exact: dict[str, Decimal]) -> None:
    assert in_fen(exact, 100) == {region: int(amount * 100) for region, amount in exact.items()}


@given(st.dictionaries(REGIONS, FINE, min_size=1, max_size=11))
def test_rounding_conserves_the_sum_and_moves_no_row_by_more_than_a_fen_and_a_half(
    exact: dict[str, Decimal],
) -> None:
    fen = in_fen(exact, 100)
    whole = sum((Fraction(one) * 100 for one in exact.values()), Fraction())
    assert abs(sum(fen.values()) - whole) <= Fraction(1, 2)
    assert all(abs(fen[one] - Fraction(amount) * 100) <= Fraction(3, 2) for one, amount in exact.items())


@given(
    st.dictionaries(REGIONS, EXACT, max_size=11),
    st.dictionaries(REGIONS, st.integers(0, 10**13), max_size=11),
    st.dictionaries(REGIONS, MONEY, max_size=11),
)
def test_what_is_paid_is_what_is_computed_less_what_was_approved_and_what_is_carried(
    exact: dict[str, Decimal], before: dict[str, int], carried: dict[str, int]
) -> None:
    found = lines(
        {region: {"": amount} for region, amount in exact.items()}, {}, Known({}, before, carried), 100
    )
    assert sum(line.amount for line in found) == (
        sum(int(one * 100) for one in exact.values())
        - sum(n for region, n in before.items() if region in exact)
        + sum(carried.values())
    )
    assert len({line.region for line in found}) == len(found)


def test_a_part_or_a_region_that_is_missing_keeps_what_was_approved() -> None:
    known = Known({"a": {"x": "10.00", "y": "5.00"}, "b": {"x": "7.00"}}, {"a": 1500, "b": 700}, {})
    regions = {"a": {"x": Decimal("11.00"), "y": None}, "c": {"x": None}}
    a, b, c = lines(regions, {("a", "y"): "no_data"}, known, 100)
    assert (a.parts, a.lacking, a.computed, a.amount) == (
        {"x": "11.00", "y": "5.00"},
        {"y": "no_data"},
        1600,
        100,
    )
    assert (b.region, b.parts, b.lacking, b.computed, b.amount) == ("b", {"x": "7.00"}, {"x": ""}, 700, 0)
    assert (c.parts, c.lacking, c.amount) == ({}, {"x": ""}, 0)
    assert lines({}, {}, NOTHING, 100) == []


def test_every_way_a_return_can_differ() -> None:
    ordered = {"a": 100, "b": 200, "c": 300, "d": 400, "e": 500, "n": 0}
    paid = [("a", 100), ("b", 199), ("d", 200), ("d", 200), ("e", 500), ("e", 500), ("z", 7)]
    found = {one.region: (one.found, one.expected - one.paid) for one in compare(ordered, paid)}
    assert found == {
        "a": (MATCHED, 0), "b": (DIFFERS, 1), "c": (MISSING, 300), "d": (MATCHED, 0), "e": (TWICE, -500),
        "z": (UNKNOWN, -7),
    }  # fmt: skip


@given(st.dictionaries(REGIONS, MONEY, max_size=11), st.lists(st.tuples(REGIONS, MONEY), max_size=20))
def test_comparing_loses_no_fen(ordered: dict[str, int], paid: list[tuple[str, int]]) -> None:
    found = compare(ordered, paid)
    assert sum(one.expected for one in found) == sum(ordered.values())
    assert sum(one.paid for one in found) == sum(amount for _, amount in paid)
    assert sum(one.lines for one in found) == len(paid)
    assert all(
        (one.found == MATCHED) == (one.expected == one.paid and one.expected != 0)
        for one in found
        if one.found != UNKNOWN
    )


@given(MONEY)
def test_an_amount_reads_back_as_it_was_written(fen: int) -> None:
    assert int(Decimal(yuan(fen)) * 100) == fen
    assert shown(fen).replace("−", "-").replace(",", "") == yuan(fen)
