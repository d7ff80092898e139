"""After many registrations nothing personal is readable in the database or the log, except where it may be."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection, transaction

from renben.web.demo import people as synthetic
from renben.web.demo.people import Cast
from renben.web.guard import crypto
from renben.web.guard.logs import MaskPersonal, OneLine
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry.identifiers import check_digit
from renben.web.registry.models import Address, Person
from tests.web.cases import do
from tests.web.conftest import DAY, answers

MANY = 60


def numbered(n: int) -> str:
    first = f"149901{1950 + n % 50}{1 + n % 12:02d}{1 + n % 28:02d}{n % 1000:03d}"
    return first + check_digit(first)


@pytest.fixture
def registrations(people: dict[str, Actor], address: Address) -> list[dict[str, str]]:
    """Synthetic registrations through the commands, some with notes in which officers repeat a number."""
    cast = Cast(User.objects.get(pk=people["resident"].user_id), people["officer"], people["issuer"])
    made = []
    for n in range(MANY):
        one = {
            "number": numbered(n),
            "name": f"合成{chr(0x4E00 + n)}{chr(0x5E00 + n)}",
            "phone": f"139{n:08d}",
        }
        case = synthetic.register(cast, answers(address, **one), f"privacy-{n}", approve=False)
        if n % 10 == 0:
            do(case.pk, "claim", people["officer"])
            do(case.pk, "return", people["officer"], note=f"{one['name']} {one['number']}", fields=["proof"])
        else:
            do(case.pk, "claim", people["officer"])
            do(case.pk, "approve", people["officer"])
        made.append(one)
    return made


def dump() -> str:
    """Everything in the database as text, blobs as the bytes they are."""
    parts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                parts += [
                    value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                    for value in row
                ]
    return "\n".join(parts)


def test_no_number_phone_or_name_is_readable_in_the_database(registrations: list[dict[str, str]]) -> None:
    text = dump()
    assert Person.objects.count() == MANY - MANY // 10
    for one in registrations:
        for field, value in one.items():
            assert value not in text, f"a {field} can be read"


def test_the_dump_would_show_a_number_that_was_written_openly(registrations: list[dict[str, str]]) -> None:
    user = User.objects.first()
    assert user is not None
    User.objects.filter(pk=user.pk).update(email=registrations[0]["number"])
    assert registrations[0]["number"] in dump(), "the check above can fail"


def test_no_number_or_phone_reaches_the_log(
    registrations: list[dict[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    lines = []
    for one in registrations[:50]:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "p", 1, "Bad: /x?%s %s", (one["number"], one["phone"]), None
        )
        MaskPersonal().filter(record)
        lines.append(OneLine().format(record))
    text = "\n".join(lines)
    assert not any(one["number"] in text or one["phone"] in text for one in registrations)


def test_blind_indexes_of_the_same_person_cannot_be_joined_across_purposes(
    registrations: list[dict[str, str]],
) -> None:
    row = Person.objects.first()
    assert row is not None
    assert len({row.number_index, row.name_index, row.phone_index}) == 3
    assert crypto.blind_index(row.number, "number") != row.number_index, "the kind of document is bound in"


def test_a_deleted_page_of_the_file_holds_nothing_either(tmp_path: Path) -> None:
    """What SQLite leaves in free pages is ciphertext too, because only ciphertext was ever written."""
    with transaction.atomic():
        path = tmp_path / "free.sqlite3"
    number = numbered(7)
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE t (b BLOB)")
        database.executemany(
            "INSERT INTO t VALUES (?)", [(crypto.encrypt(number, "f", n),) for n in range(500)]
        )
        database.execute("DELETE FROM t")
        database.commit()
    assert number.encode() not in path.read_bytes() and DAY
