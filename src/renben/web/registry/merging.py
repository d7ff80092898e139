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
from renben.web.flow.refusals import Guarded, KeyReused
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.registry import people
from renben.web.registry.models import Person, SamePerson

FINDER = Actor(None, job="duplicates")
MOST = 5
"""Reviews that one registration opens at most, the best agreement first; a twin name must not flood the queue."""
AGREEMENTS = ("name", "birth", "phone", "sex", "hukou")


def score(one: Person, other: Person, day: dt.date) -> int:
    """Points of agreement between two records (points; the provision holds the weights)."""
    weights = provision("data_quality.duplicate_weights", day).value
    return sum(int(weights[name]) for name in agreements(one, other))


def agreements(one: Person, other: Person) -> tuple[str, ...]:
    """What two records have in common."""
    agreed = {
        "name": one.name_index == other.name_index,
        "birth": one.birth == other.birth,
        "phone": bool(one.phone_index) and one.phone_index == other.phone_index,
        "sex": one.sex == other.sex,
        "hukou": bool(one.hukou_region) and one.hukou_region[:6] == other.hukou_region[:6],
    }
    return tuple(name for name in AGREEMENTS if agreed[name])


def candidates(person: Person, day: dt.date) -> list[tuple[Person, int]]:
    """Other records that reach the threshold, best first."""
    floor = int(provision("data_quality.duplicate_threshold", day).value)
    near = Q(name_index=person.name_index) | Q(birth=person.birth, sex=person.sex)
    if person.phone_index:
        near |= Q(phone_index=person.phone_index)
    same = people.all_keys(person.key)
    rows = Person.objects.current().filter(near, valid_to=None).exclude(key__in=same)[:200]
    scored = [(other, score(person, other, day)) for other in rows]
    return sorted((pair for pair in scored if pair[1] >= floor), key=lambda pair: -pair[1])


def open_reviews(key: uuid.UUID, day: dt.date) -> int:
    """Open one case per suspected pair and return how many (cases); a pair is opened once, also when it was
    found to be two persons before."""
    person = Person.objects.current().filter(key=key, valid_to=None).first()
    if person is None:
        return 0
    opened = 0
    for other, points in candidates(person, day)[:MOST]:
        first, second = sorted((str(person.key), str(other.key)))
        result = {"pair": [first, second], "points": points}
        opened += _opened(f"pair:{first}:{second}", person.region, result)
    return opened


def _opened(key: str, region: str, result: dict[str, Any]) -> bool:
    """Whether a pair's review was opened now; a pair that was opened before keeps its first review."""
    try:
        return not open_case("duplicate_review", FINDER, key, region, result=result).repeated
    except KeyReused:
        return False


def facts(_case: Case, _payload: Mapping[str, Any], _day: dt.date) -> dict[str, Any]:
    """No guard of the duplicate review asks for facts."""
    return {}


def merge(step: Step) -> None:
    """Link the record that came later to the one that was there first; both stay as they are."""
    pair = {people.kept_key(key) for key in step.case.result["pair"]}
    if len(pair) < 2:
        raise Guarded("refusal.merged_before")
    first = Person.objects.filter(key__in=pair).order_by("recorded_at", "pk").values_list("key", flat=True)[0]
    (other,) = pair - {first}
    SamePerson.objects.create(kept=first, other=other, case=step.case.id, made_at=now())
    step.detail["kept"], step.detail["other"] = str(first), str(other)


def undo_merge(step: Step) -> None:
    """Take the link back; both records are as they were."""
    SamePerson.objects.filter(case=step.case.id, undone_at=None).update(undone_at=now())


def keep_apart(step: Step) -> None:
    """Note that the two are different persons."""
    step.case.result = {**step.case.result, "distinct": True}
