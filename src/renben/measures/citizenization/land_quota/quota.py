"""Hectares of new urban construction land for the people a region gained."""

from itertools import pairwise
from typing import Any

import polars as pl

from renben.core.law import Law
from renben.core.table import History, Maybe, Table, table

BANDS, SHIFT, MOST_SHIFT, COUNTED = (
    "land_quota.m2_per_person",
    "land_quota.shift",
    "land_quota.most_shift",
    "land_quota.counted",
)
WAYS = ("settlers", "residents")


class QuotaError(ValueError):
    """A provision of the land quota is written in a way that the rule does not allow."""


@table(grain=("region",), basis=("land_quota",))
def land_quota(town_land: History, settlements: Maybe, law: Law) -> Table:
    """Land quota (ha): persons gained x standard by present land per head (m2) x (1 + shift); null with a reason.

    Source of formula: 国土资发〔2016〕123号; worked values of graded standards as cities publish them.

    Args:
        town_land: Urban land (ha), urban residents, and whether the region is a core that gets none, by period.
        settlements: Persons settled in the period, by region and origin.
        law: For the bands, the shift and who counts.

    Raises:
        QuotaError: The shift is beyond what the rule allows, the bands do not rise, or who counts is not said.
    """
    way, shift = _way(law.value(COUNTED)), _shift(law.value(SHIFT), law.value(MOST_SHIFT))
    now, before = (town_land.filter(pl.col("period") == str(year)) for year in (law.on.year, law.on.year - 1))
    gained = _settled(settlements) if way == "settlers" else _grown(now, before)
    known = now.join(gained, on="region", how="left").with_columns(present=_per_head())
    standard = pl.when("core").then(0.0).otherwise(_standard(_bands(law.value(BANDS)))) * (1 + shift)
    return _quota(known.with_columns(standard=standard, lacking=_lacking()))


def _per_head() -> pl.Expr:
    per_head = pl.col("land_ha") * 10_000 / pl.col("urban_residents")
    return pl.when(pl.col("urban_residents") > 0).then(per_head)


def _lacking() -> pl.Expr:
    """Why there is no quota: the people or, outside a core, the present land per head is not known."""
    no_land = pl.col("present").is_null() & ~pl.col("core")
    people = pl.when(pl.col("gained").is_null()).then(pl.lit("people_not_known"))
    return people.when(no_land).then(pl.lit("land_not_known"))


def _quota(cells: Table) -> Table:
    quota = pl.max_horizontal(pl.col("gained"), 0) * pl.col("standard") / 10_000
    return cells.select(
        "region",
        "gained",
        gained_reason=pl.when(pl.col("gained").is_null()).then(pl.lit("people_not_known")),
        present_m2_per_person="present",
        standard_m2_per_person="standard",
        losing=pl.col("gained") < 0,
        quota_ha=pl.when(pl.col("lacking").is_null()).then(quota),
        quota_ha_reason="lacking",
    )


def _settled(settlements: Table) -> Table:
    return settlements.group_by("region").agg(gained=pl.col("persons").sum())


def _grown(now: Table, before: Table) -> Table:
    both = now.join(before.select("region", was="urban_residents"), on="region", how="left")
    return both.select("region", gained=pl.col("urban_residents") - pl.col("was"))


def _standard(bands: tuple[tuple[float, float], ...]) -> pl.Expr:
    """Square metres per person gained by square metres per present resident."""
    found: Any = pl.lit(None, pl.Float64)
    for upto, m2 in reversed(bands):
        found = pl.when(pl.col("present") <= upto).then(m2).otherwise(found)
    return found  # type: ignore[no-any-return]


def _bands(value: Any) -> tuple[tuple[float, float], ...]:
    """Pairs of the upper end of present land per head and the standard (m2), the last without an end."""
    bands = [(float("inf") if b["upto"] is None else float(b["upto"]), float(b["m2"])) for b in value]
    rises = all(a[0] < b[0] and a[1] >= b[1] for a, b in pairwise(bands))
    if not bands or bands[-1][0] != float("inf") or not rises:
        raise QuotaError(
            f"{BANDS} is {value!r}: write a list of {{upto, m2}} whose ends rise and whose m2 fall; upto: null last."
        )
    return tuple(bands)


def _shift(value: Any, most: Any) -> float:
    if abs(float(value)) > float(most):
        raise QuotaError(
            f"{SHIFT} is {value}: the rule allows at most {most} either way; correct your overlay."
        )
    return float(value)


def _way(value: Any) -> str:
    if value not in WAYS:
        raise QuotaError(f"{COUNTED} is {value!r}: write one of {', '.join(WAYS)}.")
    return str(value)
