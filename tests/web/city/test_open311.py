"""Open311 GeoReport v2: both formats of every call, the standard's fields and errors, keys, and nothing personal."""

import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from renben.web.cases import open311
from renben.web.cases.classes import subclasses
from renben.web.cases.open311_answers import answer, failure
from renben.web.flow.models import Case
from renben.web.guard import doors
from renben.web.guard.policy import Actor, policy
from tests.web.cases import do
from tests.web.city.people import SEEN, handled, staff, told
from tests.web.city.test_reporting_pages import POINT, filed
from tests.web.conftest import COUNTY

Staff = dict[str, Actor]
Browse = Callable[..., Client]
BASE = "/open311/v2/"
FIELDS = {
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
}  # fmt: skip


@pytest.fixture
def people() -> Staff:
    """Everybody who has a part in it."""
    return staff()


def get(path: str, language: str = "en") -> Any:
    """A call in JSON, after its XML was found to say the same."""
    path, _, query = path.partition("?")
    calls = [
        Client(headers={"Accept-Language": language}).get(f"{BASE}{path}.{form}?{query}")
        for form in ("json", "xml")
    ]
    same(*calls)
    return calls[0].json()


def same(plain: HttpResponse, marked: HttpResponse) -> None:
    assert plain.status_code == marked.status_code
    assert plain["Content-Type"] == "application/json; charset=utf-8"
    assert marked["Content-Type"] == "text/xml; charset=utf-8" and marked.content.startswith(
        b"<?xml version='1.0' encoding='utf-8'?>"
    )
    assert flat(ElementTree.fromstring(marked.content)) == worded(plain.json())


def flat(element: ElementTree.Element) -> Any:
    """An element as lists and records of texts."""
    inner = list(element)
    if not inner:
        return element.text or ""
    names = {one.tag for one in inner}
    lists = {"service", "request", "error", "attribute", "value", "endpoint", "format"}
    return [flat(one) for one in inner] if names <= lists else {one.tag: flat(one) for one in inner}


def worded(value: Any) -> Any:
    """JSON as lists and records of texts; an empty list is an empty element."""
    if isinstance(value, dict):
        return {name: worded(one) for name, one in value.items()}
    if isinstance(value, list):
        return [worded(one) for one in value] or ""
    return (
        {True: "true", False: "false", None: ""}.get(value, str(value))
        if not isinstance(value, float | int) or isinstance(value, bool)
        else str(value)
    )


def test_discovery_tells_where_what_and_how_to_get_a_key() -> None:
    found = get("discovery")
    assert set(found) == {"changeset", "contact", "key_service", "endpoints"}
    (endpoint,) = found["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2" and endpoint["type"] == "test"
    assert endpoint["url"] == "http://testserver/open311/v2" and endpoint["formats"] == [
        "text/xml",
        "application/json",
    ]
    assert "/account/tokens/" in found["key_service"] and "jurisdiction_id" in found["key_service"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_subclass_is_a_service_with_its_definition(language: str) -> None:
    found = get(f"services?jurisdiction_id={COUNTY}", language)
    assert [one["service_code"] for one in found] == list(subclasses())
    assert set(found[0]) == {
        "service_code",
        "service_name",
        "description",
        "metadata",
        "type",
        "keywords",
        "group",
    }
    assert found[0]["type"] == "realtime" and found[0]["metadata"] is True
    one = get("services/ponding", language)
    (asked,) = one["attributes"]
    assert one["service_code"] == "ponding" and asked["code"] == "severity" and asked["required"] is False
    assert [value["key"] for value in asked["values"]] == ["ordinary", "urgent"]


def test_filed_cases_are_read_without_a_key_and_tell_nothing_of_reporters(people: Staff) -> None:
    there = filed(
        people, title="垃圾 <未> & 清运", lon=POINT[0], lat=POINT[1], words="李四乱扔", phone="13912345678"
    )
    do(there.pk, "dispatch", people["dispatcher"], unit="housing")
    (seen,) = get("requests")
    assert set(seen) == FIELDS and seen["service_request_id"] == there.case.number
    assert (
        seen["description"] == "垃圾 <未> & 清运"
        and seen["address"] == "示例路3号"
        and seen["agency_responsible"]
    )
    assert (seen["lat"], seen["long"]) == (37.871, 112.549), "rounded"
    assert seen["expected_datetime"] == "2026-03-03T23:59:59+08:00" and seen["requested_datetime"].endswith(
        "+08:00"
    )
    raw = Client().get(f"{BASE}requests.xml").content.decode() + json.dumps(seen, ensure_ascii=False)
    assert not any(one in raw for one in ("李四", "13912345678", "112.5489", "路口有垃圾"))
    assert b"&lt;" in Client().get(f"{BASE}requests.xml").content


def test_open_and_closed_and_the_finer_stage(people: Staff) -> None:
    case = handled(people)
    assert get("requests")[0]["status"] == "open" and "looked at" in get("requests")[0]["status_notes"]
    do(case, "confirm", people["inspector"], note="内部意见", **SEEN)
    (seen,) = get("requests")
    assert seen["status"] == "closed" and seen["updated_datetime"] >= seen["requested_datetime"]
    other = told(people["resident"])
    do(other.result.case, "reject", people["dispatcher"], reason="elsewhere", note="内部意见")
    (refused,) = get(f"requests/{other.result.number}")
    assert refused["status"] == "closed" and "not in this region" in refused["status_notes"]
    assert "内部意见" not in json.dumps([seen, refused], ensure_ascii=False)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "ab"), ("status=open", "a"), ("status=closed", "b"), ("status=open,closed", "ab"), ("service_code=street_lamp", "a"),
        ("service_code=street_lamp,exposed_rubbish", "ab"), ("service_code=ponding", ""), (f"jurisdiction_id={COUNTY}", "ab"),
        ("jurisdiction_id=140100", "ab"), ("jurisdiction_id=140000", "ab"), ("jurisdiction_id=140106", ""),
        ("start_date=2026-03-01T00:00:00%2B08:00", "ab"), ("end_date=2026-03-01T00:00:00Z", ""),
        ("start_date=2026-01-01T00:00:00Z&end_date=2026-02-01T00:00:00Z", ""), ("start_date=2026-03-01T00:00:00+08:00", "ab"),
    ],
)  # fmt: skip
def test_requests_are_narrowed(query: str, found: str, people: Staff) -> None:
    filed(people, "street_lamp", "a")
    closed = filed(people, title="b")
    do(closed.pk, "void", people["dispatcher"], note="x")
    assert "".join(sorted(one["description"] for one in get(f"requests?{query}"))) == found
    numbers = ",".join(Case.objects.values_list("number", flat=True))
    assert len(get(f"requests?service_request_id={numbers}")) == 2


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("requests?status=lost", 400, "status"), ("requests?start_date=yesterday", 400, "start_date"),
        ("requests?start_date=2026-03-01", 400, "start_date"), ("requests?end_date=2026-13-01T00:00:00Z", 400, "end_date"),
        ("requests?start_date=2026-03-02T00:00:00Z&end_date=2026-03-01T00:00:00Z", 400, "90"),
        ("requests?start_date=2025-03-02T00:00:00Z&end_date=2026-03-01T00:00:00Z", 400, "90"),
        ("requests?service_code=dragon", 404, "dragon"), ("requests?jurisdiction_id=1", 404, "jurisdiction_id"),
        ("services?jurisdiction_id=1", 404, "jurisdiction_id"), ("services/dragon", 404, "dragon"),
        ("requests/CG-140105-2026-999999", 404, "CG-140105"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_says_why(path: str, status: int, said: str) -> None:
    (one,) = get(path)
    assert one["code"] == status and said in one["description"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "services.csv", 404), ("get", "nothing.json", 404), ("get", "nothing.xml", 404), ("post", "services.json", 405),
        ("delete", "requests.xml", 405), ("get", "", 404),
    ],
)  # fmt: skip
def test_what_the_service_itself_refuses_has_the_shape_of_the_standard(
    method: str, path: str, status: int
) -> None:
    answered = getattr(Client(), method)(BASE + path)
    assert answered.status_code == status
    if path.endswith("json"):
        assert answered.json()[0]["code"] == status
    else:
        assert ElementTree.fromstring(answered.content)[0].findtext("code") == str(status)
    assert status != 405 or answered["Allow"]


def test_who_calls_too_often_is_told_so_in_the_same_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    door = next(one for one in policy().doors if one.name == "open311")
    assert set(door.routes) == {
        f"open311_{one}" for one in ("discovery", "services", "service", "requests", "request")
    }
    monkeypatch.setattr(doors, "knock", lambda *_: 48)
    answered = Client().get(f"{BASE}services.json")
    assert (
        answered.status_code == 429 and answered["Retry-After"] == "48" and answered.json()[0]["code"] == 429
    )


def test_xml_holds_no_character_that_xml_has_no_place_for() -> None:
    made = answer("xml", "errors", [{"code": 1, "description": "a\x00b\x0bc\ufffe<&>\U0001f600"}])
    assert ElementTree.fromstring(made.content)[0].findtext("description") == "abc<&>\U0001f600"
    assert json.loads(failure("json", 400, "x").content) == [{"code": 400, "description": "x"}]


def test_a_list_takes_as_many_queries_for_fifty_cases_as_for_one(people: Staff) -> None:
    counts = []
    for more in (1, 49):
        for n in range(more):
            filed(people, title=f"案{n}")
        with CaptureQueriesContext(connection) as seen:
            assert Client().get(f"{BASE}requests.json").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8, counts


def test_a_list_stops_at_what_the_standard_allows(people: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = open311.provision
    for n in range(3):
        filed(people, title=str(n))
    monkeypatch.setattr(
        open311,
        "provision",
        lambda name, day: type("P", (), {"value": 2})() if "rows" in name else plain(name, day),
    )
    assert [one["description"] for one in get("requests")] == ["2", "1"]
