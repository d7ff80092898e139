"""An editable DOCX with the faces, sizes and grid of GB/T 9704-2012; same document, same bytes."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docx import Document as NewDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from renben.core.workspace import write_whole
from renben.report.document import (
    TONES,
    Cell,
    Document,
    Figure,
    Grid,
    Heading,
    Paragraph,
    breakable,
    numbered,
)

FIXED = datetime(2000, 1, 1, tzinfo=UTC)
TEXT_WIDTH = 156
ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
}
HEADING_FACE = {1: "黑体", 2: "楷体", 3: "仿宋"}


def write(document: Document, path: Path) -> None:
    """Write the DOCX."""
    book = NewDocument()
    _page(book)
    _normal(book, document.language)
    _line(book, document.title, "小标宋", 22, bold=True, center=True, exact=36)
    for line in document.subtitle:
        _line(book, line, "楷体", 14, center=True, exact=24)
    for mark in document.marks:
        _line(book, mark, "黑体", 12, colour=TONES["red"], exact=20)
    for part, label in numbered(document.parts, document.language):
        _part(book, part, label)
    for line in document.colophon:
        _line(book, line, "仿宋", 10.5, colour=TONES["muted"], exact=16)
    write_whole(path, _settled(book))


def _part(book: Any, part: Any, label: str) -> None:
    if isinstance(part, Heading):
        gap = "" if label.endswith(("、", "）", ".")) else " "
        paragraph = _line(
            book, label + gap + part.text, HEADING_FACE[part.level], 16, style=f"Heading {part.level}"
        )
        paragraph.paragraph_format.keep_with_next = True
        _indent(paragraph)
    elif isinstance(part, Paragraph):
        if part.note:
            _line(book, part.text, "仿宋", 10.5, colour=TONES["muted"], exact=16)
        else:
            _indent(_line(book, part.text, "仿宋", 16))
    elif isinstance(part, Figure):
        paragraph = book.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        paragraph.paragraph_format.keep_with_next = True
        picture = paragraph.add_run().add_picture(io.BytesIO(part.png), width=Mm(TEXT_WIDTH * part.width))
        picture._inline.docPr.set("descr", part.alt)
        _line(book, f"{label} {part.caption}", "黑体", 12, center=True, exact=20)
    else:
        _grid(book, part, label)


def _page(book: Any) -> None:
    section = book.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "580")
    section._sectPr.append(grid)
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, "— ", "小标宋", 14)
    _field(paragraph, "PAGE")
    _run(paragraph, " —", "小标宋", 14)


def _field(paragraph: Any, code: str) -> None:
    run = _run(paragraph, "", "小标宋", 14)
    for kind, text in (("begin", None), (None, code), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _normal(book: Any, language: str) -> None:
    style = book.styles["Normal"]
    style.font.size = Pt(16)
    style.font.name = "Times New Roman"
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), "仿宋")
    lang = OxmlElement("w:lang")
    lang.set(qn("w:val"), "en-GB" if language == "en" else "en-US")
    lang.set(qn("w:eastAsia"), "zh-CN")
    style.element.rPr.append(lang)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)


def _line(
    book: Any,
    text: str,
    face: str,
    size: float,
    *,
    bold: bool = False,
    center: bool = False,
    colour: str = "",
    exact: float = 29,
    style: str = "Normal",
) -> Any:
    paragraph = book.add_paragraph(style=style)
    shape = paragraph.paragraph_format
    shape.space_after = shape.space_before = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(exact)
    if center:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text, face, size, bold=bold, colour=colour)
    return paragraph


def _run(paragraph: Any, text: str, face: str, size: float, *, bold: bool = False, colour: str = "") -> Any:
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.italic = Pt(size), bold, False
    run.font.name = "Times New Roman"
    run.font.color.rgb = RGBColor.from_string((colour or TONES["plain"]).lstrip("#"))
    run._r.get_or_add_rPr().get_or_add_rFonts().set(
        qn("w:eastAsia"), {"小标宋": "方正小标宋简体"}.get(face, face)
    )
    if size == 16:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), "-5")
        run._r.rPr.append(spacing)
    return run


def _indent(paragraph: Any) -> None:
    """Two characters at the start of a paragraph, in characters and in points for programs that know only one."""
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), "640")


def _grid(book: Any, part: Grid, label: str) -> None:
    caption = _line(book, f"{label} {part.caption}", "黑体", 12, center=True, exact=22)
    caption.paragraph_format.keep_with_next = True
    table = book.add_table(rows=0, cols=len(part.header), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    total = sum(part.widths)
    widths = [Mm(TEXT_WIDTH * width / total) for width in part.widths]
    header = tuple(Cell(name, "strong") for name in part.header)
    for number, cells in enumerate((header, *part.rows)):
        row = table.add_row()
        _row_marks(row, header=number == 0)
        for at, cell in enumerate(cells):
            _fill(row.cells[at], cell, widths[at], part.align[at], header=number == 0)
    _line(book, "", "仿宋", 10.5, exact=12)


def _row_marks(row: Any, *, header: bool) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if header:
        properties.append(OxmlElement("w:tblHeader"))


def _fill(box: Any, cell: Cell, width: Any, align: str, *, header: bool) -> None:
    box.width = width
    paragraph = box.paragraphs[0]
    paragraph.alignment = ALIGN[align]
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(15)
    _run(paragraph, breakable(cell.text), "黑体" if header else "仿宋", 10.5, colour=TONES[cell.tone])
    if header:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "E8EEF4")
        box._tc.get_or_add_tcPr().append(shade)


def _settled(book: Any) -> bytes:
    """The file with fixed dates, so that the same document gives the same bytes."""
    core = book.core_properties
    core.created = core.modified = FIXED.replace(tzinfo=None)
    core.author = core.last_modified_by = "renben"
    core.title = core.comments = ""
    loose, fixed = io.BytesIO(), io.BytesIO()
    book.save(loose)
    with zipfile.ZipFile(loose) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for item in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            target.writestr(
                zipfile.ZipInfo(item, (2000, 1, 1, 0, 0, 0)), source.read(item), zipfile.ZIP_DEFLATED
            )
    return fixed.getvalue()
