"""Findings about clusters: what is lacking, what does not fit together, where tier and plan meet other evidence."""

from collections import defaultdict
from typing import Any

import polars as pl

from renben.catalogue import Catalogue
from renben.core.finding import check
from renben.core.table import Maybe, Table
from renben.engines.wording import LIST, Finding, Text, findings, joined, labels, region

OWNER = "industry"


@check
def cluster_gap_is_known(cluster_verdict: Table, cat: Catalogue) -> Table:
    """One finding for each cluster and level whose rules fail or lack data.

    Args:
        cluster_verdict: Verdict by cluster and level.
        cat: For labels.
    """
    wanting = cluster_verdict.filter(pl.col("passed").is_null() | ~pl.col("passed")).sort("cluster", "level")
    return findings(
        Finding(
            "cluster_rules_not_met",
            f"{row['cluster']}/{row['level']}",
            "warning" if row["passed"] is None else "info",
            OWNER,
            _wanting(row, cat),
        )
        for row in wanting.collect().to_dicts()
    )


def _wanting(row: dict[str, Any], cat: Catalogue) -> Text:
    level = labels(cat, "cluster_verdict", "level")[row["level"]]
    failed, missing = (_rules(row[column], cat) for column in ("failed", "missing"))
    said = [Text(f"未达到{failed.zh}", f"not met: {failed.en}")] if failed else []
    said += [Text(f"缺数据{missing.zh}", f"without data: {missing.en}")] if missing else []
    each, table = joined(said), cat.datasets["cluster_test"]
    return Text(
        f"集群{row['cluster']}对照{level.zh}认定条件：{each.zh}。差距见“{table.zh}”。",
        f"Cluster {row['cluster']} beside the {level.en} rules: {each.en}. The table of rules shows the gaps.",
    )


def _rules(names: str | None, cat: Catalogue) -> Text | None:
    known = labels(cat, "cluster_test", "rule")
    given = names.split(", ") if names else []
    return joined([text for name, text in known.items() if name in given], LIST) if given else None


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
                "企业{}被计入多个集群。",
                "The firm {} is counted in more than one cluster.",
            ),
            _finding(
                over,
                "cluster_part_above_whole",
                "cluster",
                "集群{}的中小企业或主导产业产出大于集群产出。",
                "SME or leading-industry output exceeds the whole output of cluster {}.",
            ),
            _finding(
                big,
                "cluster_above_county",
                "cluster",
                "集群{}的产出大于全县产出，请核对单位（元或万元）。",
                "The output of cluster {} exceeds its county's; check the unit (yuan).",
            ),
        ]
    )


def _finding(rows: Table, kind: str, subject: str, zh: str, en: str) -> Table:
    return rows.select(
        kind=pl.lit(kind),
        subject=pl.col(subject),
        severity=pl.lit("error"),
        owner=pl.lit(OWNER),
        text_zh=pl.format(zh, subject),
        text_en=pl.format(en, subject),
    )


@check
def cluster_tier_differs_from_the_official(cluster_tier: Table, cat: Catalogue) -> Table:
    """One finding for each cluster whose suggested tier is not its official level.

    Args:
        cluster_tier: Suggested and official tier by cluster.
        cat: For labels.
    """
    levels = labels(cat, "cluster_tier", "level")
    differs = cluster_tier.filter(pl.col("level") != pl.col("official")).sort("cluster")
    return findings(
        Finding(
            "cluster_tier_differs",
            row["cluster"],
            "warning",
            OWNER,
            _tier(row["cluster"], levels[row["level"]], levels[row["official"]]),
        )
        for row in differs.collect().to_dicts()
    )


def _tier(cluster: str, level: Text, official: Text) -> Text:
    return Text(
        f"集群{cluster}连续年度结果相当于“{level.zh}”，现认定为“{official.zh}”；由主管部门决定。",
        f"Yearly results of cluster {cluster} suggest the {level.en} level, recorded is {official.en}; the office decides.",
    )


@check
def plan_direction_lacks_evidence(named_direction: Table, cat: Catalogue) -> Table:
    """One finding for each region with industries a plan names that its evidence contradicts or cannot show.

    Args:
        named_direction: Flag by region and industry.
        cat: For labels and names.
    """
    wanting = named_direction.filter(pl.col("flag").is_in(["contradicted", "no_data"]))
    rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in wanting.sort("region", "industry").collect().to_dicts():
        rows[row["region"]].append(row)
    return findings(
        Finding(
            "plan_direction_lacks_evidence",
            code,
            "warning" if any(row["flag"] == "contradicted" for row in each) else "info",
            OWNER,
            _directions(region(cat, code), joined(_direction(row, cat) for row in each)),
        )
        for code, each in rows.items()
    )


def _directions(place: Text, each: Text) -> Text:
    return Text(
        f"{place.zh}规划点名的产业与数据对照：{each.zh}。证据供参考，不替代规划。",
        f"{place.en}, industries that a plan names beside the data: {each.en}. Evidence only, the plan stands.",
    )


def _direction(row: dict[str, Any], cat: Catalogue) -> Text:
    code = row["industry"]
    name = labels(cat, "named_direction", "industry").get(
        code, Text(f"行业代码{code}", f"industry code {code}")
    )
    flag = labels(cat, "named_direction", "flag")[row["flag"]]
    return Text(
        f"{name.zh}{flag.zh}（据《{row['source']}》）", f"{name.en}: {flag.en} (named in {row['source']})"
    )
