"""Early warnings that stand, and the draft of a report on a major matter where a level asks for one."""

from typing import Any

import polars as pl

from renben.report.document import Cell, Heading, Paragraph, Part, Tone
from renben.report.evidence import Evidence
from renben.report.sections.goals import lead, target_text
from renben.report.sections.wording import named, office_name, region_name, unit_name, unit_text, value_cell
from renben.report.tables import Col, table
from renben.report.tongue import Tongue

LEVELS = {
    1: ("一级", "1", "数据逾期或中断", "late, or no longer reported"),
    2: ("二级", "2", "低于上年预测区间", "beyond last year's forecast band"),
    3: ("三级", "3", "状态明显或连续恶化", "status has worsened"),
    4: (
        "四级",
        "4",
        "发生零容忍事件，或按最好进度也难以达标",
        "an event without tolerance, or out of reach at the best pace seen",
    ),
}
TONES: dict[int, Tone] = {1: "yellow", 2: "orange", 3: "red", 4: "red"}
MAJOR = 3
"""From this level on a report on a major matter (重大事项报告) is due."""
LISTED, TRIED = 20, 8
"""Warnings shown: of real data, and of synthetic data."""


def warnings(e: Evidence, t: Tongue) -> list[Part]:
    """Warnings of the region and those below it, the highest level first; drafts for levels 3 and 4."""
    standing = e.status.filter(pl.col("alarm") & (pl.col("warning") > 0)).sort(
        pl.col("warning"), "region", "indicator", descending=[True, False, False]
    )
    known = [
        r for r in standing.to_dicts() if e.under(r["region"]) and r["indicator"] in e.catalogue.indicators
    ]
    made_up = [row for row in known if e.made_up(row)]
    real = [row for row in known if not e.made_up(row)]
    return [
        Heading(2, t("预警", "Early warnings")),
        Paragraph(_rules(e, t, len(real), len(made_up))),
        *_listed(e, t, real, t("预警清单", "Warnings"), LISTED),
        *_listed(
            e,
            t,
            made_up,
            t("合成数据上的预警（试用，不反映真实情况）", "Warnings on synthetic data (trial, nothing real)"),
            TRIED,
        ),
        *_major(e, t, [r for r in real if r["warning"] >= MAJOR]),
    ]


def _rules(e: Evidence, t: Tongue, real: int, made_up: int) -> str:
    trial = t(f"，另有{made_up}项出自合成数据", f" and {made_up} on synthetic data") if made_up else ""
    return t(
        f"{e.period}年实际数据中有{real}项预警{trial}。预警分四级：一级，{LEVELS[1][2]}；二级，{LEVELS[2][2]}；三级，{LEVELS[3][2]}；四级，{LEVELS[4][2]}。级别为系统建议。",
        f"For {e.period}, {real} warnings stand on real data{trial}. Four levels: 1 {LEVELS[1][3]}; 2 {LEVELS[2][3]}; 3 {LEVELS[3][3]}; 4 {LEVELS[4][3]}. The levels are our proposal.",
    )


def _listed(e: Evidence, t: Tongue, rows: list[dict[str, Any]], caption: str, most: int) -> list[Part]:
    columns = (
        Col(t("级别", "Level"), 0.9, "center"),
        Col(t("地区", "Region"), 1.3),
        Col(t("指标", "Indicator"), 2.6),
        Col(t("现值", "Now"), 1.25, "right"),
        Col(t("目标", "Target"), 1.6, "right"),
        Col(t("预警内容", "What is wrong"), 2.1),
        Col(t("责任单位", "Owner"), 1.7),
    )
    grids = table(caption, columns, [_row(e, t, row) for row in rows[:most]], t("预警", "Warnings"))
    more = len(rows) - most
    note = t(f"另有{more}项未列。", f"{more} more are not listed.") if more > 0 else ""
    return [*grids, Paragraph(note, note=True)]


def _row(e: Evidence, t: Tongue, row: dict[str, Any]) -> tuple[Cell, ...]:
    indicator, level = e.catalogue.indicators[row["indicator"]], LEVELS[row["warning"]]
    return (
        Cell(t(level[0], level[1]), TONES[row["warning"]]),
        Cell(region_name(e, row["region"], t)),
        Cell(named(e, indicator, t)),
        value_cell({**row, "synthetic": e.made_up(row)}, "value", indicator.unit, t),
        Cell(target_text(t, row)),
        Cell(t(level[2], level[3])),
        Cell(office_name(e, indicator.owner, t)),
    )


def _major(e: Evidence, t: Tongue, rows: list[dict[str, Any]]) -> list[Part]:
    """Drafts of reports on major matters; said outright where there is nothing to report."""
    if not rows:
        none = t(
            "实际数据中没有三级、四级预警，本期无须起草重大事项报告。",
            "No warning of level 3 or 4 stands on real data, so no report on a major matter is drafted.",
        )
        return [Paragraph(none)]
    return [
        Heading(
            2,
            t(
                "重大事项报告（草稿，待责任单位核实）",
                "Major matters (drafts, to be verified by their owners)",
            ),
        ),
        *(Paragraph(_draft(e, t, row)) for row in rows[:LISTED]),
    ]


def _draft(e: Evidence, t: Tongue, row: dict[str, Any]) -> str:
    indicator, level = e.catalogue.indicators[row["indicator"]], LEVELS[row["warning"]]
    unit, place = unit_text(e, indicator.unit, t), region_name(e, row["region"], t)
    name, owner = t(indicator.name_zh, indicator.name_en), office_name(e, indicator.owner, t)
    wanted, indicator_unit = target_text(t, row), unit_name(e, indicator.unit, t)
    now = t("无数据", "not known") if row["value"] is None else t.number(row["value"], indicator.unit) + unit
    goal = (
        ""
        if row["target"] is None
        else t(f"，目标（{indicator_unit}）为{wanted}", f"; the target ({indicator_unit}) is {wanted}")
    )
    return t(
        f"{place}{name}：{e.period}年为{now}{goal}。预警级别{level[0]}（{level[2]}）。请{owner}核实数据和原因，提出整改措施和完成时限，报{lead(e, t)}。",
        f"{place}, {name}: {now} in {e.period}{goal}. Warning level {level[1]} ({level[3]}). {owner} is asked to verify data and cause, and to propose measures with a deadline to the {lead(e, t)}.",
    )
