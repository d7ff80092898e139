"""A report before it has a format: headings, paragraphs, tables and figures as plain data.

Four writers (HTML, PDF, DOCX, XLSX) walk the same document, so no number can differ between the formats.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["green", "yellow", "orange", "red", "grey", "muted", "strong", "plain"]
Align = Literal["left", "right", "center"]

TONES: dict[Tone, str] = {
    "green": "#1B6E3C",
    "yellow": "#8A6100",
    "orange": "#A84300",
    "red": "#A31621",
    "grey": "#5F6670",
    "muted": "#5F6670",
    "strong": "#16202B",
    "plain": "#16202B",
}
"""Text colours; each has a contrast of at least 4.5 on white."""


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is 一、, level 2 is （一）, level 3 is 1."""

    level: Literal[1, 2, 3]
    text: str
    new_page: bool = False
    """An annex starts on a page of its own."""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of running text; a note is set smaller."""

    text: str
    note: bool = False


@dataclass(frozen=True)
class Cell:
    """A table cell: text as shown, its tone, and for spreadsheets the number behind it."""

    text: str
    tone: Tone = "plain"
    number: float | None = None


@dataclass(frozen=True)
class Grid:
    """A table: header, rows of cells, relative column widths and alignments."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]
    align: tuple[Align, ...]
    sheet: str = ""
    """Name of its sheet in a spreadsheet; empty = the caption."""

    def __post_init__(self) -> None:
        wrong = [row for row in self.rows if len(row) != len(self.header)]
        if wrong or len(self.widths) != len(self.header) or len(self.align) != len(self.header):
            raise ValueError(
                f"table {self.caption!r}: rows, widths and alignments must fit {len(self.header)} columns"
            )


@dataclass(frozen=True)
class Figure:
    """A picture as SVG and PNG, its width as a share of the text width, and what it shows in words."""

    name: str
    caption: str
    svg: str
    png: bytes
    alt: str
    width: float = 1.0
    note: str = ""
    """How to read it; stays with the picture."""


Part = Heading | Paragraph | Grid | Figure


@dataclass(frozen=True)
class Document:
    """A report: title, lines under it (period, cut-off, version), marks, and its parts in order."""

    language: Literal["zh", "en"]
    title: str
    subtitle: tuple[str, ...]
    parts: tuple[Part, ...]
    marks: tuple[str, ...] = ()
    """Warnings that stand on the first page, e.g. that synthetic data are in it."""
    colophon: tuple[str, ...] = field(default=())
    """How it was made; set at the end."""

    def grids(self) -> tuple[Grid, ...]:
        """Tables in order."""
        return tuple(part for part in self.parts if isinstance(part, Grid))

    def figures(self) -> tuple[Figure, ...]:
        """Figures in order."""
        return tuple(part for part in self.parts if isinstance(part, Figure))


def numbered(parts: tuple[Part, ...], language: str) -> list[tuple[Part, str]]:
    """Parts with the number of each heading, table and figure, in the habits of the language."""
    counts = [0, 0, 0]
    tables = figures = 0
    found: list[tuple[Part, str]] = []
    for part in parts:
        label = ""
        if isinstance(part, Heading):
            counts[part.level - 1] += 1
            counts[part.level :] = [0] * (3 - part.level)
            label = heading_number(counts, part.level, language)
        elif isinstance(part, Grid):
            tables += 1
            label = f"表{tables}" if language == "zh" else f"Table {tables}"
        elif isinstance(part, Figure):
            figures += 1
            label = f"图{figures}" if language == "zh" else f"Figure {figures}"
        found.append((part, label))
    return found


_DIGITS = "零一二三四五六七八九"


def chinese_number(n: int) -> str:
    """A number from 1 to 99 in Chinese.

    >>> chinese_number(10), chinese_number(12), chinese_number(33)
    ('十', '十二', '三十三')
    """
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def heading_number(counts: list[int], level: int, language: str) -> str:
    """Number of a heading: 一、 （一） 1. in Chinese (GB/T 9704-2012, 7.3.3); 1, 1.1, 1.1.1 in English."""
    if language != "zh":
        return ".".join(str(n) for n in counts[:level])
    n = counts[level - 1]
    return (f"{chinese_number(n)}、", f"（{chinese_number(n)}）", f"{n}.")[level - 1]


def label_gap(label: str) -> str:
    """What stands between the number of a heading and its text: nothing behind 、 and ）, else a space."""
    return "" if label.endswith(("、", "）")) else " "


def breakable(text: str) -> str:
    """Text in which long ids and formulas may break after a sign (a zero-width space is put there)."""
    return re.sub(r"([_;*/@.])(?=[A-Za-z])", "\\1\u200b", text)
