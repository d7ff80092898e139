"""The database's counts of the population concepts are those of asking every spell by itself."""

import datetime as dt
import random
from collections import Counter
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renben.web import clock
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.registry import population_counts
from renben.web.registry.concepts import Life, concepts
from renben.web.registry.models import Address, Residence
from renben.web.registry.permit_rules import add_months

EVERYWHERE = Actor(None, (("data_steward", "140000"),))
PLACES = ("140105", "140106", "141002")
DAYS = (dt.date(2026, 2, 28), dt.date(2026, 3, 2), dt.date(2026, 8, 31), dt.date(2028, 2, 29))


def spells(count: int, address: Address) -> list[Residence]:
    dice = random.Random(7)
    rows = [
        Residence(
            person_key=uuid4(), address=address, region=(place := dice.choice(PLACES)),
            township=dice.choice((f"{place}001", f"{place}002", place)), reason="work", housing="rent",
            hukou_region=dice.choice(("140105001", "140105", "140106", "141002", "990000", "")),
            valid_from=dt.date(2025, 8, 1) + dt.timedelta(days=dice.randrange(220)),
            registered_on=dt.date(2026, 3, 1), channel="counter", recorded_at=clock.now(), source="test",
        )
        for _ in range(count)
    ]  # fmt: skip
    return Residence.objects.bulk_create(rows)


@pytest.mark.parametrize("day", DAYS)
def test_counts_are_those_of_a_scan(address: Address, day: dt.date) -> None:
    spells(400, address)
    wanted: Counter[tuple[str, str, object]] = Counter()
    for one in Residence.objects.current().on(day):
        answers = concepts(Life(one.hukou_region, one.township or one.region, one.valid_from), day)
        wanted.update((one.region, name, getattr(answers, name)) for name in population_counts.NAMES)
    found = population_counts.counts(EVERYWHERE, day)
    assert sum(row.counts["actual"] for row in found) >= 400 - 150
    for row in found:
        for name in population_counts.NAMES:
            assert row.counts[name] == wanted[row.region, name, True], (row.region, name)
            assert row.unknown[name] == wanted[row.region, name, None], (row.region, name)


def test_half_a_year_is_reached_up_to_exactly_one_day() -> None:
    for n in range(800):
        day = dt.date(2026, 1, 1) + n * population_counts.DAY
        months = int(provision("population_concepts.half_year_months", day).value)
        latest = population_counts.half_year_before(day)
        assert add_months(latest, months) <= day < add_months(latest + population_counts.DAY, months)


def test_the_queries_do_not_grow_with_the_people(address: Address) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            population_counts.counts(EVERYWHERE, DAYS[1])
        return len(seen)

    spells(1, address)
    one = queries()
    spells(500, address)
    assert queries() == one <= 3
