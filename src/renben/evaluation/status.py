"""Judges targets: a colour with the probability or level behind it, or grey with the reason.

TRAJ by the probability of reaching the target in its year; STD by the value against class limits; DONE by what is
done against what is due; EVENT has no tolerance; TREND gives a direction and no colour. A target known only from
memory judges nobody until an operator has written where it was read.
"""

from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from renben.catalogue import Catalogue
from renben.evaluation.forecast import KEYS, probability, to_scale
from renben.evaluation.formula import Cum, parse
from renben.evaluation.pace import done_share, pace_ratio, trend, trend_t

GREEN, YELLOW, ORANGE, RED, GREY = "green", "yellow", "orange", "red", "grey"
CLASSES = (GREEN, YELLOW, ORANGE, RED)


@dataclass(frozen=True)
class Steps:
    """Lowest values of green, yellow and orange."""

    green: float
    yellow: float
    orange: float


@dataclass(frozen=True)
class Rules:
    """Class limits that come from provisions.

    Args:
        trajectory: probabilities.
        schedule: shares of the work due.
        trend_t: size of t from which a trend has a direction.
        edge: least distance of a share from 0 and 1.
    """

    trajectory: Steps
    schedule: Steps
    trend_t: float
    edge: float


DEFINED = MappingProxyType(
    {
        "indicator": pl.String,
        "rule": pl.String,
        "direction": pl.String,
        "green": pl.Float64,
        "yellow": pl.Float64,
        "orange": pl.Float64,
        "schedule": pl.String,
        "cum_from": pl.Int64,
        "scale": pl.String,
        "per": pl.Float64,
        "cumulative": pl.Boolean,
    }
)


def definitions(catalogue: Catalogue) -> pl.DataFrame:
    """Indicators as a table: rule, direction, class limits, scale and factor of the unit."""
    rows = [
        {
            "indicator": i.id,
            "rule": i.status_rule,
            "per": catalogue.units[i.unit].factor,
            "cumulative": isinstance(parse(i.formula), Cum),
            **i.model_dump(
                include={"direction", "green", "yellow", "orange", "schedule", "cum_from", "scale"}
            ),
        }
        for i in catalogue.indicators.values()
    ]
    return pl.DataFrame(rows, schema=dict(DEFINED))


def judge(
    values: pl.DataFrame,
    targets: pl.DataFrame,
    fits: pl.DataFrame,
    fan: pl.DataFrame,
    defined: pl.DataFrame,
    rules: Rules,
    year: int,
    better: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Status of every region and indicator in one year.

    Args:
        values: history rows.
        targets: governing targets.
        fits: from forecast.pool.
        fan: drift forecasts.
        defined: from `definitions`.
        rules: class limits.
        year: the year judged.
        better: forecasts by a better model, used where it has a row; the drift forecast is kept beside it.

    Returns:
        Grain region, indicator; columns of target_status without warnings.
    """
    joined = _joined(values, targets, fits, defined, year)
    drift = with_probability(joined, _preferred(fan, None), rules.edge)
    likely = with_probability(joined, _preferred(fan, better), rules.edge).with_columns(
        drift["forecast_median"].alias("drift_median"), drift["probability"].alias("drift_probability")
    )
    ready = likely.with_columns(done=done_share(), trend_t=trend_t(), pace_ratio=pace_ratio(rules.edge))
    return _described(ready.with_columns(reason=_reason()), rules)


def _joined(
    values: pl.DataFrame, targets: pl.DataFrame, fits: pl.DataFrame, defined: pl.DataFrame, year: int
) -> pl.DataFrame:
    """Values of a year with definition, target, fit and the value in the target's base year."""
    now = values.filter(pl.col("year") == year).select(*KEYS, "value", "value_reason", "synthetic")
    joined = now.join(defined, on="indicator", maintain_order="left")
    for other in (targets, fits.drop("scale", "per"), _base_values(values, targets)):
        joined = joined.join(other, on=KEYS, how="left", maintain_order="left")
    return joined.with_columns(judged=pl.lit(year, pl.Int64))


def _preferred(fan: pl.DataFrame, better: pl.DataFrame | None) -> pl.DataFrame:
    """Forecasts with the word for who made them, the better one where there are two."""
    wanted = [*KEYS, "year", "median", "p10", "p90", "centre", "spread", "freedom"]
    drift = fan.select(*wanted, forecast_by=pl.lit("drift"))
    if better is None:
        return drift
    first = better.select(*wanted, forecast_by=pl.lit("projection"))
    return pl.concat([first, drift]).unique([*KEYS, "year"], keep="first", maintain_order=True)


def _base_values(values: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """Value in the year from which a target counts, where the target names one."""
    wanted = targets.select(*KEYS, pl.col("base_year").alias("year")).drop_nulls()
    found = wanted.join(values.select(*KEYS, "year", "value"), on=[*KEYS, "year"])
    return found.select(*KEYS, base_value="value")


def with_probability(rows: pl.DataFrame, fan: pl.DataFrame, edge: float) -> pl.DataFrame:
    """Rows with the forecast for their target year and the probability of reaching the target."""
    at = fan.select(
        *KEYS,
        pl.col("year").alias("target_year"),
        pl.col("median").alias("forecast_median"),
        pl.col("p10").alias("forecast_p10"),
        pl.col("p90").alias("forecast_p90"),
        "centre",
        "spread",
        pl.col("freedom").alias("t_freedom"),
        "forecast_by",
    )
    bare = rows.drop("median", "p10", "p90", strict=False)
    joined = bare.join(at, on=[*KEYS, "target_year"], how="left", maintain_order="left").with_columns(
        target_g=to_scale(pl.col("target"), pl.col("scale"), edge, pl.col("per"))
    )
    asked = joined.select("centre", "spread", "target_g", freedom="t_freedom")
    above = probability(asked, "target_g")
    reach = pl.when(pl.col("comparison") == "at_most").then(1 - above).otherwise(above)
    return joined.with_columns(probability=reach.clip(0, 1))


def _expired() -> pl.Expr:
    return (pl.col("target_year") < pl.col("judged")).fill_null(False)


def _reason() -> pl.Expr:
    """Why the status is grey; null where it can be judged."""
    rule, target = pl.col("rule"), pl.col("target")
    bands = pl.col("green").is_not_null()
    by_law = (pl.col("target_trust") == "M") | (pl.col("reach_trust") == "M")
    unforeseen = pl.col("probability").is_null() & ~bands & ~_expired()
    return (
        pl.when(pl.col("value").is_null())
        .then("value_reason")
        .when(rule == "TREND")
        .then(pl.lit("no_colour_by_rule"))
        .when(target.is_not_null() & by_law)
        .then(pl.lit("target_unverified"))
        .when((rule == "DONE") & (pl.col("schedule") != "due") & target.is_null())
        .then(pl.lit("no_schedule"))
        .when((rule == "DONE") & pl.col("done").is_null())
        .then(pl.lit("no_schedule"))
        .when(target.is_null() & (rule.is_in(["TRAJ", "EVENT"]) | ((rule == "STD") & ~bands)))
        .then(pl.lit("no_target"))
        .when((rule == "TRAJ") & unforeseen)
        .then(pl.lit("series_too_short"))
    )


def _stepped(value: pl.Expr, steps: Steps) -> pl.Expr:
    return (
        pl.when(value >= steps.green)
        .then(pl.lit(GREEN))
        .when(value >= steps.yellow)
        .then(pl.lit(YELLOW))
        .when(value >= steps.orange)
        .then(pl.lit(ORANGE))
        .otherwise(pl.lit(RED))
    )


def _banded() -> pl.Expr:
    """Class by level; a region's own target moves the limits with it."""
    down = pl.col("direction") == "down"
    shift = pl.when(pl.col("rule") == "STD").then(pl.col("target") - pl.col("green")).fill_null(0.0)

    def within(limit: str) -> pl.Expr:
        edge = pl.col(limit) + shift
        return pl.when(down).then(pl.col("value") <= edge).otherwise(pl.col("value") >= edge)

    return (
        pl.when(within("green"))
        .then(pl.lit(GREEN))
        .when(within("yellow"))
        .then(pl.lit(YELLOW))
        .when(within("orange"))
        .then(pl.lit(ORANGE))
        .otherwise(pl.lit(RED))
    )


def _reached() -> pl.Expr:
    at_most = pl.col("comparison") == "at_most"
    met = (
        pl.when(at_most)
        .then(pl.col("value") <= pl.col("target"))
        .otherwise(pl.col("value") >= pl.col("target"))
    )
    return pl.when(met).then(pl.lit(GREEN)).otherwise(pl.lit(RED))


def _colour(rules: Rules) -> pl.Expr:
    rule, bands = pl.col("rule"), pl.col("green").is_not_null()
    foreseen = pl.col("probability").is_not_null() & ~_expired()
    return (
        pl.when(pl.col("reason").is_not_null())
        .then(pl.lit(GREY))
        .when(rule == "EVENT")
        .then(_reached())
        .when(rule == "DONE")
        .then(_stepped(pl.col("done"), rules.schedule))
        .when((rule == "TRAJ") & foreseen)
        .then(_stepped(pl.col("probability"), rules.trajectory))
        .when(bands)
        .then(_banded())
        .otherwise(_reached())
    )


def _described(rows: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    wanted = (
        pl.when(pl.col("direction") == "up")
        .then(pl.lit("up"))
        .when(pl.col("direction") == "down")
        .then(pl.lit("down"))
    )
    span = (pl.col("last_year") - pl.col("first_year")).cast(pl.Float64)
    ahead = (pl.col("target_year") - pl.col("judged")).cast(pl.Float64)
    moving = pl.col("trend").is_in(["up", "down"])
    return rows.with_columns(
        status=_colour(rules),
        trend=trend(rules.trend_t),
        pace_needed=pl.when(ahead > 0).then((pl.col("target") - pl.col("value")) / ahead),
        pace_recent=pl.when(span > 0).then((pl.col("last_value") - pl.col("first_value")) / span),
        trend_t=pl.when(pl.col("trend_t").is_finite()).then("trend_t"),
        reference_only=pl.col("reference_only").fill_null(False),
        points=pl.col("points").fill_null(0),
    ).with_columns(
        improving=pl.when(moving & wanted.is_not_null()).then(pl.col("trend") == wanted),
        system_thresholds=(pl.col("status") != GREY) & (pl.col("rule") != "EVENT"),
    )
