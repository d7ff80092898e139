"""Finding and opening a person's file: only with an open case, or by breaking the glass."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict

from renben.web.claims import desks
from renben.web.clock import now, today
from renben.web.flow.models import Case
from renben.web.flow.refusals import Incomplete, NotAllowed, Unknown
from renben.web.guard import audit, scope
from renben.web.guard.models import Emergency
from renben.web.guard.policy import Actor, within
from renben.web.registry import circumstances, household_members, people
from renben.web.registry.identifiers import NUMBERED, check_id, normalised
from renben.web.registry.models import Permit, Person, Residence

FOUND = 25
EMERGENCY_HOURS = 3
SHORTEST_REASON = 10
SHORTEST_NAME = 2


@dataclass(frozen=True)
class Found:
    """Persons that a search found in the officer's regions."""

    shown: list[Person]
    elsewhere: int = 0
    """How many more hold the number in other regions (persons)."""


def search(actor: Actor, data: QueryDict) -> dict[str, Any]:
    """The search page with what was found."""
    number, name = normalised(data.get("number", "")), data.get("name", "").strip()
    said = {"number": data.get("number", ""), "name": name}
    if not number and len(name) < SHORTEST_NAME:
        return {**said, "problem": "search.short" if name else "search.empty"}
    found = find(actor, number, name)
    unsure = number[:1].isdigit() and check_id(number, NUMBERED, today()).level == "error"
    counter = actor.may("registration.assist")
    return {
        **said, "searched": True, "rows": found.shown, "elsewhere": found.elsewhere, "unsure": unsure, "counter": counter,
    }  # fmt: skip


def find(actor: Actor, number: str, name: str) -> Found:
    """Persons in the officer's regions by document number or name; the look at each of them is recorded."""
    number, name = normalised(number), name.strip()
    rows: list[Person] = []
    if number:
        with scope.reading_as("search"):
            rows = people.numbered(number)
    elif len(name) >= SHORTEST_NAME:
        keys = list(people.search(name))[:500]
        rows = people.keyed(keys)
    shown = [one for one in rows if actor.may("person.search", one.region)][:FOUND]
    searched = audit.event(actor, "search", "person.search", detail={"found": len(shown)})
    audit.record_list(actor, "person.search", "person", [one.key for one in shown], searched)
    return Found(shown, len(rows) - len(shown) if number else 0)


def may_open(actor: Actor, key: UUID) -> bool:
    """Whether the officer has an open case about the person, or a running emergency; another office's is none of his."""
    keys = people.all_keys(key)
    mine = within(actor, "person.read") & desks.apart(actor)
    cases = Case.objects.filter(mine, person_key__in=keys, closed_on=None)
    if cases.exclude(kind="permit_life", stage="in_force").exists():
        return True
    return Emergency.objects.filter(user=actor.user_id, person_key__in=keys, until_at__gt=now()).exists()


def person_page(actor: Actor, key: UUID) -> dict[str, Any]:
    """A person's file, or the way to break the glass where no case is open."""
    person = people.person(key)
    if person is None:
        raise Unknown()
    if not may_open(actor, key):
        return {"key": key, "locked": True, "hours": EMERGENCY_HOURS}
    audit.record(actor, "read", "person.read", object_type="person", subject=key, region=person.region)
    keys = people.all_keys(key)
    spells = Residence.objects.current().filter(person_key__in=keys).select_related("address")
    return {
        "key": key,
        "person": person,
        "spells": spells.order_by("-valid_from"),
        "permits": Permit.objects.current().filter(person_key__in=keys).order_by("-issued"),
        "members": household_members.household_of(key),
        "circumstances": circumstances.told(keys),
        "correctable": actor.may("registration.assist", person.region) and actor.person_key not in keys,
    }


def break_glass(actor: Actor, key: UUID, reason: str) -> None:
    """Open a file for a few hours with a stated reason; an auditor reviews every one.

    Raises:
        Incomplete: no real reason.
        NotAllowed: the officer is the person.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise Incomplete("refusal.reason", least=SHORTEST_REASON)
    if actor.person_key == key:
        raise NotAllowed()
    moment = now()
    Emergency.objects.create(
        user_id=actor.user_id, person_key=key, reason=reason.strip(), from_at=moment,
        until_at=moment + dt.timedelta(hours=EMERGENCY_HOURS),
    )  # fmt: skip
    audit.record(actor, "emergency", "emergency.use", object_type="person", subject=key)
