"""Provisions for the web: a dated value with its article, read from the catalogue on a given day."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from renben.catalogue import load
from renben.core.law import Law
from renben.web.words import either_in, say_now

OWN_TAIL = re.compile("(^|；)本系统默认，(地方)?可改$")
"""End of a reference, or all of it, that says no more than the trust mark of a default of ours."""


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
        """Reference with its trust in words, as printed beside a result."""
        trust = say_now(f"trust.{self.trust}")
        written = OWN_TAIL.sub("", self.ref)
        return say_now("trust.beside", ref=written, trust=trust) if written else trust


@lru_cache(maxsize=64)
def _law(day: dt.date) -> Law:
    catalogue = load()
    return Law(catalogue.laws, day, parents={code: r.parent for code, r in catalogue.regions.items()})


def provision(name: str, day: dt.date, region: str = "") -> Provided:
    """The value of a provision in force on a day, a region's own rows before the nation's.

    Args:
        name: dotted name FILE.KEY.
        day: the day asked for.
        region: region code; its own, its city's and its province's rows are tried in this order.

    Raises:
        LawError: unknown name, nothing in force on the day, or a value known from memory only.
    """
    law = _law(day)
    used = law.cite(name, region[:6] or None)
    return Provided(name, used.value, used.ref, used.trust, law.unit(name))


@lru_cache(maxsize=512)
def region_name(code: str, language: str) -> str:
    """Name of a region in a language, its code where the catalogue does not know it."""
    region = load().regions.get(code[:6])
    if region is None:
        return code
    return either_in(language, region.name_zh, region.name_en)
