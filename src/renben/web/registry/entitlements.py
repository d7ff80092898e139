"""What a resident is entitled to: facts from the registry, answers and receipts from the rule book.

The half year counts from arrival (Decree 663 art. 2: living there), registration is a condition of its own. A kind
of proof that nobody has shown is unknown, not absent. Not modelled: facts that other departments hold.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings

from renben.catalogue import load as catalogue
from renben.core.receipt import Receipt
from renben.engines.rules import Desk, decide, from_catalogue, load, read_person
from renben.engines.rules.receipts import receipt
from renben.measures.citizenization.entitlements import BOOK
from renben.web.clock import now
from renben.web.guard import crypto
from renben.web.registry.held import Facts, Reading
from renben.web.registry.models import Person

ORDER = ("grant", "need_info", "deny")


@dataclass(frozen=True)
class Entitled:
    """One decision with its receipt, labels and how it is marked."""

    zh: str
    en: str
    department: str
    receipt: Receipt
    granted_from: dt.date | None
    changes_on: dt.date | None
    """First day on which the answer is another one, with the facts of today."""


@lru_cache(maxsize=1)
def desk() -> Desk:
    """The rule book with the catalogue's provisions."""
    parents = {code: region.parent for code, region in catalogue().regions.items()}
    return Desk(load(BOOK, from_catalogue(catalogue().laws, frozenset(), parents)))


def facts_of(person: Person, day: dt.date, moment: dt.datetime | None = None) -> Facts:
    """What the registry knows of a person on a day, in the names of the rule book; what it does not know is left out.

    Args:
        person: the record that is kept.
        day: the day on which facts have to stand.
        moment: as of when they are known; None for now.
    """
    return Reading(day, moment).facts([person])[person.key]


def entitlements(person: Person, day: dt.date, facts: Facts | None = None) -> list[Entitled]:
    """Every decision that may be used on the day, what is granted first.

    Args:
        person: about whom.
        day: the day.
        facts: where they were read already.
    """
    moment = now()
    known = facts_of(person, day) if facts is None else facts
    found = entitled(known, subject_of(person), day, moment)
    return sorted(found, key=lambda one: ORDER.index(one.receipt.answer))


def subject_of(person: Person) -> str:
    """The pseudonym under which receipts speak of a person."""
    return crypto.blind_index(str(person.key), "receipt")


def entitled(
    facts: Mapping[str, Any], subject: str, day: dt.date, moment: dt.datetime | None = None
) -> list[Entitled]:
    """Decisions for some facts with their receipts, which name the moment as of which the facts were known."""
    office = desk()
    someone = read_person(office.book.book.facts, facts)
    found = []
    for name in office.active():
        if not office.in_force(name, day):
            continue
        found.append(_one(office, name, someone, subject, day, moment))
    return found


def one_entitled(
    name: str, facts: Mapping[str, Any], person: Person, day: dt.date, moment: dt.datetime | None = None
) -> Entitled:
    """One decision about a person for some facts, with its receipt."""
    office = desk()
    someone = read_person(office.book.book.facts, facts)
    return _one(office, name, someone, subject_of(person), day, moment)


def _one(
    office: Desk, name: str, someone: Any, subject: str, day: dt.date, moment: dt.datetime | None
) -> Entitled:
    decision = decide(office, name, someone, day)
    given = receipt(office, decision, someone, subject, synthetic=bool(settings.DEMO), known_at=moment)
    department = str(office.book.rules[name].rule.about.get("department", ""))
    span = decision.span
    return Entitled(decision.zh, decision.en, department, given, span.granted_from, span.until)
