"""Annexes of a report: definitions with formula, vintage and source; why values are missing; parameters; sources."""

from renben.report.document import Cell, Grid, Heading, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.tongue import DASH, Tongue


def annexes(e: Evidence, t: Tongue) -> list[Part]:
    """All annexes."""
    return [
        Heading(1, t("附件", "Annexes")),
        Heading(2, t("指标口径与来源", "Definitions and sources")),
        *definitions(e, t),
        Heading(2, t("无法判定的指标及原因", "What cannot be judged, and why")),
        *unjudged(e, t),
        Heading(2, t("参数与可信度", "Parameters and their trust marks")),
        *parameters(e, t),
        Heading(2, t("资料来源", "Sources")),
        *sources(e, t),
    ]


def definitions(e: Evidence, t: Tongue) -> list[Part]:
    """Formula, series, vintage and sources of every value in the report."""
    have = [i for i in e.catalogue.indicators.values() if i.id in e.own and e.own[i.id]["value"] is not None]
    rows = []
    for indicator in have:
        value = e.values[indicator.id]
        rows.append(
            (
                Cell(t(indicator.name_zh, indicator.name_en)),
                Cell(indicator.formula),
                Cell(value["series"] or DASH),
                Cell(str(value["published"] or DASH)),
                Cell(t.join(e.cited(value["sources"])) or DASH),
            )
        )
    header = (
        t("指标", "Indicator"),
        t("公式", "Formula"),
        t("序列", "Series"),
        t("发布", "Published"),
        t("来源", "Sources"),
    )
    grid = Grid(
        t("有数据的指标", "Indicators with a value"),
        header,
        tuple(rows),
        (2.0, 3.0, 1.9, 1.4, 2.4),
        ("left",) * 5,
        sheet=t("口径", "Definitions"),
    )
    return [grid] if rows else []


def unjudged(e: Evidence, t: Tongue) -> list[Part]:
    """Every grey indicator with its reason and who answers for it."""
    rows = []
    for indicator in e.catalogue.indicators.values():
        row = e.own.get(indicator.id, {})
        if row.get("status") != "grey":
            continue
        code = row["reason"] or "no_data"
        reason = e.catalogue.reasons.get(code)
        office = e.catalogue.offices.get(indicator.owner)
        rows.append(
            (
                Cell(", ".join(indicator.measures)),
                Cell(t(indicator.name_zh, indicator.name_en)),
                Cell(t(reason.zh, reason.en) if reason else code, "grey"),
                Cell(t(office.zh, office.en) if office else indicator.owner),
            )
        )
    header = (t("举措", "Measures"), t("指标", "Indicator"), t("原因", "Reason"), t("单位", "Office"))
    grid = Grid(
        t("无法判定的指标", "Indicators without a status"),
        header,
        tuple(rows),
        (0.9, 3.2, 2.8, 2.2),
        ("center", "left", "left", "left"),
        sheet=t("无法判定", "Unjudged"),
    )
    return [grid] if rows else []


def parameters(e: Evidence, t: Tongue) -> list[Part]:
    """Provisions behind the report that are not law or plan text."""
    intro = Paragraph(
        t(
            "S 二手资料，D 系统默认，M 经操作者确认的记忆值。",
            "S secondary source, D our default, M from memory and confirmed by an operator.",
        ),
        note=True,
    )
    rows = []
    for cite in e.uncertain:
        provision = e.catalogue.laws.get(cite.name)
        rows.append(
            (
                Cell(t(provision.zh, provision.en) if provision else cite.name),
                Cell(_value(cite.value)),
                Cell(cite.trust, "strong"),
                Cell(cite.ref),
            )
        )
    if not rows:
        return [
            Paragraph(
                t("本报告所用参数均有法律或方案原文依据。", "Every parameter used is law or plan text.")
            )
        ]
    header = (t("参数", "Parameter"), t("取值", "Value"), t("可信度", "Trust"), t("依据", "Reference"))
    return [
        intro,
        Grid(
            t("参数", "Parameters"),
            header,
            tuple(rows),
            (3.2, 1.6, 0.8, 3.4),
            ("left", "right", "center", "left"),
            sheet=t("参数", "Parameters"),
        ),
    ]


def _value(value: object) -> str:
    text = str(value)
    return text if len(text) <= 24 else text[:23] + "…"


def sources(e: Evidence, t: Tongue) -> list[Part]:
    """Publications behind the values, with publisher and date; whether the official page was seen."""
    used = {s for row in e.values.values() if row["value"] is not None for s in e.cited(row["sources"])}
    used |= {
        s
        for cell in e.history.filter(e.history["value"].is_not_null())["sources"].unique().to_list()
        for s in e.cited(cell)
    }
    rows = []
    for id_ in sorted(used):
        publication = e.publications[id_]
        rows.append(
            (
                Cell(id_),
                Cell(publication["publication"] or DASH),
                Cell(publication["publisher"] or DASH),
                Cell(publication["date"] or DASH),
            )
        )
    header = (t("编号", "Id"), t("出版物", "Publication"), t("发布者", "Publisher"), t("日期", "Date"))
    note = Paragraph(
        t(
            "部分官方文本系从转载处读取，正式使用前请与发布者核对。",
            "Some official texts were read in reprints; verify with the publisher before official use.",
        ),
        note=True,
    )
    grid = Grid(
        t("资料来源", "Sources"),
        header,
        tuple(rows),
        (2.0, 4.6, 2.4, 1.4),
        ("left",) * 4,
        sheet=t("来源", "Sources"),
    )
    return [note, grid] if rows else []
