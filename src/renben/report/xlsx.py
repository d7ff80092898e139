"""A workbook with one sheet per table: numbers as numbers, missing cells as their text and never as 0."""

import io
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from renben.core.workspace import write_whole
from renben.report.document import TONES, Document, Grid, numbered

FIXED = datetime(2000, 1, 1)


def write(document: Document, path: Path) -> None:
    """Write the workbook."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": document.title, "author": "renben", "created": FIXED})
    _cover(book, document)
    used: set[str] = set()
    for part, label in numbered(document.parts, document.language):
        if isinstance(part, Grid):
            _sheet(book, part, label, used)
    book.close()
    write_whole(path, buffer.getvalue())


def _cover(book: Any, document: Document) -> None:
    sheet = book.add_worksheet("说明" if document.language == "zh" else "About")
    sheet.set_column(0, 0, 110)
    bold, alarm = (
        book.add_format({"bold": True, "font_size": 14}),
        book.add_format({"font_color": TONES["red"], "text_wrap": True}),
    )
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write(0, 0, document.title, bold)
    lines = [(line, wrap) for line in document.subtitle]
    lines += [(mark, alarm) for mark in document.marks] + [(line, wrap) for line in document.colophon]
    for at, (line, form) in enumerate(lines, start=1):
        sheet.write(at, 0, line, form)


def _sheet(book: Any, grid: Grid, label: str, used: set[str]) -> None:
    sheet = book.add_worksheet(_name(grid.sheet or f"{label} {grid.caption}", used))
    head = book.add_format(
        {"bold": True, "bg_color": "#E8EEF4", "text_wrap": True, "valign": "top", "border": 1}
    )
    forms = {
        tone: book.add_format({"font_color": colour, "text_wrap": True, "valign": "top"})
        for tone, colour in TONES.items()
    }
    sheet.write_row(0, 0, grid.header, head)
    total = sum(grid.widths)
    for at, width in enumerate(grid.widths):
        sheet.set_column(at, at, max(8, 120 * width / total))
    for number, row in enumerate(grid.rows, start=1):
        for at, cell in enumerate(row):
            value = cell.text if cell.number is None else cell.number
            sheet.write(number, at, value, forms[cell.tone])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(grid.rows)), len(grid.header) - 1)


def _name(text: str, used: set[str]) -> str:
    """A sheet name that the format allows and that is not used yet."""
    name = re.sub(r"[\[\]:*?/\\]", " ", text)[:31]
    number = 2
    while name.lower() in used:
        name = f"{name[:28]} {number}"
        number += 1
    used.add(name.lower())
    return name
