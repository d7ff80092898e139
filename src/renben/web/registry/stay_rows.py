"""Rows of a report as they come from a form or a file, looked at one by one: what is wrong, where, and what to do.

A file is CSV in UTF-8 or GB 18030, its first row the names of the columns in Chinese or English.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from renben.catalogue import load
from renben.web.registry.form_parts import DOCUMENTS, HUKOU_KINDS
from renben.web.registry.identifiers import check_id, normalised
from renben.web.registry.places import OTHER_PROVINCE
from renben.web.words import forms, say_now

COLUMNS = ("name", "number", "document_kind", "from", "to", "hukou_region", "hukou_kind")
NEEDED = ("name", "number", "from")
LIVING = ("hukou_region", "hukou_kind")
"""Columns without which a stay cannot become a residence."""
ENCODINGS = ("utf-8-sig", "gb18030")
DATE = re.compile(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})\Z")
Raw = Mapping[str, str]


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong: the row (counted from 1, 0 for the whole report), the column, and what to do."""

    row: int
    column: str
    word: str
    values: Mapping[str, Any]

    @property
    def text(self) -> str:
        """In the page's language."""
        return say_now(self.word, **self.values)

    @property
    def label(self) -> str:
        """The column's name in the page's language."""
        return say_now(f"stay.column.{self.column}") if self.column else ""


@dataclass(frozen=True)
class Row:
    """One person who came, stays or left, checked."""

    at: int
    document_kind: str
    number: str
    name: str
    sex: str
    birth: dt.date
    since: dt.date
    until: dt.date | None
    hukou_region: str
    hukou_kind: str


class RowsRefused(ValueError):
    """A report of which nothing was taken, with everything that is wrong with it."""

    def __init__(self, wrong: Sequence[Wrong]) -> None:
        self.wrong = tuple(wrong)
        super().__init__(f"{len(wrong)} errors in a report of stays; nothing was taken.")


def read_file(content: bytes) -> list[Raw]:
    """Rows of a CSV file by column.

    Raises:
        RowsRefused: not a text file, no rows, or columns that are unknown or missing.
    """
    try:
        table = list(csv.reader(io.StringIO(_text(content), newline="")))
    except csv.Error as error:
        raise RowsRefused([Wrong(0, "", "stay.wrong.table", {})]) from error
    lines = [line for line in table if any(cell.strip() for cell in line)]
    if len(lines) < 2:
        raise RowsRefused([Wrong(0, "", "stay.wrong.empty", {})])
    names = [_column(cell) for cell in lines[0]]
    unknown = [cell for cell, name in zip(lines[0], names, strict=True) if not name]
    if unknown:
        raise RowsRefused([Wrong(0, "", "stay.wrong.column", {"column": unknown[0][:40]})])
    if lacking := [name for name in NEEDED if name not in names]:
        raise RowsRefused([Wrong(0, name, "stay.wrong.lacking", {}) for name in lacking])
    long = [at for at, line in enumerate(lines[1:], 1) if len(line) > len(names)]
    if long:
        raise RowsRefused([Wrong(at, "", "stay.wrong.cells", {"cells": len(names)}) for at in long])
    return [dict(zip(names, line, strict=False)) for line in lines[1:]]


def _text(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise RowsRefused([Wrong(0, "", "stay.wrong.encoding", {})])


def _column(cell: str) -> str:
    """The column of a heading, empty for none: its name, or its label in either language."""
    wanted = cell.strip().casefold()
    for name in COLUMNS:
        if wanted in {name, *(label.casefold() for label in forms(f"stay.column.{name}"))}:
            return name
    return ""


def checked(raws: Iterable[Raw], day: dt.date, living: bool) -> list[Row]:
    """Every row, checked by itself.

    Args:
        raws: rows by column.
        day: the day of the report.
        living: whether these stays count as living there, which needs the place of registration.

    Raises:
        RowsRefused: with everything that is wrong in any row.
    """
    rows, wrong = [], []
    for at, raw in enumerate(raws, 1):
        row, found = _row(at, raw, day, living)
        wrong += found
        if row is not None:
            rows.append(row)
    wrong += _twice(rows)
    if wrong:
        raise RowsRefused(sorted(wrong, key=lambda one: one.row))
    if not rows:
        raise RowsRefused([Wrong(0, "", "stay.wrong.empty", {})])
    return rows


def _row(at: int, raw: Raw, day: dt.date, living: bool) -> tuple[Row | None, list[Wrong]]:
    cells = {name: " ".join(str(raw.get(name) or "").split()) for name in COLUMNS}
    kind = cells["document_kind"] or DOCUMENTS[0]
    kind = next((one for one in DOCUMENTS if kind in {one, *forms(f"document.{one}")}), "")
    wrong = [Wrong(at, name, "stay.wrong.missing", {}) for name in NEEDED if not cells[name]]
    if not kind:
        wrong.append(Wrong(at, "document_kind", "stay.wrong.document", {}))
    if any(letter.isdigit() for letter in cells["name"]):
        wrong.append(Wrong(at, "name", "form.name", {}))
    since, until = _days(at, cells, day, wrong)
    wrong += _home(at, cells) if living and until is None else []
    person = check_id(normalised(cells["number"]), kind, day) if kind and cells["number"] else None
    if person is not None and person.level == "error":
        code = next(code for code in person.codes if code.startswith("E"))
        wrong.append(Wrong(at, "number", f"form.number.{code}", {}))
    elif person is not None and since and person.birth and since < person.birth:
        wrong.append(Wrong(at, "from", "stay.wrong.before_birth", {}))
    if wrong or person is None or person.birth is None or since is None:
        return None, wrong
    row = Row(at, kind, person.number, cells["name"], person.sex, person.birth, since, until,
              cells["hukou_region"], cells["hukou_kind"])  # fmt: skip
    return row, []


def _days(at: int, cells: Raw, day: dt.date, wrong: list[Wrong]) -> tuple[dt.date | None, dt.date | None]:
    """First day and the day of leaving, None where not given; what is wrong goes onto the list."""
    found: dict[str, dt.date | None] = {"from": None, "to": None}
    for name in found:
        try:
            found[name] = _day(cells[name])
        except ValueError:
            wrong.append(Wrong(at, name, "stay.wrong.day", {}))
            continue
        given = found[name]
        if given is not None and given > day:
            wrong.append(Wrong(at, name, "stay.wrong.future", {}))
    since, until = found["from"], found["to"]
    if since and until and until < since:
        wrong.append(Wrong(at, "to", "form.period", {}))
    return since, until


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    parts = DATE.match(normalised(text))
    if parts is None:
        raise ValueError(f"day {text!r}: write it as 2026-03-01.")
    return dt.date(*(int(part) for part in parts.groups()))


def _home(at: int, cells: Raw) -> list[Wrong]:
    """What is wrong with the place and kind of registration, without which nobody is registered as living here."""
    wrong = []
    region = load().regions.get(cells["hukou_region"])
    if cells["hukou_region"] != OTHER_PROVINCE and (region is None or region.level != "county"):
        wrong.append(Wrong(at, "hukou_region", "stay.wrong.hukou_region", {"elsewhere": OTHER_PROVINCE}))
    if cells["hukou_kind"] not in HUKOU_KINDS:
        wrong.append(Wrong(at, "hukou_kind", "stay.wrong.hukou_kind", {"kinds": ", ".join(HUKOU_KINDS)}))
    return wrong


def _twice(rows: Sequence[Row]) -> list[Wrong]:
    """Persons whose stays in one report overlap."""
    wrong = []
    for n, row in enumerate(rows):
        before = next(
            (one for one in rows[:n] if same(one, row) and overlap(one.since, one.until, row)), None
        )
        if before is not None:
            wrong.append(Wrong(row.at, "number", "stay.wrong.twice", {"row": before.at}))
    return wrong


def same(one: Row, other: Row) -> bool:
    """Whether two rows speak of one document."""
    return (one.document_kind, one.number) == (other.document_kind, other.number)


def overlap(since: dt.date, until: dt.date | None, row: Row) -> bool:
    """Whether a stay and a row share a day or begin on the same; the day of leaving is free for the next stay."""
    if since == row.since:
        return True
    return (row.until is None or since < row.until) and (until is None or row.since < until)
