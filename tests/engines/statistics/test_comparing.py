"""Intervals and tests against published values, then their properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.engines.statistics.comparing import holm, median_interval, shares_differ, values_differ, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_intervals_of_newcombe(hits: int, n: int, low: float, high: float) -> None:
    """R. G. Newcombe, Statist. Med. 17 (1998) 857-872, table I, method 3."""
    found = wilson(hits, n, 0.95)
    assert found == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(("hits", "n"), [(1, 0), (-1, 3), (4, 3)])
def test_a_share_of_nothing_is_refused(hits: int, n: int) -> None:
    with pytest.raises(ValueError, match="share"):
        wilson(hits, n, 0.95)


@given(st.integers(1, 400), st.data())
def test_an_interval_holds_its_share_and_mirrors_its_complement(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    low, high = wilson(hits, n, 0.95)
    assert 0 <= low <= hits / n <= high <= 1
    assert (1 - high, 1 - low) == (pytest.approx(wilson(n - hits, n, 0.95)[0], abs=1e-12),
                                   pytest.approx(wilson(n - hits, n, 0.95)[1], abs=1e-12))  # fmt: skip


def test_fishers_tea_and_holms_steps() -> None:
    assert shares_differ((3, 4), (1, 4)) == pytest.approx(34 / 70)
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == [] and holm([0.2]) == [0.2]


def test_the_median_of_ten_lies_between_the_second_and_the_ninth() -> None:
    """Coverage 1 - 2 * 11 / 1024 = 0.979; the third and eighth would cover 0.891 only."""
    assert median_interval(list(range(1, 11)), 0.95) == (2, 9)
    assert median_interval([5.0], 0.95) == (5.0, 5.0)


@given(st.lists(st.floats(0, 1), max_size=30))
def test_adjusting_never_lowers_keeps_the_order_and_stays_a_probability(p: list[float]) -> None:
    found = holm(p)
    assert all(one <= two <= 1 for one, two in zip(p, found, strict=True))
    pairs = sorted(zip(p, found, strict=True))
    assert [two for _, two in pairs] == sorted(two for _, two in pairs)


@given(st.lists(st.integers(0, 60), min_size=2, max_size=40))
def test_the_same_values_do_not_differ(values: list[int]) -> None:
    assert values_differ(values, values) > 0.9
