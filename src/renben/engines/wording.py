"""Findings in the words of those who read them: codes by their labels, regions by name, money and days in habits.

Labels of codes are written once, in the catalogue: `labels:` of a dataset's column, or a row of
catalogue/indicators/reasons.csv for reason codes. Each text comes in Chinese and in English.

Not modelled: other languages; numbers below a fen.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from renben.catalogue import Catalogue
from renben.core.errors import RenbenError

FINDING = ("kind", "subject", "severity", "owner", "text_zh", "text_en")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WAN, YI = Decimal(10_000), Decimal(100_000_000)
NAMED = 3
"""Regions named before the others are only counted."""


class Text(NamedTuple):
    """The same words in both languages."""

    zh: str
    en: str


LIST, CLAUSES = Text("、", ", "), Text("；", "; ")
"""Signs between names and between clauses."""


class WordingError(RenbenError):
    """A code has no label in the catalogue; the message names dataset, column, code and next step."""


class Finding(NamedTuple):
    """One finding with its texts (no unit)."""

    kind: str
    subject: str
    severity: str
    owner: str
    text: Text


def labels(cat: Catalogue, dataset: str, column: str) -> Mapping[str, Text]:
    """Labels of a column's codes (no unit).

    Raises:
        WordingError: The column has codes without labels.
    """
    written = cat.datasets[dataset].columns[column]
    if not written.labels:
        raise WordingError(
            f"{dataset}.{column}: its codes have no labels; write `labels: {{CODE: {{zh: ..., en: ...}}}}` in datasets."
        )
    return {code: Text(label.zh, label.en) for code, label in written.labels.items()}


def reason(cat: Catalogue, code: str) -> Text:
    """A reason code in words, as they stand inside a sentence; an unknown code stays as it is (no unit)."""
    known = cat.reasons.get(code)
    return Text(known.zh, known.en[:1].lower() + known.en[1:]) if known else Text(code, code)


def region(cat: Catalogue, code: str) -> Text:
    """A region's name; a code that the catalogue does not know stays as it is (no unit)."""
    known = cat.regions.get(code)
    return Text(known.name_zh, known.name_en) if known else Text(code, code)


def regions(cat: Catalogue, codes: Sequence[str]) -> Text:
    """Names of a few regions, or of the first and how many they are (no unit)."""
    names = joined([region(cat, code) for code in codes[:NAMED]], LIST)
    more = len(codes) - NAMED
    return names if more <= 0 else Text(f"{names.zh}等{len(codes)}个地区", f"{names.en} and {more} more")


def joined(texts: Iterable[Text], sign: Text = CLAUSES) -> Text:
    """Texts one after the other with a sign between them (no unit)."""
    known = list(texts)
    return Text(sign.zh.join(text.zh for text in known), sign.en.join(text.en for text in known))


def yuan(amount: Decimal) -> Text:
    """An amount (yuan): in 亿元 or 万元 where it is that large, and with separators.

    >>> yuan(Decimal("978000000")), yuan(Decimal("12345.6"))
    (Text(zh='9.78亿元', en='978,000,000 yuan'), Text(zh='1.23万元', en='12,345.60 yuan'))
    """
    size = abs(amount)
    unit, word = (YI, "亿元") if size >= YI else (WAN, "万元") if size >= WAN else (Decimal(1), "元")
    whole = amount == amount.to_integral_value()
    return Text(f"{_trimmed(amount / unit)}{word}", f"{amount:,.0f} yuan" if whole else f"{amount:,.2f} yuan")


def _trimmed(number: Decimal) -> str:
    text = f"{number:,.2f}"
    return text.rstrip("0").rstrip(".")


def percent(share: float | None) -> Text:
    """A share (0-1) in per cent with one decimal; unknown where it is null.

    >>> percent(0.165), percent(None)
    (Text(zh='16.5%', en='16.5 %'), Text(zh='未知', en='unknown'))
    """
    if share is None:
        return Text("未知", "unknown")
    number = f"{100 * share:,.1f}".removesuffix(".0")
    return Text(f"{number}%", f"{number} %")


def day(date: dt.date) -> Text:
    """A day in words (no unit).

    >>> day(dt.date(2024, 3, 1))
    Text(zh='2024年3月1日', en='1 March 2024')
    """
    return Text(
        f"{date.year}年{date.month}月{date.day}日", f"{date.day} {MONTHS[date.month - 1]} {date.year}"
    )


def findings(found: Iterable[Finding]) -> pl.LazyFrame:
    """Findings as the table that a check returns (one row each)."""
    rows = [(*one[:-1], *one.text) for one in found]
    return pl.LazyFrame(rows, schema=dict.fromkeys(FINDING, pl.String), orient="row")
