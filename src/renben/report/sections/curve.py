"""Probability of several targets by the cohort-component projection, because a vague target is a range of numbers."""

from typing import Any

import polars as pl

from renben.report.document import Cell, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.tables import Col, table
from renben.report.tongue import Tongue

NATIONAL, EDGE = "national", 0.01


def curve(e: Evidence, t: Tongue) -> list[Part]:
    """Each target in the last year the projection judges, with its probability and sampling error; or nothing."""
    frame = e.table("projection_targets")
    if not frame.height:
        return []
    mine = frame.filter(pl.col("region") == e.region)
    last = mine.filter(pl.col("year") == pl.col("year").max()).to_dicts()
    rows = sorted((row for row in last if _shown(e, row)), key=_order)
    if not rows:
        return []
    year, draws = rows[0]["year"], max(row["draws"] for row in rows)
    note = t(
        f"概率为{draws}次抽样中达到目标的份额，抽样误差为其标准误；“全国平均”与全国的预测同时抽样比较。",
        f"The probability is the share of {draws} draws that reach the target, with its standard error; the nation is drawn jointly.",
    )
    columns = (
        Col(t("目标", "Target"), 2.0),
        Col(t("达到概率", "Probability"), 1.5, "right"),
        Col(t("抽样误差（百分点）", "Sampling error (points)"), 1.8, "right"),
    )
    caption = t(
        f"按队列要素人口模型，{year}年达到各目标的概率", f"Cohort-component projection: chances for {year}"
    )
    cells = [_row(e, t, row) for row in rows]
    return [Paragraph(note, note=True), *table(caption, columns, cells, t("达标概率", "Chances"))]


def _shown(e: Evidence, row: dict[str, Any]) -> bool:
    """The nation's rate, the plan's own targets, and whole per cents that are neither certain nor out of reach."""
    if row["target"] == NATIONAL:
        return True
    target = float(row["target"])
    own = {g.rule.value for g in e.plan.goals.values() if g.rule} | {g.value for g in e.plan.goals.values()}
    return target in own or (target.is_integer() and EDGE <= row["probability"] <= 1 - EDGE)


def _order(row: dict[str, Any]) -> tuple[bool, float]:
    return row["target"] == NATIONAL, 0.0 if row["target"] == NATIONAL else float(row["target"])


def _row(e: Evidence, t: Tongue, row: dict[str, Any]) -> tuple[Cell, ...]:
    made_up = e.versions["projection_targets"].provenance.synthetic
    mark = t("（合成）", " (synthetic)") if made_up else ""
    name = t("不低于全国平均", "the national rate") if row["target"] == NATIONAL else f"≥{row['target']}%"
    return (
        Cell(name),
        Cell(t.share(row["probability"]) + mark, "strong", row["probability"]),
        Cell(t.number(100 * row["error"], "pp"), number=100 * row["error"]),
    )
