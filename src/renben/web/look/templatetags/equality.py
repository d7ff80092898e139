"""Names of periods, and of the groups that the comparison sets against each other."""

from typing import Any

from django import template

from renben.core.period import Period
from renben.web.equality.pages import group_name
from renben.web.look.templatetags.words import region
from renben.web.words import say_now

register = template.Library()


@register.filter
def group(cell: Any) -> str:
    """A group in words."""
    return group_name(cell, region)


@register.filter
def period(text: str) -> str:
    """A year, quarter or month in words."""
    one = Period(text)
    part = (one.start.month + 2) // 3 if one.kind == "quarterly" else one.start.month
    return say_now(f"period.{one.kind}", year=one.year, part=part, month=f"{one.start:%B}")
