"""Sharing an amount: published figures first, then properties."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.allocation import AllocationError, apportion, apportion_money

WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any)


@settings(deadline=None)
@given(st.integers(0, 10**12), WEIGHTS)
def test_parts_always_add_up_to_the_whole_and_none_is_negative(whole, weights):
    parts = apportion(whole, weights)
    assert sum(parts) == whole
    assert min(parts) >= 0


@settings(deadline=None)
@given(st.integers(0, 10**9), WEIGHTS)
def test_no_part_is_a_whole_step_away_from_its_exact_share(whole, weights):
    for part, weight in zip(apportion(whole, weights), weights, strict=True):
        assert abs(part * sum(weights) - whole * weight) < sum(weights)


@settings(deadline=None)
@given(st.integers(0, 10**9), WEIGHTS)
def test_a_larger_weight_never_gets_less(whole, weights):
    pairs = sorted(zip(weights, apportion(whole, weights), strict=True))
    assert [part for _, part in pairs] == sorted(part for _, part in pairs)


@settings(deadline=None)
@given(st.decimals("0", "1e10", places=2), WEIGHTS, st.sampled_from(["0.01", "1", "10000"]))
def test_money_ties_to_the_fen_in_any_step(amount, weights, step):
    assert sum(apportion_money(amount, weights, Decimal(step))) == amount


def test_the_subsidy_pool_of_the_published_rule_is_shared_to_the_fen():
    parts = apportion_money(Decimal("2000"), [1000 * 0.8, 600 * 1.2, 500 * 1.0])
    assert parts == [Decimal("792.08"), Decimal("712.87"), Decimal("495.05")]


def test_eighty_percent_by_task_and_twenty_by_performance_tie_to_the_pool():
    # The worked value rounds each part by itself (784.46, 720.30, 495.25), which adds up to 2000.01.
    tasks, performance = [800, 720, 500], [760, 756, 500]
    shares = [
        Fraction(1600 * t, sum(tasks)) + Fraction(400 * p, sum(performance))
        for t, p in zip(tasks, performance, strict=True)
    ]
    assert [round(float(s), 2) for s in shares] == [784.46, 720.30, 495.25]
    parts = apportion_money(Decimal("2000"), shares)
    assert parts == [Decimal("784.46"), Decimal("720.30"), Decimal("495.24")]


def test_a_zero_pool_gives_zero_to_everyone():
    assert apportion(0, [3, 0, 1]) == [0, 0, 0]


@pytest.mark.parametrize(
    ("whole", "weights", "says"),
    [
        (10, [0, 0], "no weight is above 0"),
        (10, [], "no weight is above 0"),
        (10, [1, -1], "weight 1 is -1"),
        (10, [float("nan")], "finite"),
        (-1, [1], "must be 0 or more"),
    ],
)
def test_what_cannot_be_shared_is_refused_with_the_reason(whole, weights, says):
    with pytest.raises(AllocationError, match=says):
        apportion(whole, weights)


def test_an_amount_below_one_fen_is_refused():
    with pytest.raises(AllocationError, match="whole fen"):
        apportion_money(Decimal("1.005"), [1])


def test_of_equal_remainders_the_larger_weight_and_then_the_earlier_part_gets_the_step():
    assert apportion(2, [1, 3]) == [0, 2]
    assert apportion(2, [3, 1]) == [2, 0]
    assert apportion(1, [1, 1]) == [1, 0]
