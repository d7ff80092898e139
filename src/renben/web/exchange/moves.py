"""Counts who came to live in a county and whose registration came to it, and whom either left (persons).

The two are kept apart: somebody becomes a resident half a year after arrival, and becomes registered by settlement.
Settling where one already lives moves the registration only. Until the first registered spell a person is taken to
have lived at the registered place, as the population concepts do; whether a place is urban follows from the
statistical class of its township, or from the kind of the registration.

Not modelled: births, deaths and moves that nobody registered; people without a registered spell.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import polars as pl
from django.db.models import Q, QuerySet

from renben.core.workspace import Workspace
from renben.web.clock import today
from renben.web.law import provision
from renben.web.registry.models import Person, Residence, Settlement
from renben.web.registry.permit_rules import add_months
from renben.web.registry.population_counts import DAY, LONGEST_MONTH_END

LEDGERS = ("resident", "hukou")
COLUMNS = ("arrived_urban", "arrived_rural", "arrived_unknown", "left_urban", "left_rural", "left_unknown")
TOWNSHIP = 9
CLASSES = "township_class"
CHUNK = 2000
"""Rows that are read at a time."""
Rural = Mapping[str, bool | None]
"""Of one person: region -> whether the registration there was rural."""


class Place(NamedTuple):
    """A county and whether the place in it is urban; None where that is not known."""

    county: str
    urban: bool | None


@dataclass(frozen=True)
class Spell:
    """A registered spell of living somewhere (days; the end is not included)."""

    since: dt.date
    until: dt.date | None
    township: str
    hukou: str


def moves(space: Workspace, year: int, served: Iterable[str]) -> pl.DataFrame:
    """Moves of a year up to the service's day by county and ledger; served counties have rows of zeros.

    Args:
        space: The workspace, for the class of townships and the counties.
        year: The year.
        served: Regions whose registrations and settlements are kept here.
    """
    known = {r.code for r in space.catalogue.regions.values() if r.level == "county"}
    found: Counter[tuple[str, str, str]] = Counter()
    for ledger, pairs in (
        ("resident", _lived(year, _classes(space))),
        ("hukou", _settled(year)),
    ):
        for left, arrived in pairs:
            for way, place in (("left", left), ("arrived", arrived)):
                if place is not None and place.county in known:
                    found[place.county, ledger, f"{way}_{_word(place.urban)}"] += 1
    complete = {code for code in served if code in known}
    keys = sorted({(code, ledger) for code in complete for ledger in LEDGERS} | {key[:2] for key in found})
    rows = [(*key, key[0] in complete, *(found[*key, name] for name in COLUMNS)) for key in keys]
    return pl.DataFrame(rows, ["region", "ledger", "complete", *COLUMNS], orient="row")


def _word(urban: bool | None) -> str:
    return "unknown" if urban is None else "urban" if urban else "rural"


def _classes(space: Workspace) -> dict[str, bool]:
    """Whether a township is urban, by its code: the newest class that the workspace holds."""
    versions = space.versions(CLASSES)
    if not versions:
        return {}
    rows = max(versions, key=lambda v: (v.period, v.vintage)).scan().select("township", "urban").collect()
    return dict(rows.iter_rows())


def _grouped(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[uuid.UUID, list[tuple[Any, ...]]]]:
    """Rows that are sorted by person, person by person; the key is left out of each."""
    for person, mine in groupby(rows, key=itemgetter(0)):
        yield person, [row[1:] for row in mine]


def _kinds(persons: QuerySet[Person]) -> Iterator[tuple[uuid.UUID, Rural]]:
    """Whether each person's registration at a place was rural, as last known of that place; by key."""
    rows = persons.order_by("key", "recorded_at", "pk").values_list("key", "hukou_region", "hukou_rural")
    for person, mine in _grouped(rows.iterator(CHUNK)):
        yield person, {region: rural for region, rural in mine}


def _hukou(rural: Rural, region: str) -> Place | None:
    if not region:
        return None
    kind = rural.get(region)
    return Place(region[:6], None if kind is None else not kind)


def _settled(year: int) -> Iterable[tuple[Place | None, Place | None]]:
    """Registered place left, and the place settled in: a settlement is in a town."""
    found = Settlement.objects.current().filter(decided__year=year, decided__lte=today())
    kinds = dict(_kinds(Person.objects.filter(key__in=found.values("person_key"))))
    for person, before, after in found.order_by("pk").values_list("person_key", "from_region", "region"):
        yield _hukou(kinds.get(person, {}), before), Place(after[:6], True)


def _lived(year: int, classes: Mapping[str, bool]) -> Iterable[tuple[Place | None, Place | None]]:
    """Place of usual residence at the end of the year before, and now or at the year's end, where they differ.

    Only persons with a spell that began or ended late enough to tell the two days apart are read, in the order of
    their keys, so that memory does not grow with the registry.
    """
    before, after = dt.date(year - 1, 12, 31), min(today(), dt.date(year, 12, 31))
    months = int(provision("population_concepts.half_year_months", after).value)
    settled = add_months(before, -months) - LONGEST_MONTH_END * DAY
    late = Q(valid_from__gt=settled) | Q(valid_to__gt=before)
    moving = Residence.objects.current().filter(late).values("person_key")
    spells = (
        Residence.objects.current().filter(person_key__in=moving).order_by("person_key", "valid_from", "pk")
    )
    fields = ("person_key", "valid_from", "valid_to", "township", "region", "hukou_region")
    kinds = _kinds(Person.objects.filter(key__in=moving))
    known = next(kinds, None)
    for person, rows in _grouped(spells.values_list(*fields).iterator(CHUNK)):
        mine = [
            Spell(since, until, township or region, hukou) for since, until, township, region, hukou in rows
        ]
        while known is not None and known[0] < person:
            known = next(kinds, None)
        rural = known[1] if known is not None and known[0] == person else {}
        left, arrived = (_usual(mine, day, months, rural, classes) for day in (before, after))
        if left != arrived:
            yield left, arrived


def _usual(
    spells: list[Spell], day: dt.date, months: int, rural: Rural, classes: Mapping[str, bool]
) -> Place | None:
    """Where somebody usually lives on a day: where half a year has passed, else where it was before."""
    for spell in reversed(spells):
        if add_months(spell.since, months) > day:
            continue
        gone = spell.until is not None and spell is spells[-1] and spell.until <= day
        return None if gone else _of(spell, rural, classes)
    return _hukou(rural, spells[0].hukou)


def _of(spell: Spell, rural: Rural, classes: Mapping[str, bool]) -> Place | None:
    """The place of a spell; one that cannot be told from the registered place is the registered place."""
    same = spell.hukou[:6] == spell.township[:6]
    told = len(spell.hukou) >= TOWNSHIP <= len(spell.township)
    if same and (not told or spell.hukou[:TOWNSHIP] == spell.township[:TOWNSHIP]):
        return _hukou(rural, spell.hukou)
    return Place(spell.township[:6], classes.get(spell.township[:TOWNSHIP]))
