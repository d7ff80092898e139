"""Findings about clusters: what is lacking, what does not fit together, where tier and plan meet other evidence."""

import polars as pl

from renben.core.finding import check
from renben.core.table import Maybe, Table

OWNER = "industry"


@check
def cluster_gap_is_known(cluster_verdict: Table) -> Table:
    """One finding for each cluster and level whose rules fail or lack data.

    Args:
        cluster_verdict: Verdict by cluster and level.
    """
    wanting = cluster_verdict.filter(pl.col("passed").is_null() | ~pl.col("passed"))
    failed, missing = (pl.coalesce(pl.col(c), pl.lit("-")) for c in ("failed", "missing"))
    return wanting.select(
        kind=pl.lit("cluster_rules_not_met"),
        subject=pl.format("{}/{}", "cluster", "level"),
        severity=pl.when(pl.col("passed").is_null()).then(pl.lit("warning")).otherwise(pl.lit("info")),
        owner=pl.lit(OWNER),
        text_zh=pl.format("{} 级条件未达：{}；缺数据：{}。差距见 cluster_test。", "level", failed, missing),
        text_en=pl.format(
            "Rules of level {} failed: {}; without data: {}. Gaps are in cluster_test.",
            "level",
            failed,
            missing,
        ),
    )


@check
def cluster_data_fit_together(
    cluster: Table, cluster_year: Table, cluster_firm: Maybe, county_industry: Maybe
) -> Table:
    """One finding for each firm in two clusters, each part above its whole, each cluster above its county.

    Args:
        cluster: Region by cluster.
        cluster_year: Output, SME and leading-industry output (yuan) by cluster.
        cluster_firm: Firms by cluster.
        county_industry: Output (yuan) by region and industry.
    """
    twice = cluster_firm.group_by("firm").agg(n=pl.col("cluster").n_unique()).filter(pl.col("n") > 1)
    part = pl.max_horizontal("sme_output", "lead_output")
    over = cluster_year.filter(part > pl.col("output"))
    county = county_industry.group_by("region").agg(whole=pl.col("output").sum())
    big = (
        cluster.join(cluster_year, on="cluster")
        .join(county, on="region")
        .filter(pl.col("output") > pl.col("whole"))
    )
    return pl.concat(
        [
            _finding(
                twice,
                "firm_in_two_clusters",
                "firm",
                "企业被计入多个集群",
                "The firm is counted in more than one cluster.",
            ),
            _finding(
                over,
                "cluster_part_above_whole",
                "cluster",
                "中小企业或主导产业产出大于集群产出",
                "SME or leading-industry output exceeds the cluster's output.",
            ),
            _finding(
                big,
                "cluster_above_county",
                "cluster",
                "集群产出大于全县产出，请核对单位(元/万元)",
                "The cluster's output exceeds its county's; check the unit (yuan).",
            ),
        ]
    )


def _finding(rows: Table, kind: str, subject: str, zh: str, en: str) -> Table:
    return rows.select(
        kind=pl.lit(kind),
        subject=pl.col(subject),
        severity=pl.lit("error"),
        owner=pl.lit(OWNER),
        text_zh=pl.lit(f"{zh}。"),
        text_en=pl.lit(en),
    )


@check
def cluster_tier_differs_from_the_official(cluster_tier: Table) -> Table:
    """One finding for each cluster whose suggested tier is not its official level.

    Args:
        cluster_tier: Suggested and official tier by cluster.
    """
    return cluster_tier.filter(pl.col("level") != pl.col("official")).select(
        kind=pl.lit("cluster_tier_differs"),
        subject="cluster",
        severity=pl.lit("warning"),
        owner=pl.lit(OWNER),
        text_zh=pl.format("连续年度结果对应 {} 级，现认定为 {} 级；由主管部门决定。", "level", "official"),
        text_en=pl.format(
            "Yearly results suggest level {}, recorded is {}; the office decides.", "level", "official"
        ),
    )


@check
def plan_direction_lacks_evidence(named_direction: Table) -> Table:
    """One finding for each region with industries a plan names that its evidence contradicts or cannot show.

    Args:
        named_direction: Flag by region and industry.
    """
    wanting = named_direction.filter(pl.col("flag").is_in(["contradicted", "no_data"])).sort("industry")
    each = pl.format("{} {} ({})", "industry", "flag", "source")
    return (
        wanting.group_by("region")
        .agg(each=each.sort().str.join("; "), against=(pl.col("flag") == "contradicted").any())
        .select(
            kind=pl.lit("plan_direction_lacks_evidence"),
            subject="region",
            severity=pl.when("against").then(pl.lit("warning")).otherwise(pl.lit("info")),
            owner=pl.lit(OWNER),
            text_zh=pl.format("规划方向与证据：{}；证据供参考，不替代规划。", "each"),
            text_en=pl.format(
                "Directions named by a plan beside evidence: {}; evidence only, the plan stands.", "each"
            ),
        )
    )
