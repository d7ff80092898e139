"""Indicators with a value, and the measures of the plan with the status of their indicators."""

from collections import Counter
from typing import Any

from renben.catalogue.indicator import Indicator
from renben.report.document import Cell, Grid, Heading, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.wording import CLASSES, short_name
from renben.report.tongue import DASH, STATUS, Tongue


def indicators(e: Evidence, t: Tongue) -> list[Part]:
    """Indicators with a value for the region; those without are counted here and listed in the annex."""
    have = [i for i in e.catalogue.indicators.values() if i.id in e.own and e.own[i.id]["value"] is not None]
    header = (
        t("指标", "Indicator"),
        t("上年", "Before"),
        t("本年", "Now"),
        t("目标", "Target"),
        t("进度比", "Pace"),
        t("达标概率", "Probability"),
        t("状态", "Status"),
    )
    rows = tuple(_indicator_row(e, t, i) for i in have)
    missing = len(e.own) - len(have)
    text = t(
        f"{len(have)}项指标有{e.period}年数据，{missing}项没有。进度比大于等于1表示不慢于达标所需的速度。",
        f"{len(have)} indicators have a value for {e.period}, {missing} have none. A pace of 1 or more is fast enough for the target.",
    )
    grid = Grid(
        t(f"有数据的指标（{e.period}年）", f"Indicators with a value in {e.period}"),
        header,
        rows,
        (3.4, 1.1, 1.1, 1.5, 0.9, 1.1, 1.2),
        ("left", "right", "right", "right", "right", "right", "center"),
        sheet=t("主要指标", "Indicators"),
    )
    return [Paragraph(text), grid] if rows else [Paragraph(text)]


def _indicator_row(e: Evidence, t: Tongue, indicator: Indicator) -> tuple[Cell, ...]:
    status, value = e.own[indicator.id], e.values[indicator.id]
    name = t(indicator.name_zh, indicator.name_en) + (
        f"（{indicator.unit}）" if t.language == "zh" else f" ({indicator.unit})"
    )
    if value["synthetic"]:
        name += t("（合成）", " (synthetic)")
    target = DASH
    if status["target"] is not None:
        sign = "≥" if status["comparison"] == "at_least" else "≤"
        year = f"（{status['target_year']}）" if status["target_year"] else ""
        note = t("，仅参考", ", reference") if status["reference_only"] else ""
        target = f"{sign}{t.number(status['target'], indicator.unit)}{year}{note}"
    return (
        Cell(name),
        Cell(t.number(value["previous_value"], indicator.unit), number=value["previous_value"]),
        Cell(t.number(status["value"], indicator.unit), "strong", status["value"]),
        Cell(target, number=None),
        Cell(t.number(status["pace_ratio"]), number=status["pace_ratio"]),
        Cell(t.share(status["probability"]), number=status["probability"]),
        t.status(status["status"]),
    )


def measures(e: Evidence, t: Tongue) -> list[Part]:
    """A table for each action: measures, who answers, commitments with a mechanism, status of their indicators."""
    parts: list[Part] = []
    for action in e.plan.actions.values():
        parts.append(Heading(2, t(action.zh, action.en)))
        rows = tuple(_measure_row(e, t, m) for m in action.measures.values())
        header = (
            t("序号", "No."),
            t("举措", "Measure"),
            t("责任单位", "Owners"),
            t("任务", "Commitments"),
            t("可计算", "Computed"),
            t("指标状态", "Indicators"),
        )
        parts.append(
            Grid(
                t(action.zh, action.en),
                header,
                rows,
                (0.7, 2.6, 3.2, 0.8, 0.9, 1.8),
                ("center", "left", "left", "right", "right", "left"),
            )
        )
    return parts


def _measure_row(e: Evidence, t: Tongue, measure: Any) -> tuple[Cell, ...]:
    owners = t.join([t(short_name(o), o.en) for o in (e.catalogue.offices[i] for i in measure.owners)])
    mine = [
        e.own[i.id]["status"]
        for i in e.catalogue.indicators.values()
        if measure.number in i.measure_numbers and i.id in e.own
    ]
    counts = Counter(mine)
    said = t.join([f"{t(*STATUS[c])}{t('', ' ')}{counts[c]}" for c in CLASSES if counts[c]]) or DASH
    computed = sum(bool(c.mechanisms) for c in measure.commitments.values())
    worst = next((c for c in reversed(CLASSES[:-1]) if counts[c]), "grey")
    return (
        Cell(str(measure.number)),
        Cell(t(measure.zh, measure.en)),
        Cell(owners),
        Cell(str(len(measure.commitments)), number=len(measure.commitments)),
        Cell(str(computed), number=computed),
        Cell(said, worst),
    )
