"""Files that cannot be read end in one clear sentence, never in a traceback or an empty plan."""

import io
import random
import zipfile
from collections import Counter

import docx
import pypdfium2 as pdfium
import pytest
import typst
from msoffcrypto.format.ooxml import OOXMLFile

from renben.engines.plan_reader import PlanFileError, read
from tests.engines.plan_reader.made import as_docx, as_pdf, forest_plan

LINES = ["一、任务", "（一）修路。修路三公里以上。（责任单位：省交通厅）"]


def refused(path) -> str:
    with pytest.raises(PlanFileError) as error:
        read(path)
    message = str(error.value)
    assert path.name in message and "\n" not in message
    return message


def test_a_missing_file_is_named(tmp_path):
    assert "no such file" in refused(tmp_path / "none.txt")


def test_a_folder_is_no_document(tmp_path):
    assert "is a folder" in refused(tmp_path)


@pytest.mark.parametrize("name", ["plan.txt", "plan.docx", "plan.pdf", "plan.html"])
def test_an_empty_file_is_told(name, tmp_path):
    (tmp_path / name).write_bytes(b"")
    assert "the file is empty (0 bytes)" in refused(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content"), [("plan.txt", " \n\t\n"), ("plan.html", "<html><body></body></html>")]
)
def test_a_file_without_words_is_told(name, content, tmp_path):
    (tmp_path / name).write_text(content)
    assert "holds no text" in refused(tmp_path / name)


def test_an_empty_word_document_is_told(tmp_path):
    (tmp_path / "plan.docx").write_bytes(as_docx([""]))
    assert "holds no text" in refused(tmp_path / "plan.docx")


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_cut_off_word_document_is_broken(keep, tmp_path):
    data = as_docx(LINES * 50)
    (tmp_path / "plan.docx").write_bytes(data[: int(len(data) * keep)])
    assert "broken .docx" in refused(tmp_path / "plan.docx")


def test_a_word_document_with_broken_xml_is_broken(tmp_path):
    source = zipfile.ZipFile(io.BytesIO(as_docx(LINES)))
    with zipfile.ZipFile(tmp_path / "plan.docx", "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content[:-40] if name == "word/document.xml" else content)
    assert "broken .docx" in refused(tmp_path / "plan.docx")


def test_another_zip_is_no_word_document(tmp_path):
    with zipfile.ZipFile(tmp_path / "plan.docx", "w") as archive:
        archive.writestr("a.txt", "a")
    assert "no Word document" in refused(tmp_path / "plan.docx")


def test_a_word_document_with_a_password_is_told(tmp_path):
    encrypted = io.BytesIO()
    office = OOXMLFile(io.BytesIO(as_docx(LINES)))
    office.encrypt("secret", encrypted)
    for name in ("plan.docx", "plan"):
        (tmp_path / name).write_bytes(encrypted.getvalue())
        assert "protected by a password" in refused(tmp_path / name)


def test_an_old_word_document_is_told(tmp_path):
    (tmp_path / "plan.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)
    assert "save it as .docx" in refused(tmp_path / "plan.doc")


def test_text_named_docx_or_pdf_is_told(tmp_path):
    for name in ("plan.docx", "plan.pdf"):
        (tmp_path / name).write_text("一、任务")
        assert "does not begin like one" in refused(tmp_path / name)


def test_a_cut_off_pdf_is_broken(tmp_path):
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Cat")
    assert "a broken PDF" in refused(tmp_path / "plan.pdf")


def test_a_scanned_pdf_without_text_is_told(tmp_path):
    path = as_pdf(LINES, tmp_path)
    page = pdfium.PdfDocument(path.read_bytes())[0]
    picture = io.BytesIO()
    page.render(scale=0.5).to_pil().save(picture, "PNG")
    (tmp_path / "page.png").write_bytes(picture.getvalue())
    (tmp_path / "scan.typ").write_text('#image("page.png")')
    typst.compile(tmp_path / "scan.typ", output=tmp_path / "scan.pdf")
    assert "1 pages without any text, so a scan" in refused(tmp_path / "scan.pdf")


PROTECTED = (
    b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
    b"3 0 obj\n<</Filter/Standard/V 1/R 2/O<" + b"28" * 32 + b">/U<" + b"11" * 32 + b">/P -4>>\nendobj\n"
)


def test_a_pdf_with_a_password_is_told(tmp_path):
    offsets = [PROTECTED.index(b"%d 0 obj" % n) for n in (1, 2, 3)]
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in offsets)
    ids = b"<" + b"ab" * 16 + b">"
    trailer = b"trailer\n<</Size 4/Root 1 0 R/Encrypt 3 0 R/ID[" + ids + ids + b"]>>\nstartxref\n%d\n%%%%EOF"
    (tmp_path / "plan.pdf").write_bytes(PROTECTED + table + trailer % len(PROTECTED))
    assert "protected by a password" in refused(tmp_path / "plan.pdf")


def test_bytes_of_no_encoding_are_told(tmp_path):
    (tmp_path / "plan.txt").write_bytes(bytes([0x81, 0xFF, 0x30, 0xFE]) * 200)
    assert "save it as UTF-8" in refused(tmp_path / "plan.txt")
    (tmp_path / "plan.txt").write_bytes(b"\x89PNG\r\n\0\0\0\x01" * 20)
    assert "not a text file" in refused(tmp_path / "plan.txt")


def test_a_damaged_utf16_file_is_told(tmp_path):
    (tmp_path / "plan.txt").write_bytes(b"\xff\xfe" + "一、任务".encode("utf-16-le") + b"\x00")
    assert "breaks at byte" in refused(tmp_path / "plan.txt")


def test_a_text_without_any_number_is_read_as_preamble_and_unread(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("给同事的信\n今天天气很好。我们去看了新的公园。\n再见\n", encoding="utf-8")
    reading = read(path)
    assert reading.measures == []
    assert [s.text for s in reading.preamble] == ["今天天气很好。", "我们去看了新的公园。"]
    assert [u.text for u in reading.unread] == ["给同事的信", "再见"]


def test_deleted_words_of_tracked_changes_are_left_out_and_inserted_ones_taken(tmp_path):
    document = docx.Document(io.BytesIO(as_docx(LINES)))
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    paragraph = document.add_paragraph("（二）种树。")._p
    for tag, text_tag, words in (("ins", "t", "种树十棵。"), ("del", "delText", "砍树九棵。")):
        change = docx.oxml.parse_xml(
            f'<w:{tag} xmlns:w="{namespace}"><w:r><w:{text_tag}>{words}</w:{text_tag}></w:r></w:{tag}>'
        )
        paragraph.append(change)
    document.save(tmp_path / "plan.docx")
    reading = read(tmp_path / "plan.docx")
    assert [c.text for c in reading.measures[1].commitments] == ["种树十棵。"]


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_whatever_is_damaged_is_read_or_refused_in_one_sentence(kind, tmp_path):
    whole = forest_plan() if kind == "docx" else as_pdf(LINES * 10, tmp_path).read_bytes()
    dice = random.Random(7)
    ends = Counter()
    for _ in range(120):
        data = bytearray(whole)
        for _ in range(dice.choice([1, 5, 50])):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path = tmp_path / f"damaged.{kind}"
        path.write_bytes(bytes(data))
        try:
            read(path)
            ends["read"] += 1
        except PlanFileError as error:
            assert "\n" not in str(error)
            ends["refused"] += 1
    assert sum(ends.values()) == 120 and ends["refused"] > 20


@pytest.mark.parametrize("part", ["word/styles.xml", "word/numbering.xml", "word/header1.xml"])
def test_a_word_document_with_a_missing_part_is_broken(part, tmp_path):
    source = zipfile.ZipFile(io.BytesIO(forest_plan()))
    with zipfile.ZipFile(tmp_path / "plan.docx", "w") as target:
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))
    assert "broken .docx" in refused(tmp_path / "plan.docx")
