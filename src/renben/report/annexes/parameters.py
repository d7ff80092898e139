"""Provisions behind the report that are neither law nor plan text."""

from renben.core.workspace import Cite
from renben.report.document import Cell, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.tables import Col, table
from renben.report.tongue import Tongue

LONGEST = 24


def parameters(e: Evidence, t: Tongue) -> list[Part]:
    """Each such parameter with its value, trust mark and reference."""
    if not e.uncertain:
        return [
            Paragraph(
                t("本报告所用参数均有法律或方案原文依据。", "Every parameter used is law or plan text.")
            )
        ]
    note = t(
        "可信度：S 二手资料，D 系统默认（档位为系统建议），M 经操作者确认的记忆值。",
        "Trust: S secondary source, D our default (a proposal, not policy), M from memory and confirmed by an operator.",
    )
    columns = (
        Col(t("参数", "Parameter"), 3.4),
        Col(t("取值", "Value"), 1.4, "right"),
        Col(t("可信度", "Trust"), 0.9, "center"),
        Col(t("依据", "Reference"), 3.6),
    )
    rows = [_row(e, t, cite) for cite in e.uncertain]
    return [
        Paragraph(note, note=True),
        *table(t("参数", "Parameters"), columns, rows, t("参数", "Parameters")),
    ]


def _row(e: Evidence, t: Tongue, cite: Cite) -> tuple[Cell, ...]:
    provision = e.catalogue.laws.get(cite.name)
    text = str(cite.value)
    shown = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    number = (
        float(cite.value)
        if isinstance(cite.value, int | float) and not isinstance(cite.value, bool)
        else None
    )
    name = t(provision.zh, provision.en) if provision else cite.name
    return (Cell(name), Cell(shown, number=number), Cell(cite.trust, "strong"), Cell(cite.ref))
