"""Finds personal values in a dump or a log, in the clear or wrapped: JSON escapes, hexadecimal, base64, zlib."""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterator

from tests.privacy.people import STEM, SURNAME, values

HAN = rb"(?:[\xe4-\xe9][\x80-\xbf]{2})"
FORMS = {
    "number": re.compile(STEM.encode() + rb"[0-9]{11}[0-9X]"),
    "phone": re.compile(rb"139[0-9]{8}"),
    "name": re.compile(SURNAME.encode() + HAN + rb"{2}"),
}
ESCAPED = re.compile(rb"(?:\\u[0-9a-fA-F]{4})+")
HEXADECIMAL = re.compile(rb"[0-9a-fA-F]{22,}")
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{15,}")
DEPTH = 2
"""How many wrappings are taken off, one inside the other."""


def readable(content: bytes, count: int) -> dict[str, set[str]]:
    """Values of the first people that can be read in some bytes, by field."""
    known = values(count)
    found: dict[str, set[str]] = {field: set() for field in known}
    for text in _layers(content, DEPTH):
        for field, form in FORMS.items():
            found[field] |= {hit.decode("utf-8", "replace") for hit in form.findall(text)} & known[field]
    return found


def _layers(content: bytes, depth: int) -> Iterator[bytes]:
    yield content
    if depth:
        for inner in _unwrapped(content):
            yield from _layers(inner, depth - 1)


def _unwrapped(content: bytes) -> Iterator[bytes]:
    """What is wrapped in some bytes, all of one kind put together."""
    yield b"\n".join(_plain(run) for run in ESCAPED.findall(content))
    yield b"\n".join(bytes.fromhex(run[: len(run) // 2 * 2].decode()) for run in HEXADECIMAL.findall(content))
    yield b"\n".join(part for run in BASE64.findall(content) for part in _decoded(run))


def _plain(run: bytes) -> bytes:
    return str(json.loads(b'"' + run + b'"')).encode("utf-8", "replace")


def _decoded(run: bytes) -> Iterator[bytes]:
    """A base64 run from each of its four possible beginnings, and what zlib packed into it."""
    plain = run.replace(b"-", b"+").replace(b"_", b"/")
    for start in range(4):
        part = plain[start:]
        part = part[:-1] if len(part) % 4 == 1 else part
        try:
            raw = base64.b64decode(part + b"=" * (-len(part) % 4))
        except binascii.Error:
            continue
        yield raw
        try:
            yield zlib.decompressobj().decompress(raw)
        except zlib.error:
            continue
