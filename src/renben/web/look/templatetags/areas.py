"""Words for the groups of the small areas."""

from collections.abc import Iterable
from typing import Any

from django import template

from renben.web.words import say_now, words

register = template.Library()


@register.simple_tag
def area_group(group: str) -> str:
    """A group in words: ages as they are, the rest from the words."""
    key = f"areas.group.{group}"
    return say_now(key) if key in words() else say_now("equality.age", band=group.replace("-", "–"))


@register.filter
def beside(counts: Iterable[Any], groups: Iterable[str]) -> list[tuple[str, Any]]:
    """Each count with its group."""
    return list(zip(groups, counts, strict=True))
