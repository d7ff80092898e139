"""Counts the five population concepts per county from the open residence spells."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields
from uuid import UUID

from django.db.models import QuerySet

from renben.web.guard.policy import Actor, within
from renben.web.registry.concepts import Concepts, Life, concepts
from renben.web.registry.models import Residence, SamePerson

NAMES = tuple(field.name for field in fields(Concepts))


@dataclass
class Count:
    """Persons per concept in one county, and persons of whom it cannot be said."""

    region: str
    counts: dict[str, int]
    unknown: dict[str, int]


def counts(actor: Actor, day: dt.date) -> list[Count]:
    """Persons of each concept per county in the actor's regions on a day (persons)."""
    spells = Residence.objects.current().on(day).filter(within(actor, "population.read"))
    found: dict[str, Count] = {}
    for region, township, hukou, since in _one_per_person(spells):
        row = found.setdefault(region, Count(region, dict.fromkeys(NAMES, 0), dict.fromkeys(NAMES, 0)))
        one = concepts(Life(hukou, township or region, since), day)
        for name in NAMES:
            answer = getattr(one, name)
            row.counts[name] += answer is True
            row.unknown[name] += answer is None
    return [found[region] for region in sorted(found)]


def _one_per_person(spells: QuerySet[Residence]) -> Iterator[tuple[str, str, str, dt.date]]:
    """Spells as (region, township, hukou, since); of records merged into one person only the newest spell."""
    links = dict(SamePerson.objects.filter(undone_at=None).values_list("other", "kept"))
    linked = {*links, *links.values()}
    newest: dict[UUID, tuple[str, str, str, dt.date]] = {}
    rows = spells.values_list("person_key", "region", "township", "hukou_region", "valid_from")
    for key, region, township, hukou, since in rows.iterator():
        if key not in linked:
            yield region, township, hukou, since
            continue
        while key in links:
            key = links[key]
        if key not in newest or since > newest[key][3]:
            newest[key] = (region, township, hukou, since)
    yield from newest.values()
