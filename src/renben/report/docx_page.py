"""Page, styles and footer of a DOCX in the layout of GB/T 9704-2012.

Word knows half points only: 16 pt with the characters 0.25 pt closer and lines of exactly 29 pt breaks lines as the
15.75 pt of the standard does. Page numbers stand right on odd and left on even pages, one character in.
"""

from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from renben.report.document import TONES

TEXT_WIDTH = 156
LATIN = "Times New Roman"
AFTER_SPACING = ("w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:lang")
AFTER_GRID = (
    "w:spacing",
    "w:ind",
    "w:contextualSpacing",
    "w:mirrorIndents",
    "w:jc",
    "w:outlineLvl",
    "w:rPr",
    "w:sectPr",
)
"""What the schema wants behind an element that is put in."""
EAST_ASIAN = {"小标宋": "方正小标宋简体"}


def set_page(book: Any) -> None:
    """A4 with the margins of the standard, mirrored, and page numbers outside."""
    section = book.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(22)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "580")
    section._sectPr.append(grid)
    book.settings.odd_and_even_pages_header_footer = True
    zoom = book.settings.element.find(qn("w:zoom"))
    book.settings.element.insert(0 if zoom is None else 1, OxmlElement("w:mirrorMargins"))
    _number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _number(paragraph: Any, side: Any) -> None:
    paragraph.alignment = side
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = Pt(14)
    run(paragraph, "— ", "宋体", 14)
    _field(paragraph, "PAGE")
    run(paragraph, " —", "宋体", 14)


def _field(paragraph: Any, code: str) -> None:
    made = run(paragraph, "", "宋体", 14)
    for kind, text in (("begin", None), (None, code), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        made._r.append(element)


def set_normal(book: Any, language: str, size: float) -> None:
    """The Normal style: faces for both scripts, size, language, no space around paragraphs."""
    style = book.styles["Normal"]
    style.font.size, style.font.name = Pt(size), LATIN
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), "仿宋")
    lang = OxmlElement("w:lang")
    lang.set(qn("w:val"), "en-GB" if language == "en" else "en-US")
    lang.set(qn("w:eastAsia"), "zh-CN")
    style.element.rPr.append(lang)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)


def off_grid(paragraph: Any) -> None:
    """Let a paragraph keep its own line height; else the page's grid of 22 lines would stretch it."""
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(snap, *AFTER_GRID)


def run(
    paragraph: Any,
    text: str,
    face: str,
    size: float,
    *,
    bold: bool = False,
    colour: str = "",
    tight: bool = False,
) -> Any:
    """A run of text with its face for both scripts; `tight` sets the characters of the standard's grid."""
    made = paragraph.add_run(text)
    made.font.size, made.font.bold, made.font.italic = Pt(size), bold, False
    made.font.name = LATIN
    made.font.color.rgb = RGBColor.from_string((colour or TONES["plain"]).lstrip("#"))
    made._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), EAST_ASIAN.get(face, face))
    if tight:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), "-5")
        made._r.rPr.insert_element_before(spacing, *AFTER_SPACING)
    return made
