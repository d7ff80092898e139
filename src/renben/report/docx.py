"""An editable DOCX with the faces, sizes and grid of GB/T 9704-2012; same document, same bytes."""

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document as NewDocument
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from renben.core.workspace import write_whole
from renben.report.document import (
    TONES,
    Cell,
    Document,
    Figure,
    Grid,
    Heading,
    Paragraph,
    Part,
    breakable,
    label_gap,
    numbered,
)
from renben.report.docx_page import AFTER_GRID, TEXT_WIDTH, off_grid, run, set_normal, set_page

FIXED = datetime(2000, 1, 1)
ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
}
HEADING_FACE = {1: "黑体", 2: "楷体", 3: "仿宋"}


@dataclass(frozen=True)
class Look:
    """How a paragraph is set: face, size and line height in points."""

    face: str = "仿宋"
    size: float = 16
    exact: float = 29
    bold: bool = False
    center: bool = False
    colour: str = ""
    tight: bool = False
    style: str = "Normal"
    keep: bool = False


BODY = {"zh": Look(tight=True), "en": Look(size=11.5, exact=17)}
CELLS = {"zh": Look("宋体", 10.5, 15), "en": Look("宋体", 9, 12.5)}
NOTE = Look(size=10.5, exact=16, colour=TONES["muted"])
CAPTION = Look("黑体", 12, 20, center=True)


def write(document: Document, path: Path) -> None:
    """Write the DOCX."""
    book = NewDocument()
    set_page(book)
    set_normal(book, document.language, BODY[document.language].size)
    _front(book, document)
    followers = (*document.parts[1:], None)
    for (part, label), after in zip(numbered(document.parts, document.language), followers, strict=True):
        _part(book, part, label, document.language, keep=isinstance(after, Grid))
    for line in document.colophon:
        _line(book, line, NOTE)
    write_whole(path, _settled(book, document.title))


def _front(book: Any, document: Document) -> None:
    for line in document.title.split("\n"):
        _line(book, line, Look("小标宋", 22, 36, bold=True, center=True))
    for line in document.subtitle:
        _line(book, line, Look("楷体", 12, 22, center=True))
    for mark in document.marks:
        _boxed(_line(book, mark, Look("黑体", 12, 20, colour=TONES["red"])))


def _boxed(paragraph: Any) -> None:
    """A frame round a mark; every mark has its own because of the space between."""
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(6)
    borders = OxmlElement("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        edge = OxmlElement(f"w:{side}")
        for name, value in (
            ("val", "single"),
            ("sz", "8"),
            ("space", "4"),
            ("color", TONES["red"].lstrip("#")),
        ):
            edge.set(qn(f"w:{name}"), value)
        borders.append(edge)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:snapToGrid", *AFTER_GRID)


def _part(book: Any, part: Part, label: str, language: str, *, keep: bool) -> None:
    if isinstance(part, Heading):
        _heading(book, part, label, language)
    elif isinstance(part, Paragraph) and part.note:
        _line(book, part.text, NOTE).paragraph_format.keep_with_next = keep
    elif isinstance(part, Paragraph):
        paragraph = _line(book, part.text, BODY[language])
        paragraph.paragraph_format.keep_with_next = keep
        if language == "zh":
            _indent(paragraph)
        else:
            paragraph.paragraph_format.space_after = Pt(6)
    elif isinstance(part, Figure):
        _figure(book, part, label)
    else:
        _grid(book, part, label, CELLS[language])


def _heading(book: Any, part: Heading, label: str, language: str) -> None:
    zh = language == "zh"
    size, face = (16, HEADING_FACE[part.level]) if zh else ({1: 15, 2: 13, 3: 11.5}[part.level], "黑体")
    look = Look(face, size, 29 if zh else 22, tight=zh, style=f"Heading {part.level}", keep=True)
    paragraph = _line(book, label + label_gap(label) + part.text, look)
    paragraph.paragraph_format.page_break_before = part.new_page
    if zh:
        _indent(paragraph)
    else:
        paragraph.paragraph_format.space_before = Pt(8)


def _figure(book: Any, part: Figure, label: str) -> None:
    paragraph = book.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    paragraph.paragraph_format.keep_with_next = True
    picture = paragraph.add_run().add_picture(io.BytesIO(part.png), width=Mm(TEXT_WIDTH * part.width))
    picture._inline.docPr.set("descr", part.alt)
    caption = _line(book, f"{label} {part.caption}", CAPTION)
    if part.note:
        caption.paragraph_format.keep_with_next = True
        _line(book, part.note, NOTE)


def _line(book: Any, text: str, look: Look) -> Any:
    paragraph = book.add_paragraph(style=look.style)
    shape = paragraph.paragraph_format
    shape.space_after = shape.space_before = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(look.exact)
    shape.keep_with_next = look.keep
    shape.widow_control = True
    if look.center:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if look.exact != BODY["zh"].exact:
        off_grid(paragraph)
    run(paragraph, text, look.face, look.size, bold=look.bold, colour=look.colour, tight=look.tight)
    return paragraph


def _indent(paragraph: Any) -> None:
    """Two characters at the start of a paragraph, in characters and in points for programs that know only one."""
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), "640")


def _grid(book: Any, part: Grid, label: str, look: Look) -> None:
    caption = _line(book, f"{label} {part.caption}", Look("黑体", 12, 22, center=True, keep=True))
    caption.paragraph_format.space_before = Pt(4)
    table = book.add_table(rows=0, cols=len(part.header), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _tight_cells(table)
    total = sum(part.widths)
    widths = [Mm(TEXT_WIDTH * width / total) for width in part.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    header = tuple(Cell(name, "strong") for name in part.header)
    for number, cells in enumerate((header, *part.rows)):
        row = table.add_row()
        _row_marks(row, header=number == 0)
        for at, (box, cell) in enumerate(zip(row.cells, cells, strict=True)):
            box.width = widths[at]
            _fill(box, cell, "center" if number == 0 else part.align[at], look=look, header=number == 0)
            box.paragraphs[0].paragraph_format.keep_with_next = number == 0
    _line(book, "", Look(size=10.5, exact=10))


def _tight_cells(table: Any) -> None:
    """Three points beside and one above and below the text, so that short headers stay on one line."""
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", "20"), ("left", "60"), ("bottom", "20"), ("right", "60")):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), width)
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def _row_marks(row: Any, *, header: bool) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if header:
        properties.append(OxmlElement("w:tblHeader"))


def _fill(box: Any, cell: Cell, align: str, *, look: Look, header: bool) -> None:
    box.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = box.paragraphs[0]
    paragraph.alignment = ALIGN[align]
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(look.exact)
    off_grid(paragraph)
    run(paragraph, breakable(cell.text), "黑体" if header else look.face, look.size, colour=TONES[cell.tone])
    if header:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "E8EEF4")
        box._tc.get_or_add_tcPr().insert_element_before(shade, "w:noWrap", "w:tcMar", "w:vAlign")


def _settled(book: Any, title: str) -> bytes:
    """The file with fixed dates, so that the same document gives the same bytes."""
    core = book.core_properties
    core.created = core.modified = FIXED
    core.author = core.last_modified_by = "renben"
    core.title, core.comments = re.sub(r"\s+", " ", title), ""
    loose, fixed = io.BytesIO(), io.BytesIO()
    book.save(loose)
    with zipfile.ZipFile(loose) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for item in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            target.writestr(
                zipfile.ZipInfo(item, (2000, 1, 1, 0, 0, 0)), source.read(item), zipfile.ZIP_DEFLATED
            )
    return fixed.getvalue()
