"""How many persons are entitled to each service, by city: facts are read for a thousand at a time and decided by column.

The answer is the same as person by person (a test compares them); nobody's row leaves. One part of the registry stands
in memory at a time, in the order of the persons' keys, so that nobody is met twice while others are at work. No lock is
held: who moves in the meantime is counted as he was met.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from renben.engines.rules.engine import DuckDB, Selection, run
from renben.engines.rules.select import decisions
from renben.engines.rules.written import Group, Reader
from renben.web.claims import catalogue
from renben.web.equality.decisions import CITY as DIGITS
from renben.web.guard import scope
from renben.web.passage import Tell, silent
from renben.web.registry import people
from renben.web.registry.entitlements import desk
from renben.web.registry.held import GUARDIANS, Facts, Reading
from renben.web.registry.models import Person

READ, DECIDE = 1_000, 10_000
"""Persons whose facts are read in one go, and who are decided in one go (persons)."""
MEMORY = "512MB"
CITY = "city"


class Known(NamedTuple):
    """What is known of a person before anything is looked up."""

    key: UUID
    birth: dt.date
    sex: str
    hukou_rural: bool | None
    hukou_region: str
    region: str


def city_of(region: str) -> str:
    """The city of a region code."""
    return f"{region[:DIGITS]}00"


def entitled(day: dt.date, tell: Tell = silent) -> Counter[tuple[str, str]]:
    """Persons who live here and are entitled to a service on a day, by city and service (persons)."""
    found: Counter[tuple[str, str]] = Counter()
    with scope.reading_as("registry"):
        total = Person.objects.current().filter(valid_to=None).count()
    engine, office = DuckDB(memory=MEMORY, threads=1), desk()
    reader, book = Reader(office.book.book.facts, GUARDIANS), office.book
    names = [name for name in catalogue.claimable() if office.in_force(name, day)]
    outputs = decisions(book, day, names).outputs
    selection, done = Selection({name: outputs[name] for name in names}), 0
    waiting: list[Facts] = []
    for met, part in living(day):
        waiting += part
        done += met
        if len(waiting) >= DECIDE:
            found += _decided(engine, reader, selection, waiting)
            waiting = []
        tell("entitled", done + 1, total)
    return found + _decided(engine, reader, selection, waiting) if waiting else found


def living(day: dt.date) -> Iterator[tuple[int, list[Facts]]]:
    """How many persons were met (persons), and the facts of those among them who live here; part by part."""
    last: UUID | None = None
    while True:
        with scope.reading_as("registry"):
            rows = Person.objects.current().filter(valid_to=None).order_by("key")
            rows = rows if last is None else rows.filter(key__gt=last)
            met = [Known(*row) for row in rows.values_list(*Known._fields)[:READ]]
            if not met:
                return
            kept = people.kept_keys(one.key for one in met)
            facts = Reading(day).facts((one for one in met if kept[one.key] == one.key), here=True)
        last = met[-1].key
        yield len(met), list(facts.values())


def _decided(
    engine: DuckDB, reader: Reader, selection: Selection, part: list[Facts]
) -> Counter[tuple[str, str]]:
    """Entitlements of some people by city and service (persons)."""
    cities = [city_of(one["county"]) for one in part]
    source, facts = reader.source(engine, Group({CITY: cities}, part))
    table = run(engine, selection, source, facts, group_by=(CITY,), unknowns=False)
    return Counter(
        {
            (row[CITY], name): row[name]
            for row in table.to_pylist()
            if row[CITY] is not None
            for name in selection.outputs
            if row[name]
        }
    )
