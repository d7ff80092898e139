"""Early warnings that stand, and the draft of a report on a major matter where a level asks for one."""

from typing import Any

import polars as pl

from renben.report.document import Cell, Heading, Paragraph, Part, Tone
from renben.report.evidence import Evidence
from renben.report.sections.goals import lead, target_text
from renben.report.sections.wording import named, office_name, region_name, unit_text
from renben.report.tables import Col, table
from renben.report.tongue import Tongue

LEVELS = {
    1: ("一级", "Level 1", "数据逾期或中断", "late, or no longer reported"),
    2: ("二级", "Level 2", "低于上年预测区间", "beyond last year's forecast band"),
    3: ("三级", "Level 3", "状态明显或连续恶化", "status has worsened"),
    4: (
        "四级",
        "Level 4",
        "发生零容忍事件，或按最好进度也难以达标",
        "an event without tolerance, or out of reach at the best pace seen",
    ),
}
TONES: dict[int, Tone] = {1: "yellow", 2: "orange", 3: "red", 4: "red"}
MAJOR = 3
"""From this level on a report on a major matter (重大事项报告) is due."""
LISTED = 20


def warnings(e: Evidence, t: Tongue) -> list[Part]:
    """Warnings of the region and those below it, the highest level first; drafts for levels 3 and 4."""
    standing = e.status.filter(pl.col("alarm") & (pl.col("warning") > 0)).sort(
        pl.col("warning"), "region", "indicator", descending=[True, False, False]
    )
    rows = [
        row
        for row in standing.to_dicts()
        if e.under(row["region"]) and row["indicator"] in e.catalogue.indicators
    ]
    rules = t(
        f"预警分四级：一级，{LEVELS[1][2]}；二级，{LEVELS[2][2]}；三级，{LEVELS[3][2]}；四级，{LEVELS[4][2]}。级别为系统建议。",
        f"Four levels: 1 {LEVELS[1][3]}; 2 {LEVELS[2][3]}; 3 {LEVELS[3][3]}; 4 {LEVELS[4][3]}. The levels are our proposal.",
    )
    count = t(f"{e.period}年共有{len(rows)}项预警。", f"{len(rows)} warnings stand for {e.period}. ")
    columns = (
        Col(t("级别", "Level"), 0.9, "center"),
        Col(t("地区", "Region"), 1.5),
        Col(t("指标", "Indicator"), 2.6),
        Col(t("现值", "Now"), 1.0, "right"),
        Col(t("目标", "Target"), 1.4, "right"),
        Col(t("预警内容", "What is wrong"), 2.4),
        Col(t("责任单位", "Owner"), 1.5),
    )
    grids = table(
        t("预警清单", "Warnings"),
        columns,
        [_row(e, t, row) for row in rows[:LISTED]],
        t("预警清单", "Warnings"),
    )
    heading = Heading(2, t("预警", "Early warnings"))
    return [
        heading,
        Paragraph(count + rules),
        *grids,
        *_major(e, t, [r for r in rows if r["warning"] >= MAJOR]),
    ]


def _row(e: Evidence, t: Tongue, row: dict[str, Any]) -> tuple[Cell, ...]:
    indicator, level = e.catalogue.indicators[row["indicator"]], LEVELS[row["warning"]]
    return (
        Cell(t(level[0], level[1]), TONES[row["warning"]]),
        Cell(region_name(e, row["region"], t)),
        Cell(named(e, indicator, t)),
        Cell(t.number(row["value"], indicator.unit), number=row["value"]),
        Cell(target_text(t, row)),
        Cell(t(level[2], level[3])),
        Cell(office_name(e, indicator.owner, t)),
    )


def _major(e: Evidence, t: Tongue, rows: list[dict[str, Any]]) -> list[Part]:
    """Drafts of reports on major matters; said outright where there is nothing to report."""
    if not rows:
        none = t(
            "没有三级、四级预警，本期无须起草重大事项报告。",
            "No warning of level 3 or 4 stands, so no report on a major matter is drafted.",
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
    now = t("无数据", "not known") if row["value"] is None else t.number(row["value"], indicator.unit) + unit
    wanted = target_text(t, row)
    goal = "" if row["target"] is None else t(f"，目标为{wanted}{unit}", f"; the target is {wanted}{unit}")
    return t(
        f"{place}{name}：{e.period}年为{now}{goal}。预警级别{level[0]}（{level[2]}）。请{owner}核实数据和原因，提出整改措施和完成时限，报{lead(e, t)}。",
        f"{place}, {name}: {now} in {e.period}{goal}. {level[1]} ({level[3]}). {owner} is asked to verify data and cause, and to propose measures with a deadline to the {lead(e, t)}.",
    )
