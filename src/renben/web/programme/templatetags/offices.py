"""Names of offices as lists show them."""

import re

from django import template

from renben.report.sections.wording import short_name
from renben.web.exchange.door import catalogue
from renben.web.programme.members import offices
from renben.web.words import ENGLISH, either, side_now

register = template.Library()
PROVINCIAL = re.compile(r"^\w+ Provincial (?:Department of )?")


@register.filter
def office(code: str) -> str:
    """An office's name: the short form in Chinese, without the province and the word department in English."""
    english = side_now() == ENGLISH
    return _named(code, english) if english else either(_named(code, english), "")


def _named(code: str, english: bool) -> str:
    known = catalogue()
    found = offices(known).get(code)
    if found is None:
        return code or "—"
    if not english:
        return short_name(found)
    place = known.regions.get(found.region or "")
    if place is not None and found.kind == "government" and not found.members and place.level != "province":
        return place.name_en
    return PROVINCIAL.sub("", found.en)
