"""Changes to examples: bits, pieces, repetitions and awkward tokens; the same for the same seed."""

import random

TOKENS = (
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"0", b"-1", b"9" * 5000, b"1e999", b"NaN", b"null", b"true", b"[]", b"{}", b"[" * 2000,
    b"\"", b"'", b"\\", b"\\ud800", b"\r\n", b"\n" * 50, b",", b";", b"\t", b"=1+1", b"%s", b"<", b"&#0;", b"<!DOCTYPE a [<!ENTITY b \"c\">]>",
    "甲".encode(), "１２３".encode(), "年".encode("gb18030"), "\u202e".encode(), b"0000-00-00", b"9999-12-31", b"2023-02-29", b"99999999",
)  # fmt: skip
MOST = 1 << 20
"""Bytes of a changed example at most."""


def mutated(examples: tuple[bytes, ...], seed: int) -> bytes:
    """One changed example.

    Args:
        examples: to start from.
        seed: which one.
    """
    luck = random.Random(seed)
    data = bytearray(luck.choice(examples))
    for _ in range(luck.choice((1, 1, 2, 4, 16))):
        luck.choice((_flip, _cut, _repeat, _token, _splice))(data, examples, luck)
    return bytes(data[:MOST])


def _flip(data: bytearray, _examples: tuple[bytes, ...], luck: random.Random) -> None:
    if data:
        data[luck.randrange(len(data))] ^= 1 << luck.randrange(8)


def _span(data: bytearray, luck: random.Random) -> slice:
    start = luck.randrange(len(data) + 1)
    return slice(start, min(len(data), start + luck.choice((1, 2, 8, 64, 1024))))


def _cut(data: bytearray, _examples: tuple[bytes, ...], luck: random.Random) -> None:
    del data[_span(data, luck)]


def _repeat(data: bytearray, _examples: tuple[bytes, ...], luck: random.Random) -> None:
    part = _span(data, luck)
    data[part.start : part.start] = data[part] * luck.choice((1, 2, 40))


def _token(data: bytearray, _examples: tuple[bytes, ...], luck: random.Random) -> None:
    part = _span(data, luck)
    data[part if luck.random() < 0.5 else slice(part.start, part.start)] = luck.choice(TOKENS)


def _splice(data: bytearray, examples: tuple[bytes, ...], luck: random.Random) -> None:
    other = bytearray(luck.choice(examples))
    data[_span(data, luck)] = other[_span(other, luck)]
