"""The four formats: same bytes for the same inputs, readable without fonts, and fit to be read and edited by people."""

import dataclasses
import io
import re
import zipfile
from itertools import pairwise
from pathlib import Path

import docx as python_docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from renben.cli.report import FORMATS, write_monitoring
from renben.report import docx, fonts, html, monitoring, pdf, xlsx
from renben.report.document import TONES, Cell, Document, Grid
from renben.report.figures import STATUS_FILL
from renben.report.tongue import Tongue
from tests.report.conftest import fresh

WRITERS = {"html": html, "pdf": pdf, "docx": docx, "xlsx": xlsx}
DARK_PAPER = "#12171d"


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_document_gives_the_same_bytes_in_any_folder(small, tmp_path, monkeypatch, kind):
    first, second = tmp_path / f"one.{kind}", tmp_path / "another" / f"two.{kind}"
    second.parent.mkdir()
    WRITERS[kind].write(small, first)
    monkeypatch.chdir(second.parent)
    WRITERS[kind].write(small, second)
    assert first.read_bytes() == second.read_bytes()


def test_the_same_inputs_give_the_same_document(space, documents):
    assert monitoring.build(fresh(space), Tongue("zh")) == documents["zh"]


@pytest.fixture
def without_chinese_fonts(monkeypatch):
    class Latin:
        def __init__(self, *_):
            pass

        def families(self):
            return ["Libertinus Serif", "DejaVu Sans Mono"]

    monkeypatch.setattr(fonts.typst, "Fonts", Latin)


@pytest.mark.usefixtures("without_chinese_fonts")
def test_without_chinese_fonts_the_other_formats_come_and_the_pdf_names_the_package(
    evidence, tmp_path, capsys
):
    paths = write_monitoring(evidence, Tongue("zh"), list(FORMATS), tmp_path)
    assert [p.suffix for p in paths] == [".html", ".docx", ".xlsx"]
    assert all(p.stat().st_size > 10_000 for p in paths)
    assert "fonts-noto-cjk" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.pdf"))


@pytest.mark.usefixtures("without_chinese_fonts")
def test_without_chinese_fonts_a_pdf_alone_is_refused(small, tmp_path):
    with pytest.raises(fonts.NoChineseFont, match=r"fonts-noto-cjk.*RENBEN_FONT_PATHS"):
        pdf.write(small, tmp_path / "x.pdf")


def test_a_folder_of_fonts_that_does_not_exist_is_named(small, tmp_path):
    with pytest.raises(fonts.NoChineseFont, match="nowhere does not exist"):
        pdf.write(small, tmp_path / "x.pdf", ("nowhere",))


def test_a_face_that_another_font_stands_for_is_told():
    chosen = {
        "仿宋": "Noto Serif CJK SC",
        "小标宋": "FZXiaoBiaoSong-B05",
        "黑体": "SimHei",
        "楷体": "KaiTi_GB2312",
    }
    assert fonts.Fonts(chosen, ()).substitutions() == ["仿宋→Noto Serif CJK SC"]


def test_text_that_looks_like_markup_stays_text(small, tmp_path):
    odd = Cell('#panic("x") $a$ <b>&"\\')
    table = Grid("a#b $c <i>", ("x",), ((odd,),), (1,), ("left",))
    document = dataclasses.replace(small, parts=(table,))
    pdf.write(document, tmp_path / "x.pdf")
    assert "<b>" not in html.render(document) and "&lt;b&gt;" in html.render(document)


# HTML


@pytest.fixture(scope="module")
def pages(documents):
    return {language: html.render(document) for language, document in documents.items()}


def test_the_page_loads_nothing_from_anywhere(pages):
    for page in pages.values():
        loaded = re.findall(r'(?:src|href|xlink:href|url)\s*[=(]\s*["\']?([^"\'\s)>]+)', page)
        assert [link for link in loaded if not link.startswith("#")] == []
        assert "<script" not in page and "@import" not in page


def test_every_picture_says_in_words_what_it_shows(pages, documents):
    for language, page in pages.items():
        labels = re.findall(r'role="img" aria-label="([^"]+)"', page)
        assert len(labels) == len(documents[language].figures()) == page.count("<figure")
        assert all(len(label) > 10 for label in labels)


def test_headings_step_down_one_level_at_a_time(pages):
    for page in pages.values():
        levels = [int(n) for n in re.findall(r"<h([1-6])[ >]", page)]
        assert levels.count(1) == 1 and levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_column_head_is_marked_as_such(pages, documents):
    for language, page in pages.items():
        assert page.count('<th scope="col"') == sum(len(g.header) for g in documents[language].grids())


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_tone_can_be_read_on_paper_and_on_the_dark_page():
    assert min(contrast(colour, "#ffffff") for colour in TONES.values()) >= 4.5
    dark = re.search(r"prefers-color-scheme: dark\) \{(.*?)\} \.figure", html.TEMPLATE, re.DOTALL)
    colours = dict(re.findall(r"--(\w+):(#[0-9a-f]{6}|#fff)\b", dark[1]))
    seen = {name: "#ffffff" if colour == "#fff" else colour for name, colour in colours.items()}
    assert set(TONES) <= set(seen)
    assert min(contrast(seen[tone], DARK_PAPER) for tone in TONES) >= 4.5
    assert seen["paper"] == DARK_PAPER


def test_every_status_has_a_fill_of_its_own():
    assert len(set(STATUS_FILL.values())) == len(STATUS_FILL)


# DOCX


@pytest.fixture(scope="module")
def book(documents, tmp_path_factory):
    path = tmp_path_factory.mktemp("docx") / "r.docx"
    docx.write(documents["zh"], path)
    return python_docx.Document(path)


def test_word_finds_every_table_and_picture_of_the_report(book, documents):
    assert len(book.tables) == len(documents["zh"].grids())
    assert len(book.inline_shapes) == len(documents["zh"].figures())
    assert all(shape._inline.docPr.get("descr") for shape in book.inline_shapes)


def test_every_run_names_an_east_asian_face(book):
    runs = [run for paragraph in book.paragraphs for run in paragraph.runs if run.text]
    faces = {run._r.rPr.rFonts.get(qn("w:eastAsia")) for run in runs}
    assert faces == {"仿宋", "黑体", "楷体", "方正小标宋简体"}
    assert book.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋"


def test_tables_repeat_their_header_and_keep_rows_whole(book):
    for table in book.tables:
        marks = [{child.tag for child in row._tr.trPr} for row in table.rows]
        assert qn("w:tblHeader") in marks[0] and all(qn("w:cantSplit") in mark for mark in marks)
        assert not any(qn("w:tblHeader") in mark for mark in marks[1:])


def test_body_text_stands_on_the_grid_of_the_standard(book):
    section = book.sections[0]
    area = section.page_width - section.left_margin - section.right_margin
    assert round(area / Mm(1)) == 156
    grids = section._sectPr.findall(qn("w:docGrid"))
    assert [(g.get(qn("w:type")), g.get(qn("w:linePitch"))) for g in grids] == [("lines", "580")]
    text = next(p for p in book.paragraphs if p.text.startswith("100项指标") or "项指标中" in p.text)
    assert text.paragraph_format.line_spacing.pt == 29
    assert text._p.pPr.ind.get(qn("w:firstLineChars")) == "200"


def test_page_numbers_of_even_pages_stand_on_the_other_side(book):
    section = book.sections[0]
    assert book.settings.odd_and_even_pages_header_footer
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert (odd.alignment, even.alignment) == (2, 0)


def test_headings_of_the_docx_can_be_navigated(book, documents):
    styles = [p.style.name for p in book.paragraphs if p.style.name.startswith("Heading")]
    assert {"Heading 1", "Heading 2"} <= set(styles)


# XLSX


@pytest.fixture(scope="module")
def workbook(documents, tmp_path_factory):
    path = tmp_path_factory.mktemp("xlsx") / "r.xlsx"
    xlsx.write(documents["zh"], path)
    return openpyxl.load_workbook(path)


def test_every_table_has_a_sheet_whose_name_fits(workbook, documents):
    assert len(workbook.sheetnames) == 1 + len(documents["zh"].grids())
    assert all(0 < len(name) <= 31 for name in workbook.sheetnames)
    assert all(sheet.freeze_panes == "A3" for sheet in workbook.worksheets[1:])


def test_numbers_are_numbers_and_missing_cells_are_their_text(workbook, documents):
    for sheet, grid in zip(workbook.worksheets[1:], documents["zh"].grids(), strict=True):
        for row, cells in zip(sheet.iter_rows(min_row=3), grid.rows, strict=True):
            for box, cell in zip(row, cells, strict=True):
                expected = cell.text if cell.number is None else pytest.approx(cell.number)
                assert box.value == expected, (sheet.title, box.coordinate)


def test_a_synthetic_number_stays_a_number_and_shows_its_mark(tmp_path):
    grid = Grid("表", ("值",), ((Cell("10.00（合成）", number=10.0),),), (1,), ("right",))
    xlsx.write(Document("zh", "题", (), (grid,)), tmp_path / "x.xlsx")
    box = openpyxl.load_workbook(tmp_path / "x.xlsx")["表"]["A3"]
    assert box.value == 10.0 and "（合成）" in box.number_format


def test_no_file_carries_the_time_or_the_folder_it_was_made_in(small, tmp_path):
    for kind in ("docx", "xlsx"):
        path = tmp_path / f"x.{kind}"
        WRITERS[kind].write(small, path)
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as file:
            core = file.read("docProps/core.xml").decode()
        assert "2000-01-01" in core and not re.search(r"20[12]\d-", core)
        assert str(Path.cwd()).encode() not in path.read_bytes()


def test_the_colophon_says_which_faces_are_replaced(small):
    chosen = fonts.choose()
    source = pdf.typst_source(small, chosen)
    assert all(text in source for text in chosen.substitutions())
