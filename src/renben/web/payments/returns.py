"""Reads the treasury's return file: a table with region (or the row's code), amount, day and reference, all of it or nothing.

A file with a mistake is refused as a whole, and the mistake is named by line, column and value: half a file would be
taken for missing payments.
"""

import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from renben.web.flow.refusals import Incomplete
from renben.web.words import say_now
from renben.web.words.traditional import traditional

COLUMNS = {
    "region": ("region", "code", "地区", "地区代码", "行号"),
    "amount": ("amount", "金额", "金额（元）", "金额(元)"),
    "day": ("day", "date", "日期", "支付日期"),
    "reference": ("reference", "凭证号", "流水号"),
}
"""Column -> headings by which it is known."""
CODE = re.compile(r"[0-9A-Za-z-]{1,40}")
AMOUNT = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,2})?")
LARGEST, MOST_ROWS, LONGEST, TOLD = 1_000_000, 5_000, 60, 5
"""Bytes and lines of a file, characters of a reference, and mistakes that are told at once."""
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Paid:
    """One line: the region (as the batch knows it, else as written), fen, day, reference."""

    line: int
    region: str
    amount: int
    day: dt.date
    reference: str


class Mistake(ValueError):
    """What is wrong with a cell: the word's key."""


def read(content: bytes, codes: Mapping[str, str], since: dt.date, today: dt.date) -> list[Paid]:
    """The lines of a return file.

    Args:
        content: the file as it was sent.
        codes: code of a row of the batch -> its region.
        since: day on which the batch was approved; nothing was paid before.
        today: nothing was paid later.

    Raises:
        Incomplete: the file is empty, too large, no table with these columns, or holds a mistake.
    """
    lines = _table(content)
    place = _columns(lines[0][1])
    found, mistakes, known = [], [], dict[str, int]()
    for number, cells in lines[1:]:
        row, wrong = _row(number, cells, place, codes, (since, today))
        if row is not None and row.reference in known:
            wrong = [
                (number, "reference", row.reference, say_now("payment.bad.again", line=known[row.reference]))
            ]
        mistakes += wrong
        if row is not None:
            known[row.reference] = number
            found.append(row)
    if mistakes:
        raise Incomplete("refusal.payment_file", problems=_told(mistakes))
    if not found:
        raise Incomplete("refusal.payment_file_empty")
    return found


def fingerprint(content: bytes) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


def _table(content: bytes) -> list[tuple[int, list[str]]]:
    """Lines that hold something, with their numbers."""
    if len(content) > LARGEST:
        raise Incomplete("refusal.payment_file_large", most=LARGEST // 1_000_000)
    text = _text(content)
    try:
        lines = [
            (n, [cell.strip() for cell in row])
            for n, row in enumerate(csv.reader(io.StringIO(text), strict=True), 1)
        ]
    except csv.Error as error:
        raise Incomplete("refusal.payment_file_table") from error
    lines = [(n, cells) for n, cells in lines if any(cells)]
    if not lines:
        raise Incomplete("refusal.payment_file_empty")
    if len(lines) > MOST_ROWS:
        raise Incomplete("refusal.payment_file_long", most=MOST_ROWS)
    return lines


def _text(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Incomplete("refusal.payment_file_table")


def _columns(heads: list[str]) -> dict[str, int]:
    lower = [head.lower() for head in heads]
    place = {
        name: next((lower.index(one) for one in (*known, *map(traditional, known)) if one in lower), -1)
        for name, known in COLUMNS.items()
    }
    if lacking := [say_now(f"payment.return.{name}") for name, at in place.items() if at < 0]:
        raise Incomplete(
            "refusal.payment_file_columns", columns=", ".join(lacking), found=", ".join(heads)[:120]
        )
    return place


Wrong = list[tuple[int, str, str, str]]


def _row(
    number: int,
    cells: list[str],
    place: Mapping[str, int],
    codes: Mapping[str, str],
    days: tuple[dt.date, dt.date],
) -> tuple[Paid | None, Wrong]:
    """A line, or what is wrong with it."""
    text = {name: cells[at] if at < len(cells) else "" for name, at in place.items()}
    readers: dict[str, Any] = {
        "region": lambda value: _code(value, codes), "amount": _fen, "day": lambda value: _day(value, *days),
        "reference": _reference,
    }  # fmt: skip
    values, wrong = {}, []
    for name, reader in readers.items():
        try:
            values[name] = reader(text[name])
        except Mistake as mistake:
            wrong.append((number, name, text[name], say_now(str(mistake))))
    return (None, wrong) if wrong else (Paid(number, **values), [])


def _code(value: str, codes: Mapping[str, str]) -> str:
    if not CODE.fullmatch(value):
        raise Mistake("payment.bad.code")
    return codes.get(value, value)


def _fen(value: str) -> int:
    if not AMOUNT.fullmatch(value):
        raise Mistake("payment.bad.amount")
    whole, _, part = value.lstrip("-").partition(".")
    fen = int(whole) * 100 + int(part.ljust(2, "0"))
    if fen == 0:
        raise Mistake("payment.bad.nothing")
    return -fen if value.startswith("-") else fen


def _day(value: str, since: dt.date, today: dt.date) -> dt.date:
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        raise Mistake("payment.bad.day") from None
    if not since <= day <= today:
        raise Mistake("payment.bad.when")
    return day


def _reference(value: str) -> str:
    if not value or len(value) > LONGEST or not value.isprintable():
        raise Mistake("payment.bad.reference")
    return value


def _told(mistakes: Iterable[tuple[int, str, str, str]]) -> str:
    every = list(mistakes)
    told = [
        say_now(
            "payment.bad",
            line=line,
            column=say_now(f"payment.return.{name}"),
            value=value[:40] or "—",
            why=why,
        )
        for line, name, value, why in every[:TOLD]
    ]
    if len(every) > TOLD:
        told.append(say_now("payment.bad.more", n=len(every) - TOLD))
    return " ".join(told)
