"""Reads .docx: paragraphs with their automatic numbers, tables with merged cells, in the order of the document.

Deleted text of tracked changes is left out, inserted text is taken. Headers and footers are set aside.
Not modelled: pictures, formulas, comments.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import docx
import msoffcrypto
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.exceptions import InvalidXmlError
from lxml import etree

from renben.engines.plan_reader.source import Furniture, PlanFileError, Source, SourceBuilder, Span
from renben.engines.plan_reader.word_numbering import Numbering

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
SKIPPED = {W + "del", W + "moveFrom", W + "instrText", W + "delText", MC + "Fallback", W + "rPr", W + "pPr"}
ZIP_ENCRYPTED = 0x1
LARGEST = 500_000_000
"""A document that unpacks to more than this is refused (bytes)."""
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    PackageNotFoundError,
    InvalidXmlError,
    etree.XMLSyntaxError,
    AttributeError,
    EOFError,
    KeyError,
    NotImplementedError,
    TypeError,
    ValueError,
)
"""What the libraries raise, far from the cause, when a part of the file is damaged or missing."""


def read_docx(data: bytes, name: str) -> Source:
    """Paragraphs and table rows of a Word document.

    Raises:
        PlanFileError: protected by a password, broken, or another kind of file.
    """
    if not data.startswith(b"PK"):
        _refuse_protected(data, name)
    try:
        return _read(data, name)
    except BROKEN as error:
        raise PlanFileError(
            f"{name}: a broken .docx ({' '.join(str(error).split())[:80]}); open it in a word processor and save it again."
        ) from error


def _read(data: bytes, name: str) -> Source:
    document = _opened(data, name)
    builder = SourceBuilder(name, "docx")
    walker = _Walker(builder, Numbering(document))
    walker.blocks(document.element.body)
    for text in _notes(document):
        builder.line([(text, None, walker.number)])
        walker.number += 1
    builder.furniture.extend(_page_furniture(document))
    return builder.build()


def _opened(data: bytes, name: str) -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if any(part.flag_bits & ZIP_ENCRYPTED for part in parts):
            raise PlanFileError(_protected(name))
        if "word/document.xml" not in archive.namelist():
            raise PlanFileError(
                f"{name}: a zip file without word/document.xml, so no Word document; "
                "give a .txt, .docx, .pdf or .html file."
            )
        if sum(part.file_size for part in parts) > LARGEST:
            raise PlanFileError(
                f"{name}: unpacks to more than {LARGEST // 10**6} MB; take the pictures out and try again."
            )
    return docx.Document(io.BytesIO(data))


def _refuse_protected(data: bytes, name: str) -> None:
    try:
        protected = msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted()
    except (msoffcrypto.exceptions.FileFormatError, OSError, ValueError) as error:
        raise PlanFileError(f"{name}: not a .docx file ({error}); save it as .docx and try again.") from error
    if protected:
        raise PlanFileError(_protected(name))
    raise PlanFileError(f"{name}: an old binary Office file (.doc); save it as .docx and try again.")


def _protected(name: str) -> str:
    return f"{name}: protected by a password; save a copy without password and give that one."


class _Walker:
    """Goes through the body in order and hands lines and rows to the builder."""

    def __init__(self, builder: SourceBuilder, numbering: Numbering) -> None:
        self.builder = builder
        self.numbering = numbering
        self.number = 1
        self.tables = 0

    def blocks(self, parent: Any) -> None:
        """Every paragraph and table under a body, content control or text box."""
        for child in parent:
            if child.tag == W + "p":
                self._paragraph(child)
            elif child.tag == W + "tbl":
                self._table(child)
            elif child.tag in (W + "sdt", W + "sdtContent", W + "ins", W + "customXml"):
                self.blocks(child)

    def _paragraph(self, element: Any) -> None:
        boxes = [box for box in element.iter(W + "txbxContent") if not _in_fallback(box)]
        text = "".join(_text(element))
        label = self.numbering.label(element)
        for part in (label + text).split("\n"):
            self.builder.line([(part, None, self.number)])
        self.number += 1
        for box in boxes:
            self.blocks(box)

    def _table(self, element: Any) -> None:
        self.tables += 1
        above: dict[int, Span] = {}
        for row in element.iter(W + "tr"):
            if next(row.iterancestors(W + "tbl")) is not element:
                continue
            columns = list(_cells(row))
            cells: list[str | Span] = []
            for column, text, continued in columns:
                cells.append(above[column] if continued and column in above else text)
            spans = self.builder.row(cells, self.tables, None, self.number)
            above = {column: span for (column, _, _), span in zip(columns, spans, strict=True)}
            self.number += 1


def _cells(row: Any) -> Iterator[tuple[int, str, bool]]:
    """Column, text and whether the cell continues the one above, for every cell of a row."""
    column = 0
    for cell in row.iter(W + "tc"):
        if next(cell.iterancestors(W + "tr")) is not row:
            continue
        merge = cell.find(f"{W}tcPr/{W}vMerge")
        continued = merge is not None and merge.get(W + "val", "continue") == "continue"
        paragraphs = ["".join(_text(p)) for p in cell.iter(W + "p")]
        yield column, "\n".join(paragraphs).strip("\n"), continued
        span = cell.find(f"{W}tcPr/{W}gridSpan")
        column += int(span.get(W + "val", "1")) if span is not None else 1


def _text(element: Any) -> Iterator[str]:
    """Visible text of a paragraph; deleted text and field codes are left out."""
    for child in element:
        if child.tag in SKIPPED or child.tag == W + "txbxContent":
            continue
        if child.tag == W + "t":
            yield child.text or ""
        elif child.tag == W + "tab":
            yield "\t"
        elif child.tag in (W + "br", W + "cr"):
            yield "\n"
        elif child.tag == W + "noBreakHyphen":
            yield "-"
        elif isinstance(child.tag, str):
            yield from _text(child)


def _in_fallback(element: Any) -> bool:
    return next(element.iterancestors(MC + "Fallback"), None) is not None


def _notes(document: Any) -> list[str]:
    """Texts of footnotes and endnotes, in order."""
    found: list[str] = []
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(("/footnotes", "/endnotes")):
            continue
        root = etree.fromstring(relation.target_part.blob)
        found += ["".join(_text(p)).strip() for p in root.iter(W + "p")]
    return [text for text in found if text]


def _page_furniture(document: Any) -> Iterator[Furniture]:
    seen: set[str] = set()
    for section in document.sections:
        for kind, part in (("header", section.header), ("footer", section.footer)):
            if part.is_linked_to_previous:
                continue
            text = " ".join(p.text for p in part.paragraphs).strip()
            if text and text not in seen:
                seen.add(text)
                yield Furniture(text, f"page {kind}", None)
