"""How far services are taken up: persons entitled, offered, claimed, granted, refused and opted out, by city.

Carries out: the plan (services by residence) as its own measure of success. Persons are counted once for a service, by
their newest claim; nobody's row leaves. Cells are withheld as in the equal-treatment audit, by the same limits. Not
modelled: use of a service that needs no claim; what departments report of it is `service_users` and `uptake_gap`.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from renben.web.claims import offers
from renben.web.claims.models import ENDED, GRANTED, REFUSED, Claim, Offer
from renben.web.equality.comparison import few, never_alone
from renben.web.equality.decisions import CITY
from renben.web.registry import people
from renben.web.registry.models import Residence
from renben.web.withholding import Limits

BASES = {
    "entitled": "entitled", "offered": "entitled", "claimed": "entitled", "granted": "claimed", "refused": "claimed",
    "declined": "offered",
}  # fmt: skip
"""Measure -> the persons among whom it is counted."""
HARMLESS = ("entitled", "offered")
"""That everybody is entitled, or was offered it, tells nothing of anybody."""
CHUNK = 500
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


def city_of(region: str) -> str:
    """The city of a region code."""
    return f"{region[:CITY]}00"


def counted(day: dt.date) -> Counts:
    """Persons of every measure; read under the registry's job, person by person."""
    found: Counts = defaultdict(Counter)
    for city, item in _entitled(day):
        found[city, item]["entitled"] += 1
    for city, item, measure in (*_offered(day), *_claimed(day)):
        found[city, item][measure] += 1
    return found


def _entitled(day: dt.date) -> Iterator[tuple[str, str]]:
    """City and service of every entitlement of everybody who lives here."""
    done = set()
    spells = Residence.objects.current().filter(valid_to=None).order_by("-valid_from", "-pk")
    for spell in spells.iterator(CHUNK):
        person = people.person(spell.person_key)
        if person is None or person.key in done:
            continue
        done.add(person.key)
        for item in offers.entitled_items(person, spell, day):
            yield city_of(spell.region), item


def _offered(day: dt.date) -> Iterator[tuple[str, str, str]]:
    rows = Offer.objects.order_by("pk").iterator(CHUNK)
    for one in {(people.kept_key(row.person_key), row.item): row for row in rows}.values():
        if one.offered_on and one.offered_on <= day:
            yield city_of(one.region), one.item, "offered"
        if one.declined_on and one.declined_on <= day:
            yield city_of(one.region), one.item, "declined"


def _claimed(day: dt.date) -> Iterator[tuple[str, str, str]]:
    """The newest sent claim of a person and a service; what was withdrawn or expired is none."""
    rows = Claim.objects.filter(sent_on__lte=day).exclude(state=ENDED).order_by("sent_on", "case__opened_at")
    newest = {(people.kept_key(one.person_key), one.item): one for one in rows.iterator(CHUNK)}
    for one in newest.values():
        yield city_of(one.region), one.item, "claimed"
        if one.state in (GRANTED, REFUSED):
            yield city_of(one.region), one.item, one.state


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
