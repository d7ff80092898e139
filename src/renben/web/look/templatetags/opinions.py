"""Shares as the page of opinions writes them."""

from django import template

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """A share as a percentage with one digit.

    >>> percent(0.625) == "62.5%"
    True
    """
    return f"{100 * share:.1f}%"
