"""A person moves: certificates are asked for, issued, taken in, weighed and shown, and bad ones are refused."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from renben.web.clock import today
from renben.web.exchange import certificates, log, parties, sending, transfers
from renben.web.exchange.envelope import Content, canonical, sign
from renben.web.exchange.models import Certificate, Delivery, Message
from renben.web.flow.models import Case
from renben.web.flow.refusals import Refusal
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.law import Provided
from renben.web.registry.entitlements import facts_of
from renben.web.registry.models import Address, Endorsement, Permit, Person, record
from renben.web.registry.permits import open_permit
from tests.web.cases import do, registered
from tests.web.conftest import answers
from tests.web.exchange.conftest import HERE, THERE, Other
from tests.web.planted import BIRTH, NAME, NUMBER


@dataclass(frozen=True)
class Moved:
    """Somebody who lives here since 2025-08-01."""

    done: Case
    applicant: User


@pytest.fixture
def planted(people: dict[str, Actor], address: Address) -> Moved:
    """Registered here, nothing else."""
    given = answers(
        address, number=NUMBER, name=NAME, birth=BIRTH, arrival="2025-08-01", proof_from="2025-08-01"
    )
    done = registered(people, given)
    return Moved(done, User.objects.get(pk=people["resident"].user_id))


@pytest.fixture
def person(planted: Moved) -> Person:
    """Somebody registered here since 2025-08-01, with a permit of this city since 2026-02-02."""
    found = Person.objects.current().get(key=planted.done.person_key)
    record(
        Permit, "test", key="00000000-0000-4000-8000-0000000000aa", valid_from=dt.date(2026, 2, 2), number="JZZ-T-1",
        person_key=found.key, region=HERE, issued=dt.date(2026, 2, 2), anchor=dt.date(2026, 2, 2),
        next_due=dt.date(2027, 2, 2), expires=dt.date(2031, 2, 2),
    )  # fmt: skip
    return found


@pytest.fixture
def subject(person: Person) -> dict[str, str]:
    return certificates.subject_of(person)


def allow(monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    """This city's rule in a test."""
    plain = transfers.provision

    def provision(name: str, day: dt.date, region: str = "") -> Provided:
        found = plain(name, day, region)
        value = values.get(name.partition(".")[2], found.value)
        return Provided(name, value, found.ref, found.trust, found.unit)

    monkeypatch.setattr(transfers, "provision", provision)


def taken(linfen: Other, subject: dict[str, str], **changes: Any) -> Case:
    receipt = linfen.sends(linfen.certifies(subject, **changes))
    assert receipt["outcome"] == "accepted", receipt["told"]
    return Case.objects.get(number=receipt["told"]["case"])


def test_a_good_certificate_opens_a_case_in_the_persons_county(
    linfen: Other, subject: dict[str, str]
) -> None:
    case = taken(linfen, subject)
    one = Certificate.objects.get(case=case.pk)
    assert (case.kind, case.region, case.stage) == ("residence_transfer", HERE, "received")
    assert transfers.record_of(one, "counted").held[0].lapses == (
        (dt.date(2024, 9, 1), dt.date(2024, 10, 1)),
    )
    assert NUMBER.encode() not in bytes(one.document_ct) and NUMBER not in str(
        Message.objects.get().receipt.document
    )


def wrong(linfen: Other, content: Content, word: str) -> None:
    """Refused with a signed receipt that says why in both languages; nothing is taken in."""
    receipt = linfen.sends(content)
    assert receipt["outcome"] == "refused" and receipt["told"]["reason"] == f"refusal.certificate.{word}"
    assert receipt["told"]["zh"] and receipt["told"]["en"] and linfen.sends(content) == receipt
    assert not Certificate.objects.exists() and not Case.objects.filter(kind="residence_transfer").exists()


def test_an_expired_certificate_is_refused(linfen: Other, subject: dict[str, str]) -> None:
    wrong(linfen, linfen.certifies(subject, issued_on="2025-01-01", expires_on="2026-03-01"), "expired")


def test_a_certificate_is_good_on_its_last_day(linfen: Other, subject: dict[str, str]) -> None:
    taken(linfen, subject, issued_on="2025-01-01", expires_on="2026-03-02")


def test_a_forged_certificate_is_refused(linfen: Other, subject: dict[str, str]) -> None:
    changed = {**linfen.certificate(subject), "expires_on": "2099-01-01"}
    wrong(linfen, linfen.content(kind="residence.certificate", body={"certificate": changed}), "forged")
    stranger = Other("linfen").certificate(subject)
    wrong(linfen, linfen.content(kind="residence.certificate", body={"certificate": stranger}), "forged")


def test_a_certificate_of_a_broken_or_long_left_key_is_refused(
    linfen: Other, subject: dict[str, str]
) -> None:
    old = Other("linfen")
    parties.add_key("linfen", old.public)
    body = {"certificate": old.certificate(subject)}
    parties.break_key(parties.PartnerKey.objects.get(public=old.public).key)
    wrong(linfen, linfen.content(kind="residence.certificate", body=body), "forged")


def test_a_certificate_that_somebody_else_brings_is_refused(linfen: Other, subject: dict[str, str]) -> None:
    datong = Other("datong")
    parties.add_partner("datong", "大同", "Datong", datong.public)
    body = {"certificate": datong.certificate(subject)}
    wrong(linfen, linfen.content(kind="residence.certificate", body=body), "other_issuer")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"number": "149901199002280038"}, "nobody"),
        ({"name": "示例他人"}, "somebody_else"),
        ({"birth": "1973-06-08"}, "somebody_else"),
        ({"extra": "x"}, "form"),
    ],
)
def test_a_certificate_about_the_wrong_person_is_refused(
    linfen: Other, subject: dict[str, str], changes: dict[str, str], word: str
) -> None:
    wrong(linfen, linfen.certifies({**subject, **changes}), word)


@pytest.mark.parametrize(
    "changes",
    [
        {"held": [{"region": THERE, "number": "x", "since": "2024-01-01", "until": "2023-01-01", "lapses": []}]},
        {"held": [{"region": "14", "number": "x", "since": "2024-01-01", "until": None, "lapses": []}]},
        {"held": [{"region": THERE, "number": "x", "since": "2024-01-01", "until": None}]},
        {"held": [{"region": THERE, "number": "x", "since": "2024-01-01", "until": None,
                   "lapses": [{"since": "2023-01-01", "until": None}]}]},
        {"lived": [{"region": THERE, "since": "2024-13-01", "until": None}]},
        {"lived": "none"},
        {"issued_on": "2026-03-03"},
        {"version": 2},
        {"serial": "1"},
        {"more": 1},
    ],
)  # fmt: skip
def test_a_certificate_out_of_form_is_refused(
    linfen: Other, subject: dict[str, str], changes: dict[str, Any]
) -> None:
    wrong(linfen, linfen.certifies(subject, **changes), "form")


def test_the_same_certificate_in_another_message_is_not_counted_twice(
    linfen: Other, subject: dict[str, str]
) -> None:
    content = linfen.certifies(subject)
    assert linfen.sends(content)["outcome"] == "accepted"
    again = linfen.sends(linfen.content(kind=content.kind, body=content.body))
    assert again["outcome"] == "refused" and again["told"]["reason"] == "refusal.certificate.known"
    assert Certificate.objects.count() == 1


def test_two_officers_weigh_what_counts_and_the_person_sees_it(
    linfen: Other, subject: dict[str, str], person: Person, people: dict[str, Actor], monkeypatch: pytest.MonkeyPatch,
    browse: Callable[..., Client], planted: Moved,
) -> None:  # fmt: skip
    allow(monkeypatch, recognised_from="province", lapse_rule="pause", most_gap_days=30)
    case, client = taken(linfen, subject), browse(planted.applicant)
    page = client.get("/my/years/").content.decode()
    assert "still being decided" in page and "0 full years (28 days)" in page
    office = (
        browse(User.objects.get(pk=people["officer"].user_id))
        .get(f"/office/transfers/{case.pk}/")
        .content.decode()
    )
    assert NAME in office and NUMBER not in office and "not endorsed in time" in office
    with pytest.raises(Refusal):
        do(case.pk, "count", people["issuer"])
    do(case.pk, "propose", people["officer"])
    with pytest.raises(Refusal):
        do(case.pk, "count", people["officer"])
    do(case.pk, "count", people["issuer"])
    case.refresh_from_db()
    assert (case.stage, case.result["days"], case.result["years"], case.result["lapse"]) == (
        "counted",
        366 + 507 + 10,
        2,
        "pause",
    )
    page = client.get("/my/years/").content.decode()
    assert "2 full years (883 days)" in page and "still being decided" not in page
    assert AuditEvent.objects.filter(subject=person.key, kind="read", permission="transfer.read").exists()


@pytest.mark.parametrize(
    ("reading", "later", "days"), [("pause", 400, 883 - 28), ("restart", 0, 517 - 28), ("restart", 400, 0)]
)
def test_years_that_were_decided_count_in_the_entitlements(
    linfen: Other, subject: dict[str, str], person: Person, people: dict[str, Actor], monkeypatch: pytest.MonkeyPatch,
    reading: str, later: int, days: int,
) -> None:  # fmt: skip
    allow(monkeypatch, recognised_from="province", lapse_rule=reading, most_gap_days=30)
    case, permit = taken(linfen, subject), open_permit(person.key)
    assert permit is not None and facts_of(person, today())["permit_counted_from"] == permit.anchor
    do(case.pk, "propose", people["officer"])
    do(case.pk, "count", people["issuer"])
    case.refresh_from_db()
    anchor = permit.anchor + dt.timedelta(days=later)  # as a late endorsement does
    Permit.objects.filter(pk=permit.pk).update(anchor=anchor)
    assert (anchor - facts_of(person, today())["permit_counted_from"]).days == days, case.result


def test_a_declined_certificate_brings_nothing_and_says_so(
    linfen: Other, subject: dict[str, str], people: dict[str, Actor], browse: Callable[..., Client], planted: Moved,
) -> None:  # fmt: skip
    case = taken(linfen, subject)
    do(case.pk, "propose", people["officer"])
    do(case.pk, "decline", people["issuer"], "合成理由：与原件不符")
    page = browse(planted.applicant, "zh-hans").get("/my/years/").content.decode()
    assert "未获计入" in page and "0 整年（28 天）" in page


def test_officers_of_another_county_do_not_see_it(
    linfen: Other, subject: dict[str, str], people: dict[str, Actor], browse: Callable[..., Client]
) -> None:
    case = taken(linfen, subject)
    client = browse(User.objects.get(pk=people["elsewhere"].user_id))
    assert client.get(f"/office/transfers/{case.pk}/").status_code == 404
    assert str(case.number) not in client.get("/office/transfers/").content.decode()


def test_our_own_certificate_states_what_is_recorded(own: str, person: Person) -> None:
    Endorsement.objects.create(
        permit="00000000-0000-4000-8000-0000000000aa", due="2026-02-10", done="2026-02-20", late=True
    )
    document = certificates.issued(person)
    known = certificates.checked(document, today())
    assert document["issuer"] == own and document["subject"]["number"] == NUMBER
    assert [(one.region, one.since, one.until) for one in known.lived] == [(HERE, dt.date(2025, 8, 1), None)]
    assert known.held[0].lapses == ((dt.date(2026, 2, 10), dt.date(2026, 2, 20)),)
    assert certificates.checked(sign("certificate", {k: v for k, v in document.items() if k not in ("key", "signature")},
                                     parties.signing_key()), today()) == known  # fmt: skip


def test_another_city_asks_and_the_certificate_goes_out(
    linfen: Other, subject: dict[str, str], browse: Callable[..., Client], planted: Moved
) -> None:
    receipt = linfen.sends(linfen.content(kind="residence.request", body={"subject": subject}))
    assert receipt["outcome"] == "accepted"
    out = Message.objects.get(way="out", message=receipt["told"]["answered_by"])
    content = log.content_of(out, "taiyuan")
    assert content.kind == "residence.certificate" and content.answers == receipt["message"]
    certificates.checked(content.body["certificate"], today())
    row = AuditEvent.objects.get(kind="export", object_type="message_out", object_id=str(out.message))
    assert row.subject == out.person_key and row.detail["digest"] == content.digest
    mine = browse(planted.applicant).get("/my/data/").content.decode()
    assert "Another system, by a signed message" in mine and "Residence permits" in mine


def test_another_city_asks_about_somebody_who_never_lived_here(
    linfen: Other, subject: dict[str, str]
) -> None:
    asked = {**subject, "number": "149901199002280038"}
    receipt = linfen.sends(linfen.content(kind="residence.request", body={"subject": asked}))
    assert (
        receipt["told"]["reason"] == "refusal.certificate.nobody"
        and not Message.objects.filter(way="out").exists()
    )


def test_without_an_agreement_out_nothing_leaves(linfen: Other, subject: dict[str, str]) -> None:
    parties.end_agreement(parties.Agreement.objects.get(way="out", kind="residence.certificate").pk)
    receipt = linfen.sends(linfen.content(kind="residence.request", body={"subject": subject}))
    assert receipt["outcome"] == "refused" and receipt["told"]["reason"] == "refusal.exchange.not_agreed"
    assert not Message.objects.filter(way="out").exists()


@pytest.mark.parametrize(("way", "kind"), [("ask", "residence.request"), ("give", "residence.certificate")])
def test_a_resident_sets_it_off_once_a_day(
    linfen: Other, person: Person, planted: Moved, browse: Callable[..., Client], way: str, kind: str
) -> None:  # fmt: skip
    client = browse(planted.applicant)
    assert client.post("/my/years/", {"way": way, "partner": "linfen"}).status_code == 302
    assert client.post("/my/years/", {"way": way, "partner": "linfen"}).status_code == 422
    assert client.post("/my/years/", {"way": way, "partner": "datong"}).status_code == 422
    assert [one.kind for one in Message.objects.filter(way="out")] == [kind]
    assert "Waits for the receipt" in client.get("/my/years/").content.decode()


def test_what_is_given_up_is_shown_and_can_be_tried_anew(
    linfen: Other, person: Person, account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    message = transfers.issue(Actor(None, job="registry"), "", person, "linfen")
    client = browse(account("t-system", "system_admin", "140000"))
    assert "given up" not in client.get("/system/").content.decode() and sending.waiting() == (1, [])
    for _ in range(sending.ATTEMPTS):
        assert sending.deliver() == 0
        Delivery.objects.filter(done_at=None).update(next_try="2020-01-01T00:00:00Z")
    assert sending.deliver() == 0 and Delivery.objects.get().attempts == sending.ATTEMPTS
    assert str(message.message) in client.get("/system/").content.decode()
    assert sending.try_again() == 1 and sending.waiting() == (1, [])


def test_a_delivery_is_tried_again_and_takes_only_a_genuine_receipt(
    linfen: Other, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = transfers.issue(Actor(None, job="registry"), "", person, "linfen")
    assert sending.deliver() == 0  # nothing listens there
    one = Delivery.objects.get()
    assert one.attempts == 1 and one.error and one.done_at is None
    asked: list[bytes] = []

    def answer(receipt: Callable[[Content], dict[str, Any]]) -> int:
        def posted(_address: str, raw: bytes) -> bytes:
            asked.append(raw)
            return canonical(receipt(log.content_of(message, "taiyuan")))

        monkeypatch.setattr(sending, "_posted", posted)
        Delivery.objects.update(next_try="2020-01-01T00:00:00Z")
        return sending.deliver()

    def receipt(content: Content, **changes: Any) -> dict[str, Any]:
        known = {"version": 1, "message": content.id, "sender": "taiyuan", "receiver": "linfen", "kind": content.kind,
                 "digest": content.digest, "outcome": "accepted", "told": {}, "received_at": "2026-03-02T01:00:00Z"}  # fmt: skip
        return sign("receipt", {**known, **changes}, linfen.secret)

    assert answer(lambda content: {**receipt(content), "outcome": "refused"}) == 0
    assert answer(lambda content: receipt(content, digest="0" * 64)) == 0
    assert answer(lambda content: receipt(content, outcome="maybe")) == 0
    assert answer(receipt) == 1 and answer(receipt) == 0
    assert Delivery.objects.get().attempts == 5 and len(asked) == 4
    assert message.receipt.outcome == "accepted" and list(log.problems("taiyuan")) == []
