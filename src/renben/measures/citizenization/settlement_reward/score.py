"""Weighted settlers of a region: by origin, by age of the settlement, by hardship and cost of services."""

from itertools import pairwise
from typing import Any

import polars as pl

from renben.core.law import Law
from renben.core.table import History, Table, table

ORIGINS = ("cross_province", "in_province", "in_city")
WEIGHTS, PHASE_OUT = "settlement_reward.origin_weight", "settlement_reward.phase_out"


class WeightError(ValueError):
    """An operator's weights break what the published rule says about them."""


@table(grain=("region", "origin", "lag"), basis=("settlement_reward",))
def settlement_score(settlements: History, fiscal_factor: Table, law: Law) -> Table:
    """Score of settlers (weighted persons): h * c * delta(lag) * w(origin) * persons; null with a reason.

    Source of formula: structure of 财预〔2022〕60号; weights only from an operator's provision.

    Args:
        settlements: Persons by region, origin and period; the newest period is lag 0.
        fiscal_factor: Hardship h and cost of services c by region; its regions are the candidates.
        law: For the weights of origins and the phase-out.

    Raises:
        WeightError: Weights do not fall from cross-province to in-city, or the phase-out rises.
    """
    published = law.has(WEIGHTS) and law.has(PHASE_OUT)
    weights = origin_weights(law.value(WEIGHTS)) if published else (1.0, 1.0, 1.0)
    phases = phase_out(law.value(PHASE_OUT)) if published else (1.0,)
    cells = (
        fiscal_factor.join(pl.LazyFrame({"origin": ORIGINS, "weight": weights}), how="cross")
        .join(pl.LazyFrame({"lag": range(len(phases)), "phase": phases}), how="cross")
        .join(_by_lag(settlements), on=["region", "origin", "lag"], how="left")
    )
    known = pl.col("persons").is_not_null()
    factor = pl.col("difficulty") * pl.col("service_cost")
    reason = (
        pl.when(not published)
        .then(pl.lit("weights_not_published"))
        .when(~known)
        .then(pl.lit("missing_settlements"))
        .when(factor.is_null())
        .then(pl.lit("missing_factor"))
    )
    return cells.with_columns(score_reason=reason).select(
        "region",
        "origin",
        pl.col("lag").cast(pl.Int64),
        "persons",
        persons_reason=pl.when(~known).then(pl.lit("missing_settlements")),
        score=pl.when(pl.col("score_reason").is_null()).then(
            factor * pl.col("phase") * pl.col("weight") * pl.col("persons")
        ),
        score_reason=pl.col("score_reason"),
    )


def _by_lag(settlements: History) -> Table:
    """Persons with the number of years before the newest period."""
    year = pl.col("period").str.slice(0, 4).cast(pl.Int64)
    return settlements.group_by("region", "origin", lag=year.max().over(pl.lit(1)) - year).agg(
        pl.col("persons").sum()
    )


def origin_weights(value: Any) -> tuple[float, ...]:
    """Weights of the three origins (ratio), after the order that the rule publishes.

    Raises:
        WeightError: An origin is missing or the order is broken.
    """
    if not isinstance(value, dict) or set(value) != set(ORIGINS):
        raise WeightError(f"{WEIGHTS} is {value!r}: write one weight for each of {', '.join(ORIGINS)}.")
    weights = tuple(float(value[origin]) for origin in ORIGINS)
    if not weights[0] >= weights[1] >= weights[2] > 0:
        raise WeightError(
            f"{WEIGHTS} is {value!r}: the rule wants cross_province >= in_province >= in_city > 0; correct your overlay."
        )
    return weights


def phase_out(value: Any) -> tuple[float, ...]:
    """Weights of settlements by age in years (ratio): 1 first, never rising, 0 or more.

    Raises:
        WeightError: The list does not start with 1 or rises.
    """
    phases = tuple(float(v) for v in value) if isinstance(value, list | tuple) else ()
    falls = all(a >= b >= 0 for a, b in pairwise(phases))
    if not phases or phases[0] != 1 or not falls:
        raise WeightError(
            f"{PHASE_OUT} is {value!r}: write a list that starts with 1 and never rises, such as the law's years."
        )
    return tuple(phase for i, phase in enumerate(phases) if phase > 0 or i == 0)
