"""Money and names as pages of payments show them."""

from django import template

from renben.engines.wording import reason
from renben.web.exchange.door import catalogue
from renben.web.exchange.payable import schema
from renben.web.payments.files import dataset_name
from renben.web.words import either

register = template.Library()


@register.filter
def yuan(fen: int) -> str:
    """An amount of fen in yuan with separated thousands and a true minus sign.

    >>> yuan(-123456789)
    '−1,234,567.89'
    """
    return f"{'−' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


@register.filter
def table(dataset: str) -> str:
    """The name of a payable dataset."""
    return dataset_name(dataset)


@register.filter
def part(code: str, dataset: str) -> str:
    """The name of a part of a region's amount."""
    label = schema(dataset).columns["part"].labels.get(code) if code else None
    return either(label.zh, label.en) if label else code


@register.filter
def why(code: str) -> str:
    """Why something could not be computed."""
    found = reason(catalogue(), code)
    return either(found.zh, found.en)
