"""Following a report by its code or among one's own cases, the word at the end, the public page, and what is deleted."""

import datetime as dt
import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from renben.web.cases import following
from renben.web.cases.models import CityCase, Report
from renben.web.cases.reporting import RECEIVER, followed, texts
from renben.web.flow.models import Case, CommandKey
from renben.web.flow.refusals import Guarded, Incomplete, Unknown
from renben.web.guard import retention
from renben.web.guard.models import Deletion, User
from renben.web.guard.policy import Actor
from renben.web.registry.models import Document, Opinion
from tests.web.cases import do
from tests.web.city.people import RUBBISH, SEEN, staff, told
from tests.web.city.test_reporting_pages import POINT, filed, picture, send
from tests.web.conftest import COUNTY, DAY

Staff = dict[str, Actor]
Browse = Callable[..., Client]
NOTE = "内部意见：与责任单位电话沟通"


@pytest.fixture
def people() -> Staff:
    """Everybody who has a part in it."""
    return staff()


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def look(client: Client, code: str) -> str:
    return text(client.post("/city/follow/", {"code": code}))


def through(case: str, people: Staff) -> None:
    """From reported to closed, every officer's note the same."""
    do(case, "file", people["dispatcher"], **RUBBISH)
    do(case, "dispatch", people["dispatcher"], unit="housing")
    do(case, "send_back", people["housing"], note=NOTE)
    do(case, "dispatch", people["dispatcher"], unit="housing")
    do(case, "accept", people["housing"])
    do(case, "done", people["housing"], note=NOTE)
    do(case, "confirm", people["inspector"], note=NOTE, **SEEN)


def test_a_code_tells_in_plain_words_where_it_stands(people: Staff, browse: Browse) -> None:
    made, client = told(RECEIVER), browse()
    case, code = made.result.case, made.code
    page = look(client, code.lower().replace("-", " "))
    assert "looking whether it becomes a case" in page and made.result.number in page
    assert "City operation centre" in page and "路口有垃圾" not in page and "13900000009" not in page
    do(case, "file", people["dispatcher"], **RUBBISH)
    do(case, "dispatch", people["dispatcher"], unit="housing")
    page = look(client, code)
    assert "垃圾未清运" in page and "has to accept it" in page and "3 March 2026" in page, "one working day"
    do(case, "accept", people["housing"])
    do(case, "ask_rest", people["housing"], note=NOTE, until="2026-03-10")
    do(case, "rest", people["dispatcher"])
    assert "It rests until 10 March 2026" in look(client, code)
    do(case, "go_on", people["housing"])
    do(case, "done", people["housing"], note=NOTE)
    assert "Somebody else looks by 4 March 2026" in look(client, code)
    do(case, "not_done", people["inspector"], note=NOTE, **SEEN)
    assert "not put right, back to the office" in look(client, code)
    assert NOTE not in look(client, code)


def test_nothing_an_office_writes_for_itself_reaches_a_reporter(people: Staff, browse: Browse) -> None:
    anonymous, mine = told(RECEIVER), told(people["resident"])
    for made in (anonymous, mine):
        through(made.result.case, people)
    own = browse(User.objects.get(pk=people["resident"].user_id))
    pages = [look(browse(), anonymous.code), text(own.get(f"/my/cases/{mine.result.case}/"))]
    for page in pages:
        assert NOTE not in page and "send it back" not in page.lower() and "Not ours" not in page
        assert "seen on the spot" in page and "Is it really put right?" in page and "done in time" in page
    assert "Filed" in text(own.get("/my/cases/")) or "Closed" in text(own.get("/my/cases/"))
    assert own.get("/home/").status_code == 200, "its notices have words"


def test_a_report_that_is_not_filed_says_why_from_the_list(people: Staff, browse: Browse) -> None:
    made, mine = told(RECEIVER), told(people["resident"])
    for one in (made, mine):
        do(one.result.case, "reject", people["dispatcher"], reason="not_public", note=NOTE)
    page = look(browse(), made.code)
    assert "not a public matter" in page and NOTE not in page and "report it again" in page
    own = text(browse(User.objects.get(pk=people["resident"].user_id)).get(f"/my/cases/{mine.result.case}/"))
    assert "not a public matter" in own and NOTE not in own


def test_who_reported_what_was_known_sees_the_case_it_was_joined_to(people: Staff, browse: Browse) -> None:
    first, second, mine = told(RECEIVER), told(RECEIVER), told(people["resident"])
    for one in (second, mine):
        do(one.result.case, "join", people["dispatcher"], into=first.result.number)
    do(first.result.case, "file", people["dispatcher"], **RUBBISH)
    own = browse(User.objects.get(pk=people["resident"].user_id))
    for page in (look(browse(), second.code), text(own.get(f"/my/cases/{mine.result.case}/"))):
        assert f"was joined to case {first.result.number}" in page and "垃圾未清运" in page
    assert second.result.number in look(browse(), second.code)


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA", "x" * 5000, "'; --", "\x00"])
def test_a_wrong_code_opens_nothing_and_says_how_to_go_on(code: str, people: Staff, browse: Browse) -> None:
    told(RECEIVER)
    answer = browse().post("/city/follow/", {"code": code})
    assert answer.status_code == 404 and "compare it with your receipt" in text(answer)
    assert (
        browse().post("/city/follow/opinion/", {"code": code, "score": "5", "key": "key-long-1"}).status_code
        == 404
    )


def say(
    client: Client, code: str, score: str = "2", key: str = "opinion-key-1", word: str = "slow"
) -> HttpResponse:
    return client.post("/city/follow/opinion/", {"code": code, "score": score, "word": word, "key": key})


def test_each_reporter_says_once_whether_it_is_really_put_right(
    people: Staff, browse: Browse, turn: Callable[[dt.date], None]
) -> None:
    made, client = told(RECEIVER), browse()
    assert say(client, made.code).status_code == 422, "it is not closed yet"
    through(made.result.case, people)
    other = text(send(client, key="other-key-1", into=made.result.case))
    assert "report it as a new problem" in other
    assert "2 dissatisfied" in text(say(client, made.code)) and "2 dissatisfied" in text(
        say(client, made.code)
    )
    for wrong in ("0", "6", "", "x"):
        assert say(client, made.code, wrong, "opinion-key-2").status_code == 422
    assert say(client, made.code, "5", "opinion-key-3").status_code == 422, "it was said before"
    row = Opinion.objects.get()
    assert (row.score, row.word, row.kind, row.region) == (2, "slow", "city_case", COUNTY)
    assert row.report == followed(made.code).pk


def test_the_word_of_one_reporter_takes_nothing_from_another(people: Staff, browse: Browse) -> None:
    there = filed(people)
    codes = [text(send(browse(), key=f"also-key-{n}", into=str(there.pk))) for n in range(2)]
    do(there.pk, "dispatch", people["dispatcher"], unit="housing")
    do(there.pk, "accept", people["housing"])
    do(there.pk, "done", people["housing"], note=NOTE)
    do(there.pk, "confirm", people["inspector"], note=NOTE, **SEEN)
    for n, page in enumerate(codes):
        code = page.split('class="code"><strong>')[1][:14]
        assert say(browse(), code, str(n + 1), f"opinion-key-{n}", "").status_code == 200
    own = browse(User.objects.get(pk=people["resident"].user_id))
    given = {"score": "5", "word": "", "key": "opinion-key-9"}
    assert own.post(f"/my/cases/{there.pk}/opinion/", given).status_code == 302
    assert sorted(Opinion.objects.values_list("score", flat=True)) == [1, 2, 5]
    page = text(own.get(f"/my/cases/{there.pk}/"))
    assert "5 very satisfied" in page and "1 very dissatisfied" not in page
    held = json.loads(own.get("/my/data/file/").content)
    assert [one["score"] for one in held["opinions"]] == [5], "one's own, and nobody else's"


def test_the_time_for_the_word_ends(people: Staff, browse: Browse, turn: Callable[[dt.date], None]) -> None:
    made = told(RECEIVER)
    through(made.result.case, people)
    turn(DAY + dt.timedelta(days=400))
    assert say(browse(), made.code).status_code == 422 and "Is it really put right?" not in look(
        browse(), made.code
    )
    assert not Opinion.objects.exists()


def test_a_case_of_somebody_else_stays_closed(people: Staff, browse: Browse) -> None:
    mine = told(people["resident"])
    stranger = User.objects.create(username="city-stranger", demo=True)
    assert browse(stranger).get(f"/my/cases/{mine.result.case}/").status_code in (403, 404)


def test_the_file_of_ones_data_has_what_one_reported(people: Staff, browse: Browse) -> None:
    told(people["resident"], words="张三家门口有垃圾", lon=POINT[0], lat=POINT[1])
    told(RECEIVER, words="别人写的")
    held = json.loads(browse(User.objects.get(pk=people["resident"].user_id)).get("/my/data/file/").content)
    (one,) = held["city_reports"]
    assert one["words"] == "张三家门口有垃圾" and one["phone"] == "13900000009" and one["lat"] == POINT[1]


def test_what_a_reporter_wrote_is_deleted_in_time_and_the_rest_is_kept(people: Staff, browse: Browse) -> None:
    send(browse(), photo=SimpleUploadedFile("p.jpg", picture()), lon=str(POINT[0]), lat=str(POINT[1]))
    case = str(Case.objects.get().pk)
    still = told(RECEIVER)
    through(case, people)
    assert retention.retain(DAY + dt.timedelta(days=365))["city_reports"] == 0
    assert retention.retain(DAY + dt.timedelta(days=366))["city_reports"] == 1
    row = Report.objects.get(city=case)
    assert (row.words_ct, row.place_ct, row.phone_ct, row.lon, row.lat, row.photo) == (None,) * 6
    assert (
        row.code_hash
        and not Document.objects.filter(kind="city_photo").exists()
        and texts(row)["words"] == ""
    )
    assert Deletion.objects.get(what="city.report").rule == "retention.city_report_days"
    assert texts(followed(still.code))["words"], "an open case keeps its reports"
    assert CityCase.objects.get(pk=case).title, "an officer's words stay"
    assert retention.retain(DAY + dt.timedelta(days=367))["city_reports"] == 0


def test_a_photo_that_two_sent_lives_as_long_as_one_of_them_needs_it(people: Staff, browse: Browse) -> None:
    there = filed(people)
    photo = picture()
    for n in range(2):
        send(browse(), key=f"same-photo-{n}", into=str(there.pk), photo=SimpleUploadedFile("p.jpg", photo))
    assert Document.objects.filter(kind="city_photo").count() == 1
    do(there.pk, "void", people["dispatcher"], note=NOTE)
    keep = Report.objects.filter(city=there.pk, account=None).first()
    other = told(RECEIVER)
    Report.objects.filter(pk=keep.pk).update(city=other.result.case)
    retention.retain(DAY + dt.timedelta(days=366))
    assert Document.objects.filter(kind="city_photo").count() == 1 and Report.objects.get(pk=keep.pk).photo


def test_followed_refuses_by_name(people: Staff) -> None:
    made = told(RECEIVER)
    with pytest.raises(Unknown):
        following.say("AAAA", "5", "", "some-key-1")
    with pytest.raises(Guarded):
        following.say(made.code, "5", "", "some-key-1")
    with pytest.raises(Incomplete):
        following.say(made.code, "9", "", "some-key-2")
    assert not Opinion.objects.exists()


def test_the_one_time_key_of_somebody_without_an_account_is_forgotten_like_anybody_elses(
    people: Staff,
) -> None:
    told(RECEIVER)
    assert CommandKey.objects.filter(keep_until=None).count() == 0
