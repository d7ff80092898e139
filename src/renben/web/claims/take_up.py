"""How far services are taken up: persons entitled, offered, claimed, granted, refused and opted out, by city.

Carries out: the plan (services by residence) as its own measure of success. Persons are counted once for a service, by
their newest claim; nobody's row leaves. Cells are withheld as in the equal-treatment audit, by the same limits. Everything
is counted in sets, in memory that does not grow with the registry. Not modelled: use of a service that needs no claim;
what departments report of it is `service_users` and `uptake_gap`.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.db.models import Count, Q

from renben.web.claims.entitled import city_of, entitled
from renben.web.claims.models import ENDED, GRANTED, REFUSED, Claim, Offer
from renben.web.equality.comparison import few, never_alone
from renben.web.guard import scope
from renben.web.passage import Tell, silent
from renben.web.registry import people
from renben.web.registry.models import SamePerson
from renben.web.withholding import Limits

BASES = {
    "entitled": "entitled", "offered": "entitled", "claimed": "entitled", "granted": "claimed", "refused": "claimed",
    "declined": "offered",
}  # fmt: skip
"""Measure -> the persons among whom it is counted."""
HARMLESS = ("entitled", "offered")
"""That everybody is entitled, or was offered it, tells nothing of anybody."""
CHUNK = 500
"""Rows that are fetched, or keys that are asked for, at a time."""
Counts = dict[tuple[str, str], Counter[str]]
"""(city, service) -> measure -> persons."""


@dataclass(frozen=True)
class Cell:
    """One number of one service in one city (persons); None where it is withheld."""

    city: str
    item: str
    measure: str
    persons: int | None

    @property
    def withheld(self) -> bool:
        """Whether the number is kept back."""
        return self.persons is None


def counted(day: dt.date, tell: Tell = silent) -> Counts:
    """Persons of every measure; read under the registry's job, part by part, without holding a lock.

    Args:
        day: on which it is counted.
        tell: told how many persons were looked at, as they are.
    """
    found: Counts = defaultdict(Counter)
    for (city, item), persons in entitled(day, tell).items():
        found[city, item]["entitled"] = persons
    with scope.reading_as("registry"):
        merged = people.merged()
        for city, item, measure, persons in (*_offered(day, merged), *_claimed(day, merged)):
            if persons:
                found[city, item][measure] += persons
    return found


def _offered(day: dt.date, merged: Mapping[UUID, UUID]) -> Iterator[tuple[str, str, str, int]]:
    """Persons to whom a service was offered, and who declined it, by region; counted by the database.

    The records of one person that were merged count once, by the newest row; the database leaves them out.
    """
    stood = {"offered": Q(offered_on__lte=day), "declined": Q(declined_on__lte=day)}
    links = SamePerson.objects.standing()
    alone = Offer.objects.exclude(person_key__in=links.values("kept")).exclude(
        person_key__in=links.values("other")
    )
    counts = {name: Count("pk", filter=condition) for name, condition in stood.items()}
    for row in alone.order_by().values("region", "item").annotate(**counts):
        yield from ((city_of(row["region"]), row["item"], name, row[name]) for name in stood)
    keys = list(merged)
    parts = (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))
    rows = [one for part in parts for one in Offer.objects.filter(person_key__in=part)]
    newest = {(merged[one.person_key], one.item): one for one in sorted(rows, key=lambda one: one.pk)}
    for one in newest.values():
        yield city_of(one.region), one.item, "offered", int(bool(one.offered_on and one.offered_on <= day))
        yield city_of(one.region), one.item, "declined", int(bool(one.declined_on and one.declined_on <= day))


def _claimed(day: dt.date, merged: Mapping[UUID, UUID]) -> Iterator[tuple[str, str, str, int]]:
    """The newest sent claim of a person and a service; what was withdrawn or expired is none."""
    rows = Claim.objects.filter(sent_on__lte=day).exclude(state=ENDED)
    rows = rows.order_by("person_key", "item", "sent_on", "case__opened_at")
    wanted = rows.values_list("person_key", "item", "sent_on", "case__opened_at", "region", "state")
    shared: dict[tuple[UUID, str], tuple[dt.date, dt.datetime, str, str]] = {}
    for (key, item), mine in groupby(wanted.iterator(CHUNK), lambda row: (row[0], row[1])):
        *_, (*_, sent, opened, region, state) = mine
        if key in merged:
            at, last = (merged[key], item), (sent, opened, region, state)
            shared[at] = max(shared.get(at, last), last, key=lambda one: one[:2])
        else:
            yield from _counts(item, region, state)
    for (_, item), (_, _, region, state) in shared.items():
        yield from _counts(item, region, state)


def _counts(item: str, region: str, state: str) -> Iterator[tuple[str, str, str, int]]:
    yield city_of(region), item, "claimed", 1
    if state in (GRANTED, REFUSED):
        yield city_of(region), item, state, 1


def cells(counts: Counts, limits: Limits) -> list[Cell]:
    """Every number, small ones withheld, in the order of cities, services and measures."""
    hidden = {
        (city, item, measure)
        for item in sorted({item for _, item in counts})
        for measure in BASES
        for city in _hidden(measure, {at[0]: found for at, found in counts.items() if at[1] == item}, limits)
    }
    return [
        Cell(city, item, measure, None if (city, item, measure) in hidden else found[measure])
        for (city, item), found in sorted(counts.items())
        for measure in BASES
    ]


def _hidden(measure: str, cities: dict[str, Counter[str]], limits: Limits) -> set[str]:
    """Cities whose number is withheld: too small, nearly everybody, and never one alone."""
    sizes = {city: max(found[BASES[measure]], found[measure]) for city, found in cities.items()}
    small = {city for city, found in cities.items() if _small(measure, sizes[city], found[measure], limits)}
    return never_alone(small, sizes)


def _small(measure: str, n: int, hits: int, limits: Limits) -> bool:
    if n == 0:
        return False
    return n < limits.group or 0 < hits < limits.count if measure in HARMLESS else few(n, hits, limits)
