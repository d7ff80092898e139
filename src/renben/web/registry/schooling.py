"""What a place in a public school rests on: the rule book's decision about a child, and the papers that are held already.

Carries out: Compulsory Education Law arts. 4, 11, 12; Decree 663 art. 12. By default three papers are allowed: the family's
permit (or the receipt of its application), the child's own paper, and that it is this guardian's child. What the
registry knows is not asked for again; a proof that was handed in for something else is fetched where the guardian
agreed to that. Not modelled: zones, seats, lotteries; conditions of a single district.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from renben.web.clock import now
from renben.web.flow.models import Case
from renben.web.guard import scope
from renben.web.law import provision
from renben.web.registry import consents, entitlements, people
from renben.web.registry.held import GUARDIANS, Reading
from renben.web.registry.household_members import membership_of
from renben.web.registry.models import Mandate, Person, Proof
from renben.web.registry.permits import open_permit

RULE = "compulsory_school"
ASKABLE = ("child", "relation")
"""Papers that somebody can hand in; a permit is applied for instead."""


@dataclass(frozen=True)
class Paper:
    """One of the papers that are allowed, and where it comes from."""

    name: str
    state: str
    """held, receipt, fetched, local, missing."""


@dataclass(frozen=True)
class Papers:
    """The papers of one child, and the file that was fetched with the guardian's consent."""

    all: tuple[Paper, ...]
    document: str = ""

    @property
    def asked_for(self) -> tuple[str, ...]:
        """Names of those that the guardian still has to hand in."""
        return tuple(one.name for one in self.all if one.state == "missing" and one.name in ASKABLE)


def entry_day(year: int, day: dt.date) -> dt.date:
    """The day of a school year on which the age of entry is counted."""
    counted = provision("education.age_counted_on", day).value
    return dt.date(year, int(counted["month"]), int(counted["day"]))


def guardians_of(person: Person, day: dt.date) -> list[uuid.UUID]:
    """Keys of a minor's guardians: who holds a mandate, and head and spouse of the household whose child it is."""
    return Reading(day).guardians([person]).get(person.key, [])


def decision(
    person: Person, day: dt.date, year: int | None = None, moment: dt.datetime | None = None
) -> entitlements.Entitled:
    """Whether a child may have a place, with its receipt: as known today, at the age of the school year's first day.

    Args:
        person: the child.
        day: the day on which it is asked.
        year: the school year applied for, which also says that junior high school is not finished; None before that.
        moment: as of when facts are known; None for now.
    """
    known_at = moment or now()
    return decided(person, entitlements.facts_of(person, day, moment), day, year, known_at)


def decided(
    person: Person, facts: Mapping[str, Any], day: dt.date, year: int | None, known_at: dt.datetime
) -> entitlements.Entitled:
    """The decision for facts that were read already; a child without a guardian on record has nobody's permit."""
    on = day if year is None else max(day, entry_day(year, day))
    guardians = [_lasting(one, day, on) for one in facts.get(GUARDIANS, ())]
    known = {**_lasting(facts, day, on), GUARDIANS: guardians}
    if year is not None:
        known["finished_junior"] = False
    return entitlements.one_entitled(RULE, known, person, on, known_at)


def _lasting(facts: Mapping[str, Any], day: dt.date, on: dt.date) -> dict[str, Any]:
    """Facts of a permit for a later day: in force today it counts as endorsed until then, suspended it does not."""
    until = facts.get("endorsed_until")
    if isinstance(until, dt.date) and day <= until < on:
        return {**facts, "endorsed_until": on}
    return dict(facts)


def papers(person: Person, day: dt.date) -> Papers:
    """The papers that are allowed, with what the registry holds of them."""
    with scope.reading_as("registry"):
        states = {"permit": _permit(person, day), "child": _child(person), "relation": _relation(person, day)}
        missing = [name for name in ASKABLE if states[name] == "missing"]
        document = _handed_in(person) if missing and consents.standing(person.key, "proof_reuse", day) else ""
    if document:
        states |= dict.fromkeys(missing, "fetched")
    return Papers(tuple(Paper(name, state) for name, state in states.items()), document)


def _permit(person: Person, day: dt.date) -> str:
    keys = [person.key, *guardians_of(person, day)]
    if any((permit := open_permit(key)) is not None and permit.state == "in_force" for key in keys):
        return "held"
    if person.hukou_region and person.hukou_region[:6] == person.region[:6]:
        return "local"
    every = [one for key in keys for one in people.all_keys(key)]
    applied = Case.objects.filter(kind="residence_permit", person_key__in=every, closed_on=None)
    return "receipt" if applied.exclude(number=None).exists() else "missing"


def _child(person: Person) -> str:
    return "missing" if person.document_kind == "no_paper" else "held"


def _relation(person: Person, day: dt.date) -> str:
    mine = membership_of(person.key)
    shown = Mandate.objects.running(day).filter(person_key__in=people.all_keys(person.key), kind="guardian")
    with_paper = shown.exclude(document=None).exists()
    return "held" if (mine is not None and mine.relation == "child") or with_paper else "missing"


def _handed_in(person: Person) -> str:
    """The newest file that was handed in about the child for something else."""
    rows = Proof.objects.filter(person_key__in=people.all_keys(person.key)).exclude(document=None)
    return str(rows.order_by("-pk").values_list("document", flat=True).first() or "")
