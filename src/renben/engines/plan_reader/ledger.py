"""The task ledger 任务分工台账 as a workbook: one row for every commitment and every unit that answers for it."""

import datetime as dt
import io
from typing import Any

import xlsxwriter

from renben.engines.plan_reader.model import Action, Commitment, Measure, Owner, Quantity, Reading

ROLES = {"lead": "牵头单位", "support": "配合单位", "responsible": "责任单位"}
KINDS = {
    "build": "建设", "regulate": "规范", "ensure": "保障", "reform": "改革", "pilot": "试点", "explore": "探索",
    "finance": "资金", "coordinate": "协同", "serve": "服务", "develop": "发展", "protect": "保护",
    "evaluate": "评估", "report": "报告",
}  # fmt: skip
STRENGTHS = {"must": "必须", "promote": "推进", "support": "支持", "encourage": "鼓励", "explore": "探索"}
COMPARISONS = {"at_least": "≥", "at_most": "≤", "above": ">", "below": "<", "about": "约", "equals": ""}
VAGUE = {None: "明确", "close_to": "接近", "strive_for": "力争", "direction": "方向", "quality": "定性"}
TASKS = (
    ("序号", 6), ("任务编号", 18), ("行动", 22), ("举措序号", 8), ("举措", 26), ("任务内容", 60), ("任务类型", 9),
    ("约束程度", 9), ("责任单位", 22), ("角色", 10), ("单位代码", 14), ("完成时限", 14), ("涉及地区", 24),
    ("量化要求", 20), ("项目、工程", 26), ("原文位置", 12), ("进展情况", 24), ("状态", 10), ("备注", 20),
)  # fmt: skip
TARGETS = (("序号", 6), ("目标", 60), ("指标", 26), ("要求", 6), ("数值", 12), ("单位", 12), ("年份", 8), ("表述", 8), ("任务编号", 18))  # fmt: skip
OWNERS = (
    ("责任单位", 30),
    ("单位代码", 18),
    ("牵头任务数", 12),
    ("配合任务数", 12),
    ("责任任务数", 12),
    ("合计", 8),
)
UNREAD = (("序号", 6), ("原文", 80), ("原因", 40), ("页", 6), ("行", 6))
STATES = ["未启动", "进行中", "已完成", "滞后"]
MADE = dt.datetime(2000, 1, 1)
"""Fixed creation time in the file, so that the same reading gives the same bytes."""


def ledger(reading: Reading) -> bytes:
    """The workbook with four sheets: 任务分工台账, 目标, 责任单位, 未读内容.

    Args:
        reading: what the reader found.
    """
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True})
    book.set_properties({"title": f"{reading.head.title} 任务分工台账", "created": MADE})
    formats = _formats(book)
    tasks = task_rows(reading)
    sheet = _sheet(book, formats, "任务分工台账", TASKS, tasks)
    if tasks:
        state = next(i for i, (name, _) in enumerate(TASKS) if name == "状态")
        sheet.data_validation(1, state, len(tasks), state, {"validate": "list", "source": STATES})
    _sheet(book, formats, "目标", TARGETS, _target_rows(reading))
    _sheet(book, formats, "责任单位", OWNERS, _owner_rows(reading))
    _sheet(book, formats, "未读内容", UNREAD, _unread_rows(reading))
    book.close()
    return memory.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    cell = {"font_name": "宋体", "font_size": 10, "border": 1, "valign": "top", "text_wrap": True}
    return {
        "head": book.add_format(
            {**cell, "bold": True, "bg_color": "#D9E2F3", "align": "center", "valign": "vcenter"}
        ),
        "cell": book.add_format(cell),
    }


def _sheet(
    book: Any, formats: dict[str, Any], name: str, columns: tuple[tuple[str, int], ...], rows: list[list[Any]]
) -> Any:
    """A sheet with a frozen, filtered header row that repeats on every printed page."""
    sheet = book.add_worksheet(name)
    for index, (title, width) in enumerate(columns):
        sheet.set_column(index, index, width)
        sheet.write_string(0, index, title, formats["head"])
    for number, row in enumerate(rows, 1):
        for index, value in enumerate(row):
            _write(sheet, number, index, value, formats["cell"])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    return sheet


def _write(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    """Text is never read as a formula; missing stays blank, never 0."""
    if value is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, str(value), style)


def task_rows(reading: Reading) -> list[list[Any]]:
    """One row for every commitment and owner; a commitment nobody is named for has one row."""
    rows: list[list[Any]] = []
    for action in reading.actions:
        for measure in action.measures:
            for commitment in measure.commitments:
                rows += _rows(reading, rows, action, measure, commitment)
    chapter = Action("保障措施", "", (), (0, 0))
    for commitment in reading.safeguards:
        rows += _rows(reading, rows, chapter, None, commitment)
    return rows


def _rows(
    reading: Reading, above: list[list[Any]], action: Action, measure: Measure | None, commitment: Commitment
) -> list[list[Any]]:
    owners: list[Owner | None] = list(answering(commitment, measure))
    rows = []
    for number, owner in enumerate(owners or [None], len(above) + 1):
        rows.append(
            [
                number,
                commitment.id,
                action.title,
                measure.number if measure else None,
                measure.title if measure else None,
                commitment.text,
                KINDS[commitment.kind],
                STRENGTHS[commitment.strength],
                owner.name if owner else None,
                ROLES[owner.role] if owner else None,
                owner.office if owner else None,
                _due(commitment, measure),
                "、".join(place.name for place in commitment.places) or None,
                "；".join(map(_number, commitment.quantities)) or None,
                "；".join(p.name for p in commitment.programmes) or None,
                _place(reading, commitment),
                None,
                None,
                None if owner else "原文未写明责任单位",
            ]
        )
    return rows


def _due(commitment: Commitment, measure: Measure | None) -> str | None:
    """The deadline of the sentence, else of its measure, as a date or in the words of the document."""
    due = commitment.deadline or (measure.deadline if measure else None)
    return (due.date or due.text) if due else None


def _place(reading: Reading, commitment: Commitment) -> str:
    """Page and line of the document, as a reader would look them up."""
    page, line = reading.source.at(commitment.span[0])
    return f"第{page}页第{line}行" if page else f"第{line}行"


def answering(commitment: Commitment, measure: Measure | None) -> list[Owner]:
    """Who answers for a commitment: its own owners where the text states them, else those of the measure."""
    if commitment.owners is not None:
        return commitment.owners
    return measure.owners if measure is not None else []


def _number(quantity: Quantity) -> str:
    """A quantity in short, e.g. ≥75%."""
    value = f"{quantity.value:,}"
    if quantity.to is not None:
        value = f"{value}—{quantity.to:,}"
    return f"{quantity.per or ''}{COMPARISONS.get(quantity.comparison, '')}{value}{quantity.unit}"


def _target_rows(reading: Reading) -> list[list[Any]]:
    return [
        [
            number, t.text, t.subject or None, COMPARISONS.get(t.comparison or "equals", "") or None, t.value,
            t.unit or None, t.year, VAGUE[t.vague], t.commitment,
        ]
        for number, t in enumerate(reading.targets, 1)
    ]  # fmt: skip


def _owner_rows(reading: Reading) -> list[list[Any]]:
    counts: dict[tuple[str, str | None], dict[str, int]] = {}
    for measure in reading.measures:
        for commitment in measure.commitments:
            for owner in answering(commitment, measure):
                found = counts.setdefault((owner.name, owner.office), dict.fromkeys(ROLES, 0))
                found[owner.role] += 1
    rows: list[list[Any]] = [
        [name, office, c["lead"], c["support"], c["responsible"], sum(c.values())]
        for (name, office), c in counts.items()
    ]
    return sorted(rows, key=lambda row: (-row[-1], row[0]))


def _unread_rows(reading: Reading) -> list[list[Any]]:
    return [
        [number, unread.text, unread.reason, *reading.source.at(unread.span[0])]
        for number, unread in enumerate(reading.unread, 1)
    ]
