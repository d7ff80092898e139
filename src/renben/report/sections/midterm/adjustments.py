"""Drafts of adjustments: to targets that fall behind, to tasks with problems that come back, to data that are missing."""

from typing import Any

from renben.catalogue.indicator import Indicator
from renben.report.document import Cell, Heading, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.ledger import problems
from renben.report.sections.goals import target_text
from renben.report.sections.midterm.verdict import verdicts
from renben.report.sections.owed import next_steps
from renben.report.sections.wording import named, office_name
from renben.report.tables import Col, table
from renben.report.tongue import DASH, Tongue


def adjustments(e: Evidence, t: Tongue) -> list[Part]:
    """Targets, tasks and data, each with what the numbers suggest; the decision is the commission's."""
    return [
        Paragraph(
            t(
                "以下为按数据生成的建议草稿，供研究，是否调整由牵头部门决定。",
                "These are drafts made from the numbers, to be considered; the lead commission decides.",
            )
        ),
        Heading(2, t("目标", "Targets")),
        *_targets(e, t),
        Heading(2, t("任务", "Tasks")),
        Paragraph(_tasks(e, t)),
        Heading(2, t("数据", "Data")),
        *next_steps(e, t),
    ]


def _targets(e: Evidence, t: Tongue) -> list[Part]:
    mine = verdicts(e)
    late = [
        i
        for i in e.valued
        if mine.get(i.id, {}).get("verdict") in ("behind", "nearly")
        and e.own[i.id]["target"] is not None
        and not e.made_up(e.own[i.id])
    ]
    if not late:
        return [
            Paragraph(
                t(
                    "按实际数据，没有判断为“滞后”或“基本达到”的目标，建议维持。",
                    "On real data no target is behind or only nearly reached; they may stand.",
                )
            )
        ]
    columns = (
        Col(t("指标", "Indicator"), 3.0),
        Col(t("目标", "Target"), 1.9, "right"),
        Col(t("近年年均", "Recent a year"), 1.3, "right"),
        Col(t("所需年均", "Needed a year"), 1.3, "right"),
        Col(t("建议研究", "To consider"), 3.0),
        Col(t("责任单位", "Owner"), 1.6),
    )
    rows = [_row(e, t, i) for i in late]
    return list(table(t("目标调整建议", "Targets to consider"), columns, rows, t("目标建议", "Targets")))


def _row(e: Evidence, t: Tongue, indicator: Indicator) -> tuple[Cell, ...]:
    status = e.own[indicator.id]
    recent, needed = status["pace_recent"], status["pace_needed"]
    return (
        Cell(named(e, indicator, t)),
        Cell(target_text(t, status)),
        Cell(t.signed(recent, indicator.unit), number=recent),
        Cell(t.signed(needed, indicator.unit), number=needed),
        Cell(_advice(t, status)),
        Cell(office_name(e, indicator.owner, t)),
    )


def _advice(t: Tongue, status: dict[str, Any]) -> str:
    """What pace and probability suggest."""
    chance = status["probability"]
    if status["reference_only"]:
        return t("目标仅供参考，不是本地区任务", "The target is a reference, no duty of this region")
    if chance is None:
        return t("补充年度数据后再判断", "Judge again once yearly data are there")
    if chance >= 0.5:  # more likely than not
        return t(
            f"维持目标，加强调度（达标概率{t.share(chance)}）",
            f"Keep the target, press on (chance {t.share(chance)})",
        )
    return t(
        f"说明差距，研究增补措施或调整时限（达标概率{t.share(chance)}）",
        f"Explain the gap; more measures, or a later year (chance {t.share(chance)})",
    )


def _tasks(e: Evidence, t: Tongue) -> str:
    back = [one for one in problems(e) if one.again and one.commitment]
    numbers = sorted({one.commitment.removeprefix(f"{e.plan.id}/") for one in back})
    if not numbers:
        return t(
            "没有立为任务后再次出现的问题。",
            "No problem came back after it had become part of a task.",
        )
    return t(
        f"下列任务的问题在以后各期再次出现，建议重新督办：{'、'.join(numbers) or DASH}。",
        f"Problems of these tasks came back in later periods; consider supervising them again: {', '.join(numbers)}.",
    )
