"""Counts the population concepts below the county: by town or street, sex, broad age and kind of registration.

Every county is one set of linked tables: groups add up to an area, areas to the county, and narrower concepts are parts
of wider ones. What is left between two of them ("here, but not resident") is a count as well, though never shown.

Not modelled: communities, which standard addresses do not name; towns whose borders changed.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any
from uuid import UUID

from renben.engines.statistics.disclosure import Linked
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.registry.concepts import TOWNSHIP
from renben.web.registry.models import Person
from renben.web.registry.population_counts import NAMES, answers, everybody

NOT_TOLD = "000"
"""Stands for the town in the code of persons whose town is not known."""
WHOLE, COUNTY = "all", ""
"""The group that is everybody, and the area that is the whole county."""
DIMENSIONS = ("sex", "age", "hukou_kind")
SEXES = {"1": "male", "2": "female"}
KINDS = {"10": "family", "20": "collective", "30": "none", "90": "other"}
UNKNOWN = "unknown"
CHUNK = 500
LEFT = {
    "not_resident": ("actual", ("resident",)),
    "resident_at_home": ("resident", ("separated",)),
    "separated_undecided": ("separated", ("intra_district", "floating")),
    "outside_the_order": ("actual", ("floating_by_order",)),
}
"""What is left of a wider concept without the narrower ones."""
CONCEPTS = (*NAMES, *LEFT)
Name = tuple[str, str, str, str]
"""Area (town code, empty for the county), concept, dimension, group."""


@dataclass(frozen=True)
class County:
    """All counts of one county (persons)."""

    region: str
    counts: dict[Name, int]

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """Names of the cells, in the order of their numbers."""
        return tuple(sorted(self.counts))

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """Towns and streets in which somebody lives."""
        return tuple(sorted({name[0] for name in self.names} - {COUNTY}))

    @cached_property
    def linked(self) -> Linked:
        """The counts with every sum that joins them; the county's whole counts are published already."""
        number = {name: at for at, name in enumerate(self.names)}
        public = [at for name, at in number.items() if name[0] == COUNTY and name[3] == WHOLE]
        never = [at for name, at in number.items() if name[1] in LEFT]
        relations = tuple(
            (number[total], tuple(number[one] for one in parts)) for total, parts in self._sums()
        )
        return Linked(
            tuple(self.counts[name] for name in self.names), relations, frozenset(public), frozenset(never)
        )

    def _sums(self) -> Iterator[tuple[Name, list[Name]]]:
        groups = sorted({name[2:] for name in self.names})
        for concept in CONCEPTS:
            for area in (COUNTY, *self.areas):
                for dimension in DIMENSIONS:
                    parts = [(area, concept, *one) for one in groups if one[0] == dimension]
                    yield (area, concept, WHOLE, WHOLE), parts
            for group in groups:
                yield (COUNTY, concept, *group), [(area, concept, *group) for area in self.areas]
        for area in (COUNTY, *self.areas):
            for group in groups:
                for left, (wider, narrower) in LEFT.items():
                    yield (area, wider, *group), [(area, one, *group) for one in (*narrower, left)]


def counties(actor: Actor, day: dt.date) -> list[County]:
    """Counts of each county of an actor's regions on a day (persons), groups in which nobody is among them."""
    found: dict[str, Counter[Name]] = {}
    for region, area, said, groups in _people(actor, day):
        tally = found.setdefault(region, Counter())
        for concept in said:
            for place in (COUNTY, area):
                tally.update((place, concept, *group) for group in groups)
    return [County(region, _full(found[region], day)) for region in sorted(found)]


def _full(tally: Counter[Name], day: dt.date) -> dict[Name, int]:
    """Every cell there can be, zero where nobody is; unknown groups only where somebody is in one."""
    known = {("sex", one) for one in SEXES.values()} | {("age", one) for one in bands(day)}
    known |= {("hukou_kind", one) for one in KINDS.values()} | {(WHOLE, WHOLE)} | {name[2:] for name in tally}
    areas = {name[0] for name in tally}
    return {
        (area, concept, *group): tally[area, concept, *group]
        for area in areas
        for concept in CONCEPTS
        for group in known
    }


def _people(actor: Actor, day: dt.date) -> Iterator[tuple[str, str, list[str], list[tuple[str, str]]]]:
    """County, town, concepts that hold and groups of everybody, without anything that names a person."""
    starts, persons = first_years(day), everybody(actor, day)
    while some := list(islice(persons, CHUNK)):
        known = {one.key: one for one in _persons(key for key, _ in some)}
        for key, spell in some:
            said = answers(spell, day)
            holds = [name for name in NAMES if getattr(said, name)]
            holds += [
                left for left, (wider, parts) in LEFT.items() if wider in holds and not {*parts} & {*holds}
            ]
            yield spell[0], area_of(spell[0], spell[1]), holds, _groups(known.get(key), day, starts)


def area_of(region: str, township: str) -> str:
    """Code of the town or street; the county's code and 000 where the town is not told.

    >>> area_of("990105", "990105004"), area_of("990105", "")
    ('990105004', '990105000')
    """
    return township if len(township) >= TOWNSHIP else f"{region}{NOT_TOLD}"


def _persons(keys: Iterable[UUID]) -> Any:
    return Person.objects.current().filter(key__in=list(keys)).only("key", "sex", "birth", "hukou_kind")


def _groups(person: Person | None, day: dt.date, starts: tuple[int, ...]) -> list[tuple[str, str]]:
    if person is None:
        return [(WHOLE, WHOLE), *((dimension, UNKNOWN) for dimension in DIMENSIONS)]
    return [
        (WHOLE, WHOLE),
        ("sex", SEXES.get(person.sex, UNKNOWN)),
        ("age", _band(person.birth, day, starts)),
        ("hukou_kind", KINDS.get(person.hukou_kind, UNKNOWN)),
    ]


def _band(birth: dt.date, day: dt.date, starts: tuple[int, ...]) -> str:
    age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    return _named(starts)[max((at for at, first in enumerate(starts) if age >= first), default=0)]


def first_years(day: dt.date) -> tuple[int, ...]:
    """First years of age of the broad age groups in force on a day."""
    return tuple(int(one) for one in provision("small_areas.age_bands", day).value)


def bands(day: dt.date) -> tuple[str, ...]:
    """Names of the broad age groups in force on a day, such as 15-59."""
    return _named(first_years(day))


def _named(starts: tuple[int, ...]) -> tuple[str, ...]:
    ends = [f"-{after - 1}" for after in starts[1:]]
    return tuple(f"{first}{end}" for first, end in zip(starts, [*ends, "+"], strict=True))
