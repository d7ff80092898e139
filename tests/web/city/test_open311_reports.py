"""Reports that come through Open311: with a key only, once a day, and what is missing is named as the standard has it."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from django.http import HttpResponse
from django.test import Client

from renben.web import clock
from renben.web.cases.models import CityCase, Report
from renben.web.cases.reporting import followed, texts
from renben.web.guard.models import ApiToken, AuditEvent, User
from renben.web.guard.policy import Actor
from tests.web.city.people import staff
from tests.web.city.test_open311 import BASE, FIELDS, get
from tests.web.city.test_reporting_pages import CODE
from tests.web.conftest import COUNTY

Staff = dict[str, Actor]
Browse = Callable[..., Client]
GIVEN = {
    "jurisdiction_id": COUNTY, "service_code": "exposed_rubbish", "description": "垃圾 <b>没有</b> 清运 & 有气味",
    "address_string": "示例路口", "lat": "37.8706", "long": "112.5489", "phone": "13900000009", "email": "a@b.example",
    "first_name": "三", "last_name": "张", "device_id": "tt222111", "media_url": "http://elsewhere.example/p.jpg",
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
    short = Client().post(
        f"{BASE}requests.json", {**GIVEN, "api_key": key}, headers={"Idempotency-Key": "short"}
    )
    assert "8" in error(short, 400)


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
