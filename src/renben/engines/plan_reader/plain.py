"""Reads plain text: one line is one paragraph, unless the text was wrapped at a fixed width."""

import re

from renben.engines.plan_reader.layout import is_page_number, starts_item
from renben.engines.plan_reader.source import Furniture, Source, SourceBuilder

ENDS = tuple("。！？；：:;!?）)”』」》")
NARROW = 60
"""A text wrapped by a page has lines of at most this many characters (GB/T 9704: 28)."""


def read_plain(text: str, name: str, encoding: str) -> Source:
    """Lines of a plain text, with the wrapped ones joined and page numbers set aside."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    builder = SourceBuilder(name, "txt", encoding)
    rows = [(number, row) for number, row in enumerate(text.split("\n"), 1)]
    width = _wrap_width([row for _, row in rows if row.strip()])
    open_line: list[tuple[str, int | None, int]] = []
    for number, row in rows:
        if width and is_page_number(row):
            builder.furniture.append(Furniture(row.strip(), "page number", None))
            continue
        if open_line and not (width and _continues(open_line[-1][0], row, width)):
            builder.line(open_line)
            open_line = []
        open_line.append((row, None, number))
    builder.line(open_line)
    return builder.build()


def _wrap_width(rows: list[str]) -> int | None:
    """Width in characters at which the text was wrapped, or None where a line is a paragraph."""
    lengths = [len(row.rstrip()) for row in rows]
    if len(lengths) < 8:
        return None
    width = max(lengths)
    full = sum(length >= width - 3 for length in lengths)
    broken = sum(
        length >= width - 3 and not row.rstrip().endswith(ENDS)
        for length, row in zip(lengths, rows, strict=True)
    )
    return width if width <= NARROW and full >= 0.3 * len(lengths) and broken >= 0.5 * full else None


def _continues(above: str, below: str, width: int) -> bool:
    if not below.strip() or re.match(r"[ \t　]{2,}|　", below):
        return False
    if starts_item(below) and above.rstrip().endswith(ENDS):
        return False
    return len(above.rstrip()) >= width - 3
