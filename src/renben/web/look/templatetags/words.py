"""Template tags: words, dates and numbers in the habits of each language, one-time keys."""

import datetime as dt
import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language

from renben.web.guard import fields, recovery
from renben.web.law import region_name
from renben.web.registry.places import OTHER_PROVINCE, full_name
from renben.web.words import CHINESE, ENGLISH, VIEW, column_now, either, pair, say_now, side_now
from renben.web.words import words as every_word
from renben.web.words.traditional import traditional

register = template.Library()


class Word(template.Node):
    """A word whose key is written in the template: looked up and escaped when the template is read."""

    def __init__(self, key: str) -> None:
        self.plain = list(pair(key))
        self.escaped = [str(escape(one)) for one in self.plain]

    def render(self, context: template.Context) -> str:
        """The word in the page's language."""
        said = self.escaped if context.autoescape else self.plain
        try:
            return said[context.which]
        except (AttributeError, IndexError):
            context.which = column_now()  # a page has one language from start to end
        if context.which == VIEW and len(said) == VIEW:
            said.append(traditional(said[CHINESE]))  # once, when the first page of the view shows it
        return said[context.which]


def _t(key: str, **values: Any) -> str:
    """A word in the page's language, with values put in."""
    return say_now(key, **values)


_spoken = template.Library()
_spoken.simple_tag(_t, name="t")


@register.tag
def t(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """`{% t "key" %}`, `{% t name %}` or `{% t "key" n=number as text %}`: a word in the page's language."""
    bits = token.split_contents()
    if len(bits) == 2 and bits[1][0] in "\"'":
        return Word(bits[1][1:-1])
    found: template.Node = _spoken.tags["t"](parser, token)
    return found


@register.filter
def word(name: object, prefix: str) -> str:
    """The word `prefix.name`."""
    return _plain(say_now(f"{prefix}.{name}"))


@register.filter
def words(name: object, around: str) -> str:
    """The word `first.name.last` for `first last`."""
    first, last = around.split()
    return say_now(f"{first}.{name}.{last}")


@register.filter
def said(thing: Any) -> str:
    """The label of something that has `zh` and `en`, as it stands alone."""
    both = (thing["zh"], thing["en"]) if isinstance(thing, Mapping) else (thing.zh, thing.en)
    return _plain(headed(either(*both)))


@register.filter
def headed(text: str) -> str:
    """A label as it stands alone: rules and facts are written as they stand in a sentence, without a capital.

    >>> headed("residence is registered")
    'Residence is registered'
    """
    return text[:1].upper() + text[1:]


@register.filter
def done(move: Any) -> str:
    """A step as it is told once it was taken: a button says what somebody is about to do."""
    key, label = f"done.{move.action}", said(move)
    return say_now(key, label=label) if key in every_word() else label


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """A label, marked as needing no escape where it holds nothing to escape: escaping is dear in long lists."""
    return mark_safe(text) if text == escape(text) else text


@register.filter
def day(value: dt.date | dt.datetime | str | None) -> str:
    """A day as it is written in the language: 2026年3月2日, 2 March 2026."""
    if not value:
        return say_now("none")
    return _written(_plain_day(value), side_now())


@lru_cache(maxsize=4096)
def _written(on: dt.date, which: int) -> str:
    return mark_safe(f"{on.day} {on:%B %Y}" if which == ENGLISH else f"{on.year}年{on.month}月{on.day}日")


def _plain_day(value: dt.date | dt.datetime | str) -> dt.date:
    if isinstance(value, str):
        return dt.date.fromisoformat(value)
    return localtime(value).date() if isinstance(value, dt.datetime) else value


@register.filter
def moment(value: dt.datetime | str | None) -> str:
    """A moment, also as text in ISO form: the day and the time of day."""
    if value is None:
        return say_now("none")
    value = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{day(value)} {localtime(value):%H:%M}"


@register.filter
def region(code: str) -> str:
    """Name of a region."""
    if code == OTHER_PROVINCE:
        return say_now("place.other_province")
    return _plain(region_name(code, get_language() or "zh")) if code else say_now("none")


@register.filter
def place(code: str) -> str:
    """A county with its city, a city or a province alone."""
    return full_name(code) if code else say_now("none")


@register.filter
def number(value: float | None) -> str:
    """A number with separated thousands, an em dash for none."""
    if value is None:
        return "—"
    return f"{value:,}"


@register.simple_tag
def seen(permission: str, field: str, value: str) -> str:
    """A personal field as the policy shows it under a permission; an em dash where it is not shown."""
    return fields.shown(permission, field, value) or say_now("none")


@register.simple_tag
def one_time_key() -> str:
    """A fresh key: the form it is drawn into can be carried out once."""
    return secrets.token_urlsafe(24)


@register.simple_tag
def recoveries_of(user: Any) -> list[Any]:
    """Ways back that were given into an account, for its owner."""
    return recovery.of_account(user.pk)


@register.filter
def get(mapping: Mapping[str, Any], name: str) -> Any:
    """A mapping's entry."""
    return mapping.get(name)


@register.simple_tag
def check(one: Any) -> str:
    """What a check of an application found, with its days written out."""
    values = {name: day(value) if hasattr(value, "year") else value for name, value in one.values.items()}
    return say_now(one.word, **values)


@register.simple_tag
def moving_answer(handover: Any) -> str:
    """What the other office answered to a handover, and when."""
    return say_now(f"moving.answer.{handover.answer}", day=day(handover.answered_on))


@register.simple_tag
def who(event: Any) -> str:
    """Who took a step: the system by its clock or a run, or a role with the number of its account."""
    return _who(event.role, event.account, event.actor.removeprefix("job:"))


@register.simple_tag
def who_read(row: Any) -> str:
    """Who an audit row is about: a job of the system, or a role with the number of its account."""
    return _who(row.role, row.actor, row.role)


def _who(roles: str, account: int | None, job: str) -> str:
    known = every_word()
    if account is None:
        return say_now(f"job.{job}" if f"job.{job}" in known else "job.any")
    said_ = [say_now(f"role.{name}") for name in roles.split(",") if f"role.{name}" in known]
    return say_now("who.account", roles=" · ".join(said_), number=account).strip()


BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


@register.filter
def browser(agent: str) -> str:
    """Browser and system in two words out of the long line that a browser sends; the line itself where unknown."""
    found = [next((name for mark, name in known if mark in agent), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or agent[:40] or say_now("none")
