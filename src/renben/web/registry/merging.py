"""Finds records that may be one person, and links or unlinks them without rewriting anything."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from renben.web.clock import now
from renben.web.flow.bindings import Step
from renben.web.flow.command import open_case
from renben.web.flow.models import Case
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.registry.models import Person, SamePerson

FINDER = Actor(None, job="duplicates")


def score(one: Person, other: Person, day: dt.date) -> int:
    """Points of agreement between two records (points; the provision holds the weights)."""
    weights = provision("data_quality.duplicate_weights", day).value
    agreed = {
        "name": one.name_index == other.name_index,
        "birth": one.birth == other.birth,
        "phone": bool(one.phone_index) and one.phone_index == other.phone_index,
        "sex": one.sex == other.sex,
        "hukou": one.hukou_region[:6] == other.hukou_region[:6],
    }
    return sum(int(weights[name]) for name, same in agreed.items() if same)


def candidates(person: Person, day: dt.date) -> list[tuple[Person, int]]:
    """Other records that reach the threshold, best first."""
    floor = int(provision("data_quality.duplicate_threshold", day).value)
    near = Q(name_index=person.name_index) | Q(birth=person.birth, sex=person.sex)
    if person.phone_index:
        near |= Q(phone_index=person.phone_index)
    rows = Person.objects.current().filter(near, valid_to=None).exclude(key=person.key)[:200]
    scored = [(other, score(person, other, day)) for other in rows]
    return sorted((pair for pair in scored if pair[1] >= floor), key=lambda pair: -pair[1])


def open_reviews(key: uuid.UUID, day: dt.date) -> int:
    """Open one case per suspected pair and return how many (cases); a pair is opened once."""
    person = Person.objects.current().filter(key=key, valid_to=None).first()
    if person is None:
        return 0
    opened = 0
    for other, points in candidates(person, day):
        first, second = sorted((str(person.key), str(other.key)))
        result = {"pair": [first, second], "points": points}
        done = open_case("duplicate_review", FINDER, f"pair:{first}:{second}", person.region, result=result)
        opened += not done.repeated
    return opened


def facts(_case: Case, _payload: Mapping[str, Any], _day: dt.date) -> dict[str, Any]:
    """No guard of the duplicate review asks for facts."""
    return {}


def merge(step: Step) -> None:
    """Link the younger record to the older one."""
    kept, other = step.case.result["pair"]
    SamePerson.objects.create(kept=kept, other=other, case=step.case.id, made_at=now())


def undo_merge(step: Step) -> None:
    """Take the link back; both records are as they were."""
    SamePerson.objects.filter(case=step.case.id, undone_at=None).update(undone_at=now())


def keep_apart(step: Step) -> None:
    """Note that the two are different persons."""
    step.case.result = {**step.case.result, "distinct": True}
