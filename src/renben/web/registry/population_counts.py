"""Counts the five population concepts per county from the open residence spells.

The database counts spells that are alike in all that the concepts ask (places, half a year or less); the concepts
are asked once for each kind of spell. Only persons whose records were merged are looked at one by one.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from uuid import UUID

from django.db.models import BooleanField, Case, Count, QuerySet, Value, When

from renben.web.guard.policy import Actor, within
from renben.web.law import provision
from renben.web.registry import people
from renben.web.registry.concepts import Concepts, Life, concepts
from renben.web.registry.models import Residence
from renben.web.registry.permit_rules import add_months

NAMES = tuple(field.name for field in fields(Concepts))
DAY = dt.timedelta(days=1)
LONGEST_MONTH_END = 3
"""Days by which cutting to a month's end can move a day (31 January and 28 February)."""
Spell = tuple[str, str, str, dt.date]
"""County, township, registered place, first day."""


@dataclass
class Tally:
    """Persons per concept in one county, and persons of whom it cannot be said."""

    region: str
    counts: dict[str, int]
    unknown: dict[str, int]


def counts(actor: Actor, day: dt.date) -> list[Tally]:
    """Persons of each concept per county in the actor's regions on a day (persons)."""
    spells = Residence.objects.current().on(day).filter(within(actor, "population.read"))
    found: dict[str, Tally] = {}
    for (region, township, hukou, since), persons in _alike(spells, day):
        row = found.setdefault(region, Tally(region, dict.fromkeys(NAMES, 0), dict.fromkeys(NAMES, 0)))
        one = answers((region, township, hukou, since), day)
        for name in NAMES:
            answer = getattr(one, name)
            row.counts[name] += persons * (answer is True)
            row.unknown[name] += persons * (answer is None)
    return [found[region] for region in sorted(found)]


def answers(spell: Spell, day: dt.date) -> Concepts:
    """Which concepts hold for whoever has a spell on a day."""
    region, township, hukou, since = spell
    return concepts(Life(hukou, township or region, since), day)


def everybody(actor: Actor, day: dt.date) -> Iterator[tuple[UUID, Spell]]:
    """Each person of an actor's regions once, by key, with the spell that is counted on a day."""
    spells = Residence.objects.current().on(day).filter(within(actor, "population.read"))
    merged = people.merged()
    alone = spells.exclude(person_key__in=merged) if merged else spells
    columns = ("person_key", "region", "township", "hukou_region", "valid_from")
    for key, *spell in alone.order_by("pk").values_list(*columns).iterator():
        yield key, (spell[0], spell[1], spell[2], spell[3])
    yield from _merged(spells.filter(person_key__in=merged), merged).items()


def half_year_before(day: dt.date) -> dt.date:
    """Latest first day with which half a year is reached on a day."""
    months = int(provision("population_concepts.half_year_months", day).value)
    latest = add_months(day, -months) + LONGEST_MONTH_END * DAY
    while add_months(latest, months) > day:
        latest -= DAY
    return latest


def _alike(spells: QuerySet[Residence], day: dt.date) -> Iterator[tuple[Spell, int]]:
    """A spell of each kind, and how many persons have one like it."""
    merged = people.merged()
    latest = half_year_before(day)
    long = Case(
        When(valid_from__lte=latest, then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    alone = spells.exclude(person_key__in=merged) if merged else spells
    kinds = alone.order_by().annotate(long=long).values_list("region", "township", "hukou_region", "long")
    for region, township, hukou, reached, persons in kinds.annotate(persons=Count("pk")):
        yield (region, township, hukou, latest if reached else min(day, latest + DAY)), persons
    for spell in _merged(spells.filter(person_key__in=merged), merged).values():
        yield spell, 1


def _merged(spells: QuerySet[Residence], kept: Mapping[UUID, UUID]) -> dict[UUID, Spell]:
    """The newest spell of each person whose records were merged into one.

    Args:
        spells: of the merged records.
        kept: key of each such record -> the key that stands for the person.
    """
    newest: dict[UUID, Spell] = {}
    rows = spells.values_list("person_key", "region", "township", "hukou_region", "valid_from")
    for key, region, township, hukou, since in rows.iterator():
        key = kept[key]
        if key not in newest or since > newest[key][3]:
            newest[key] = (region, township, hukou, since)
    return newest
