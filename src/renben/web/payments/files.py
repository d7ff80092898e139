"""The files of a batch as they are given out: CSV with a byte order mark, and XLSX; each row, the total and the digests."""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter
from django.utils.translation import get_language

from renben.web.exchange.payable import schema
from renben.web.law import region_name
from renben.web.payments.amounts import yuan
from renben.web.payments.models import Batch, Row
from renben.web.words import either, say_now, written

FIXED = datetime(2000, 1, 1)
"""Written as the workbook's day of making, so that equal rows are equal bytes."""
COLUMNS = ("code", "region", "name", "computed", "before", "carried", "amount")
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Made:
    """A file with its fingerprint."""

    form: str
    content: bytes

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


@written()
def made(batch: Batch) -> tuple[Made, ...]:
    """Both files of a batch, in the language of whoever makes them."""
    rows = list(batch.rows.exclude(amount=0).order_by("number"))
    return Made("csv", _csv(batch, rows)), Made("xlsx", _xlsx(batch, rows))


def code_of(number: str, row: int) -> str:
    """The code of a row, by which the treasury may answer instead of the region's."""
    return f"{number}-{row:03d}"


def dataset_name(dataset: str) -> str:
    """The name of a payable dataset in the language of the request."""
    found = schema(dataset)
    return either(found.zh, found.en)


def _head(batch: Batch) -> Iterator[tuple[str, str]]:
    """What stands above the rows: name and value."""
    if batch.synthetic:
        yield say_now("payment.file.mark"), say_now("payment.synthetic_text")
    yield say_now("payment.number"), batch.case.number or ""
    yield say_now("payment.what"), dataset_name(batch.dataset)
    yield say_now("payment.period"), batch.period
    yield say_now("payment.vintage"), batch.vintage
    yield say_now("payment.payer"), f"{batch.region} {_named(batch.region)}"
    yield say_now("payment.kind"), say_now(f"payment.kind.{'difference' if batch.follows_id else 'first'}")
    yield say_now("payment.digest"), batch.digest
    yield say_now("payment.rows_digest"), batch.rows_digest


def _cells(batch: Batch, row: Row) -> tuple[str, str, str, int, int, int, int]:
    code = code_of(batch.case.number or "", row.number)
    return code, row.region, _named(row.region), row.computed, row.before, row.carried, row.amount


def _total(rows: list[Row]) -> tuple[Any, ...]:
    sums = (sum(getattr(row, name) for row in rows) for name in COLUMNS[3:])
    return say_now("payment.total"), "", "", *sums


def _csv(batch: Batch, rows: list[Row]) -> bytes:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerows(_head(batch))
    table.writerow([])
    table.writerow([say_now(f"payment.column.{name}") for name in COLUMNS])
    for line in [*(_cells(batch, row) for row in rows), _total(rows)]:
        table.writerow([yuan(cell) if isinstance(cell, int) else cell for cell in line])
    return out.getvalue().encode("utf-8-sig")


def _xlsx(batch: Batch, rows: list[Row]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": batch.case.number or "", "author": "renben", "created": FIXED})
    sheet, money, bold = (
        book.add_worksheet(),
        book.add_format({"num_format": "#,##0.00"}),
        book.add_format({"bold": True}),
    )
    sheet.set_column(0, 2, 26)
    sheet.set_column(3, 6, 20)
    at = 0
    for name, value in _head(batch):
        sheet.write_string(at, 0, name, bold)
        sheet.write_string(at, 1, value)
        at += 1
    sheet.write_row(at + 1, 0, [say_now(f"payment.column.{name}") for name in COLUMNS], bold)
    for down, line in enumerate([*(_cells(batch, row) for row in rows), _total(rows)], start=at + 2):
        for across, cell in enumerate(line):
            if isinstance(cell, int):
                sheet.write_number(down, across, cell / 100, money)
            else:
                sheet.write_string(down, across, cell)
    book.close()
    return buffer.getvalue()


def _named(code: str) -> str:
    return region_name(code, get_language() or "zh")
