"""Sharing between departments: the way of a request, its clocks and separations, the answer, and every use audited."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from renben.web.exchange import sharing
from renben.web.exchange.models import Message
from renben.web.exchange.pages_sharing import request_page
from renben.web.flow.models import Case
from renben.web.flow.refusals import NotAllowed, Refusal, Unknown
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.programme.models import Seat
from renben.web.registry.questions import QUESTIONS
from tests.web.cases import acting, do
from tests.web.exchange.conftest import HERE, Other
from tests.web.planted import NUMBER, Planted

REASON = "核定公租房申请人的居住情况，依据示例办法第一条"


@pytest.fixture
def housing(account: Callable[..., User]) -> User:
    """The liaison of the housing department, over the whole province."""
    user = account("t-housing", "task_owner", "140000")
    Seat.objects.create(user=user, office="housing")
    return user


def ask(client: Client, item: str, number: str = NUMBER, key: str = "sharing-key-1", **changes: str) -> Case:
    given = {"item": item, "of": HERE, "number": number, "reason": REASON, "key": key, **changes}
    answer = client.post("/sharing/ask/", given)
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    return Case.objects.get(pk=UUID(answer["Location"].strip("/").split("/")[-1]))


def test_every_item_has_an_owner_a_shape_and_an_answer() -> None:
    items = sharing.catalogue().items
    assert {one.shape for one in items.values()} == set(sharing.SUBMIT) and set(items) == set(sharing.ANSWERS)


def test_the_days_are_provisions_with_a_source() -> None:
    day = dt.date(2026, 3, 2)
    for name, days in (("check", 2), ("answer", 5), ("prepare", 10)):
        here, gaoping = (provision(f"sharing.{name}_working_days", day, code) for code in (HERE, "140581"))
        assert (here.value, here.trust, gaoping.value, gaoping.trust) == (days, "D", days, "S")
        assert here.unit == "working_day" and "高平" in gaoping.ref


def test_what_forms_ask_twice_is_found_in_the_forms_themselves() -> None:
    found = {(one.kind, one.field) for one in sharing.repeated()}
    assert ("residence_registration", "hukou_region") in found and ("residence_permit", "proof_kind") in found
    for kind, name in found:
        assert any(name in question.form.base_fields for question in QUESTIONS[kind])
    assert set(sharing.catalogue().held) == {name for _, name in found}, (
        "no entry without a form that asks it"
    )


def test_an_unconditional_item_needs_the_data_authority_only(
    planted: Planted, housing: User, people: dict[str, Actor], browse: Callable[..., Client]
) -> None:
    client = browse(housing)
    case = ask(client, "registered_counts", "")
    assert (case.stage, case.due_on, case.number) == (
        "checking_open",
        dt.date(2026, 3, 4),
        "GX-140105-2026-000002",
    )
    assert client.post(f"/sharing/{case.pk}/use/").status_code == 422
    do(case.pk, "pass", people["steward"])
    page = client.post(f"/sharing/{case.pk}/use/").content.decode()
    assert "<dt>Persons</dt><dd>2</dd>" in page
    assert planted.done.person_key


@pytest.mark.parametrize(
    ("item", "stage", "due"),
    [
        ("residence_registration", "answering", dt.date(2026, 3, 9)),
        ("residence_years", "preparing", dt.date(2026, 3, 16)),
    ],
)
def test_a_conditional_item_goes_on_to_its_owner_with_its_own_clock(
    planted: Planted, housing: User, people: dict[str, Actor], browse: Callable[..., Client], item: str, stage: str, due: dt.date
) -> None:  # fmt: skip
    client = browse(housing)
    case = ask(client, item)
    assert case.due_on == dt.date(2026, 3, 4)
    do(case.pk, "pass", people["steward"])
    case.refresh_from_db()
    assert (case.stage, case.due_on) == (stage, due)
    do(case.pk, "answer", people["issuer"])
    page = client.post(f"/sharing/{case.pk}/use/").content.decode()
    assert NUMBER not in page and "149901********0017" in page
    assert ("1 August 2025" in page) == (item == "residence_registration")
    rows = AuditEvent.objects.filter(kind="export", object_id=str(case.pk))
    assert [(row.subject, row.purpose) for row in rows] == [(planted.done.person_key, "data_sharing")]
    mine = browse(planted.applicant).get("/my/data/").content.decode()
    assert "Sharing between departments" in mine and "Responsible unit" in mine


def test_nobody_checks_what_he_asked_or_answers_what_he_checked(
    planted: Planted, housing: User, people: dict[str, Actor], browse: Callable[..., Client], account: Callable[..., User]
) -> None:  # fmt: skip
    case = ask(browse(housing), "residence_registration")
    both = actor_of(account("t-both", "data_steward", "140000"))
    both = Actor(both.user_id, (*both.grants, ("police_officer", "140000")))
    with pytest.raises(NotAllowed):
        do(case.pk, "pass", people["issuer"])
    do(case.pk, "pass", both)
    with pytest.raises(NotAllowed):
        do(case.pk, "answer", both)
    do(case.pk, "answer", people["issuer"])


def test_a_refusal_needs_a_reason(
    planted: Planted, housing: User, people: dict[str, Actor], browse: Callable[..., Client]
) -> None:
    case = ask(browse(housing), "residence_permit")
    do(case.pk, "pass", people["steward"])
    with pytest.raises(Refusal):
        do(case.pk, "refuse", people["issuer"])
    do(case.pk, "refuse", people["issuer"], "合成理由：与职责无关")
    assert Case.objects.get(pk=case.pk).stage == "refused"
    assert browse(housing).post(f"/sharing/{case.pk}/use/").status_code == 422


def test_data_that_seem_wrong_are_verified_and_can_be_used_again(
    planted: Planted, housing: User, people: dict[str, Actor], browse: Callable[..., Client]
) -> None:
    client, me = browse(housing), actor_of(housing)
    case = ask(client, "residence_permit")
    do(case.pk, "pass", people["steward"])
    do(case.pk, "answer", people["issuer"])
    do(case.pk, "dispute", me, "合成：与本人所述不符")
    assert client.post(f"/sharing/{case.pk}/use/").status_code == 422
    do(case.pk, "verify", people["issuer"], "合成：已核对")
    assert "No open permit" in client.post(f"/sharing/{case.pk}/use/").content.decode()


def test_the_use_ends(
    planted: Planted, housing: User, people: dict[str, Actor], browse: Callable[..., Client], turn: Callable[[dt.date], None]
) -> None:  # fmt: skip
    client = browse(housing)
    case = ask(client, "registered_counts", "")
    do(case.pk, "pass", people["steward"])
    turn(dt.date(2026, 4, 1))
    assert client.post(f"/sharing/{case.pk}/use/").status_code == 200
    turn(dt.date(2026, 4, 2))
    assert client.post(f"/sharing/{case.pk}/use/").status_code == 422


def test_somebody_registered_elsewhere_is_not_told(
    planted: Planted, housing: User, people: dict[str, Actor], browse: Callable[..., Client]
) -> None:
    client = browse(housing)
    case = ask(client, "residence_registration", of="140106")
    do(case.pk, "pass", people["steward"])
    do(case.pk, "answer", people["issuer"])
    page = client.post(f"/sharing/{case.pk}/use/").content.decode()
    assert "<dt>Registered</dt><dd>No</dd>" in page and "1 August 2025" not in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"item": "everything"}, "what is asked for"),
        ({"of": "110000"}, "region"),
        ({"reason": "要"}, "10"),
        ({"number": "149901197306070018"}, "check digit"),
    ],
)
def test_a_request_that_is_not_whole_is_refused(
    housing: User, browse: Callable[..., Client], changes: dict[str, str], said: str
) -> None:
    given = {
        "item": "residence_permit",
        "of": HERE,
        "number": NUMBER,
        "reason": REASON,
        "key": "sharing-key-2",
        **changes,
    }
    answer = browse(housing).post("/sharing/ask/", given)
    assert (
        answer.status_code == 422
        and said in answer.content.decode()
        and not Case.objects.filter(kind="sharing_request").exists()
    )


def test_an_account_without_an_office_cannot_ask(
    account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    client = browse(account("t-nobody", "task_owner", "140000"))
    assert "no office yet" in client.get("/sharing/").content.decode()
    given = {"item": "registered_counts", "of": HERE, "reason": REASON, "key": "sharing-key-3"}
    assert "no office" in client.post("/sharing/ask/", given).content.decode()


def test_a_department_sees_its_own_requests_only(
    planted: Planted, housing: User, account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    case = ask(browse(housing), "residence_permit")
    other = account("t-other-office", "task_owner", "140000")
    assert str(case.number) not in browse(other).get("/sharing/").content.decode()
    with acting(actor_of(other)), pytest.raises(Unknown):
        request_page(actor_of(other), case.pk)
    assert browse(other).post(f"/sharing/{case.pk}/use/").status_code == 404


def test_an_answer_goes_out_as_a_signed_message(
    linfen: Other, planted: Planted, housing: User, people: dict[str, Actor], browse: Callable[..., Client]
) -> None:  # fmt: skip
    from renben.web.exchange import log, parties  # noqa: PLC0415

    parties.add_partner("housing-system", "住建系统", "Housing", Other().public, office="housing")
    for name in ("linfen", "housing-system"):
        parties.agree(name, "out", "sharing.answer", "data_sharing", "140000")
    case = ask(browse(housing), "residence_registration")
    do(case.pk, "pass", people["steward"])
    do(case.pk, "answer", people["issuer"])
    police = browse(User.objects.get(pk=people["issuer"].user_id))
    assert "signed" in police.get(f"/sharing/{case.pk}/").content.decode()
    assert police.post(f"/sharing/{case.pk}/send/", {"partner": "datong"}).status_code == 422
    assert (
        police.post(f"/sharing/{case.pk}/send/", {"partner": "linfen"}).status_code == 422
    )  # another office's system
    assert police.post(f"/sharing/{case.pk}/send/", {"partner": "housing-system"}).status_code == 302
    body: dict[str, Any] = log.content_of(Message.objects.get(way="out"), "taiyuan").body
    assert body["request"] == case.number and body["answer"] == {
        "registered": True,
        "county": HERE,
        "since": "2025-08-01",
    }
