"""What the registry holds for a claim, in words: shown instead of being asked."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from renben.engines.rules.receipts import BOOK_KEY
from renben.web.claims import catalogue, claiming
from renben.web.claims.catalogue import Item
from renben.web.clock import today
from renben.web.flow.models import Case
from renben.web.law import region_name
from renben.web.look.templatetags.words import day
from renben.web.registry.entitlements import Entitled, desk
from renben.web.words import either, say_now

SEXES = {"male": "1", "female": "2"}


@dataclass(frozen=True)
class Prefilled:
    """A claim's service, the facts that are on record for it, and what the rules say today."""

    item: Item
    known: tuple[tuple[str, str], ...]
    decision: Entitled | None


def prefilled(case: Case) -> Prefilled:
    """What is filled in for a claim: facts of the receipt that are known, by their names."""
    item = catalogue.claimable()[case.result["item"]]
    found = claiming.decision(case.person_key, item.rule, today()) if case.person_key else None
    facts, inputs = desk().book.book.facts, found.receipt.inputs if found else {}
    known = [
        (either(facts[name].zh, facts[name].en), said(name, value))
        for name, value in inputs.items()
        if name != BOOK_KEY and name in facts and value is not None
    ]
    return Prefilled(item, tuple(known), found)


def said(name: str, value: Any) -> str:
    """One fact as a person reads it."""
    if isinstance(value, bool):
        return say_now("catalogue.yes" if value else "service.no")
    if name == "sex":
        return say_now(f"sex.{SEXES[value]}")
    if name in ("county", "hukou_county"):
        return region_name(str(value), get_language() or "zh")
    if value == "never":
        return say_now("catalogue.never")
    try:
        return day(dt.date.fromisoformat(str(value)))
    except ValueError:
        return str(value)
