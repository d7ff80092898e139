"""Where the plan's tasks stand, measure by measure, as the programme publishes it."""

import datetime as dt
from typing import Any

from renben.report.document import Cell, Heading, Paragraph, Part
from renben.report.evidence import Evidence
from renben.report.tables import Col, table
from renben.report.tongue import DASH, Tongue

OVER = ("closed", "dissolved")


def tasks(e: Evidence, t: Tongue) -> list[Part]:
    """Tasks, closed ones, mean progress of those that reported, and overdue ones of each measure."""
    head: list[Part] = [Heading(2, t("任务办理", "Tasks"))]
    known = e.table("programme_tasks")
    prefix = f"{e.plan.id}/"
    rows = [r for r in known.to_dicts() if r["commitment"].startswith(prefix)] if known.height else []
    if not rows:
        none = t(
            "平台没有发布本方案的任务办理情况，任务进展以下表所列举措的指标为准。",
            "The programme has published no tasks of this plan; see the indicators of each measure below.",
        )
        return [*head, Paragraph(none)]
    by: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by.setdefault(row["measure"], []).append(row)
    names = {m.number: t(m.zh, m.en) for m in e.plan.measures} | {0: t("保障措施", "Safeguards")}
    columns = (
        Col(t("序号", "No."), 0.8, "center"),
        Col(t("举措", "Measure"), 4.0),
        Col(t("任务", "Tasks"), 0.9, "right"),
        Col(t("已销号", "Closed"), 1.0, "right"),
        Col(t("已报进展", "Reported"), 1.2, "right"),
        Col(t("平均进度", "Progress"), 1.2, "right"),
        Col(t("超期", "Overdue"), 0.9, "right"),
    )
    order = sorted(by, key=lambda n: (n == 0, n))
    body = [_row(n, names.get(n, DASH), by[n], e.period.end) for n in order]
    caption = t("各项举措任务办理情况", "Tasks by measure")
    return [*head, Paragraph(_said(t, rows)), *table(caption, columns, body, t("任务办理", "Tasks"))]


def _said(t: Tongue, rows: list[dict[str, Any]]) -> str:
    closed = sum(r["stage"] == "closed" for r in rows)
    reported = sum(r["progress"] is not None for r in rows)
    return t(
        f"方案任务按责任单位立为{len(rows)}件，已销号{closed}件，{reported}件报送过进展。一条任务有几个责任单位的，各立一件。",
        f"The plan's tasks, one for each owner, are {len(rows)}: closed {closed}, with progress reported {reported}.",
    )


def _row(number: int, name: str, rows: list[dict[str, Any]], day: dt.date) -> tuple[Cell, ...]:
    closed = sum(r["stage"] == "closed" for r in rows)
    told = [r["progress"] for r in rows if r["progress"] is not None]
    late = sum(r["stage"] not in OVER and r["deadline"] <= day for r in rows)
    mean = sum(told) / len(told) if told else None
    return (
        Cell(str(number) if number else DASH, number=number or None),
        Cell(name),
        Cell(str(len(rows)), number=len(rows)),
        Cell(str(closed), number=closed),
        Cell(str(len(told)), number=len(told)),
        Cell(DASH if mean is None else f"{mean:.0f} %", number=mean),
        Cell(str(late), "red" if late else "plain", late),
    )
