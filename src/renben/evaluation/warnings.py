"""Early warning: levels 1 to 4, and which warnings stand after the cap on false alarms.

1 late, or reported last year and not this year; 2 beyond the 10 % quantile of last year's forecast; 3 the status fell by two classes or in two
periods running; 4 an event, or a target out of reach even at the best pace seen. With a hundred indicators in more
than a hundred counties many values cross a quantile by chance: level 2 stands only where its p-value passes the
Benjamini-Hochberg procedure.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from renben.evaluation.forecast import KEYS, probability, to_scale
from renben.evaluation.status import CLASSES

LATE = ("missing_late", "rejected")


@dataclass(frozen=True)
class WarningRules:
    """Limits that come from provisions.

    Args:
        quantile: tail of last year's forecast.
        classes: fall of the status in one period.
        false_share: share of false alarms allowed.
        edge: least distance of a share from 0 and 1.
    """

    quantile: float
    classes: int
    false_share: float
    edge: float


def warn(
    status: pl.DataFrame,
    history: pl.DataFrame,
    expected: pl.DataFrame,
    before: tuple[pl.DataFrame, pl.DataFrame],
    rules: WarningRules,
    year: int,
) -> pl.DataFrame:
    """Status rows with warning (0-4) and alarm.

    Args:
        status: from status.judge for the year, with fits joined.
        history: region, indicator, year, value.
        expected: forecasts made without the year's value.
        before: status one and two years earlier (region, indicator, status).
        rules: limits.
        year: the year judged.
    """
    lapsed = history.filter((pl.col("year") == year - 1) & pl.col("value").is_not_null()).select(KEYS)
    rows = (
        status.join(lapsed.with_columns(had=pl.lit(True)), on=KEYS, how="left", maintain_order="left")
        .join(_class(before[0], "one"), on=KEYS, how="left", maintain_order="left")
        .join(_class(before[1], "two"), on=KEYS, how="left", maintain_order="left")
        .with_columns(rank=pl.col("status").replace_strict(_ranks(), default=None, return_dtype=pl.Int64))
    )
    rows = rows.with_columns(p_value=_p_values(rows, expected, rules.edge, year))
    stands = _benjamini_hochberg(rows["p_value"].to_numpy().astype(float), rules.false_share)
    marked = rows.with_columns(warning=_level(rules), stands=pl.Series(stands))
    return marked.with_columns(alarm=(pl.col("warning") > 0) & ((pl.col("warning") != 2) | pl.col("stands")))


def _ranks() -> dict[str, int]:
    return {name: i for i, name in enumerate(CLASSES)}


def _class(status: pl.DataFrame, name: str) -> pl.DataFrame:
    rank = pl.col("status").replace_strict(_ranks(), default=None, return_dtype=pl.Int64)
    return status.select(*KEYS, rank.alias(name))


def _p_values(rows: pl.DataFrame, expected: pl.DataFrame, edge: float, year: int) -> pl.Series:
    """Probability, by last year's forecast, of a value as bad as this one or worse."""
    at = expected.filter(pl.col("year") == year).select(
        *KEYS, was_centre="centre", was_spread="spread", was_freedom="freedom"
    )
    joined = rows.select(*KEYS, "value", "scale", "per", "direction").join(
        at, on=KEYS, how="left", maintain_order="left"
    )
    asked = joined.select(
        centre="was_centre",
        spread="was_spread",
        freedom="was_freedom",
        value_g=to_scale(pl.col("value"), pl.col("scale"), edge, pl.col("per")),
    )
    above = probability(asked, "value_g")
    direction = rows["direction"]
    worse = pl.when(direction == "down").then(above).when(direction == "up").then(1 - above)
    return pl.select(worse).to_series()


def _level(rules: WarningRules) -> pl.Expr:
    late = pl.col("value").is_null() & (
        pl.col("value_reason").is_in(LATE) | (pl.col("had") & (pl.col("value_reason") == "no_data"))
    )
    low = pl.col("p_value") < rules.quantile
    fell = (pl.col("rank") - pl.col("one")) >= rules.classes
    again = (pl.col("rank") > pl.col("one")) & (pl.col("one") > pl.col("two"))
    event = (pl.col("rule") == "EVENT") & (pl.col("status") == CLASSES[-1])
    return (
        pl.when(event | _out_of_reach())
        .then(4)
        .when(fell | again)
        .then(3)
        .when(low)
        .then(2)
        .when(late)
        .then(1)
        .otherwise(0)
        .cast(pl.Int64)
    )


def _out_of_reach() -> pl.Expr:
    """Whether a binding target is missed even if every year brings the best step seen."""
    ahead = (pl.col("target_year") - pl.col("last_year")).cast(pl.Float64)
    at_most = pl.col("comparison") == "at_most"
    best = pl.when(at_most).then("worst").otherwise("best")
    reach = pl.col("last_g") + ahead * best
    misses = pl.when(at_most).then(reach > pl.col("target_g")).otherwise(reach < pl.col("target_g"))
    own = ~pl.col("reference_only") & pl.col("reason").is_null() & (pl.col("steps") >= 2)
    return (own & (ahead > 0) & misses).fill_null(False)


def _benjamini_hochberg(p: np.ndarray, share: float) -> np.ndarray:
    """Which p-values are kept when at most a share of the kept may be false; NaN is never kept."""
    known = np.flatnonzero(~np.isnan(p))
    kept = np.zeros(len(p), bool)
    if not len(known):
        return kept
    order = known[np.argsort(p[known], kind="stable")]
    under = p[order] <= share * np.arange(1, len(order) + 1) / len(order)
    if under.any():
        kept[order[: np.flatnonzero(under)[-1] + 1]] = True
    return kept
