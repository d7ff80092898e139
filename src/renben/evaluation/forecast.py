"""Forecasts short series by a random walk with drift, with the drift's own uncertainty and Student's t.

On the scale g (logit for shares, log for positive quantities, else identity) the steps of a year have mean mu and
variance s^2; a step over k years counts as k. After h years the centre is g_T + h mu and the variance
s^2 h (1 + h/n), n the years spanned. Only the last run of one series is fitted, so that a forecast never crosses
a revision. Counties are shrunk towards the other counties of their city: w = tau^2 / (tau^2 + s^2/n).
Source: drift method with parameter uncertainty as in textbook forecasting; pooling by moments.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.stats import t as student

QUANTILES = (("p5", 0.05), ("p10", 0.1), ("p90", 0.9), ("p95", 0.95))
KEYS = ("region", "indicator")
FIT_COLUMNS = (
    *("scale", "centre", "spread", "freedom", "points"),
    *("first_year", "last_year", "last_value", "pooled"),
)


@dataclass(frozen=True)
class Settings:
    """How much data a forecast needs.

    Args:
        points: least number of values of one series.
        siblings: least number of counties of a city for pooling.
        edge: least distance of a share from 0 and 1.
    """

    points: int
    siblings: int
    edge: float


def to_scale(value: pl.Expr, scale: pl.Expr, edge: float, per: pl.Expr) -> pl.Expr:
    """A value on its scale; null where the scale cannot hold it (log of nothing).

    Args:
        value: in the indicator's unit.
        scale: logit, log or identity.
        edge: shares are kept this far from 0 and 1.
        per: factor of the unit (0.01 for per cent).
    """
    share = (value * per).clip(edge, 1 - edge)
    positive = pl.when(value > 0).then(value)
    return (
        pl.when(scale == "logit")
        .then((share / (1 - share)).log())
        .when(scale == "log")
        .then(positive.log())
        .otherwise(value)
    )


def from_scale(g: pl.Expr, scale: pl.Expr, per: pl.Expr) -> pl.Expr:
    """A value in the indicator's unit from its scale."""
    return (
        pl.when(scale == "logit")
        .then(1 / (1 + (-g).exp()) / per)
        .when(scale == "log")
        .then(g.exp())
        .otherwise(g)
    )


def last_run(history: pl.DataFrame) -> pl.DataFrame:
    """Known values of the newest series of each region and indicator, by year.

    Args:
        history: region, indicator, year, value, series.
    """
    known = history.filter(pl.col("value").is_not_null()).sort(*KEYS, "year")
    series = pl.col("series").fill_null("")
    other = (series != series.last()).cum_sum(reverse=True).over(KEYS)
    return known.filter(other == 0)


def fit(history: pl.DataFrame, definitions: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Drift and its spread for each region and indicator that has values.

    Args:
        history: region, indicator, year, value, series.
        definitions: indicator, scale, per (factor of its unit).
        settings: how much data is needed.

    Returns:
        Grain region, indicator: points, steps, first and last year and value, drift, variance, drift_variance,
        freedom, best and worst step, and whether the last two steps have one sign (same_sign -1, 0, 1).
    """
    stepped = _stepped(history, definitions, settings.edge)
    span = (pl.col("last_year") - pl.col("first_year")).cast(pl.Float64)
    steps = pl.col("points") - 1
    rest = (pl.col("squares") - pl.col("moved") ** 2 / span).clip(lower_bound=0)
    gathered = stepped.group_by(KEYS, maintain_order=True).agg(*_gathered())
    return gathered.with_columns(
        span=span,
        steps=steps,
        drift=pl.when(steps >= 1).then(pl.col("moved") / span),
        variance=pl.when(steps >= 2).then(rest / (steps - 1)),
        freedom=pl.when(steps >= 2).then((steps - 1).cast(pl.Float64)),
    ).with_columns(drift_variance=pl.col("variance") / pl.col("span"))


def _stepped(history: pl.DataFrame, definitions: pl.DataFrame, edge: float) -> pl.DataFrame:
    """Values of the newest series on their scale, with the step and the years since the value before."""
    run = last_run(history).join(definitions, on="indicator")
    g = to_scale(pl.col("value"), pl.col("scale"), edge, pl.col("per"))
    known = run.with_columns(g=g).filter(pl.col("g").is_not_null())
    return known.with_columns(step=pl.col("g").diff().over(KEYS), years=pl.col("year").diff().over(KEYS))


def _gathered() -> tuple[pl.Expr, ...]:
    pace = pl.col("step") / pl.col("years")
    signs = pl.col("step").sign().tail(2)
    one_sign = (pl.len() > 2) & (signs.min() == signs.max())
    return (
        pl.col("scale").first(),
        pl.col("per").first(),
        pl.len().cast(pl.Int64).alias("points"),
        pl.col("year").first().alias("first_year"),
        pl.col("year").last().alias("last_year"),
        pl.col("value").first().alias("first_value"),
        pl.col("value").last().alias("last_value"),
        pl.col("g").last().alias("last_g"),
        (pl.col("g").last() - pl.col("g").first()).alias("moved"),
        (pl.col("step") ** 2 / pl.col("years")).sum().alias("squares"),
        pace.max().alias("best"),
        pace.min().alias("worst"),
        pl.when(one_sign).then(signs.last()).otherwise(0.0).alias("same_sign"),
    )


def pool(fits: pl.DataFrame, parents: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Fits with counties shrunk towards the counties of their city; adds `pooled` and `usable`.

    Args:
        fits: from `fit`.
        parents: region, parent of the counties that may be pooled.
        settings: how much data is needed.
    """
    joined = fits.join(parents, on="region", how="left", maintain_order="left")
    moments = _moments(joined.filter(pl.col("parent").is_not_null() & pl.col("variance").is_not_null()))
    both = joined.join(moments, on=["parent", "indicator"], how="left", maintain_order="left")
    alone = pl.col("points") >= settings.points
    shared = (pl.col("members") >= settings.siblings).fill_null(False)
    drift, uncertain = _shrunk()
    return both.with_columns(
        drift=pl.when(shared).then(drift).otherwise("drift"),
        drift_variance=pl.when(shared).then(uncertain).otherwise("drift_variance"),
        variance=pl.when(shared).then("city_variance").otherwise("variance"),
        freedom=pl.when(shared).then("city_freedom").otherwise("freedom"),
        pooled=shared,
        usable=shared | (alone & pl.col("variance").is_not_null()),
    ).drop("parent", "members", "tau2", "city_drift", "city_variance", "city_own", "city_freedom")


def _shrunk() -> tuple[pl.Expr, pl.Expr]:
    """Drift between a county's own and its city's, and the drift's variance."""
    own = pl.col("city_variance") / pl.col("span")
    none = pl.col("steps") < 1
    weight = (
        pl.when(~none & (pl.col("tau2") + own > 0))
        .then(pl.col("tau2") / (pl.col("tau2") + own))
        .otherwise(0.0)
    )
    city_error = (pl.col("tau2") + pl.col("city_own")) / pl.col("members")
    drift = weight * pl.col("drift").fill_null(0.0) + (1 - weight) * pl.col("city_drift")
    kept = weight * own + (1 - weight) ** 2 * city_error
    return drift, pl.when(none).then(pl.col("tau2") + city_error).otherwise(kept)


def _moments(fitted: pl.DataFrame) -> pl.DataFrame:
    """Per city and indicator: mean drift, variance within counties, and variance between their true drifts."""
    gathered = fitted.group_by("parent", "indicator").agg(
        members=pl.len().cast(pl.Float64),
        city_drift=(pl.col("drift") * pl.col("span")).sum() / pl.col("span").sum(),
        city_variance=(pl.col("variance") * pl.col("freedom")).sum() / pl.col("freedom").sum(),
        city_freedom=pl.col("freedom").sum(),
        between=pl.col("drift").var(),
        mean_inverse=(1 / pl.col("span")).mean(),
    )
    own = pl.col("city_variance") * pl.col("mean_inverse")
    return gathered.with_columns(
        city_own=own, tau2=(pl.col("between") - own).clip(lower_bound=0).fill_null(0.0)
    ).drop("between", "mean_inverse")


def forecasts(fits: pl.DataFrame, upto: int) -> pl.DataFrame:
    """Fans of the usable fits for every year after their last value, as far as they are finite numbers.

    Args:
        fits: from `pool`.
        upto: last year.

    Returns:
        Grain region, indicator, year; columns of the dataset indicator_forecasts.
    """
    years = pl.int_ranges(pl.col("last_year") + 1, upto + 1)
    ahead = fits.filter("usable").with_columns(year=years).explode("year", empty_as_null=False)
    h = (pl.col("year") - pl.col("last_year")).cast(pl.Float64)
    wide = ahead.with_columns(
        centre=pl.col("last_g") + h * pl.col("drift"),
        spread=(pl.col("variance") * h + h**2 * pl.col("drift_variance")).sqrt(),
    )
    freedom = wide["freedom"].to_numpy()
    tails = [pl.Series(name, student.ppf(q, freedom), dtype=pl.Float64) for name, q in QUANTILES]
    scale, per = pl.col("scale"), pl.col("per")
    fans = [
        from_scale(pl.col("centre") + pl.col("spread") * pl.col(name), scale, per).alias(name)
        for name, _ in QUANTILES
    ]
    median = from_scale(pl.col("centre"), scale, per).alias("median")
    fan = wide.with_columns(tails).select(*KEYS, "year", median, *fans, *FIT_COLUMNS)
    return fan.filter(pl.all_horizontal(pl.col("median", *(name for name, _ in QUANTILES)).is_finite()))


def probability(rows: pl.DataFrame, against: str) -> pl.Series:
    """Probability that a forecast is at or above a value on its scale; null where either is missing.

    Args:
        rows: columns centre, spread, freedom and the column named by `against`.
        against: column with the value on the scale.
    """
    centre, spread, value = (rows[c].to_numpy().astype(float) for c in ("centre", "spread", against))
    with np.errstate(all="ignore"):
        certain = (centre >= value).astype(float)
        above = np.where(
            spread > 0,
            student.sf((value - centre) / spread, rows["freedom"].to_numpy().astype(float)),
            certain,
        )
    unknown = np.isnan(centre) | np.isnan(value)
    return pl.Series("probability", np.where(unknown, np.nan, above)).fill_nan(None)
