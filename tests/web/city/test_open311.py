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

from renben.web import clock
from renben.web.cases.classes import subclasses
from renben.web.cases.models import CityCase, Report
from renben.web.cases.open311_answers import answer, failure
from renben.web.cases.reporting import followed, texts
from renben.web.flow.models import Case
from renben.web.guard import doors
from renben.web.guard.models import ApiToken, AuditEvent, User
from renben.web.guard.policy import Actor, policy
from tests.web.cases import do
from tests.web.city.people import RUBBISH, SEEN, city, handled, staff, told
from tests.web.city.test_reporting_pages import CODE, POINT, filed
from tests.web.conftest import COUNTY

Staff = dict[str, Actor]
Browse = Callable[..., Client]
BASE = "/open311/v2/"
GIVEN = {
    "jurisdiction_id": COUNTY, "service_code": "exposed_rubbish", "description": "垃圾 <b>没有</b> 清运 & 有气味",
    "address_string": "示例路口", "lat": "37.8706", "long": "112.5489", "phone": "13900000009", "email": "a@b.example",
    "first_name": "三", "last_name": "张", "device_id": "tt222111", "media_url": "http://elsewhere.example/p.jpg",
}  # fmt: skip
FIELDS = {
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
}  # fmt: skip


@pytest.fixture
def people() -> Staff:
    """Everybody who has a part in it."""
    return staff()


@pytest.fixture
def key(people: Staff, browse: Browse) -> str:
    """A token that may report, made on the page of tokens."""
    return token(people, browse, "city.report")


def token(people: Staff, browse: Browse, permission: str) -> str:
    client = browse(User.objects.get(pk=people["dispatcher"].user_id))
    page = client.post("/account/tokens/", {"name": "partner", "permissions": [permission], "days": "30"})
    return "rb_" + page.content.decode().split("rb_", 1)[1].split("<", 1)[0].split('"', 1)[0].strip()


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


def post(form: str = "json", **given: Any) -> HttpResponse:
    data = {name: value for name, value in {**GIVEN, **given}.items() if value is not None}
    return Client(headers={"Accept-Language": "en"}, enforce_csrf_checks=True).post(
        f"{BASE}requests.{form}", data
    )


def error(answered: HttpResponse, status: int) -> str:
    assert answered.status_code == status
    (one,) = answered.json()
    assert one["code"] == status
    return str(one["description"])


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


def test_a_report_with_a_key_becomes_a_case_that_can_be_followed(key: str) -> None:
    (made,) = post(api_key=key, **{"attribute[severity]": "urgent"}).json()
    assert set(made) == {"service_request_id", "service_notice", "account_id"} and made["account_id"] is None
    (code,) = CODE.findall(made["service_notice"])
    assert "media_url was not fetched" in made["service_notice"]
    report = followed(code)
    assert texts(report) == {"words": GIVEN["description"], "place": "示例路口", "phone": "13900000009"}
    case = report.city
    assert (case.channel, case.severity, case.lat, case.lon, case.region) == (
        "api",
        "urgent",
        37.8706,
        112.5489,
        COUNTY,
    )
    assert report.case.number == made["service_request_id"] and report.case.applicant is None
    row = AuditEvent.objects.get(permission="city.report", detail__action="open311")
    assert row.actor is not None and row.object_id == str(case.pk)
    (seen,) = get(f"requests/{made['service_request_id']}")
    assert set(seen) == FIELDS and seen["status"] == "open" and "to be filed" in seen["status_notes"]
    assert seen["description"] is None and seen["lat"] is None and seen["address"] is None
    assert get("requests") == [], "what was not filed is in no list"


def test_the_same_report_of_a_caller_on_one_day_is_one(key: str) -> None:
    first, second = post(api_key=key), post("xml", api_key=key)
    assert CityCase.objects.count() == 1
    root = ElementTree.fromstring(second.content)
    assert root.tag == "service_requests" and root[0].tag == "request"
    assert root[0].findtext("service_request_id") == first.json()[0]["service_request_id"]
    assert post(api_key=key, description="anderes").status_code == 200 and CityCase.objects.count() == 2
    keyed = [Client().post(f"{BASE}requests.json", {**GIVEN, "api_key": key}, headers={"Idempotency-Key": one})
             for one in ("caller-key-1", "caller-key-1", "caller-key-2")]  # fmt: skip
    assert [one.status_code for one in keyed] == [200] * 3 and CityCase.objects.count() == 4


def test_without_a_key_that_may_report_nothing_is_taken(people: Staff, browse: Browse, key: str) -> None:
    assert "api_key" in error(post(), 403)
    assert error(post(api_key="rb_wrong"), 403) and error(post(api_key=key + "x"), 403)
    signed_in = browse(User.objects.get(pk=people["resident"].user_id))
    assert signed_in.post(f"{BASE}requests.json", GIVEN).status_code == 403, "a cookie opens nothing here"
    ApiToken.objects.update(permissions=["indicator.read"])
    assert error(post(api_key=key), 403)
    ApiToken.objects.update(permissions=["city.report"], revoked_at=clock.now())
    assert error(post(api_key=key), 403)
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"jurisdiction_id": None}, 400, "jurisdiction_id"), ({"jurisdiction_id": "999999"}, 404, "jurisdiction_id 999999"),
        ({"jurisdiction_id": "140100"}, 404, "jurisdiction_id"), ({"service_code": None}, 400, "service_code"),
        ({"service_code": "dragon"}, 404, "dragon"), ({"description": None}, 400, "description"),
        ({"description": "长" * 2001}, 400, "2000"), ({"address_string": "长" * 201}, 400, "address_string"),
        ({"phone": "1" * 41}, 400, "phone"), ({"lat": None}, 400, "lat and long"), ({"lat": "north"}, 400, "lat and long"),
        ({"lat": "91"}, 400, "lat and long"), ({"long": "nan"}, 400, "lat and long"),
        ({"lat": None, "long": None, "address_string": None, "address_id": "7"}, 400, "location"),
        ({"attribute[severity]": "dire"}, 400, "severity"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_named_as_the_standard_has_it(
    given: dict[str, Any], status: int, said: str, key: str
) -> None:
    assert said in error(post(api_key=key, **given), status)
    marked = ElementTree.fromstring(post("xml", api_key=key, **given).content)
    assert marked.tag == "errors" and marked[0].tag == "error" and marked[0].findtext("code") == str(status)
    assert said in str(marked[0].findtext("description")) and not Report.objects.exists()


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
    assert counts[0] == counts[1] <= 4, counts


def test_a_list_stops_at_what_the_standard_allows(people: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    from renben.web.cases import open311  # noqa: PLC0415

    plain = open311.provision
    for n in range(3):
        filed(people, title=str(n))
    monkeypatch.setattr(
        open311,
        "provision",
        lambda name, day: type("P", (), {"value": 2})() if "rows" in name else plain(name, day),
    )
    assert [one["description"] for one in get("requests")] == ["2", "1"]
    assert city(told(people["resident"])).filed_at is None and RUBBISH
