"""Each recognition rule of each level beside a cluster's values, and the verdict of each level."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from renben.core.law import Law
from renben.core.table import History, Table, table
from renben.measures.county.industry_clusters.rules import KEYS, LEVELS, YEARS, judge

TOPIC = "industry_clusters"
SEPARATE = ("rnd_growth", "internet")
"""Rules whose threshold may be a provision of its own (LEVEL_RULE), because it is known from memory only."""


def thresholds(law: Law, level: str, region: str) -> dict[str, Any] | None:
    """Thresholds in force for a level and region by key, or None where nobody has issued any.

    Args:
        law: Provisions in force.
        level: county, city, province or nation.
        region: Region of the cluster.
    """
    name = f"{TOPIC}.{level}"
    if not law.has(name, region):
        return None
    rules = dict(law.value(name, region))
    for rule in SEPARATE:
        if rule not in rules and law.has(f"{name}_{rule}", region):
            rules[rule] = law.value(f"{name}_{rule}", region)
    return rules


@table(grain=("cluster", "level", "rule"), basis=(TOPIC,))
def cluster_test(cluster: Table, cluster_year: History, law: Law) -> Table:
    """Value, threshold, verdict and gap (unit of the rule) of each rule in force, for each level with rules.

    Args:
        cluster: Region and area (km2) by cluster.
        cluster_year: Output (yuan), firms and incidents by cluster and period.
        law: For the rules by level and region.
    """
    years = _years(cluster_year)
    newest = max((year for _, year in years), default=0)
    rows: list[dict[str, Any]] = []
    for one in cluster.sort("cluster").collect().iter_rows(named=True):
        last = [years.get((one["cluster"], newest - n)) for n in range(YEARS - 1, -1, -1)]
        for level in LEVELS:
            rows += _level(one, level, last, law)
    text = dict.fromkeys(("cluster", "level", "rule", "value_reason", "trust"), pl.String)
    number = dict.fromkeys(("value", "threshold", "gap"), pl.Float64)
    schema = {**text, **number, "passed": pl.Boolean, "since": pl.Date}
    return pl.LazyFrame(rows, schema=schema)


def _years(cluster_year: History) -> dict[tuple[str, int], dict[str, Any]]:
    rows = cluster_year.collect().iter_rows(named=True)
    return {(row["cluster"], int(row["period"][:4])): row for row in rows}


def _level(
    one: Mapping[str, Any], level: str, last: list[dict[str, Any] | None], law: Law
) -> list[dict[str, Any]]:
    rules = thresholds(law, level, one["region"])
    if rules is None:
        return []
    cited = law.cite(f"{TOPIC}.{level}", one["region"])
    rows = []
    for rule, key in KEYS:
        if key not in rules:
            continue
        outcome = judge(rule, rules, one["area_km2"], last)
        rows.append(
            {
                "cluster": one["cluster"],
                "level": level,
                "rule": rule,
                "value": outcome.value,
                "value_reason": None if outcome.value is not None else outcome.reason,
                "threshold": float(rules[key]),
                "passed": outcome.passed,
                "gap": outcome.gap,
                "since": cited.since,
                "trust": cited.trust,
            }
        )
    return rows


@table(grain=("cluster", "level"), basis=(TOPIC,))
def cluster_verdict(cluster_test: Table) -> Table:
    """Whether a cluster passes every rule of a level that can be judged: false if one fails, null if one lacks data.

    Args:
        cluster_test: Verdict of each rule by cluster and level.
    """
    passed, rule = pl.col("passed"), pl.col("rule")
    failed, missing = rule.filter(~passed), rule.filter(passed.is_null())
    known = pl.lit([name for name, _ in KEYS])
    names = cluster_test.group_by("cluster", "level").agg(
        failed=failed.sort(), missing=missing.sort(), judged=rule.implode().first()
    )
    text = {
        "failed": pl.col("failed").list.join(", "),
        "missing": pl.col("missing").list.join(", "),
        "not_judged": known.list.set_difference("judged").list.sort().list.join(", "),
    }
    verdict = (
        pl.when(pl.col("failed").list.len() > 0)
        .then(False)
        .when(pl.col("missing").list.len() == 0)
        .then(True)
    )
    return names.select(
        "cluster",
        "level",
        passed=verdict,
        **{name: pl.when(expression != "").then(expression) for name, expression in text.items()},
    )
