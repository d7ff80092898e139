"""Reporting a problem in the street: page by page, with and without an account, once however often it is sent."""

import io
import re
import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from renben.web.cases.models import CityCase, Report
from renben.web.cases.near import distance
from renben.web.cases.reporting import RECEIVER, followed, texts
from renben.web.flow.models import Case
from renben.web.guard.models import AuditEvent, Grant, User
from renben.web.guard.policy import Actor, policy
from renben.web.registry import documents
from renben.web.registry.models import Document
from tests.web.cases import do
from tests.web.city.people import RUBBISH, city, staff, told
from tests.web.conftest import COUNTY, OTHER_COUNTY

Staff = dict[str, Actor]
Browse = Callable[..., Client]
GIVEN = {
    "subclass": "exposed_rubbish", "region": COUNTY, "place": "示例路与合成街路口", "words": "垃圾三天没有清运",
    "severity": "ordinary", "phone": "13900000009",
}  # fmt: skip
HIDDEN = re.compile(r'<input type="hidden" name="([a-z]+)" value="([^"]*)">')
CODE = re.compile(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}")
POINT = (112.5489, 37.8706)


@pytest.fixture
def people() -> Staff:
    """Everybody who has a part in it."""
    return staff()


def post(
    client: Client, page: str, do: str = "next", key: str = "report-key-1", **given: object
) -> HttpResponse:
    return client.post("/city/report/", {**GIVEN, "key": key, "page": page, "do": do, **given})


def send(client: Client, key: str = "report-key-1", **given: object) -> HttpResponse:
    return post(client, "check", "send", key, **given)


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def picture(kind: str = "JPEG", **extra: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (80, 40), (200, 30, 30)).save(out, kind, **extra)
    return out.getvalue()


def with_exif() -> bytes:
    """A photo that knows where, when and with what it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x0110], exif[0x0112], exif[0x9003] = "SECRET-PHONE", 6, "2026:03:01 10:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 52.0, 14.0)})
    return picture(exif=exif, comment=b"SECRET-REMARK")


def filed(
    people: Staff, subclass: str = "exposed_rubbish", title: str = "垃圾未清运", **given: object
) -> CityCase:
    """An open public case."""
    found = city(told(people["resident"], subclass=subclass, **given))
    do(found.pk, "file", people["dispatcher"], **{**RUBBISH, "subclass": subclass, "title": title})
    return CityCase.objects.get(pk=found.pk)


def test_somebody_without_an_account_answers_page_by_page_and_gets_a_code(
    people: Staff, browse: Browse
) -> None:
    client = browse()
    page, hidden, so_far = client.get("/city/report/"), {}, dict[str, str]()
    steps = (
        {"subclass": "exposed_rubbish"}, {"region": COUNTY, "place": "示例路口", "lat": "37.8706", "lon": "112.5489"},
        {"words": "第一行\r\n第二行", "severity": "urgent"}, {"phone": ""},
    )  # fmt: skip
    for step in steps:
        hidden = dict(HIDDEN.findall(text(page)))
        assert so_far.keys() <= hidden.keys() | step.keys(), "what was said travels on"
        page = client.post("/city/report/", {**hidden, **step, "do": "next"})
        so_far |= {name: value for name, value in step.items() if value}
        assert page.status_code == 200 and not Report.objects.exists() and not Case.objects.exists()
    hidden = dict(HIDDEN.findall(text(page)))
    receipt = client.post("/city/report/", {**hidden, "do": "send"})
    (code,) = set(CODE.findall(text(receipt)))
    found = followed(code)
    assert texts(found) == {"words": "第一行\n第二行", "place": "示例路口", "phone": ""}
    assert (found.city.lon, found.city.lat, found.city.severity, found.city.channel) == (
        112.5489,
        37.8706,
        "urgent",
        "web",
    )
    assert found.account is None and found.case.number in text(receipt) and found.case.applicant is None


def test_sent_twice_is_once_and_the_receipt_is_the_same(people: Staff, browse: Browse) -> None:
    client = browse()
    first, second = send(client), send(client)
    assert CODE.findall(text(first)) == CODE.findall(text(second)) and Report.objects.count() == 1
    assert send(client, words="etwas anderes").status_code == 422 and Report.objects.count() == 1
    assert CODE.findall(text(send(client, key="report-key-2"))) != CODE.findall(text(first))


def test_an_account_finds_it_among_its_cases_and_needs_no_code(people: Staff, browse: Browse) -> None:
    client = browse(User.objects.get(pk=people["resident"].user_id))
    answer = text(send(client))
    case = Case.objects.get()
    assert case.applicant == people["resident"].user_id and not CODE.findall(answer)
    assert f"/my/cases/{case.pk}/" in answer and client.get(f"/my/cases/{case.pk}/").status_code == 200
    officer = browse(User.objects.get(pk=people["dispatcher"].user_id))
    assert CODE.findall(text(send(officer, key="report-key-9"))), "who has no pages of one's own gets a code"
    assert Case.objects.filter(applicant=None).count() == 1


@pytest.mark.parametrize(
    ("page", "wrong", "field", "said"),
    [
        ("what", {"subclass": "dragon"}, "id_subclass", "Choose what it is"),
        ("where", {"region": "999999"}, "id_region", ""),
        ("where", {"region": ""}, "id_region", "fill this in"),
        ("where", {"place": " "}, "id_place", "Say where it is"),
        ("where", {"place": "长" * 201}, "id_place", "200"),
        ("where", {"lat": "37.8"}, "id_lon", "both numbers"),
        ("where", {"lat": "95", "lon": "112.5"}, "id_lat", "from −90 to 90"),
        ("where", {"lat": "37.8", "lon": "nan"}, "id_lon", "from −180 to 180"),
        ("where", {"lat": "north", "lon": "112.5"}, "id_lat", "from −90 to 90"),
        ("words", {"words": "  "}, "id_words", "fill this in"),
        ("words", {"words": "长" * 2001}, "id_words", "2000"),
        ("words", {"severity": "dire"}, "id_severity", ""),
        ("phone", {"phone": "12345"}, "id_phone", "11 digits"),
    ],
)  # fmt: skip
def test_a_wrong_answer_names_its_field_on_its_page_and_when_it_is_sent(
    page: str, wrong: dict[str, str], field: str, said: str, people: Staff, browse: Browse
) -> None:
    for answer in (post(browse(), page, **wrong), send(browse(), **wrong)):
        assert answer.status_code == 422 and f'href="#{field}' in text(answer) and said in text(answer)
        assert 'role="alert"' in text(answer)
    assert not Report.objects.exists() and not Case.objects.exists()


def test_one_can_go_back_without_losing_what_was_typed(people: Staff, browse: Browse) -> None:
    answer = text(post(browse(), "check", "to:words"))
    assert "垃圾三天没有清运" in answer and "<textarea" in answer
    assert ("place", "示例路与合成街路口") in HIDDEN.findall(answer)
    assert "<script>alert" not in text(post(browse(), "phone", words="<script>alert(1)</script>"))


def test_a_photo_loses_what_is_written_into_it_and_lies_encrypted(people: Staff, browse: Browse) -> None:
    photo = with_exif()
    assert b"SECRET-PHONE" in photo and b"SECRET-REMARK" in photo
    assert send(browse(), photo=SimpleUploadedFile("p.jpg", photo)).status_code == 200
    row = Report.objects.get()
    kept = Document.objects.get(pk=row.photo)
    content = documents.content(kept)
    assert b"SECRET" not in content and content[:2] not in bytes(kept.content_ct)[:2]
    with Image.open(io.BytesIO(content)) as opened:
        assert not opened.getexif() and opened.size == (40, 80), "upright, though nothing says so any more"
    assert kept.case == row.case_id and kept.kind == "city_photo"
    assert send(browse(), photo=SimpleUploadedFile("p.jpg", photo)).status_code == 200
    assert Document.objects.count() == 1 and Report.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"GIF89a", "JPEG or PNG"), (b"%PDF-1.7 x", "JPEG or PNG"), (picture()[:60], "cannot be opened")],
)  # fmt: skip
def test_what_is_no_photo_is_refused_and_nothing_is_sent(
    content: bytes, said: str, people: Staff, browse: Browse
) -> None:
    answer = send(browse(), photo=SimpleUploadedFile("p.jpg", content))
    assert answer.status_code == 422 and said in text(answer) and "#id_photo" in text(answer)
    assert not Report.objects.exists()


def test_a_case_nearby_is_shown_before_sending_and_takes_the_report(people: Staff, browse: Browse) -> None:
    there = filed(people, lon=POINT[0], lat=POINT[1])
    close = {"lon": str(POINT[0]), "lat": str(POINT[1] + 0.0005)}
    page = text(post(browse(), "where", **close))
    assert str(there.pk) in page and "垃圾未清运" in page and "路口有垃圾" not in page, (
        "never a reporter's words"
    )
    assert str(there.pk) not in text(post(browse(), "where", lon=str(POINT[0]), lat=str(POINT[1] + 0.002)))
    assert str(there.pk) not in text(post(browse(), "where", subclass="street_lamp", **close))
    assert str(there.pk) in text(post(browse(), "where")), "without a point all of the county"
    assert str(there.pk) not in text(post(browse(), "where", region=OTHER_COUNTY))
    assert post(browse(), "near", into="").status_code == 422
    words = text(post(browse(), "near", into=str(there.pk), **close))
    assert there.case.number in words
    sent = [send(browse(), into=str(there.pk), words="", **close) for _ in range(2)]
    (code,) = {one for answer in sent for one in CODE.findall(text(answer))}
    assert CityCase.objects.get(pk=there.pk).reports == 2 and Report.objects.count() == 2
    assert Case.objects.count() == 1 and followed(code).city_id == there.pk
    assert (
        AuditEvent.objects.filter(
            object_type="city_case", object_id=str(there.pk), detail__action="also"
        ).count()
        == 1
    )


def test_an_account_that_adds_to_a_case_gets_a_code_of_its_own(people: Staff, browse: Browse) -> None:
    there = filed(people)
    stranger = User.objects.create(username="city-other", demo=True)
    Grant.objects.create(user=stranger, role="resident", region="")
    (code,) = set(CODE.findall(text(send(browse(stranger), into=str(there.pk)))))
    assert followed(code).account == stranger.pk and CityCase.objects.get(pk=there.pk).reports == 2


def test_only_an_open_public_case_takes_another_report(people: Staff, browse: Browse) -> None:
    fresh = city(told(people["resident"]))
    assert str(fresh.pk) not in text(post(browse(), "where")), "what was not filed is shown to nobody"
    for into in (str(fresh.pk), str(uuid.uuid4())):
        assert send(browse(), into=into).status_code == 422
    there = filed(people)
    do(there.pk, "void", people["dispatcher"], note="重复")
    answer = send(browse(), into=str(there.pk), key="report-key-3")
    assert answer.status_code == 422 and "report it as a new problem" in text(answer)
    assert not Report.objects.filter(account=None).exists()


def test_an_old_case_is_not_offered(people: Staff, browse: Browse) -> None:
    there = filed(people)
    CityCase.objects.filter(pk=there.pk).update(reported_at=there.reported_at.replace(year=2025))
    assert str(there.pk) not in text(post(browse(), "where"))


def test_distances_are_those_of_the_globe() -> None:
    assert distance(0, 0, 0, 90) == pytest.approx(10_007_557, rel=1e-6)
    assert distance(112.55, 60.0, 112.551, 60.0) == pytest.approx(
        distance(112.55, 0.0, 112.551, 0.0) / 2, rel=1e-4
    )
    assert distance(10, 20, 10, 20) == 0


def test_pages_take_as_many_queries_for_fifty_cases_as_for_one(people: Staff, browse: Browse) -> None:
    counts = []
    for more in (1, 49):
        for n in range(more):
            filed(people, title=f"垃圾{n}", lon=POINT[0], lat=POINT[1])
        for page in ("where", "check"):
            with CaptureQueriesContext(connection) as seen:
                post(
                    browse(),
                    page,
                    "next" if page == "where" else "to:near",
                    lon=str(POINT[0]),
                    lat=str(POINT[1]),
                )
            counts.append(len(seen))
    assert counts[:2] == counts[2:] and max(counts) <= 14, counts


def test_the_routes_stand_at_a_door_and_the_device_may_be_asked_where_it_is(browse: Browse) -> None:
    doors = {route: door for door in policy().doors for route in door.routes}
    assert doors["city_report"] is doors["city_follow"] is doors["city_follow_opinion"]
    assert doors["city_report"].address <= 600 and "city" in doors
    answer = browse().get("/city/report/")
    assert "geolocation=(self)" in answer["Permissions-Policy"] and "no-store" in answer["Cache-Control"]
    where = text(post(browse(), "what"))
    assert "/static/cases/locate.js" in where and "data-locate hidden" in where
    assert browse().get("/static/cases/locate.js").status_code == 200


def test_a_receiver_is_no_account() -> None:
    assert RECEIVER.user_id is None and not RECEIVER.grants
