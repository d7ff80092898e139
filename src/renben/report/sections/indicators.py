"""Indicators with a value: before, now, target, pace, probability and status."""

from renben.catalogue.indicator import Indicator
from renben.report.document import Cell, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.goals import target_text
from renben.report.sections.wording import named, value_cell
from renben.report.tables import Col, table
from renben.report.tongue import DASH, Tongue


def indicators(e: Evidence, t: Tongue) -> list[Part]:
    """Indicators with a value for the region; those without are counted here and listed in the annex."""
    have = e.valued
    missing = len(e.own) - len(have)
    text = t(
        f"{len(e.own)}项指标中，{len(have)}项有{e.period}年数据，{missing}项没有。进度比为实际进展与时间进度之比，大于等于1表示不慢于达标所需的速度；标“仅参考”的目标不是对本地区下达的任务。",
        f"Of {len(e.own)} indicators {len(have)} have a value for {e.period}, {missing} have none. Pace is progress made over progress due: 1 or more is fast enough. A target marked as reference is no duty of this region.",
    )
    columns = (
        Col(t("指标", "Indicator"), 3.0),
        Col(t("上年", "Before"), 1.1, "right"),
        Col(t("本年", "Now"), 1.25, "right"),
        Col(t("变化", "Change"), 1.1, "right"),
        Col(t("目标", "Target"), 1.75, "right"),
        Col(t("进度比", "Pace"), 1.0, "right"),
        Col(t("概率", "Chance"), 0.95, "right"),
        Col(t("状态", "Status"), 1.5, "center"),
    )
    caption = t(f"有数据的主要指标（{e.period}年）", f"Indicators with a value in {e.period}")
    rows = [_row(e, t, i) for i in have]
    return [Paragraph(text), *table(caption, columns, rows, t("主要指标", "Indicators"))]


def _row(e: Evidence, t: Tongue, indicator: Indicator) -> tuple[Cell, ...]:
    status, value = e.own[indicator.id], e.values[indicator.id]
    unit, before, change = indicator.unit, value["previous_value"], value["change"]
    return (
        Cell(named(e, indicator, t)),
        Cell(t.number(before, unit), number=before),
        value_cell(value, "value", unit, t, "strong"),
        Cell(t.signed(change, unit), number=change),
        Cell(target_text(t, status)),
        Cell(
            t.number(status["pace_ratio"]) if status["pace_ratio"] is not None else DASH,
            number=status["pace_ratio"],
        ),
        Cell(t.share(status["probability"]), number=status["probability"]),
        t.status(status["status"], synthetic=e.class_of(status) == "synthetic"),
    )
