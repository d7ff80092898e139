"""Reads HTML pages: blocks become paragraphs, tables become rows; menus and scripts are set aside.

Not modelled: text that only a script puts on the page.
"""

import re
from typing import Any

from lxml import etree, html

from renben.engines.plan_reader.encodings import decode
from renben.engines.plan_reader.source import Furniture, PlanFileError, Source, SourceBuilder, Span

BLOCKS = frozenset(
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr html li main nav ol p pre section table tbody td tfoot th thead tr ul".split()
)
SILENT = frozenset("script style noscript template head svg iframe object".split())
AROUND = frozenset("nav footer form button select".split())
DECLARED = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)""", re.I)
ALIASES = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}


def looks_like_html(data: bytes) -> bool:
    """Whether a file without a telling name is an HTML page."""
    head = data[:2048].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html")) or b"<body" in head


def read_html(data: bytes, name: str) -> Source:
    """Paragraphs and table rows of an HTML page.

    Raises:
        PlanFileError: not readable as text in any known or declared encoding, or no page.
    """
    text, encoding = _text(data, name)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        root = html.document_fromstring(text)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise PlanFileError(
            f"{name}: not a readable HTML page ({error}); save the page again as text."
        ) from error
    builder = SourceBuilder(name, "html", encoding)
    _Walker(builder).block(root)
    return builder.build()


def _text(data: bytes, name: str) -> tuple[str, str]:
    declared = DECLARED.search(data[:4096])
    if declared:
        encoding = declared[1].decode("ascii").lower()
        encoding = ALIASES.get(encoding, encoding)
        try:
            return data.decode(encoding), encoding
        except (UnicodeDecodeError, LookupError):
            return decode(data, name)
    return decode(data, name)


class _Walker:
    """Goes through the page in order and hands lines, rows and furniture to the builder."""

    def __init__(self, builder: SourceBuilder) -> None:
        self.builder = builder
        self.tables = 0
        self.open: list[str] = []

    def flush(self) -> None:
        """End the paragraph that is being collected."""
        text = re.sub(r"[ \t\r\n\f]+", " ", "".join(self.open)).strip(" ")
        self.open = []
        for part in text.split("\v"):
            if part.strip():
                self.builder.line([(part.strip(" "), None, self.builder.next_number)])

    def block(self, element: Any) -> None:
        """One element with everything in it."""
        if not isinstance(element.tag, str) or element.tag in SILENT:
            return
        if element.tag in AROUND or _is_menu(element):
            self._aside(element)
        elif element.tag == "table" and not element.xpath(".//table") and _is_grid(element):
            self._table(element)
        else:
            self._inside(element)

    def _inside(self, element: Any) -> None:
        is_block = element.tag in BLOCKS
        if is_block:
            self.flush()
        if element.tag == "br":
            self.open.append("\v")
        self.open.append(element.text or "")
        for child in element:
            self.block(child)
            self.open.append(child.tail or "")
        if is_block:
            self.flush()

    def _aside(self, element: Any) -> None:
        self.flush()
        text = " ".join(element.text_content().split())
        if text:
            self.builder.furniture.append(Furniture(text, f"menu or form <{element.tag}>", None))

    def _table(self, element: Any) -> None:
        self.flush()
        self.tables += 1
        held: dict[int, tuple[int, Span]] = {}
        for row in element.iter("tr"):
            cells, origins = _laid_out(row, held)
            spans = self.builder.row(cells, self.tables, None, self.builder.next_number)
            held = {c: (n - 1, s) for c, (n, s) in held.items() if n > 1}
            held |= {c: (n - 1, spans[i]) for i, c, n in origins if n > 1}


def _laid_out(
    row: Any, held: dict[int, tuple[int, Span]]
) -> tuple[list[str | Span], list[tuple[int, int, int]]]:
    """Cells of a row with those that reach down from above, and (index, column, rows) of its own."""
    cells: list[str | Span] = []
    origins: list[tuple[int, int, int]] = []
    column = 0
    for cell in [c for c in row if c.tag in ("td", "th")] + [None]:
        while column in held:
            cells.append(held[column][1])
            column += 1
        if cell is not None:
            origins.append((len(cells), column, _count(cell, "rowspan")))
            cells.append(" ".join(_cell_text(cell).split()))
            column += _count(cell, "colspan")
    return cells, origins


def _cell_text(cell: Any) -> str:
    return " ".join(cell.itertext())


def _count(cell: Any, name: str) -> int:
    value = str(cell.get(name, "1")).strip()
    return max(1, min(int(value), 1000)) if value.isdigit() else 1


def _is_grid(table: Any) -> bool:
    """A table of data has at least two rows of two cells; a single cell is layout."""
    return sum(len(row.xpath("./td|./th")) >= 2 for row in table.iter("tr")) >= 2


def _is_menu(element: Any) -> bool:
    """Three links or more and nothing else: a menu."""
    if element.tag not in ("ul", "ol", "div", "p"):
        return False
    links = element.xpath(".//a")
    words = "".join(element.text_content().split())
    return len(links) >= 3 and len(words) - sum(len("".join(a.text_content().split())) for a in links) < 3
