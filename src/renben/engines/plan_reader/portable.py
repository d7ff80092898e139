"""Reads text PDFs: lines of a page become paragraphs again; running headers and page numbers are set aside.

Not modelled: scanned pages (a clear error), columns side by side, tables (their cells come as lines).
"""

import ctypes
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from renben.engines.plan_reader.layout import is_page_number, starts_item
from renben.engines.plan_reader.source import Furniture, PlanFileError, Source, SourceBuilder

MARGIN = 1.6
"""A line is full when it ends within this many character widths of the right edge of the text."""
INDENT = 0.8
"""A line is indented from this many character widths on."""
SENTENCE_END = tuple("。！？；：”）)」.")
GENERATED_SPACE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")


OPENING_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3} ")
"""The space behind a number that opens a line may set it off from a heading; the rules decide."""


@dataclass(frozen=True)
class PageLine:
    """A printed line: its text, page, number on the page, and edges in points."""

    text: str
    page: int
    number: int
    left: float
    right: float
    bottom: float
    size: float


def read_pdf(data: bytes, name: str) -> Source:
    """Paragraphs of a PDF that holds text.

    Raises:
        PlanFileError: protected by a password, broken, or scanned pictures without text.
    """
    pages, pictures = _pages(data, name)
    lines = [line for page in pages for line in page]
    if not any(line.text.strip() for line in lines):
        raise PlanFileError(
            f"{name}: {len(pages)} pages without any text, so a scan; run character recognition (OCR) on it "
            "first, or ask the issuer for the text file."
        )
    builder = SourceBuilder(name, "pdf")
    for page in pictures:
        builder.furniture.append(Furniture("", "page without text (a picture?)", page))
    kept = list(_without_furniture(pages, builder))
    for paragraph in _paragraphs(kept):
        builder.line([(line.text, line.page, line.number) for line in paragraph])
    return builder.build()


def _pages(data: bytes, name: str) -> tuple[list[list[PageLine]], list[int]]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD or "assword" in str(error):
            raise PlanFileError(
                f"{name}: protected by a password; save a copy without password and give that one."
            ) from error
        raise PlanFileError(f"{name}: a broken PDF ({error}); download or export it again.") from error
    try:
        pages = [list(_lines(document[index], index + 1)) for index in range(len(document))]
    except pdfium.PdfiumError as error:
        raise PlanFileError(f"{name}: a broken PDF ({error}); download or export it again.") from error
    finally:
        document.close()
    return pages, [number for number, page in enumerate(pages, 1) if not page]


def _lines(page: pdfium.PdfPage, number: int) -> Iterator[PageLine]:
    textpage = page.get_textpage()
    count, found, line = textpage.count_chars(), 0, []
    for index in range(count + 1):
        character = chr(raw.FPDFText_GetUnicode(textpage, index)) if index < count else "\n"
        if character not in "\r\n":
            line.append((index, character))
            continue
        if "".join(c for _, c in line).strip():
            found += 1
            yield _page_line(textpage, line, number, found)
        line = []


def _page_line(textpage: pdfium.PdfTextPage, line: list[tuple[int, str]], page: int, number: int) -> PageLine:
    text = "".join(c for _, c in line).replace("\x00", "").lstrip(" ")
    opening = OPENING_NUMBER.match(text)
    at = opening.end() if opening else 0
    text = text[:at] + GENERATED_SPACE.sub("", text[at:])
    printed = [index for index, c in line if not c.isspace()]
    first, last = _box(textpage, printed[0]), _box(textpage, printed[-1])
    size = max(first[3] - first[2], last[3] - last[2], 1.0)
    return PageLine(text.strip(" "), page, number, first[0], last[1], min(first[2], last[2]), size)


def _box(textpage: pdfium.PdfTextPage, index: int) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of a character's full cell (points)."""
    rectangle = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(textpage, index, ctypes.byref(rectangle))
    return rectangle.left, rectangle.right, rectangle.bottom, rectangle.top


def _without_furniture(pages: list[list[PageLine]], builder: SourceBuilder) -> Iterator[PageLine]:
    """Lines of the document proper; running headers and page numbers go to the builder's furniture."""
    repeated = _repeated(pages)
    for page in pages:
        for position, line in enumerate(page):
            outer = position < 2 or position >= len(page) - 2
            if outer and is_page_number(line.text):
                builder.furniture.append(Furniture(line.text, "page number", line.page))
            elif outer and _key(line) in repeated:
                builder.furniture.append(Furniture(line.text, "page header or footer", line.page))
            else:
                yield line


def _repeated(pages: list[list[PageLine]]) -> set[tuple[str, int]]:
    """Outer lines that stand at the same height with the same words (digits aside) on half of the pages."""
    counts: Counter[tuple[str, int]] = Counter()
    for page in pages:
        counts.update({_key(line) for line in page[:2] + page[-2:]})
    return {key for key, count in counts.items() if count >= max(2, len(pages) / 2)}


def _key(line: PageLine) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round(line.bottom / 4)


def _paragraphs(lines: list[PageLine]) -> Iterator[list[PageLine]]:
    left, right = _edges(lines)
    current: list[PageLine] = []
    for line in lines:
        if current and not _continues(current[-1], line, left, right):
            yield current
            current = []
        current.append(line)
    if current:
        yield current


def _edges(lines: list[PageLine]) -> tuple[float, float]:
    """The left edge that most lines share and the right edge that full lines reach (points)."""
    lefts = Counter(round(line.left) for line in lines)
    common = [edge for edge, count in lefts.items() if count >= max(2, 0.15 * len(lines))]
    rights = sorted(line.right for line in lines)
    return min(common, default=min(lefts)), rights[int(0.98 * (len(rights) - 1))]


def _continues(above: PageLine, below: PageLine, left: float, right: float) -> bool:
    """Whether a printed line goes on with the paragraph of the line above it."""
    full = above.right >= right - MARGIN * above.size
    indented = below.left > left + INDENT * below.size
    if not full or indented:
        return False
    ended = above.text.endswith(SENTENCE_END)
    return not (ended and starts_item(below.text))
