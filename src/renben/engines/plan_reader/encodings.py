"""Finds the encoding of Chinese text: UTF-8, UTF-16, UTF-32, GB18030 or Big5.

Not modelled: other East Asian encodings. A guess is judged by how many of its characters are the everyday
characters and punctuation of official documents, so that Big5 is not taken for GB18030.
"""

import codecs

from renben.engines.plan_reader.source import PlanFileError

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
EVERYDAY = frozenset(
    "的一是在不和有大人中上为為国國地到以要就出会會可也对對生能而子得"
    "全面推进進加快建设設实實施市县縣区區省政府责責任单單位发發展改革年月日第、。，：；（）《》"
)
SAMPLE = 20_000


def decode(data: bytes, name: str) -> tuple[str, str]:
    """Text of a file and the name of its encoding.

    Args:
        data: the bytes of the file.
        name: what to call the file in an error.

    Raises:
        PlanFileError: the file is not text in any encoding known here.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strict(data, encoding, name), encoding
    wide = _utf16_without_mark(data)
    if wide:
        return _strict(data, wide, name), wide
    if b"\0" in data[:SAMPLE]:
        raise PlanFileError(
            f"{name}: not a text file (it holds zero bytes); give a .txt, .docx, .pdf or .html file."
        )
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        return _chinese(data, name, error)


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 without a byte order mark shows line ends or punctuation as known byte pairs."""
    if len(data) < 4 or len(data) % 2:
        return None
    best = None
    for encoding in ("utf-16-le", "utf-16-be"):
        text = data[: SAMPLE - SAMPLE % 2].decode(encoding, errors="replace")
        if _share(text) > 0.10 and "�" not in text[:-1]:
            best = encoding
    return best if best and b"\0" in data else None


def _chinese(data: bytes, name: str, cause: UnicodeDecodeError) -> tuple[str, str]:
    """GB18030 or Big5, whichever reads as the more ordinary Chinese."""
    found: list[tuple[float, str, str]] = []
    for encoding in ("gb18030", "big5hkscs"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        found.append((_share(text), encoding, text))
    if not found or max(found)[0] < 0.03:
        raise PlanFileError(
            f"{name}: not UTF-8 (byte {cause.start}: 0x{data[cause.start]:02x}) and no readable GB18030 or "
            "Big5 either; save it as UTF-8 and try again."
        ) from cause
    _, encoding, text = max(found)
    return text, encoding


def _share(text: str) -> float:
    """Share of everyday characters among all characters (ratio)."""
    sample = text[:SAMPLE]
    return sum(character in EVERYDAY for character in sample) / max(1, len(sample))


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise PlanFileError(
            f"{name}: begins as {encoding} but breaks at byte {error.start}; the file is damaged, "
            "save it again as UTF-8."
        ) from error
