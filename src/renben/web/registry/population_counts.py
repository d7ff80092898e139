"""Counts the five population concepts per county from the open residence spells."""

import datetime as dt
from dataclasses import dataclass, fields

from renben.web.guard.policy import Actor, within
from renben.web.registry.concepts import Concepts, Life, concepts
from renben.web.registry.models import Residence

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
    for region, township, hukou, since in spells.values_list(
        "region", "township", "hukou_region", "valid_from"
    ).iterator():
        row = found.setdefault(region, Count(region, dict.fromkeys(NAMES, 0), dict.fromkeys(NAMES, 0)))
        one = concepts(Life(hukou, township or region, since), day)
        for name in NAMES:
            answer = getattr(one, name)
            row.counts[name] += answer is True
            row.unknown[name] += answer is None
    return [found[region] for region in sorted(found)]
