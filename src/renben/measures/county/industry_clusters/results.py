"""Tiers of clusters, their structure, and the data elements of the cluster indicators."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from renben.core.law import Law
from renben.core.table import History, Maybe, Previous, Table, table
from renben.measures.county.industry_clusters.rules import LEVELS, YEARS

TIERS = ("candidate", *LEVELS)
PUBLISHED_LEVELS = ("province", "nation")


@table(grain=("cluster",), basis=("industry_clusters.tier_years",))
def cluster_tier(cluster: Table, cluster_verdict: Table, cluster_tier: Previous, law: Law) -> Table:
    """Tier that a cluster's yearly results suggest, with the years (count) that lead up or down.

    Promotion goes to the next level that has rules, after so many years running in which they were passed; demotion
    to the next lower one after so many years in which the own level's rules failed. A year without a verdict ends
    the way up and does not count as failed. The office decides; `official` is what it has recorded.

    Args:
        cluster: Official level by cluster.
        cluster_verdict: Verdict by cluster and level.
        cluster_tier: Last period's tiers.
        law: For the years running.
    """
    need = law.value("industry_clusters.tier_years")
    before = {row["cluster"]: row for row in cluster_tier.collect().iter_rows(named=True)}
    verdicts: dict[str, dict[str, bool | None]] = {}
    for row in cluster_verdict.collect().iter_rows(named=True):
        verdicts.setdefault(row["cluster"], {})[row["level"]] = row["passed"]
    rows = [
        {
            "cluster": name,
            "official": official,
            **step(before.get(name), official, verdicts.get(name, {}), need),
        }
        for name, official in cluster.sort("cluster").select("cluster", "level").collect().iter_rows()
    ]
    text = dict.fromkeys(("cluster", "official", "level", "change", "next_level"), pl.String)
    return pl.LazyFrame(rows, schema={**text, "passes": pl.Int64, "fails": pl.Int64})


def step(
    before: Mapping[str, Any] | None,
    official: str,
    verdicts: Mapping[str, bool | None],
    need: Mapping[str, int],
) -> dict[str, Any]:
    """Tier, years (count) and change of one cluster after one more year.

    Args:
        before: Last year's row, or None in the first year, which starts from the official level.
        official: Level that the office has recorded.
        verdicts: Verdict by level; a level without rules is absent.
        need: Years running for promote and demote.
    """
    level = before["level"] if before else official
    up = next((tier for tier in TIERS[TIERS.index(level) + 1 :] if tier in verdicts), None)
    passes = (before["passes"] if before else 0) + 1 if up and verdicts[up] else 0
    own = verdicts.get(level)
    fails = (before["fails"] if before else 0) + (own is False) if own is not True else 0
    change = "none"
    if up and passes >= need["promote"]:
        level, change = up, "promoted"
    elif fails >= need["demote"]:
        lower = TIERS[: TIERS.index(level)]
        level = next((tier for tier in reversed(lower) if tier in verdicts), TIERS[0])
        change = "demoted"
    if change != "none":
        passes = fails = 0
    return {"level": level, "passes": passes, "fails": fails, "change": change, "next_level": up}


@table(grain=("cluster",), basis=("industry_clusters",))
def cluster_ratio(cluster: Table, cluster_year: History, cluster_firm: Maybe) -> Table:
    """Shares of the leading industry, of SMEs and of the largest firm (0-1), and growth over three years (share).

    Args:
        cluster: Region by cluster.
        cluster_year: Output (yuan) by cluster and period; the newest period is this year.
        cluster_firm: Output (yuan) of each firm.
    """
    year = pl.col("period").str.slice(0, 4).cast(pl.Int64)
    aged = cluster_year.with_columns(lag=year.max().over(pl.lit(1)) - year)
    now = aged.filter(pl.col("lag") == 0).select("cluster", "output", "lead_output", "sme_output")
    first = aged.filter(pl.col("lag") == YEARS - 1).select("cluster", first=pl.col("output"))
    firms = cluster_firm.group_by("cluster").agg(
        largest_firm=pl.when(pl.col("output").sum() > 0).then(
            pl.col("output").max().cast(pl.Float64) / pl.col("output").sum().cast(pl.Float64)
        )
    )
    output = pl.when(pl.col("output") > 0).then(pl.col("output").cast(pl.Float64))
    start = pl.when(pl.col("first") > 0).then(pl.col("first").cast(pl.Float64))
    cells = cluster.select("cluster", "region")
    for other in (now, first, firms):
        cells = cells.join(other, on="cluster", how="left")
    values = {
        "lead_share": pl.col("lead_output").cast(pl.Float64) / output,
        "sme_share": pl.col("sme_output").cast(pl.Float64) / output,
        "growth": (output / start) ** (1 / (YEARS - 1)) - 1,
        "largest_firm": pl.col("largest_firm"),
    }
    reasons = {"growth": "period_gap"}
    return cells.select("cluster", "region", **values).with_columns(
        pl.when(pl.col(name).is_null()).then(pl.lit(reasons.get(name, "missing"))).alias(f"{name}_reason")
        for name in values
    )


@table(grain=("region",), basis=("industry_clusters",))
def cluster_data(cluster: Table, cluster_year: Table) -> Table:
    """Clusters of province level or above (count) and jobs in clusters (persons) of each region with a cluster.

    Counted are official levels, not suggested tiers. Jobs are null where one cluster has not reported them.

    Args:
        cluster: Region and official level by cluster.
        cluster_year: Jobs by cluster.
    """
    both = cluster.join(cluster_year.select("cluster", "jobs"), on="cluster", how="left")
    known = pl.col("jobs").is_not_null().all()
    return (
        both.group_by("region")
        .agg(
            sme_cluster_count=pl.col("level").is_in(PUBLISHED_LEVELS).sum().cast(pl.Int64),
            cluster_employment=pl.when(known).then(pl.col("jobs").sum()),
        )
        .with_columns(
            cluster_employment_reason=pl.when(pl.col("cluster_employment").is_null()).then(
                pl.lit("missing_late")
            )
        )
    )
