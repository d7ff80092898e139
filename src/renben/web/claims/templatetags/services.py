"""Names of services and of the offices that give them, marked where they are written in Chinese only."""

from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import mark_safe

from renben.web.claims.prefilled import Prefilled, prefilled
from renben.web.look.templatetags.tongues import marked
from renben.web.look.templatetags.words import headed
from renben.web.words import ENGLISH, either, say_now, side_now
from renben.web.words import words as every_word

register = template.Library()


@register.simple_tag
def name(item: Any) -> str:
    """A service's name in the page's language; the Chinese one, marked, where there is no English one."""
    if side_now() != ENGLISH or not item.en:
        return marked(either(item.zh, item.en or item.zh))
    return mark_safe(escape(headed(item.en)))


@register.simple_tag
def titled(item: Any) -> str:
    """A service's name for the title of a page, which cannot mark a language: its number where there is no English name."""
    if side_now() != ENGLISH:
        return either(item.zh, item.en)
    return headed(item.en) if item.en else say_now("catalogue.titled", n=item.number)


@register.simple_tag
def givers(item: Any) -> str:
    """The offices that give a service, by their official names; a name that no office answers to as it is written."""
    found = zip(item.department.split("、"), item.offices, strict=True)
    said = [escape(either(one.zh, one.en)) if one else marked(written) for written, one in found]
    return mark_safe(escape(say_now("list.comma")).join(said))


@register.simple_tag
def both(pair: tuple[str, str]) -> str:
    """One of a pair of words: the page's language."""
    return headed(either(*pair))


@register.simple_tag
def valued(one: Any) -> str:
    """A provision's value with its unit, or that none was published."""
    if one.value is None:
        return say_now("catalogue.unpublished")
    if isinstance(one.value, bool):
        return say_now("catalogue.yes" if one.value else "catalogue.no")
    key = f"catalogue.unit.{one.unit.replace('/', '_').replace(' ', '_')}"
    unit = say_now(key) if key in every_word() else one.unit
    return f"{one.value}\u00a0{unit}".strip()


@register.simple_tag
def standing(case: Any) -> Prefilled:
    """What a claim that is being filled in asks for, and what is on record for it."""
    return prefilled(case)
