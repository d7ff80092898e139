"""The individual index in exact whole-number arithmetic, edition by edition.

Floating point gives a wrong index for some concentrations that occur in the tables (CO 2.2 mg/m3 is exactly 55,
floats say 56), so concentrations become whole steps first and the index is a whole-number division rounded up.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import polars as pl

MICRO = 1_000_000
POLLUTANTS = ("so2", "no2", "co", "o3", "pm10", "pm25")


class BreakpointError(ValueError):
    """A row of the breakpoint provision cannot be used."""


def steps_per_unit(pollutant: str) -> int:
    """Steps per unit of concentration (HJ 633: CO to one decimal, all others whole).

    >>> steps_per_unit("co_1h"), steps_per_unit("pm25")
    (10, 1)
    """
    return 10 if pollutant.partition("_")[0] == "co" else 1


def rounded_steps(concentration: pl.Expr, steps: int) -> pl.Expr:
    """Concentration in whole steps, halves to the even neighbour (GB/T 8170); exact to six decimals.

    Args:
        concentration: Concentration as a float expression.
        steps: Steps per unit of concentration.
    """
    micro = (concentration * MICRO).round().cast(pl.Int64)
    size = MICRO // steps
    whole, rest = micro // size, micro % size
    up = (rest * 2 > size) | ((rest * 2 == size) & (whole % 2 == 1))
    return whole + up.cast(pl.Int64)


def individual_index(steps: pl.Expr, row: Mapping[str, Any]) -> pl.Expr:
    """Individual index (rounded up to a whole number) of a concentration in steps, by one breakpoint row.

    Source of formula: HJ 633, linear interpolation between breakpoints; null where the row gives none above.

    Args:
        steps: Concentration in whole steps.
        row: pollutant, index, at (concentrations in units) and above.

    Raises:
        BreakpointError: Index and concentrations do not pair up or do not rise.
    """
    scale = steps_per_unit(row["pollutant"])
    at = [round(value * scale) for value in row["at"]]
    if len(at) != len(row["index"]) or any(b <= a for a, b in pairwise(at)):
        raise BreakpointError(
            f"air_quality.breakpoints, {row['pollutant']} since {row['since']}: {row['at']} must rise and pair with "
            f"{row['index']}; correct the row in catalogue/laws or your overlay."
        )
    index: pl.Expr = pl.lit(row["above"], dtype=pl.Int64)
    segments = list(zip(pairwise(at), pairwise(row["index"]), strict=True))
    for (low, high), (i_low, i_high) in reversed(segments):
        size = high - low
        inside = i_low + ((i_high - i_low) * (steps - low) + size - 1) // size
        index = pl.when(steps <= high).then(inside).otherwise(index)
    return pl.when(steps.is_not_null()).then(index)


def index_by_day(pollutant: str, steps: pl.Expr, day: pl.Expr, rows: Sequence[Mapping[str, Any]]) -> pl.Expr:
    """Individual index by the edition in force on each row's day; null before the first edition.

    Args:
        pollutant: Name of a breakpoint row, such as pm25 or pm25_1h.
        steps: Concentration in whole steps.
        day: Date of each row.
        rows: The breakpoint provision.
    """
    editions = sorted((r for r in rows if r["pollutant"] == pollutant), key=lambda r: _day(r["since"]))
    index: pl.Expr = pl.lit(None, dtype=pl.Int64)
    for row in editions:
        index = pl.when(day >= pl.lit(_day(row["since"]))).then(individual_index(steps, row)).otherwise(index)
    return index


def _day(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
