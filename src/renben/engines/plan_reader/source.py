"""A document as the reader sees it: one text, its lines, and where each part stood in the file.

Every later span is a pair of offsets into `Source.text`; page and line of the file are looked up here.
Not modelled: layout, pictures, formulas.
"""

from bisect import bisect_right
from dataclasses import dataclass, field

from renben.core.errors import RenbenError

Span = tuple[int, int]
"""Start and end offset into `Source.text`."""


class PlanFileError(RenbenError):
    """A file that cannot be read as a plan; the message names the file, what is wrong and the next step."""


@dataclass(frozen=True)
class Line:
    """One paragraph of the document: its span, and the cells if it is a table row."""

    start: int
    end: int
    cells: tuple[Span, ...] | None = None
    table: int | None = None

    @property
    def span(self) -> Span:
        """Start and end offset of the paragraph."""
        return (self.start, self.end)


@dataclass(frozen=True)
class Furniture:
    """Text that belongs to the page and not to the document: headers, footers, page numbers, menus."""

    text: str
    reason: str
    page: int | None = None


@dataclass(frozen=True)
class Source:
    """The text of a file with its lines, the places they came from and the page furniture left out."""

    name: str
    format: str
    encoding: str | None
    text: str
    lines: tuple[Line, ...]
    marks: tuple[tuple[int, int | None, int], ...]
    """Offset, page (None where the format has none) and line or paragraph number, in order of offset."""
    furniture: tuple[Furniture, ...] = ()

    def at(self, offset: int) -> tuple[int | None, int]:
        """Page and line of an offset (line 1, page None for an empty document)."""
        index = bisect_right(self.marks, offset, key=lambda mark: mark[0]) - 1
        return self.marks[index][1:] if index >= 0 else (None, 1)


@dataclass
class SourceBuilder:
    """Collects pieces of text into a `Source`; a line may be made of several pieces from several pages."""

    name: str
    format: str
    encoding: str | None = None
    furniture: list[Furniture] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _lines: list[Line] = field(default_factory=list)
    _marks: list[tuple[int, int | None, int]] = field(default_factory=list)

    @property
    def next_number(self) -> int:
        """Number of the line to be added next, where the format has no line numbers of its own."""
        return len(self._lines) + 1

    def line(self, pieces: list[tuple[str, int | None, int]]) -> None:
        """Add one paragraph made of (text, page, line number) pieces joined without a space."""
        start = self._length
        for text, page, number in pieces:
            self._marks.append((self._length, page, number))
            self._add(text)
        self._lines.append(Line(start, self._length))
        self._add("\n")

    def row(self, cells: list[str | Span], table: int, page: int | None, number: int) -> tuple[Span, ...]:
        """Add one table row; a cell given as a span is a merged one whose text stands in an earlier row."""
        start = self._length
        self._marks.append((start, page, number))
        spans: list[Span] = []
        for cell in cells:
            if isinstance(cell, str):
                spans.append((self._length, self._length + len(cell)))
                self._add(cell.replace("\n", " ") + "\t")
            else:
                spans.append(cell)
        self._lines.append(Line(start, self._length, tuple(spans), table))
        self._add("\n")
        return tuple(spans)

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def build(self) -> Source:
        """The finished source."""
        return Source(
            self.name,
            self.format,
            self.encoding,
            "".join(self._parts),
            tuple(self._lines),
            tuple(self._marks),
            tuple(self.furniture),
        )
