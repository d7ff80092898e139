"""Several accounts report for one institution: joined by a code of one use, named in the audit, ended by the first."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from renben.web.flow.models import Case
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.law import Provided
from renben.web.registry import institution_accounts, institutions, stays
from renben.web.registry.models import Address, Institution, InstitutionAccount, Stay
from tests.web.cases import acting
from tests.web.conftest import DAY, set_day
from tests.web.test_stays import CHILD, GUEST, enrolled

People = dict[str, Actor]
Browse = Callable[..., Client]
PAGE, JOIN = "/stays/accounts/", "/stays/join/"


@pytest.fixture
def hotel(people: People, address: Address) -> Institution:
    return enrolled(people, address)


@pytest.fixture
def first(people: People, hotel: Institution, browse: Browse) -> Client:
    """The account that enrolled the hotel."""
    return browse(User.objects.get(pk=people["stranger"].user_id))


@pytest.fixture
def desk(account: Callable[..., User]) -> User:
    """A colleague's own account."""
    return account("t-desk", "resident")


def invite(client: Client, hotel: Institution, key: str = "invite-key-1", label: str = "夜班前台") -> Any:
    return client.post(PAGE, {"institution": str(hotel.pk), "label": label, "key": key})


def code_in(answer: Any) -> str:
    found = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", answer.content.decode())
    assert found is not None
    return found.group()


def report(client: Client, hotel: Institution, number: str, key: str) -> int:
    row = {"row1-name": "示例客", "row1-number": number, "row1-from": DAY.isoformat()}
    return client.post("/stays/report/", {"institution": str(hotel.pk), "key": key, **row}).status_code


def test_a_colleague_joins_and_reports_under_an_own_name(
    hotel: Institution, first: Client, desk: User, browse: Browse, people: People
) -> None:
    colleague = browse(desk)
    assert report(colleague, hotel, GUEST, "report-key-1") == 404
    code = code_in(invite(first, hotel))
    assert colleague.post(JOIN, {"code": code.lower()}).status_code == 302
    assert report(colleague, hotel, GUEST, "report-key-1") == 302
    row = AuditEvent.objects.get(object_type="stay_report")
    assert row.actor == desk.pk
    assert "t-desk" in first.get(PAGE).content.decode(), "the first account sees who reported"
    assert "合成旅馆" in colleague.get("/stays/").content.decode()
    office = browse(User.objects.get(pk=people["officer"].user_id)).get("/office/stays/").content.decode()
    assert "t-desk" in office and "t-stranger" in office and "夜班前台" in office
    assert code not in str(list(AuditEvent.objects.values())) + str(list(InstitutionAccount.objects.values()))
    kinds = set(AuditEvent.objects.values_list("object_type", flat=True))
    assert {"institution_account_invited", "institution_account_joined"} <= kinds


def test_a_code_is_good_once_and_for_its_days(
    hotel: Institution, first: Client, desk: User, account: Callable[..., User], browse: Browse
) -> None:
    code = code_in(invite(first, hotel))
    assert first.post(JOIN, {"code": code}).status_code == 422, "the first account is in already"
    assert browse(desk).post(JOIN, {"code": code}).status_code == 302
    assert browse(account("t-late", "resident")).post(JOIN, {"code": code}).status_code == 404
    again = code_in(invite(first, hotel, "invite-key-2"))
    assert browse(desk).post(JOIN, {"code": again}).status_code == 422, "joined already"
    set_day(DAY + dt.timedelta(days=8))
    assert browse(account("t-later", "resident")).post(JOIN, {"code": again}).status_code == 404
    assert browse(desk).post(JOIN, {"code": "AAAA-AAAA-AAAA"}).status_code == 404


def test_only_the_first_account_invites_and_ends_and_others_leave(
    hotel: Institution, first: Client, desk: User, account: Callable[..., User], browse: Browse
) -> None:
    colleague, third = browse(desk), browse(account("t-third", "resident"))
    for client, key in ((colleague, "invite-key-1"), (third, "invite-key-2")):
        assert client.post(JOIN, {"code": code_in(invite(first, hotel, key))}).status_code == 302
    assert invite(colleague, hotel, "invite-key-3").status_code == 403
    mine = InstitutionAccount.objects.get(account=desk.pk)
    assert third.post(f"{PAGE}{mine.pk}/end/").status_code == 404, "a colleague ends nobody else"
    assert report(colleague, hotel, GUEST, "report-key-1") == 302
    assert first.post(f"{PAGE}{mine.pk}/end/").status_code == 302
    assert report(colleague, hotel, CHILD, "report-key-2") == 404
    assert colleague.get(PAGE).status_code == 404
    assert Stay.objects.filter(institution=hotel).count() == 1, "what was reported stays"
    theirs = InstitutionAccount.objects.exclude(pk=mine.pk).get()
    assert third.post(f"{PAGE}{theirs.pk}/end/").status_code == 302
    assert not institution_accounts.open_rows(hotel).exists()
    assert "t-desk" in first.get(PAGE).content.decode(), "an ended account stays on the list"


def test_an_ended_institution_takes_no_colleague(
    hotel: Institution, first: Client, desk: User, browse: Browse
) -> None:
    code = code_in(invite(first, hotel))
    Institution.objects.filter(pk=hotel.pk).update(valid_to=DAY)
    assert browse(desk).post(JOIN, {"code": code}).status_code == 404


def test_the_same_form_twice_makes_one_code_and_there_is_a_limit(
    hotel: Institution, first: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_in(invite(first, hotel))
    assert code not in invite(first, hotel).content.decode() and InstitutionAccount.objects.count() == 1
    assert invite(first, hotel, "invite-key-2", label=" ").status_code == 422
    plain = institution_accounts.provision

    def two(name: str, *rest: Any) -> Provided:
        found = plain(name, *rest)
        return Provided(**{**found.__dict__, "value": 2}) if name == "stay.most_accounts" else found

    monkeypatch.setattr(institution_accounts, "provision", two)
    assert invite(first, hotel, "invite-key-3").status_code == 422


def test_what_one_reported_another_ends_and_the_audit_names_both(
    people: People, address: Address, desk: User, browse: Browse
) -> None:
    school = enrolled(people, address, "boarding", "合成学校")
    first = browse(User.objects.get(pk=people["stranger"].user_id))
    colleague = browse(desk)
    colleague.post(JOIN, {"code": code_in(invite(first, school))})
    row = {
        "name": "示例生",
        "number": CHILD,
        "from": DAY.isoformat(),
        "to": "",
        "hukou_region": "141002",
        "hukou_kind": "10",
    }
    with acting(people["stranger"]):
        stays.take(people["stranger"], school, [row], "report-key-1", "file")
    stay = Stay.objects.get()
    left = {"on": DAY.isoformat(), "institution": str(school.pk)}
    assert colleague.post(f"/stays/{stay.key}/end/", left).status_code == 302
    case = Case.objects.get(pk=stay.registration)
    assert case.stage == "withdrawn"
    told = AuditEvent.objects.get(object_type="residence_registration", actor=desk.pk)
    assert told.detail == {"withdrawn_for": people["stranger"].user_id}
    with acting(people["resident"]):
        assert institutions.running(people["resident"]) == []
