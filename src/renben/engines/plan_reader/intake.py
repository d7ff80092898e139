"""Takes a plan document in: .txt, .docx, .pdf or .html, told apart by what they hold and not by their name.

Not modelled: scanned pictures (no character recognition), the old binary .doc, WPS files.
"""

from pathlib import Path

from renben.engines.plan_reader.encodings import decode
from renben.engines.plan_reader.markup import looks_like_html, read_html
from renben.engines.plan_reader.plain import read_plain
from renben.engines.plan_reader.portable import read_pdf
from renben.engines.plan_reader.source import PlanFileError, Source
from renben.engines.plan_reader.word import read_docx

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LARGEST = 50_000_000


def take_in(path: Path) -> Source:
    """The document as text with lines and places.

    Args:
        path: a .txt, .docx, .pdf or .html file of at most 50 MB.

    Raises:
        PlanFileError: missing, empty, too large, protected, broken, scanned or of an unknown kind.
    """
    data = _bytes(path)
    source = _by_content(data, path)
    if not source.text.strip():
        raise PlanFileError(f"{path}: holds no text; check that it is the right file.")
    return source


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise PlanFileError(f"{path}: is a folder; name the document itself.")
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise PlanFileError(
                f"{path}: {size / 1e6:.0f} MB; a plan document has at most {LARGEST / 1e6:.0f} MB. Give the text alone."
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise PlanFileError(f"{path}: no such file; check the path.") from error
    except OSError as error:
        raise PlanFileError(f"{path}: cannot be opened ({error.strerror}).") from error
    if not data:
        raise PlanFileError(f"{path}: the file is empty (0 bytes); copy or download it again.")
    return data


def _by_content(data: bytes, path: Path) -> Source:
    name = str(path)
    if b"%PDF-" in data[:1024]:
        return read_pdf(data, name)
    if data.startswith(b"PK\x03\x04"):
        return read_docx(data, name)
    if data.startswith(OLE):
        return read_docx(data, name) if path.suffix.lower() == ".docx" else _old_office(name, data)
    if path.suffix.lower() in (".pdf", ".docx"):
        raise PlanFileError(
            f"{name}: named {path.suffix} but does not begin like one; it is broken or misnamed. "
            "Open it in its program and save it again."
        )
    if path.suffix.lower() in (".html", ".htm") or looks_like_html(data):
        return read_html(data, name)
    text, encoding = decode(data, name)
    return read_plain(text, name, encoding)


def _old_office(name: str, data: bytes) -> Source:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return read_docx(data, name)
    raise PlanFileError(f"{name}: an old binary Office file (.doc, .wps); save it as .docx and try again.")
