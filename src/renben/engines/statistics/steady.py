"""Sums of floating-point numbers that do not depend on the order in which rows arrive.

A join or a streaming pass may hand rows over in another order each time, and floating-point sums then differ in the
last digits. The same inputs must give the same bytes, so values are added as whole numbers of 2**-40.
Not modelled: parts of a value below 9e-13, which are rounded away; values above 1e26.
"""

import polars as pl

STEP = 2.0**40


def steady_sum(values: pl.Expr) -> pl.Expr:
    """Sum (unit of the values), exact to 2**-40 for each value; for use in a group or window.

    >>> pl.select(steady_sum(pl.lit(pl.Series([0.1, 1e16, -1e16])))).item() == 0.1
    True
    """
    return (values.cast(pl.Float64) * STEP).round().cast(pl.Int128).sum().cast(pl.Float64) / STEP


def steady_mean(values: pl.Expr) -> pl.Expr:
    """Mean (unit of the values) of what is known; null where nothing is."""
    return pl.when(values.count() > 0).then(steady_sum(values) / values.count())
