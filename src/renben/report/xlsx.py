"""A workbook with one sheet per table: numbers as numbers, missing cells as their text and never as 0."""

import io
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from renben.core.workspace import write_whole
from renben.report.document import TONES, Cell, Document, Grid, numbered

FIXED = datetime(2000, 1, 1)
PATTERNS = {"text": "@", "whole": "#,##0", "exact": "#,##0.00", "share": "0%", "plain": "0"}
MARKS = ("（合成）", " (synthetic)")
"""What follows a synthetic number; it becomes part of the number format, so that the number stays a number."""
WIDE = {"zh": (10, 48), "en": (11, 60)}
"""Narrowest and widest column, in characters."""


def write(document: Document, path: Path) -> None:
    """Write the workbook."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": document.title.replace("\n", " "), "author": "renben", "created": FIXED})
    forms = _forms(book)
    labelled = [(p, label) for p, label in numbered(document.parts, document.language) if isinstance(p, Grid)]
    used: set[str] = set()
    names = [_name(grid.sheet or grid.caption, used) for grid, _ in labelled]
    _cover(book, document, forms, [f"{label} {grid.caption}" for grid, label in labelled], names)
    for (grid, label), name in zip(labelled, names, strict=True):
        _sheet(book, grid, label, name, forms, WIDE[document.language])
    book.close()
    write_whole(path, buffer.getvalue())


def _forms(book: Any) -> dict[str, Any]:
    """Formats by name: one for each tone and kind of number, and those of headers and titles."""
    base = {"text_wrap": True, "valign": "vcenter", "border": 1, "border_color": "#C9D1D9"}
    found = {
        "head": book.add_format({**base, "bold": True, "bg_color": "#E8EEF4", "align": "center"}),
        "title": book.add_format({"bold": True, "font_size": 14, "text_wrap": True}),
        "caption": book.add_format({"bold": True, "font_size": 12}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "alarm": book.add_format({"font_color": TONES["red"], "text_wrap": True}),
        "link": book.add_format({"font_color": "#0B5394", "underline": 1}),
    }
    for tone, colour in TONES.items():
        for kind, pattern in PATTERNS.items():
            found[f"{tone} {kind}"] = book.add_format({**base, "font_color": colour, "num_format": pattern})
            for mark in MARKS if kind != "text" else ():
                shown = {**base, "font_color": colour, "num_format": f'{pattern}"{mark}"'}
                found[f"{tone} {kind}{mark}"] = book.add_format(shown)
    return found


def _cover(
    book: Any, document: Document, forms: dict[str, Any], captions: list[str], names: list[str]
) -> None:
    sheet = book.add_worksheet("说明" if document.language == "zh" else "About")
    sheet.set_column(0, 0, 110)
    sheet.write(0, 0, document.title.replace("\n", " "), forms["title"])
    lines = [(line, "wrap") for line in document.subtitle]
    lines += [(mark, "alarm") for mark in document.marks]
    at = 1
    for line, form in lines:
        sheet.write_string(at, 0, line, forms[form])
        at += 1
    for caption, name in zip(captions, names, strict=True):
        sheet.write_url(at, 0, f"internal:'{name}'!A1", forms["link"], caption)
        at += 1
    for line in document.colophon:
        sheet.write_string(at, 0, line, forms["wrap"])
        at += 1


def _sheet(
    book: Any, grid: Grid, label: str, name: str, forms: dict[str, Any], wide: tuple[int, int]
) -> None:
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, f"{label} {grid.caption}", forms["caption"])
    for at, head in enumerate(grid.header):
        sheet.write_string(1, at, head, forms["head"])
        sheet.set_column(at, at, _width(grid, at, wide))
    for number, row in enumerate(grid.rows, start=2):
        for at, cell in enumerate(row):
            _write(sheet, number, at, cell, forms)
    sheet.freeze_panes(2, 0)
    sheet.autofilter(1, 0, len(grid.rows) + 1, len(grid.header) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)


def _write(sheet: Any, row: int, column: int, cell: Cell, forms: dict[str, Any]) -> None:
    """A number as a number with the format and the mark of its text; else the text."""
    if cell.number is None:
        sheet.write_string(row, column, cell.text, forms[f"{cell.tone} text"])
        return
    mark = next((m for m in MARKS if cell.text.endswith(m)), "")
    sheet.write_number(row, column, cell.number, forms[f"{cell.tone} {_kind(cell)}{mark}"])


def _kind(cell: Cell) -> str:
    if "%" in cell.text:
        return "share"
    if "." in cell.text:
        return "exact"
    return "whole" if "," in cell.text else "plain"


def _width(grid: Grid, column: int, wide: tuple[int, int]) -> float:
    """As wide as its longest text within limits; a Chinese character is two wide."""
    texts = [grid.header[column], *(row[column].text for row in grid.rows)]
    longest = max(sum(2 if ord(c) > 0x2E7F else 1 for c in text) for text in texts)
    return max(wide[0], min(wide[1], longest + 2))


def _name(text: str, used: set[str]) -> str:
    """A sheet name that the format allows and that is not used yet."""
    name = re.sub(r"[\[\]:*?/\\']", " ", text)[:31]
    number = 2
    while name.lower() in used:
        name = f"{name[:28]} {number}"
        number += 1
    used.add(name.lower())
    return name
