"""Provisions for the web: a dated value with its article, read from the catalogue on a given day."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from renben.catalogue import Dated, load


class LawError(ValueError):
    """A provision is missing or may not be used on a day; the message names it and the next step."""


@dataclass(frozen=True)
class Provided:
    """A provision's value on a day, with the article behind it."""

    name: str
    value: Any
    ref: str
    trust: str
    unit: str

    @property
    def mark(self) -> str:
        """Reference with trust mark, as printed beside a result."""
        return f"{self.ref} [{self.trust}]"


def provision(name: str, day: dt.date, region: str = "") -> Provided:
    """The value of a provision in force on a day, a region's own rows before the nation's.

    Args:
        name: dotted name FILE.KEY.
        day: the day asked for.
        region: region code; its own, its city's and its province's rows are tried in this order.

    Raises:
        LawError: unknown name, nothing in force on the day, or a value known from memory only.
    """
    entry = load().laws.get(name)
    if entry is None:
        raise LawError(f"{name}: no such provision; see catalogue/laws.")
    for place in (region[:6], region[:4] + "00", region[:2] + "0000"):
        if place in entry.regions and (dated := _in_force(entry.regions[place], day)):
            return _provided(name, dated, entry.unit)
    dated = _in_force(entry.values, day)
    if dated is None:
        first = min(entry.values)
        raise LawError(f"{name}: nothing in force on {day}; the first is {first} ({entry.values[first].ref}).")
    return _provided(name, dated, entry.unit)


def _in_force(values: dict[dt.date, Dated], day: dt.date) -> Dated | None:
    begun = [start for start in values if start <= day]
    return values[max(begun)] if begun else None


def _provided(name: str, dated: Dated, unit: str) -> Provided:
    if dated.trust == "M":
        raise LawError(f"{name}: known from memory only ({dated.ref}); confirm it in your catalogue folder.")
    return Provided(name, dated.value, dated.ref, dated.trust, unit)


@lru_cache(maxsize=256)
def region_name(code: str, language: str) -> str:
    """Name of a region in a language, its code where the catalogue does not know it."""
    region = load().regions.get(code[:6])
    if region is None:
        return code
    return region.name_zh if language.startswith("zh") else region.name_en
