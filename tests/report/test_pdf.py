"""The PDF: the grid of GB/T 9704-2012, simplified faces, unbroken rows, page numbers on the outer side."""

import ctypes
import re
from collections import Counter

import pypdfium2 as pdfium
import pytest

from renben.report import pdf
from renben.report.document import Heading

LINE, CHARACTER, MM = 28.99, 15.75, 72 / 25.4


def set_in(document, folder, name):
    path = folder / f"{name}.pdf"
    pdf.write(document, path)
    return pdfium.PdfDocument(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pdf")


@pytest.fixture(scope="module")
def text_pages(plain, folder):
    return set_in(plain, folder, "plain")


@pytest.fixture(scope="module")
def mixed(small, folder):
    return set_in(small, folder, "small")


def characters(page, *, loose=True):
    """(character, left, bottom, right, top) of every visible character, in points from the lower left corner."""
    text = page.get_textpage()
    found = []
    for at in range(text.count_chars()):
        sign = text.get_text_range(at, 1)
        if sign.strip():
            found.append((sign, *text.get_charbox(at, loose=loose)))
    return found


def body(page):
    """Characters of the type area, without the page number below it."""
    return [c for c in characters(page) if c[2] > 35 * MM - 4]


def unspaced(page):
    """Text of a page without spaces: typst sets a thin one between Chinese and digits."""
    return re.sub(r"\s", "", page.get_textpage().get_text_range())


def lines(page):
    counted = Counter(round((c[2] + c[4]) / 2) for c in body(page))
    merged: list[list[int]] = []
    for y in sorted(counted, reverse=True):
        if merged and merged[-1][0] - y < 6:
            merged[-1][1] += counted[y]
        else:
            merged.append([y, counted[y]])
    return merged


def test_a_full_page_has_22_lines(text_pages):
    assert len(lines(text_pages[1])) == 22


def test_a_full_line_has_28_characters(text_pages):
    counts = [n for _, n in lines(text_pages[1])]
    assert Counter(counts).most_common(1)[0][0] == 28
    assert max(counts) <= 28


def test_lines_stand_28_99_points_apart(text_pages):
    ys = [y for y, _ in lines(text_pages[1])]
    assert (ys[0] - ys[-1]) / (len(ys) - 1) == pytest.approx(LINE, abs=0.1)


def test_the_type_area_is_156_by_225_mm_with_the_binding_edge_inside(text_pages):
    odd, even = body(text_pages[2]), body(text_pages[1])
    assert min(c[1] for c in odd) == pytest.approx(28 * MM, abs=3)
    assert min(c[1] for c in even) == pytest.approx(26 * MM, abs=3)
    assert max(c[3] for c in even) == pytest.approx(26 * MM + 156 * MM, abs=3)


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages(text_pages):
    for number in (1, 2, 3):
        page = text_pages[number - 1]
        foot = [c for c in characters(page) if c[2] < 35 * MM - 4]
        assert "".join(c[0] for c in foot) == f"—{number}—"
        centre = (min(c[1] for c in foot) + max(c[3] for c in foot)) / 2
        assert (centre > page.get_width() / 2) == (number % 2 == 1)


def test_headings_have_the_levels_of_the_standard_and_stay_with_what_follows(mixed):
    pages = [unspaced(page) for page in mixed]
    text = "".join(pages)
    for heading in ("一、总体进展", "（一）主要指标", "1.人口", "二、附件"):
        assert heading in text
    at = next(i for i, page in enumerate(pages) if "1.人口" in page)
    assert "见下表" in pages[at] and "表1一张长表" in pages[at]
    assert pages[-1].startswith("二、附件")


def test_a_table_over_several_pages_repeats_its_header_and_says_that_it_goes_on(mixed):
    pages = [unspaced(page) for page in mixed]
    with_rows = [page for page in pages if "长长长" in page]
    assert len(with_rows) >= 3
    assert all("名称" in page and "状态" in page for page in with_rows)
    assert ["续表" in page for page in with_rows] == [False] + [True] * (len(with_rows) - 1)


def test_no_row_is_broken_over_pages(mixed):
    pages = [unspaced(page) for page in mixed]
    for number in range(1, 61):
        holding = [page for page in pages if f"第{number}行" in page]
        assert len(holding) == 1
    for page in pages:
        assert page.count("长") % 30 == (1 if "一张长表" in page else 0)


@pytest.fixture(scope="module")
def full(documents, folder):
    return {
        language: set_in(document, folder, f"full-{language}") for language, document in documents.items()
    }


def test_every_font_is_embedded_and_none_has_japanese_glyphs(full):
    for document in full.values():
        names = fonts(document)
        assert names and all(re.match("[A-Z]{6}\\+", name) for name in names), names
        assert not [name for name in names if re.search("jp", name, re.IGNORECASE)], names
        assert any(re.search("sc-", name, re.IGNORECASE) for name in names), names


def fonts(document):
    found = set()
    for page in document:
        for thing in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_TEXT], max_depth=5):
            font = pdfium.raw.FPDFTextObj_GetFont(thing)
            size = pdfium.raw.FPDFFont_GetBaseFontName(font, None, 0)
            buffer = ctypes.create_string_buffer(size)
            pdfium.raw.FPDFFont_GetBaseFontName(font, buffer, size)
            found.add(buffer.value.decode())
    return found


def test_the_full_report_has_no_character_without_a_glyph_and_a_reasonable_length(full):
    for document in full.values():
        text = "".join(page.get_textpage().get_text_range() for page in document)
        assert "\ufffd" not in text and "\x00" not in text
        assert 12 <= len(document) <= 40


def test_no_character_of_the_full_report_stands_outside_the_type_area(full):
    for document in full.values():
        for page in document:
            for sign, left, _, right, _ in characters(page, loose=False):
                assert 25 * MM <= left and right <= (210 - 25) * MM, sign


def test_no_heading_is_the_last_line_of_a_page(full, documents):
    for language, document in full.items():
        headings = {re.sub(r"\s", "", p.text) for p in documents[language].parts if isinstance(p, Heading)}
        for page in document:
            text = re.sub(r"—\s*\d+\s*—\s*$", "", page.get_textpage().get_text_range()).strip()
            last = re.sub(r"\s", "", text.splitlines()[-1])
            assert not any(
                last.endswith(heading) and len(last) <= len(heading) + 6 for heading in headings
            ), last
