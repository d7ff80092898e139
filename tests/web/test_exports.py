"""A list of people leaves only with a reason and somebody else's approval, for some days, and everybody on it sees that."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from renben.web.clock import today
from renben.web.flow.models import Case, CaseEvent
from renben.web.flow.refusals import NotAllowed
from renben.web.flow.sweeper import sweep
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.registry import exports
from renben.web.registry.exports import FORMULA, KIND
from tests.web.cases import do
from tests.web.conftest import CITY, COUNTY
from tests.web.planted import ADDRESS, NAME, NUMBER, Planted

REASON = "合成：核对本季度居住登记，用后销毁"
Browse = Callable[..., Client]


@pytest.fixture
def officer(people: dict[str, Actor], browse: Browse, planted: Planted) -> Client:
    return browse(User.objects.get(pk=people["officer"].user_id))


@pytest.fixture
def chief(account: Callable[..., User]) -> User:
    return account("x-chief", "police_officer", CITY)


def ask(client: Client, **changes: str) -> Any:
    form = {"list": "residents", "of": COUNTY, "reason": REASON, "key": f"export-{uuid4()}", **changes}
    return client.post(reverse("export_ask"), form)


def asked(client: Client) -> Case:
    answer = ask(client)
    assert answer.status_code == 302
    return Case.objects.get(pk=answer["Location"].strip("/").split("/")[-1])


def download(client: Client, case: Case) -> Any:
    return client.get(reverse("export_file", args=[case.pk]))


def lines(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_without_approval_only_counts_are_shown(officer: Client, planted: Planted) -> None:
    page = officer.get(reverse("exports")).content.decode()
    assert NAME not in page and NUMBER not in page and 'data-label="People living here">2<' in page
    case = asked(officer)
    assert (case.stage, case.result["rows"]) == ("requested", 2) and case.number.startswith("DC-")
    assert download(officer, case).status_code == 422
    seen = officer.get(reverse("export", args=[case.pk])).content.decode()
    assert REASON in seen and NAME not in seen and reverse("export_file", args=[case.pk]) not in seen


def test_nobody_approves_his_own_request_even_with_the_other_role(
    planted: Planted, account: Callable[..., User], browse: Browse
) -> None:
    steward = account("x-steward", "data_steward", "140000")
    case = asked(browse(steward))
    with pytest.raises(NotAllowed):
        do(case.pk, "approve", actor_of(steward))
    Case.objects.filter(pk=case.pk).update(applicant=None)
    with pytest.raises(NotAllowed, match="maker_is_checker"):
        do(case.pk, "approve", actor_of(steward))


def test_an_approved_list_has_its_watermark_first_and_last_and_every_row_in_the_audit(
    officer: Client, chief: User, planted: Planted
) -> None:
    case = asked(officer)
    do(case.pk, "approve", actor_of(chief))
    answer = download(officer, case)
    rows = lines(answer)
    assert answer["Content-Disposition"] == f'attachment; filename="{case.number}.csv"'
    assert answer["Cache-Control"] == "no-store"
    assert rows[0] == rows[-1] and len(rows) == 2 + 1 + 2
    for part in (case.number, "t-officer", str(today().year), REASON, str(chief.pk), "2"):
        assert part in rows[0][0]
    assert [NAME, NUMBER] == rows[2][:2] and ADDRESS in rows[2]
    written = AuditEvent.objects.filter(kind="export", object_type=KIND, object_id=str(case.pk))
    whole = written.get(subject=None)
    assert whole.detail["rows"] == 2 and len(whole.detail["sha256"]) == 64
    assert NAME not in str(whole.detail) and NUMBER not in str(whole.detail)
    assert written.filter(subject=planted.done.person_key).count() == 1 and written.count() == 3


def test_the_person_on_the_list_sees_that_it_was_exported(
    officer: Client, chief: User, planted: Planted, browse: Browse
) -> None:
    case = asked(officer)
    do(case.pk, "approve", actor_of(chief))
    assert download(officer, case).status_code == 200
    mine = browse(planted.applicant).get("/my/data/").content.decode()
    assert "Exported" in mine and "Lists that leave the service" in mine


def test_after_its_days_the_download_is_closed(
    officer: Client, chief: User, planted: Planted, turn: Callable[[dt.date], None]
) -> None:
    case = asked(officer)
    do(case.pk, "approve", actor_of(chief))
    case.refresh_from_db()
    assert case.wait_on is not None and case.wait_on > today()
    turn(case.wait_on)
    assert download(officer, case).status_code == 200
    turn(case.wait_on + dt.timedelta(1))
    assert download(officer, case).status_code == 422, "closed even before the timer has fired"
    sweep()
    case.refresh_from_db()
    assert case.stage == "lapsed" and download(officer, case).status_code == 422


def test_only_the_one_who_asked_takes_the_file(
    officer: Client, chief: User, people: dict[str, Actor], planted: Planted, browse: Browse
) -> None:
    case = asked(officer)
    do(case.pk, "approve", actor_of(chief))
    for other in (User.objects.get(pk=people["colleague"].user_id), chief):
        assert download(browse(other), case).status_code == 404
    colleague = browse(User.objects.get(pk=people["colleague"].user_id))
    assert colleague.get(reverse("export", args=[case.pk])).status_code == 404
    assert browse(planted.applicant).get(reverse("exports")).status_code == 403


def test_a_stopped_or_refused_list_is_not_given_out(officer: Client, chief: User, planted: Planted) -> None:
    stopped, refused = asked(officer), asked(officer)
    do(stopped.pk, "approve", actor_of(chief))
    do(stopped.pk, "stop", actor_of(chief), "合成：用途有变")
    do(refused.pk, "refuse", actor_of(chief), "合成：理由不足")
    assert {download(officer, one).status_code for one in (stopped, refused)} == {422}


@pytest.mark.parametrize(
    ("change", "says"),
    [({"reason": "太短"}, "at least 10"), ({"of": "140106"}, "no such region"), ({"of": ""}, "no such region"),
     ({"list": "everything"}, "the kind of list"), ({"list": "permits"}, "Nobody is on this list")],
)  # fmt: skip
def test_a_request_without_reason_region_or_rows_is_refused_with_the_next_step(
    officer: Client, change: dict[str, str], says: str
) -> None:
    before = Case.objects.filter(kind=KIND).count()
    answer = ask(officer, **change)
    assert answer.status_code == 422 and says in answer.content.decode()
    assert Case.objects.filter(kind=KIND).count() == before, "nothing is left behind"


def test_more_people_than_the_limit_are_refused(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    law = exports.provision("registry_export.most_rows", today())
    monkeypatch.setattr(exports, "provision", lambda *_: type(law)(law.name, 1, law.ref, law.trust, law.unit))
    answer = ask(officer)
    assert answer.status_code == 422 and "choose a smaller region" in answer.content.decode()


def test_sending_the_same_form_twice_asks_once(officer: Client) -> None:
    first, second = (ask(officer, key="export-once-1") for _ in range(2))
    assert first["Location"] == second["Location"]
    assert CaseEvent.objects.filter(case=first["Location"].strip("/").split("/")[-1]).count() == 2


@pytest.mark.parametrize("start", FORMULA)
def test_no_cell_is_a_formula(start: str) -> None:
    assert exports._safe(f"{start}1+1") == f"'{start}1+1"
    assert exports._safe("示例") == "示例" and exports._safe(None) == ""


def test_a_request_does_not_appear_in_the_queue(officer: Client, chief: User, browse: Browse) -> None:
    case = asked(officer)
    assert case.number not in browse(chief).get(reverse("queue")).content.decode()
    assert case.number in browse(chief).get(reverse("exports")).content.decode()
