"""What an audit row says beside who and when: the thing it is about and what it was used for, in words."""

import re
from typing import Any

from django import template
from django.utils.html import format_html

from renben.web.flow.definition import flows, newest
from renben.web.guard.policy import policy
from renben.web.look.templatetags.words import said
from renben.web.words import say_now
from renben.web.words import words as every_word

register = template.Library()
LONG = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
"""A key that is shown by its first eight signs."""


@register.simple_tag
def thing(row: Any) -> str:
    """What an audit row is about, with its number or the first signs of its key; an em dash where it is about nothing."""
    if not row.object_type:
        return say_now("none")
    key = row.object_id
    if key == "unknown":
        return f"{_named(row.object_type)} {say_now('audit.nobody')}"
    short = f"{key[:8]}…" if LONG.fullmatch(key) else key
    return format_html('{} <span class="quiet num">{}</span>', _named(row.object_type), short)


def _named(kind: str) -> str:
    """The word for a kind of thing: a case is called as its flow is."""
    if f"audit.object.{kind}" in every_word():
        return say_now(f"audit.object.{kind}")
    return said(newest(kind)) if kind in {name for name, _ in flows()} else kind


@register.simple_tag
def used_for(row: Any) -> str:
    """The purpose under which data were used, with the permission as the policy names it."""
    if not row.permission:
        return say_now("none")
    purpose = policy().purposes.get(row.purpose)
    return format_html('{} <code class="quiet">{}</code>', said(purpose) if purpose else "", row.permission)
