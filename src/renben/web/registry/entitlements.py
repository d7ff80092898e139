"""What a resident is entitled to: facts from the registry, answers and receipts from the rule book.

The half year counts from arrival (Decree 663 art. 2: living there), registration is a condition of its own. A kind
of proof that nobody has shown is unknown, not absent. Not modelled: facts that other departments hold.
"""

import datetime as dt
import uuid
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
from renben.web.flow.models import Case
from renben.web.guard import crypto, scope
from renben.web.registry import people
from renben.web.registry.models import Endorsement, HouseholdMember, Permit, Person, Proof, Residence
from renben.web.registry.permits import open_permit, spell_of
from renben.web.registry.places import OTHER_PROVINCE

GROUNDS = {
    "stable_home_since": ("lease", "title", "lodging"),
    "stable_job_since": ("contract", "licence"),
    "study_since": ("student",),
}
"""Fact of the rule book -> kinds of proof that show it."""
TRANSFER = "residence_transfer"
"""Flow in which years from another city are decided."""
ORDER = ("grant", "need_info", "deny")


@dataclass(frozen=True)
class Entitled:
    """One decision with its receipt, labels and how it is marked."""

    zh: str
    en: str
    department: str
    receipt: Receipt
    granted_from: dt.date | None


@lru_cache(maxsize=1)
def desk() -> Desk:
    """The rule book with the catalogue's provisions."""
    parents = {code: region.parent for code, region in catalogue().regions.items()}
    return Desk(load(BOOK, from_catalogue(catalogue().laws, frozenset(), parents)))


def facts_of(person: Person, spell: Residence | None, day: dt.date) -> dict[str, Any]:
    """What the registry knows of a person, in the names of the rule book; what it does not know is left out."""
    keys = people.all_keys(person.key)
    found: dict[str, Any] = {
        "birth": person.birth,
        "sex": {"1": "male", "2": "female"}.get(person.sex),
        "rural_hukou": person.hukou_rural,
        "hukou_county": person.hukou_region[:6] or None,
    }
    if spell is not None:
        found |= {"county": spell.region}
        found |= {"resident_since": spell.valid_from, "registered_since": spell.registered_on}
    for fact, kinds in GROUNDS.items():
        proof = Proof.objects.filter(person_key__in=keys, kind__in=kinds, valid_from__lte=day).order_by(
            "valid_from"
        )
        standing = next((one for one in proof if one.valid_to is None or one.valid_to >= day), None)
        if standing is not None:
            found[fact] = standing.valid_from
    return found | permit_facts(open_permit(person.key)) | _household_facts(person, keys)


def days_elsewhere(key: uuid.UUID, permit: Permit) -> int:
    """Days in other cities that were decided to count for a person here and are still continuous with the permit (days).

    Where a late endorsement restarts the years, what was decided before it counts no more.
    """
    with scope.reading_as("registry"):  # a case without an applicant is nobody's own
        decided = Case.objects.filter(kind=TRANSFER, stage="counted", person_key__in=people.all_keys(key))
        newest = decided.order_by("-closed_on", "-opened_at").first()
    if newest is None or (newest.result.get("lapse") == "restart" and permit.anchor > newest.closed_on):
        return 0
    return int(newest.result.get("elsewhere", 0))


def permit_facts(permit: Permit | None) -> dict[str, Any]:
    """What a permit, or having none, says in the names of the rule book; years decided elsewhere are put before it."""
    if permit is None:
        return {"permit_issued": "never", "permit_counted_from": "never", "endorsed_until": "never"}
    found: dict[str, Any] = {
        "permit_issued": permit.issued,
        "permit_counted_from": permit.anchor - dt.timedelta(days=days_elsewhere(permit.person_key, permit)),
        "endorsed_until": permit.next_due,
    }
    last = Endorsement.objects.filter(permit=permit.key).order_by("-due").first()
    if permit.state == "in_force":
        found["late_endorsement"] = bool(last and last.late)
    return found


def _household_facts(person: Person, keys: list[Any]) -> dict[str, Any]:
    """How many live together and whether one of them is registered here."""
    mine = (
        HouseholdMember.objects.current()
        .filter(person_key__in=keys, valid_to=None)
        .order_by("-valid_from")
        .first()
    )
    if mine is None:
        return {}
    with scope.reading_as("registry"):
        size = HouseholdMember.objects.current().filter(household=mine.household, valid_to=None).count()
    local = person.hukou_region[:6] == person.region[:6] and person.hukou_region != OTHER_PROVINCE
    return {"household_size": size, "local_member": local or None}


def entitlements(person: Person, day: dt.date) -> list[Entitled]:
    """Every decision that may be used on the day, what is granted first."""
    spell = spell_of(person.key)
    found = entitled(facts_of(person, spell, day), crypto.blind_index(str(person.key), "receipt"), day)
    return sorted(found, key=lambda one: ORDER.index(one.receipt.answer))


def entitled(facts: Mapping[str, Any], subject: str, day: dt.date) -> list[Entitled]:
    """Decisions for some facts with their receipts."""
    office = desk()
    someone = read_person(office.book.book.facts, facts)
    found = []
    for name in office.active():
        if not office.in_force(name, day):
            continue
        found.append(_one(office, name, someone, subject, day))
    return found


def one_entitled(name: str, facts: Mapping[str, Any], person: Person, day: dt.date) -> Entitled:
    """One decision about a person for some facts, with its receipt."""
    office = desk()
    someone = read_person(office.book.book.facts, facts)
    return _one(office, name, someone, crypto.blind_index(str(person.key), "receipt"), day)


def _one(office: Desk, name: str, someone: Any, subject: str, day: dt.date) -> Entitled:
    decision = decide(office, name, someone, day)
    given = receipt(office, decision, someone, subject, synthetic=bool(settings.DEMO))
    department = str(office.book.rules[name].rule.about.get("department", ""))
    return Entitled(decision.zh, decision.en, department, given, decision.span.granted_from)
