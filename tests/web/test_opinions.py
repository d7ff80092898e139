"""What applicants say about closed cases: once, in time, one's own, and for officers only as counts of an office."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from renben.web.clock import now
from renben.web.flow.models import Case, CaseEvent
from renben.web.flow.refusals import Guarded, Incomplete, KeyReused
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.registry import opinions
from renben.web.registry.models import Address, Opinion
from renben.web.registry.opinions import lines
from renben.web.withholding import Limits
from tests.web.cases import acting, again, do, fill, registered
from tests.web.conftest import COUNTY, DAY, answers

People = dict[str, Actor]
Browse = Callable[..., Client]
BOUNDS = Limits(10, 3, 0.95)
JOB = Actor(None, (("data_steward", "140000"),))


@pytest.fixture
def closed(people: People, address: Address) -> Case:
    """A registration that went through to the end."""
    return registered(people, answers(address))


def say(actor: Actor, case: Case, score: str = "4", word: str = "quick", key: str = "opinion-key-1") -> Any:
    with acting(actor):
        return opinions.give(actor, Case.objects.get(pk=case.pk), score, word, key)


def many(kind: str, region: str, *scores: int, word: str = "", day: dt.date = DAY) -> None:
    for score in scores:
        case = Case.objects.create(
            kind=kind, flow_version=1, stage="draft", region=region, opened_at=now(), stage_since=day
        )
        Opinion.objects.create(case=case, kind=kind, region=region, score=score, word=word, given_on=day)


def found(
    first: dt.date = DAY, last: dt.date = DAY, actor: Actor = JOB
) -> dict[tuple[str, str], opinions.Line]:
    return {(one.region, one.kind): one for one in lines(actor, first, last, BOUNDS)}


def test_it_is_said_once_and_the_same_form_sent_twice_is_once(closed: Case, people: People) -> None:
    resident = again(people["resident"])
    assert not say(resident, closed).repeated and say(resident, closed).repeated
    with pytest.raises(KeyReused):
        say(resident, closed, "1")
    with pytest.raises(Guarded, match="opinion_given"):
        say(resident, closed, "1", key="opinion-key-2")
    one = Opinion.objects.get()
    assert (one.score, one.word, one.region, one.given_on) == (4, "quick", COUNTY, DAY)


def test_only_a_decided_case_and_only_in_time(
    people: People, address: Address, turn: Callable[[dt.date], None]
) -> None:
    case = Case.objects.get(pk=fill("residence_registration", people["resident"], answers(address)))
    with pytest.raises(Guarded, match="opinion_not_closed"):
        say(people["resident"], case)
    do(case.pk, "withdraw", people["resident"])
    with pytest.raises(Guarded, match="opinion_not_closed"):
        say(people["resident"], case)
    done = registered(people, answers(address))
    turn(DAY + dt.timedelta(30))
    assert opinions.offer(Case.objects.get(pk=done.pk)).open  # type: ignore[union-attr]
    turn(DAY + dt.timedelta(31))
    with pytest.raises(Guarded, match="opinion_late"):
        say(again(people["resident"]), done)
    assert not Opinion.objects.exists()


@pytest.mark.parametrize(
    ("score", "word"), [("", ""), ("0", ""), ("6", ""), ("4.5", ""), ("４", ""), ("4", "示例甲办得慢")]
)
def test_anything_but_five_marks_and_the_words_of_the_list_is_refused(
    closed: Case, people: People, score: str, word: str
) -> None:
    with pytest.raises(Incomplete):
        say(again(people["resident"]), closed, score, word)


def test_the_database_holds_the_marks_too(closed: Case) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Opinion.objects.create(case=closed, kind=closed.kind, region=COUNTY, score=6, given_on=DAY)


def test_the_applicant_sees_it_and_the_handling_officer_sees_no_trace(
    closed: Case, people: People, browse: Browse
) -> None:
    resident, officer = (User.objects.get(pk=people[name].user_id) for name in ("resident", "officer"))
    page = f"/my/cases/{closed.pk}/"
    assert 'name="score"' in browse(resident).get(page).content.decode()
    sent = {"score": "1", "word": "unfriendly", "key": "opinion-page-1"}
    assert browse(resident).post(f"{page}opinion/", sent).status_code == 302
    text = browse(resident).get(page).content.decode()
    assert "1 very dissatisfied" in text and "unfriendly" in text and 'name="score"' not in text
    assert browse(officer).post(f"{page}opinion/", sent).status_code == 403
    for address in (f"/office/cases/{closed.pk}/", "/office/?view=closed", "/opinions/"):
        assert "unfriendly" not in browse(officer).get(address).content.decode()
    assert not CaseEvent.objects.filter(case=closed, action="opinion").exists()
    row = AuditEvent.objects.get(object_type="opinion", kind="command")
    assert "1" not in str(row.detail) and row.subject == Case.objects.get(pk=closed.pk).person_key
    held = json.loads(browse(resident).get("/my/data/file/").content)
    assert held["opinions"] == [{"about": closed.kind, "on": str(DAY), "score": 1, "word": "unfriendly"}]


def test_somebody_elses_case_is_unknown(closed: Case, people: People, browse: Browse) -> None:
    stranger = User.objects.get(pk=people["stranger"].user_id)
    sent = {"score": "1", "key": "opinion-page-1"}
    assert browse(stranger).post(f"/my/cases/{closed.pk}/opinion/", sent).status_code == 404
    assert not Opinion.objects.exists()


def test_few_answers_and_answers_that_nearly_all_agree_are_withheld() -> None:
    many("residence_permit", COUNTY, *[5] * 9)
    many("residence_registration", COUNTY, *[5] * 12)
    many("household_change", COUNTY, *[5] * 10, 1, 2)
    many("photo", COUNTY, *[5] * 9, 1, 2, 3)
    rows = found()
    assert {kind for (_, kind), one in rows.items() if one.n is None} == {
        "residence_permit", "residence_registration", "household_change",
    }  # fmt: skip
    shown = rows[COUNTY, "photo"]
    assert (
        (shown.n, shown.content) == (12, 0.75)
        and shown.low is not None
        and shown.low < 0.75 < (shown.high or 0)
    )


def test_words_are_counted_where_enough_chose_them() -> None:
    many("photo", COUNTY, *[5] * 6, word="quick")
    many("photo", COUNTY, *[1] * 4, word="slow")
    many("photo", COUNTY, 1, 1, word="unclear")
    assert found()[COUNTY, "photo"].words == (("quick", 6), ("slow", 4))


def test_only_ones_regions_and_only_months_that_are_over(
    people: People, browse: Browse, turn: Callable[[dt.date], None]
) -> None:
    many("photo", COUNTY, *[5] * 6, *[1] * 4)
    many("photo", "141002", *[5] * 6, *[1] * 4)
    officer = browse(User.objects.get(pk=people["officer"].user_id))
    assert "Nobody said anything" in officer.get("/opinions/").content.decode(), "this month is not over"
    turn(dt.date(2026, 4, 1))
    text = officer.get("/opinions/").content.decode()
    assert "60.0" in text and text.count("<tr>") == 2
