"""Choices of places for forms: counties grouped by city, and standard addresses found by text."""

from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

from renben.catalogue import load
from renben.web.law import region_name
from renben.web.registry.models import Address
from renben.web.words import either_in, say_now

OTHER_PROVINCE = "990000"
"""Stands for a registered place in a province that the catalogue does not know."""
SHOWN = 12


@lru_cache(maxsize=4)
def _grouped(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    regions = load().regions
    names = {code: either_in(language, r.name_zh, r.name_en) for code, r in regions.items()}
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, region in regions.items():
        if region.level == "county":
            groups.setdefault(names.get(region.parent or "", ""), []).append((code, names[code]))
    return list(groups.items())


def full_name(code: str) -> str:
    """A county with its city, since several counties bear one name; a city or a province alone."""
    language, region = get_language() or "zh", load().regions.get(code[:6])
    name = region_name(code, language)
    if region is None or region.level != "county" or not region.parent:
        return name
    city = region_name(region.parent, language)
    return f"{city}{name}" if language.startswith("zh") else f"{name}, {city}"


def counties() -> list[Any]:
    """Counties grouped by city, in the page's language, with an empty first choice."""
    return [("", say_now("choose")), *_grouped(get_language() or "zh")]


def counties_and_elsewhere() -> list[Any]:
    """Counties grouped by city, and `another province`."""
    return [*counties(), (OTHER_PROVINCE, say_now("place.other_province"))]


def addresses(region: str, text: str) -> list[Address]:
    """Usable standard addresses of a county that hold a text, the first few."""
    found = Address.objects.filter(region=region, usable_until=None)
    return list(found.filter(text__contains=text.strip()).order_by("text")[:SHOWN])


def one_address(region: str, key: str) -> list[tuple[str, str]]:
    """The choice of one address of a county, nothing where it is not one."""
    if not key.isdigit():
        return []
    return [(str(one.pk), one.text) for one in Address.objects.filter(region=region, pk=int(key))]
