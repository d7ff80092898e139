"""Fills a web service's database with synthetic persons, spells and cases: python -m benchmarks.web_people 100000.

With PART PARTS behind it, only that share of a fresh database; then once without to end it.

Run in the environment of the service (RENBEN_WEB_*), after its demo was set up. Persons live in the province's
counties, skewed as cities are (the n-th county has a share like 1/n); numbers begin with 149901, an address code
that was never assigned. One case each: one in five open, the others closed. Rows go in by chunks, keys are ours.
"""

import datetime as dt
import os
import sys
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renben.web.settings")

import django

django.setup()

from django.db import connection, models, transaction  # noqa: E402

from benchmarks.web_journeys import APPROVER, DAYS, FEW, FEW_PEOPLE, FIRST, WIDE, number, synthetic_name  # noqa: E402
from renben.catalogue import load  # noqa: E402
from renben.web import append, clock  # noqa: E402
from renben.web.flow.definition import newest  # noqa: E402
from renben.web.flow.models import Case  # noqa: E402
from renben.web.guard.models import Grant, User  # noqa: E402
from renben.web.registry import people  # noqa: E402
from renben.web.registry.models import Address, NameToken, Person, Residence  # noqa: E402

CHUNK = 1000


def counties(province: str) -> list[str]:
    """Counties and districts of a province, each as often as its share says."""
    codes = sorted(
        c for c, r in load().regions.items() if c[:2] == province[:2] and c[4:] != "00" and c != FEW
    )
    weighted = [code for rank, code in enumerate(codes, 1) for _ in range(max(1, 400 // rank))]
    return weighted


def rows(start: int, count: int, places: Sequence[str], address: int) -> Iterator[models.Model]:
    """Person, name tokens, spell and case of each of some people."""
    moment, day, flow = clock.now(), clock.today(), newest("residence_registration")
    for n in range(start, start + count):
        key, birth = uuid.uuid4(), FIRST + dt.timedelta(days=n % DAYS)
        place = FEW if 0 < n <= FEW_PEOPLE else places[n * 7919 % len(places)]
        facts = {
            "document_kind": "citizen", "number": number(n), "name": synthetic_name(n), "phone": f"139{n:08d}",
            "sex": "1", "birth": birth, "hukou_region": "141002", "hukou_kind": "10", "hukou_rural": True,
            "region": place,
        }  # fmt: skip
        shared: dict[str, Any] = {"recorded_at": moment, "source": "load"}
        since = day - dt.timedelta(days=n % 900)
        yield Person(key=key, valid_from=since, **people._columns(facts, key), **shared)
        for token in sorted(people.name_tokens(facts["name"])):
            yield NameToken(person_key=key, token=token)
        yield Residence(
            person_key=key, address_id=address, region=place, township=f"{place}001", hukou_region="141002",
            reason="work", housing="rent", valid_from=since, registered_on=since, channel="counter", **shared,
        )  # fmt: skip
        closed = n % 5 != 0
        yield Case(
            kind=flow.name, flow_version=flow.version, number=f"LD-{n:09d}", region=place, person_key=key,
            stage="registered" if closed else "submitted", opened_at=moment, stage_since=since, clock="review",
            started_on=since, due_on=day + dt.timedelta(days=n % 30), closed_on=day if closed else None,
        )  # fmt: skip


def write(found: list[models.Model]) -> None:
    """Write rows of several models, by COPY on PostgreSQL."""
    for model in dict.fromkeys(type(one) for one in found):
        part = [one for one in found if type(one) is model]
        if connection.vendor != "postgresql":
            append.append(*part)
            continue
        fields = append._columns(model._meta.label)
        names = ", ".join(f'"{f.column}"' for f in fields)
        with (
            connection.cursor() as cursor,
            cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy,
        ):
            for one in part:
                copy.write_row([f.get_db_prep_save(getattr(one, f.attname), connection) for f in fields])


def fill(count: int, part: int = 0, parts: int = 1) -> int:
    """Add people until there are so many of ours; how many were added (persons).

    Args:
        count: wanted in all.
        part: which share of the chunks this process adds, 0 to ``parts`` - 1.
        parts: processes at work.
    """
    done = Case.objects.filter(number__startswith="LD-").count() if parts == 1 else 0
    places, address = counties("140000"), Address.objects.values_list("pk", flat=True).first() or 0
    chunks = list(range(done, count, CHUNK))[part::parts]
    for start in chunks:
        with transaction.atomic():
            write(list(rows(start, min(CHUNK, count - start), places, address)))
    return sum(min(CHUNK, count - start) for start in chunks)


def settle() -> None:
    """What follows the last row: accounts over the whole province, and the planner's statistics."""
    _over_the_province(WIDE, "minjing", "community_officer")
    _over_the_province(APPROVER, "gongan", "police_officer")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _over_the_province(name: str, like: str, role: str) -> None:
    password = User.objects.values_list("password", flat=True).get(username=like)
    one, made = User.objects.get_or_create(username=name, defaults={"password": password, "demo": True})
    if made:
        Grant.objects.create(user=one, role=role, region="140000")


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:]]
    print(f"{fill(*numbers)} persons added")
    if len(numbers) == 1:
        settle()
