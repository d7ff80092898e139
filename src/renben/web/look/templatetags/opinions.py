"""Shares as the page of opinions writes them."""

from django import template

from renben.web.words import share_now

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """A share as a percentage with one digit, in the habit of the page's language."""
    return share_now(share, 1)
