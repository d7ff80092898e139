"""Template filters for text that is kept in two languages, or in the other language than the page's.

A title, a document number or a place's name that exists in one language only is shown as it is, marked with its
language, so that a reader's machine speaks it as what it is and a test can tell it from a word that was forgotten.
"""

import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import mark_safe

from renben.catalogue import load
from renben.web.law import OWN_TAIL
from renben.web.words import CHINESE, ENGLISH, VIEW, column_now, either, say_now, side_now
from renben.web.words.traditional import only_simplified

register = template.Library()
HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef“”]*[\u3400-\u9fff][\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef0-9.%“”]*")  # fmt: skip
"""A run of Chinese with the numbers and marks inside it."""
PHRASE = re.compile(r"[A-Za-z][\w.,:;/'’&()%-]*(?: [\w.,:;/'’&()%=+-]+)+")
"""Two or more words in Latin letters."""
FOREIGN = {CHINESE: PHRASE, ENGLISH: HAN, VIEW: re.compile(f"{HAN.pattern}|{PHRASE.pattern}")}
"""What is not in the page's language, by its column; on a page in traditional characters a quotation stays as it is written."""


@register.filter
def marked(text: object) -> str:
    """A text with what is in the other language than the page marked by `lang`."""
    plain, which = str(text), column_now()
    parts, at = [], 0
    for hit in FOREIGN[which].finditer(plain):
        tongue = "en" if PHRASE.match(hit[0]) else "zh-Hans"
        if which == VIEW and tongue != "en" and only_simplified().isdisjoint(hit[0]):
            continue  # looks the same in both scripts
        parts += [escape(plain[at : hit.start()]), f'<span lang="{tongue}">{escape(hit[0])}</span>']
        at = hit.end()
    return mark_safe("".join([*parts, escape(plain[at:])]))


@register.filter
def noted(written: object) -> str:
    """A reference or a ground as it is written, in the page's language where it is a note of ours; the rest marked."""
    words = load().references.get(str(written))
    return marked(either(*words)) if words else marked(written)


@register.filter
def ours(text: str) -> str:
    """A text of ours that there is in Chinese only: in the characters of the page, marked on an English one."""
    return marked(either(text, text))


@register.simple_tag
def cited(law: Any) -> str:
    """Where a value is written and how far it is to be trusted; of a default of ours, which is written nowhere, the latter only."""
    tag = f'<span class="tag">{escape(say_now(f"trust.{law.trust}"))}</span>' if law.trust else ""
    written = OWN_TAIL.sub("", law.ref)
    return mark_safe(f"{noted(written)} {tag}" if written else tag)


@register.filter
def of(thing: Any, name: str) -> str:
    """A text field in the page's language: `name_zh` or `name_en` where written, else the field `name`."""
    ending = ("zh", "en")[side_now()]
    read = thing.get if isinstance(thing, Mapping) else lambda key: getattr(thing, key, "")
    own = str(read(f"{name}_{ending}") or "")
    return either(own, own) if own else str(read(name) or "")
