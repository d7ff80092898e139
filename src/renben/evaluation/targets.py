"""Targets as things of their own: what a document says, from which value it counts as reached, and for whom.

They come from the goals of the plans, from catalogue/indicators/targets.csv, and from what an operator entered
(dataset indicator_targets), in this order; a later one of the same region, indicator and year replaces.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import polars as pl

from renben.catalogue import Catalogue
from renben.catalogue.indicator import Target
from renben.evaluation.panel import Frame

SCHEMA: Mapping[str, Any] = MappingProxyType(
    {
        "region": pl.String,
        "indicator": pl.String,
        "target_year": pl.Int64,
        "target": pl.Float64,
        "target_stated": pl.Float64,
        "comparison": pl.String,
        "target_text": pl.String,
        "target_kind": pl.String,
        "target_source": pl.String,
        "target_trust": pl.String,
        "reach_trust": pl.String,
        "base_year": pl.Int64,
        "reference_only": pl.Boolean,
    }
)


def catalogue_targets(catalogue: Catalogue) -> Iterator[Target]:
    """Targets of the plans' goals, then those written with the indicators."""
    for plan in catalogue.plans.values():
        for goal in plan.goals.values():
            if goal.rule is not None and goal.indicator is not None:
                yield Target(
                    indicator=goal.indicator,
                    region=plan.region,
                    levels=(catalogue.regions[plan.region].level,),
                    year=goal.year,
                    comparison=goal.rule.comparison,
                    value=goal.rule.value,
                    stated=goal.rule.value if goal.value is None else goal.value,
                    text=goal.zh,
                    kind="plan_target",
                    binding="own",
                    source=plan.number,
                    trust="P",
                    reach_trust=goal.rule.trust,
                    reach_note=goal.rule.note,
                    base_year=plan.first_year - 1,
                )
    yield from catalogue.targets.values()


def regional_targets(catalogue: Catalogue, base: Frame, entered: pl.DataFrame) -> pl.DataFrame:
    """Every target of every region it applies to.

    Args:
        catalogue: plans, targets and regions.
        base: regions.
        entered: rows of the dataset indicator_targets.

    Returns:
        Grain region, indicator, target_year (null = any time).
    """
    rows = [
        row
        for target in catalogue_targets(catalogue)
        if not target.superseded_by and target.indicator in catalogue.indicators
        for row in _rows(target, catalogue, base)
    ]
    written = pl.DataFrame(rows, schema=dict(SCHEMA), orient="row")
    keys = ["region", "indicator", "target_year"]
    every = pl.concat([written, _entered(entered, catalogue)])
    return every.unique(keys, keep="last", maintain_order=True)


def _rows(target: Target, catalogue: Catalogue, base: Frame) -> Iterator[tuple[Any, ...]]:
    for region, level in zip(base.regions, base.levels, strict=True):
        if level not in target.levels or not _within(region, target.region, catalogue):
            continue
        own = target.binding == "everywhere" or (target.binding == "own" and region == target.region)
        yield (
            region,
            target.indicator,
            target.year,
            target.value,
            target.stated,
            target.comparison,
            target.text,
            target.kind,
            target.source,
            target.trust,
            target.reach_trust,
            target.base_year,
            not own,
        )


def _within(region: str, above: str, catalogue: Catalogue) -> bool:
    at: str | None = region
    while at is not None and at in catalogue.regions:
        if at == above:
            return True
        at = catalogue.regions[at].parent
    return at == above


def _entered(entered: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    down = [i.id for i in catalogue.indicators.values() if i.direction == "down"]
    comparison = (
        pl.when(pl.col("indicator").is_in(down)).then(pl.lit("at_most")).otherwise(pl.lit("at_least"))
    )
    return entered.select(
        "region",
        "indicator",
        pl.col("year").alias("target_year"),
        pl.col("value").alias("target"),
        pl.col("value").alias("target_stated"),
        comparison.alias("comparison"),
        pl.col("text").alias("target_text"),
        pl.col("kind").alias("target_kind"),
        pl.col("source").alias("target_source"),
        pl.col("trust").alias("target_trust"),
        pl.col("trust").alias("reach_trust"),
        pl.lit(None, pl.Int64).alias("base_year"),
        pl.lit(False).alias("reference_only"),
    ).cast(dict(SCHEMA))  # type: ignore[arg-type]


def governing(targets: pl.DataFrame, year: int) -> pl.DataFrame:
    """The target that judges each region and indicator in a year.

    The next one due; else one that holds at any time; else the last one past, which is then a reference only.
    """
    due = pl.col("target_year")
    ranked = targets.with_columns(
        rank=pl.when(due >= year).then(due).when(due.is_null()).then(100_000).otherwise(200_000 - due),
        reference_only=pl.col("reference_only") | (due < year).fill_null(False),
    )
    return ranked.sort("rank").unique(["region", "indicator"], keep="first", maintain_order=True).drop("rank")
