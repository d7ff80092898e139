"""The search for personal values finds them in every wrapping, and only those that were written."""

import base64
import json
import zlib
from collections.abc import Callable

import pytest
from django.test import Client

from renben.web.guard.logs import MaskPersonal, masked
from tests.privacy.people import person
from tests.privacy.search import readable

COUNT = 300


@pytest.mark.parametrize("field", ["number", "name", "phone"])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda value: value.encode(),
        lambda value: json.dumps({"v": value}).encode(),
        lambda value: b"\\x" + f"<<{value}>>".encode().hex().encode(),
        lambda value: base64.b64encode(f"x{value}yz".encode()),
        lambda value: base64.urlsafe_b64encode(zlib.compress(json.dumps([value]).encode())),
        lambda value: b"INSERT 7," + base64.b64encode(f"abcdef{value}".encode()) + b",'x'",
    ],
    ids=["plain", "json", "hexadecimal", "base64", "zlib", "between"],
)
def test_a_value_is_found_in_every_wrapping(field: str, wrap) -> None:  # type: ignore[no-untyped-def]
    value = person(7)[field]
    found = readable(b"before " + wrap(value) + b" after", COUNT)
    assert found.pop(field) == {value} and not any(found.values())


def test_what_was_not_written_is_not_found() -> None:
    text = "".join(f"{person(n)[field]}\n" for n in range(COUNT, COUNT + 50) for field in ("number", "name"))
    assert not any(readable(text.encode(), COUNT).values())


def test_every_synthetic_person_is_another() -> None:
    many = [person(n) for n in range(20_000)]
    for field in ("number", "name", "phone"):
        assert len({one[field] for one in many}) == len(many), field


def test_a_visitors_words_stay_out_of_the_log() -> None:
    one = person(3)
    line = masked(
        f"Not Found: /%E9%9A%90%E6%B5%8B/{one['name']}/{one['number']}/{one['phone']}?name={one['name']}"
    )
    assert line == "Not Found: /[words]/[words]/[number]/[phone]?[query]"


def test_a_visitors_words_stay_out_of_the_log_as_the_framework_writes_them(
    caplog: pytest.LogCaptureFixture, browse: Callable[..., Client]
) -> None:
    one = person(3)
    browse().get(f"/{one['name']}/{one['number']}/")
    (record,) = [row for row in caplog.records if row.name == "django.request"]
    assert MaskPersonal().filter(record)
    assert record.getMessage() == "Not Found: /[words]/[number]/"
