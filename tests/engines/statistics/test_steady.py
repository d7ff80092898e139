"""Sums that the order of rows does not change."""

from fractions import Fraction

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.statistics.steady import steady_mean, steady_sum

VALUES = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30)


@settings(deadline=None)
@given(VALUES, st.randoms(use_true_random=False))
def test_any_order_of_rows_gives_the_same_digits(values, rng):
    def total(rows):
        frame = pl.LazyFrame({"g": ["a"] * len(rows), "x": rows})
        grouped = frame.group_by("g").agg(s=steady_sum(pl.col("x")), m=steady_mean(pl.col("x")))
        return grouped.collect(engine="streaming").row(0)

    other = list(values)
    rng.shuffle(other)
    assert total(values) == total(other)


@settings(deadline=None)
@given(VALUES)
def test_the_sum_is_the_exact_sum_to_a_trillionth_per_value(values):
    exact = float(sum(map(Fraction, values)))
    got = pl.select(steady_sum(pl.lit(pl.Series(values)))).item()
    assert abs(got - exact) <= 1e-12 * len(values) + 1e-15 * abs(exact)


def test_unknown_values_are_left_out_and_nothing_known_has_no_mean():
    frame = pl.DataFrame(
        {"x": [1.0, None, 2.0], "n": [None, None, None]}, schema={"x": pl.Float64, "n": pl.Float64}
    )
    assert frame.select(steady_mean(pl.col("x")), steady_mean(pl.col("n"))).row(0) == (1.5, None)
