"""Pace and trend: progress made over progress due, the work done over the work due, and the way a series goes.

Expressions over rows that carry an indicator's definition, its governing target and its fit.
"""

import polars as pl

from renben.evaluation.forecast import to_scale


def trend_t() -> pl.Expr:
    """Mean step over its standard error; infinite where every step is the same."""
    error = pl.col("drift_variance").sqrt()
    still = pl.when(pl.col("drift") == 0).then(0.0).otherwise(pl.col("drift").sign() * float("inf"))
    return pl.when(error > 0).then(pl.col("drift") / error).when(error == 0).then(still)


def trend(limit: float) -> pl.Expr:
    t, signs = pl.col("trend_t"), pl.col("same_sign").fill_null(0.0)
    clear = t.abs() > limit
    sign = pl.when(clear).then(t.sign()).otherwise(signs)
    return (
        pl.when(t.is_null() & (pl.col("steps").fill_null(0) < 2))
        .then(pl.lit("unknown"))
        .when(sign > 0)
        .then(pl.lit("up"))
        .when(sign < 0)
        .then(pl.lit("down"))
        .otherwise(pl.lit("flat"))
    )


def _start() -> tuple[pl.Expr, pl.Expr]:
    """Year and value from which progress is counted: the target's base, a sum's beginning, or the first value."""
    from_base = pl.col("base_value").is_not_null()
    from_zero = pl.col("cumulative") & pl.col("cum_from").is_not_null()
    year = (
        pl.when(from_base)
        .then("base_year")
        .when(from_zero)
        .then(pl.col("cum_from") - 1)
        .otherwise("first_year")
    )
    value = pl.when(from_base).then("base_value").when(from_zero).then(0.0).otherwise("first_value")
    return year, value


def pace_ratio(edge: float) -> pl.Expr:
    """Progress made over progress due by now, on the scale; null where nothing is due yet."""
    year, value = _start()

    def g(number: pl.Expr) -> pl.Expr:
        plain = pl.col("cumulative") & pl.col("cum_from").is_not_null()
        scale = pl.when(plain).then(pl.lit("identity")).otherwise("scale")
        return to_scale(number, scale, edge, pl.col("per"))

    way, whole = g(pl.col("value")) - g(value), g(pl.col("target")) - g(value)
    passed, span = pl.col("judged") - year, pl.col("target_year") - year
    return pl.when((passed > 0) & (span > 0) & (whole != 0)).then((way / whole) * (span / passed))


def done_share() -> pl.Expr:
    """What is done over what is due by now."""
    year, value = _start()
    span = (pl.col("target_year") - year).cast(pl.Float64)
    passed = ((pl.col("judged") - year) / span).clip(0, 1)
    due = pl.when(span > 0).then(value + (pl.col("target") - value) * passed).otherwise("target")
    linear = pl.when(due > 0).then(pl.col("value") / due)
    whole = pl.col("value") * pl.col("per")
    return pl.when(pl.col("schedule") == "due").then(whole).otherwise(linear)
