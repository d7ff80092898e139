"""Tables of tasks and of targets, told apart by the words of their header row.

A row of tasks is a measure, or one more commitment of the measure above where the task's cell is merged.
A row of targets gives one target for each year's column.
Not modelled: tables without a header row (their rows are noted as unread).
"""

import re
from dataclasses import dataclass, field
from itertools import groupby

from renben.engines.plan_reader.context import Context
from renben.engines.plan_reader.deadlines import due_in_cell
from renben.engines.plan_reader.model import Action, Commitment, Measure, Owner, Target
from renben.engines.plan_reader.names import split_names
from renben.engines.plan_reader.numbers import arabic_value, plain
from renben.engines.plan_reader.owners import LEAD, RESPONSIBLE, SUPPORT, Named, read_statement
from renben.engines.plan_reader.source import Line, Span
from renben.engines.plan_reader.text import sentences, trimmed

COLUMNS = (
    ("number", r"序号|编号|No\.?"),
    ("due", r".*(?:完成时限|完成时间|时间节点|时限|实施年限|建设年限|起止年限|时间安排|进度)"),
    ("lead", r"(?:牵头|主办).*"),
    ("support", r"(?:配合|参与|协办|协同).*(?:单位|部门)"),
    ("owner", r".*(?:责任|负责|实施|承办|主管|落实).*(?:单位|部门|主体|地区)?"),
    ("indicator", r".*指标(?:名称)?"),
    ("unit", r"(?:计量)?单位"),
    ("nature", r"(?:指标)?(?:属性|性质|类型)"),
    ("action", r"(?:类别|领域|行动|分类|方面|板块|重点领域|专项行动|一级任务)"),
    ("content", r".*(?:举措|措施|内容|要求|目标任务|具体任务|任务内容|建设任务|二级任务|任务目标)"),
    ("task", r".*(?:任务|项目名称|项目|事项|工作)(?:名称)?"),
    ("year", r"(?:20\d\d)年?.*"),
    ("note", r"备注"),
)
CELL_NUMBER = re.compile(
    r"(?P<mark>[≥≤>＞<＜约＝=]|＞=|>=|<=)?\s*(?P<n>\d[\d,]*(?:\.\d+)?)\s*(?P<u>[^\d\s（）]*)(?:（.*）)?"
)
MARKS = {"≥": "at_least", ">=": "at_least", "≤": "at_most", "<=": "at_most", ">": "above", "＞": "above", "<": "below", "＜": "below", "约": "about"}  # fmt: skip
WORDS = (("左右", "about"), ("以上", "at_least"), ("以下", "at_most"), ("以内", "at_most"))


@dataclass
class Sheet:
    """A table with the meaning of its columns."""

    title: str
    columns: dict[int, str]
    header: Line
    rows: list[Line]

    def span(self, row: Line, meaning: str) -> Span | None:
        """The cell of a row in the first column of a meaning."""
        for index, found in self.columns.items():
            if found == meaning and row.cells is not None and index < len(row.cells):
                return row.cells[index]
        return None


@dataclass
class Reader:
    """Reads the rows of one table of tasks."""

    context: Context
    sheet: Sheet
    measures: dict[Span, Measure] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)

    def row(self, row: Line) -> None:
        """One row: a measure, or one more commitment of a measure begun above."""
        task = self.sheet.span(row, "task") or self.sheet.span(row, "content")
        content = self.sheet.span(row, "content") or task
        if task is None or content is None or not self.context.text.of(content):
            self.context.unread(row.span, "a table row without a task")
            return
        measure = self._measure(row, task, inferred=task == content)
        owners = self._owners(row)
        due = self.sheet.span(row, "due")
        for sentence in sentences(self.context.text.text, content):
            commitment = self._commitment(measure, sentence)
            commitment.owners = owners
            if due is not None and commitment.deadline is None:
                commitment.deadline = due_in_cell(self.context.text.text, due)
        measure.owners = list(dict.fromkeys([*measure.owners, *owners]))
        self._mark_rest(row, content)

    def _commitment(self, measure: Measure, sentence: Span) -> Commitment:
        number = f"{measure.number}/{len(measure.commitments) + 1}"
        commitment = self.context.commitment(sentence, number)
        self.context.targets_in(sentence, commitment.id)
        measure.commitments.append(commitment)
        return commitment

    def _measure(self, row: Line, task: Span, *, inferred: bool) -> Measure:
        if task not in self.measures:
            number = len(self.context.reading.measures) + 1
            label = self.sheet.span(row, "number")
            title = self.context.text.of(task)
            if inferred:
                title = re.split("[，。；]", title)[0][:30]
            measure = Measure(
                number,
                self.context.text.of(label) if label else "",
                title.rstrip("。"),
                not inferred,
                self.context.text.back(row.span),
            )
            self._action(row).measures.append(measure)
            self.measures[task] = measure
        return self.measures[task]

    def _action(self, row: Line) -> Action:
        cell = self.sheet.span(row, "action")
        title = self.context.text.of(cell) if cell else ""
        title = title or self.sheet.title
        if title not in self.actions:
            action = Action(title, "", (self.sheet.title,) if cell else (), self.context.text.back(row.span))
            self.context.reading.actions.append(action)
            self.actions[title] = action
        return self.actions[title]

    def _owners(self, row: Line) -> list[Owner]:
        found: list[Owner] = []
        for index, meaning in self.sheet.columns.items():
            role = {"lead": LEAD, "support": SUPPORT, "owner": RESPONSIBLE}.get(meaning)
            if role and row.cells is not None and index < len(row.cells):
                found += self._cell_owners(row.cells[index], role)
        return list(dict.fromkeys(found))

    def _cell_owners(self, cell: Span, role: str) -> list[Owner]:
        known, words = self.context.registry.is_office, self.context.text.of(cell)
        read = read_statement(words, known, strict=True)
        named = read[0] if read else tuple(Named(name, role) for name in split_names(words, known)[0])
        return [self.context.owner(n) for n in named]

    def _mark_rest(self, row: Line, content: Span) -> None:
        roles = {"lead": "owner", "support": "owner", "owner": "owner", "due": "deadline", "number": "label"}
        for index, cell in enumerate(row.cells or ()):
            own = row.start <= cell[0] and cell[1] <= row.end
            if own and cell != content:
                self.context.mark(cell, roles.get(self.sheet.columns.get(index, ""), "heading"))


def read_tables(context: Context, lines: list[Line], title: str) -> None:
    """Read every table among the lines; rows that cannot be understood are noted as unread.

    Args:
        context: the reading.
        lines: table rows, possibly of several tables.
        title: heading above the tables.
    """
    for _, rows in groupby(lines, key=lambda line: line.table):
        _table(context, list(rows), title)


def _table(context: Context, rows: list[Line], title: str) -> None:
    columns = _columns(context, rows[0])
    meanings = set(columns.values())
    sheet = Sheet(title, columns, rows[0], rows[1:])
    if "indicator" in meanings and ("year" in meanings or "content" in meanings):
        context.mark(rows[0].span, "table")
        for row in sheet.rows:
            _target_row(context, sheet, row)
    elif meanings & {"task", "content"} and meanings & {"owner", "lead", "due"}:
        context.mark(rows[0].span, "table")
        reader = Reader(context, sheet)
        for row in sheet.rows:
            reader.row(row)
    else:
        for row in rows:
            context.unread(row.span, "a table whose columns are not understood")


def _columns(context: Context, header: Line) -> dict[int, str]:
    """Meaning of every column by the words of the header row."""
    found: dict[int, str] = {}
    for index, cell in enumerate(header.cells or ()):
        words = re.sub(r"\s+", "", context.text.of(cell))
        meaning = next((name for name, pattern in COLUMNS if re.fullmatch(pattern, words)), None)
        if meaning:
            found[index] = meaning
    return found


def _target_row(context: Context, sheet: Sheet, row: Line) -> None:
    name, unit = sheet.span(row, "indicator"), sheet.span(row, "unit")
    if name is None or not context.text.of(name):
        context.unread(row.span, "a table row without an indicator")
        return
    context.mark(row.span, "target")
    for index, meaning in sheet.columns.items():
        if meaning in ("year", "content") and row.cells is not None and index < len(row.cells):
            header = context.text.of(sheet.header.cells[index]) if sheet.header.cells else ""
            target = _target(context, header, name, unit, row.cells[index])
            if target and not re.search("现状|基期|基数|实际", header):
                context.reading.targets.append(target)


def _target(context: Context, header: str, name: Span, unit: Span | None, cell: Span) -> Target | None:
    words = context.text.of(cell)
    if not words:
        return None
    subject = context.text.of(name)
    in_name = re.search(r"（([^（）]+)）\Z", subject)
    written = context.text.of(unit) if unit else (in_name[1] if in_name else "")
    year = re.search(r"20\d\d", header)
    span = context.text.back(trimmed(context.text.text, cell))
    number = CELL_NUMBER.match(words)
    base = (int(year[0]) if year else context.horizon, span)
    text = f"{subject} {words}"
    if number is None:
        return Target(text, None, written, "direction", None, *base, subject=subject)
    comparison = next((c for w, c in WORDS if w in words), MARKS.get(number["mark"] or "", "equals"))
    value = plain(arabic_value(number["n"]))
    vague = "close_to" if comparison == "about" else None
    return Target(text, value, written or number["u"], vague, comparison, *base, subject=subject)
