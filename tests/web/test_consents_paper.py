"""Consents on paper: recorded at the counter with the scan, in force at once, withdrawn on paper as well, seen by the person."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from renben.web.guard import crypto, retention, vault
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.registry import consents, consents_paper
from renben.web.registry.models import Address, Consent, ConsentPaper, Person
from tests.web.cases import acting, again, registered
from tests.web.conftest import COUNTY, DAY, answers
from tests.web.test_household import CHILD

People = dict[str, Actor]
Browse = Callable[..., Client]
NUMBER, SCAN = "149901198501010014", b"%PDF-1.4 signed at the counter"
PAGE = "/office/consents/"


@pytest.fixture
def person(people: People, address: Address) -> Person:
    case = registered(people, answers(address, members=[CHILD]))
    return Person.objects.current().get(key=case.person_key)


@pytest.fixture
def officer(people: People, browse: Browse) -> Client:
    return browse(User.objects.get(pk=people["officer"].user_id))


def send(client: Client, person: Person, key: str = "paper-key-1", **changes: Any) -> Any:
    form = {"purpose": "proof_reuse", "what": "given", "notice": "2026-11", "signed_on": DAY.isoformat(), "word": "on",
            "scan": SimpleUploadedFile("x.pdf", SCAN), "key": key}  # fmt: skip
    return client.post(f"{PAGE}{person.key}/", {**form, **changes})


def test_a_signed_consent_counts_at_once_with_notice_officer_and_scan(
    person: Person, officer: Client, people: People
) -> None:
    found = officer.post(PAGE, {"number": NUMBER}).content.decode()
    assert "示例甲" in found and NUMBER not in found and str(person.key) in found
    assert send(officer, person).status_code == 302
    row = Consent.objects.get(purpose="proof_reuse")
    assert (row.account, row.notice, row.as_guardian) == (None, "2026-11", False)
    assert consents.standing(person.key, "proof_reuse", DAY)
    paper = ConsentPaper.objects.get()
    assert (paper.consent_id, paper.what, paper.officer) == (row.pk, "given", people["officer"].user_id)
    assert (paper.signed_on, paper.region, paper.media) == (DAY, COUNTY, "application/pdf")
    told = AuditEvent.objects.get(permission="consent.paper", kind="command")
    assert (told.actor, told.subject) == (people["officer"].user_id, person.key)
    assert told.detail["given"] and told.detail["on_paper"] == str(paper.pk)


def test_the_scan_is_sealed_under_a_key_of_its_own_and_every_look_is_recorded(
    person: Person, officer: Client, people: People, browse: Browse
) -> None:
    send(officer, person)
    paper = ConsentPaper.objects.get()
    assert SCAN not in bytes(paper.content_ct)
    with pytest.raises(vault.SealBroken):
        vault.unseal(paper.content_ct, "photo", paper.pk)
    with pytest.raises(crypto.SealBroken):
        vault.unseal(paper.content_ct, "consent_paper", person.key)
    answer = officer.get(f"{PAGE}scans/{paper.pk}/")
    assert answer.content == SCAN and "attachment" in answer["Content-Disposition"]
    assert (
        AuditEvent.objects.filter(object_type="consent_paper", subject=person.key, kind="read").count() == 1
    )
    elsewhere = browse(User.objects.get(pk=people["elsewhere"].user_id))
    assert elsewhere.get(f"{PAGE}scans/{paper.pk}/").status_code == 404


def test_a_withdrawal_on_paper_stops_what_rests_on_it(person: Person, officer: Client) -> None:
    assert Consent.objects.get(purpose="contact_phone", person_key=person.key).withdrawn_at is None
    assert send(officer, person, purpose="contact_phone", what="withdrawn").status_code == 302
    now = Person.objects.current().get(key=person.key)
    assert now.phone == "" and Consent.objects.get(purpose="contact_phone").withdrawn_at is not None
    assert ConsentPaper.objects.get().what == "withdrawn"
    again_ = send(officer, person, "paper-key-2", purpose="contact_phone", what="withdrawn")
    assert again_.status_code == 422, "there is nothing left to withdraw"


def test_for_a_child_the_guardian_signs_and_it_ends_at_fourteen(person: Person, officer: Client) -> None:
    child = Person.objects.current().get(birth=dt.date(2018, 6, 15))
    assert "guardian signs" in officer.post(PAGE, {"number": CHILD["number"]}).content.decode()
    assert send(officer, child, purpose="photo").status_code == 302
    row = Consent.objects.get(purpose="photo")
    assert (row.as_guardian, row.ends_on) == (True, dt.date(2032, 6, 15))
    assert not consents.child_photo_missing(child.key, DAY)


@pytest.mark.parametrize("changes", [
    {"word": ""}, {"notice": " "}, {"signed_on": "2026-03-03"}, {"signed_on": "1984-12-31"}, {"signed_on": "x"},
    {"scan": ""}, {"what": "maybe"}, {"key": "short"}, {"scan": SimpleUploadedFile("x.exe", b"MZ not a paper")},
])  # fmt: skip
def test_what_is_missing_is_refused_and_nothing_is_written(
    person: Person, officer: Client, changes: dict[str, Any]
) -> None:
    assert send(officer, person, **{"key": "paper-key-1", **changes}).status_code == 422
    assert not ConsentPaper.objects.exists() and not Consent.objects.filter(purpose="proof_reuse").exists()


def test_a_statute_is_no_matter_of_consent_and_nobody_records_his_own(
    person: Person, officer: Client, people: People, browse: Browse
) -> None:
    assert send(officer, person, purpose="residence").status_code == 403
    assert send(officer, person, purpose="nothing").status_code == 404
    elsewhere = browse(User.objects.get(pk=people["elsewhere"].user_id))
    assert elsewhere.post(PAGE, {"number": NUMBER}).status_code == 404
    assert send(elsewhere, person).status_code == 404
    User.objects.filter(person_key=person.key).update(person_key=None)
    User.objects.filter(pk=people["officer"].user_id).update(person_key=person.key)
    assert send(officer, person).status_code == 403
    assert not ConsentPaper.objects.exists()


def test_the_same_form_twice_is_one_paper(person: Person, officer: Client) -> None:
    assert send(officer, person).status_code == 302
    assert send(officer, person).status_code == 302
    assert ConsentPaper.objects.count() == 1 and Consent.objects.filter(purpose="proof_reuse").count() == 1
    assert send(officer, person, "paper-key-2").status_code == 422, "agreed to before"
    assert ConsentPaper.objects.count() == 1


def test_the_person_sees_it_and_may_withdraw_online(
    person: Person, officer: Client, people: People, browse: Browse
) -> None:
    send(officer, person)
    me = again(people["resident"])
    page = browse(User.objects.get(pk=me.user_id)).get("/my/data/").content.decode()
    assert "on paper, at the counter" in page and "Papers recorded at the counter" in page
    with acting(me):
        consents.withdraw(me, Consent.objects.get(purpose="proof_reuse").pk)
    assert not consents.standing(person.key, "proof_reuse", DAY)


def test_the_scan_goes_with_the_record_of_its_consent(person: Person, officer: Client) -> None:
    send(officer, person)
    send(officer, person, "paper-key-2", what="withdrawn")
    assert ConsentPaper.objects.count() == 2
    gone = Consent.objects.get(purpose="proof_reuse").withdrawn_at
    assert gone is not None
    retention.retain(gone.date() + dt.timedelta(days=4 * 365))
    assert not ConsentPaper.objects.exists() and not Consent.objects.filter(purpose="proof_reuse").exists()
    assert consents_paper.papers_of([person.key]) == []
