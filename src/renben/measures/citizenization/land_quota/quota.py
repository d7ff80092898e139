"""Land that added people bring: max(0, people) * standard(present land per head) * (1 + shift), in hectares."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from renben.catalogue import Catalogue
from renben.core.law import Law
from renben.core.table import History, Maybe, Table, table
from renben.engines.allocation import apportion

M2_PER_HECTARE = 10_000
BASES = ("settled", "residents")


class QuotaError(ValueError):
    """A provision of the quota breaks the rule it stands under."""


@table(grain=("region", "basis"), basis=("land_quota",))
def land_quota(
    settlements: Maybe,
    population_ledger: Maybe,
    elements: History,
    urban_land_present: Table,
    land_quota_plan: Maybe,
    cat: Catalogue,
    law: Law,
) -> Table:
    """New land (ha) by region and way of counting people; the basis in force is marked.

    Args:
        settlements: Settlers (persons) by region and origin.
        population_ledger: Residents gained (persons) where no stocks of both years are reported.
        elements: Reported residents of this year and the year before.
        urban_land_present: Land per head (m2/person) by region; its regions are the candidates.
        land_quota_plan: Hectares that a region may allot among those below it.
        cat: For the region above each.
        law: For standards, shift and basis.

    Raises:
        QuotaError: The shift is larger than the rule allows, or the basis is none that is known.
    """
    shift, basis = _shift(law), str(law.value("land_quota.basis"))
    if basis not in BASES:
        raise QuotaError(f"land_quota.basis is {basis!r}: write one of {', '.join(BASES)} in your overlay.")
    people = pl.concat([_settled(settlements), _residents(elements, population_ledger, law.on.year)])
    each = urban_land_present.join(pl.LazyFrame({"basis": BASES}), how="cross")
    standard = _standard(law.value("land_quota.standard"))
    cells = each.join(people, on=["region", "basis"], how="left").with_columns(
        counts=pl.col("basis") == basis,
        standard=pl.when("no_extra_land").then(0.0).otherwise(standard),
        people_reason=pl.when(pl.col("people").is_null()).then(pl.lit("no_data")),
    )
    quota = pl.max_horizontal(pl.col("people"), 0) * pl.col("standard") * (1 + shift) / M2_PER_HECTARE
    ready = cells.with_columns(
        quota=pl.when(pl.col("people").is_not_null()).then(quota),
        standard_reason=pl.when(pl.col("standard").is_null()).then(pl.lit("missing_factor")),
    ).with_columns(
        quota_reason=pl.when(pl.col("quota").is_null()).then(pl.coalesce("people_reason", "standard_reason"))
    )
    return _allotted(ready.sort("region", "basis").collect(), land_quota_plan.collect(), cat).lazy()


def _shift(law: Law) -> float:
    shift, limit = float(law.value("land_quota.adjustment")), float(law.value("land_quota.adjustment_limit"))
    if abs(shift) > limit:
        raise QuotaError(
            f"land_quota.adjustment is {shift}: at most {limit} either way; correct your overlay."
        )
    return shift


def _settled(settlements: pl.LazyFrame) -> pl.LazyFrame:
    known = pl.col("persons").is_not_null().all()
    return settlements.group_by("region").agg(
        basis=pl.lit("settled"), people=pl.when(known).then(pl.col("persons").sum()).cast(pl.Int64)
    )


def _residents(elements: pl.LazyFrame, carried: pl.LazyFrame, year: int) -> pl.LazyFrame:
    """Growth of residents: between two reported stocks, else as the ledger knows it."""
    mine = elements.filter(pl.col("element") == "pop_resident")
    stocks = [
        mine.filter(pl.col("period") == str(each)).select("region", pl.col("value").alias(name))
        for each, name in ((year, "now"), (year - 1, "before"))
    ]
    reported = stocks[0].join(stocks[1], on="region")
    both = reported.join(carried.select("region", "residents_gained"), on="region", how="full", coalesce=True)
    grown = (pl.col("now") - pl.col("before")).round().cast(pl.Int64)
    return both.select(
        "region", basis=pl.lit("residents"), people=pl.coalesce(grown, pl.col("residents_gained"))
    )


def _standard(bands: Sequence[dict[str, Any]]) -> pl.Expr:
    """Land per added person (m2) by present land per head: the first band that holds it."""
    expr: Any = pl.when(pl.col("per_capita").is_null()).then(None)
    for band in bands:
        inside = pl.lit(True) if band["up_to"] is None else pl.col("per_capita") <= band["up_to"]
        expr = expr.when(inside).then(float(band["standard"]))
    chosen: pl.Expr = expr.otherwise(None)
    return chosen


def _allotted(cells: pl.DataFrame, plan: pl.DataFrame, cat: Catalogue) -> pl.DataFrame:
    """Each planned quota shared in square metres among the regions below, by what their people bring."""
    given = {row["payer"]: row["hectares"] for row in plan.to_dicts()}
    rows = cells.to_dicts()
    for payer, hectares in sorted(given.items()):
        mine = [r for r in rows if r["counts"] and cat.regions[r["region"]].parent == payer]
        if not mine or any(r["quota"] is None for r in mine) or not any(r["quota"] for r in mine):
            continue
        parts = apportion(round(hectares * M2_PER_HECTARE), [r["quota"] for r in mine])
        for row, part in zip(mine, parts, strict=True):
            row["allotted"] = part / M2_PER_HECTARE
    shown = [
        {**row, "allotted": row.get("allotted"), "allotted_reason": None if "allotted" in row else "no_data"}
        for row in rows
    ]
    names = ("people", "standard", "quota", "allotted")
    columns = ["region", "basis", "counts", *(c for n in names for c in (n, f"{n}_reason"))]
    schema: dict[str, Any] = {**cells.schema, "allotted": pl.Float64, "allotted_reason": pl.String}
    return pl.DataFrame(shown, schema).select(columns)
