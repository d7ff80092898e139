"""Formula, rule, series, vintage and source of every value in the report, and the publications behind them."""

import re

from renben.catalogue.indicator import Indicator
from renben.report.document import Cell, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.sections.wording import mark
from renben.report.tables import Col, table
from renben.report.tongue import DASH, Tongue

RULES = {
    "TRAJ": ("按达标概率评色", "by the probability of reaching the target"),
    "STD": ("按现值与标准比较评色", "by value against the standard"),
    "DONE": ("按累计完成与进度比较评色", "by what is done against the schedule"),
    "EVENT": ("零容忍事件", "an event without tolerance"),
    "TREND": ("只报趋势，不评色", "direction only, no colour"),
}


def definitions(e: Evidence, t: Tongue) -> list[Part]:
    """Every value with its formula, rule, series, day of publication and sources."""
    columns = (
        Col(t("指标", "Indicator"), 1.9),
        Col(t("公式", "Formula"), 2.9),
        Col(t("评定规则", "Rule"), 1.9),
        Col(t("序列", "Series"), 1.6),
        Col(t("发布日期", "Published"), 1.4, "center"),
        Col(t("来源", "Sources"), 0.9, "center"),
    )
    note = t(
        "来源一栏为资料来源表的编号；公式中的名称为基础数据。",
        "Sources are numbers of the table of sources; names in formulas are base data.",
    )
    caption = t("指标的公式、规则、版本与来源", "Formula, rule, vintage and source of each value")
    grids = table(caption, columns, [_row(e, t, i) for i in e.valued], t("口径", "Definitions"))
    return [Paragraph(note, note=True), *grids] if grids else []


def _row(e: Evidence, t: Tongue, indicator: Indicator) -> tuple[Cell, ...]:
    value = e.values[indicator.id]
    limits = [f"{x:g}" for x in (indicator.green, indicator.yellow, indicator.orange) if x is not None]
    rule = t(*RULES[indicator.status_rule])
    if limits:
        rule += t(f"（界限{'、'.join(limits)}）", f" (limits {', '.join(limits)})")
    return (
        Cell(t(indicator.name_zh, indicator.name_en)),
        Cell(formula(e, indicator.formula, t)),
        Cell(rule),
        Cell(value["series"] or DASH),
        Cell(str(value["published"] or DASH)),
        Cell(mark(value, t).strip(" ()（）") or cited(e, value["sources"])),
    )


def formula(e: Evidence, text: str, t: Tongue) -> str:
    """A formula with the names of its base data in place of their ids."""

    def name(found: re.Match[str]) -> str:
        element = e.catalogue.elements.get(found[0])
        return t(element.name_zh, element.name_en) if element else found[0]

    spaced = re.sub(r"\s*([*/+−])\s*", r" \1 ", text).replace(" * ", " × ").replace(" / ", " ÷ ")
    return re.sub(r"[a-z]\w*", name, spaced)


def cited(e: Evidence, sources: str | None) -> str:
    """Sources of a cell by their numbers in the table of sources, or a dash."""
    return " ".join(f"[{e.numbered_sources[s]}]" for s in e.cited(sources)) or DASH


def sources(e: Evidence, t: Tongue) -> list[Part]:
    """Publications behind the values, with publisher and date."""
    rows = []
    for id_, number in e.numbered_sources.items():
        about = e.publications[id_]
        shown = [Cell(about[name] or DASH) for name in ("publication", "publisher", "date")]
        rows.append((Cell(f"[{number}]"), *shown))
    columns = (
        Col(t("编号", "No."), 0.8, "center"),
        Col(t("出版物", "Publication"), 5.0),
        Col(t("发布者", "Publisher"), 2.6),
        Col(t("日期", "Date"), 1.5, "center"),
    )
    note = t(
        "部分官方文本系从转载处读取，正式使用前请与发布者核对。名称按资料原文著录。",
        "Some official texts were read in reprints: verify with the publisher before official use. Titles are as published.",
    )
    return (
        [Paragraph(note, note=True), *table(t("资料来源", "Sources"), columns, rows, t("来源", "Sources"))]
        if rows
        else []
    )
