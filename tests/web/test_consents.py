"""Consents: per purpose and ground, given after a notice, for a child twice by the guardian, withdrawn with effect."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from renben.web.clock import today
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, Incomplete, NotAllowed, Unknown
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.registry import consents, consents_page, people, photo_ledger, photos
from renben.web.registry.models import Address, Consent, Person, PhotoGrant, Proof
from tests.web.cases import acting, again, do, registered
from tests.web.conftest import DAY, answers, set_day
from tests.web.pictures import MASTER_FACE, master
from tests.web.test_household import CHILD
from tests.web.test_queries import queries

People = dict[str, Actor]
Browse = Callable[..., Client]
D = dt.date
TAIL = CHILD["number"][-4:]


@pytest.fixture
def parent(people: People, address: Address) -> Actor:
    registered(people, answers(address, members=[CHILD]))
    return again(people["resident"])


def child() -> str:
    return str(Person.objects.current().get(birth=D(2018, 6, 15)).key)


def agree(actor: Actor, name: str, ward: str = "") -> Consent:
    with acting(actor):
        return consents.give(actor, name, ward)


def confirm(actor: Actor, row: Consent, tail: str = TAIL) -> None:
    with acting(actor):
        consents.confirm(actor, row.pk, tail)


def withdraw(actor: Actor, row: Consent) -> str:
    with acting(actor):
        return consents.withdraw(actor, row.pk)


def hand_photo_in(actor: Actor, ward: str) -> Any:
    from renben.web.flow.command import open_case  # noqa: PLC0415

    person = people.person(ward)
    assert person is not None
    with acting(actor):
        case = open_case(
            "photo", actor, f"child-photo-{Case.objects.count()}", person.region, person_key=person.key
        ).case
    do(case, "save", actor, question="notice", fields={"notice": "2026-01"})
    with acting(actor):
        key = photos.keep_draft(Case.objects.get(pk=case), master(), today())
    do(case, "save", actor, question="photo", fields={"photo": key})
    do(case, "submit", actor)
    return case


def test_the_phone_of_a_registration_stands_on_the_register_with_its_notice(parent: Actor) -> None:
    row = Consent.objects.get()
    assert (row.purpose, row.notice, row.as_guardian, row.account) == (
        "contact_phone",
        "2026-01",
        False,
        parent.user_id,
    )
    assert consents.stands(row, DAY) and "第十三条" in row.legal_basis


def test_withdrawing_the_phone_takes_it_off_the_record_and_leaves_the_residence(parent: Actor) -> None:
    assert parent.person_key
    assert withdraw(parent, Consent.objects.get()) == "contact_phone"
    person = people.person(parent.person_key)
    assert person is not None and person.phone == "" and person.phone_index == ""
    assert next(row.phone for row in Person.objects.filter(key=person.key).order_by("pk")) == "13900000001"
    assert not consents.standing(person.key, "contact_phone", DAY)
    assert len(consents.rows_of(person.key)) == 1, "a withdrawal is a date, the row stays"
    with pytest.raises(Unknown):
        withdraw(parent, Consent.objects.get())


def test_what_rests_on_a_statute_is_neither_given_nor_withdrawn(parent: Actor) -> None:
    for name in ("residence", "permit"):
        with pytest.raises(NotAllowed, match="consent_statute"):
            agree(parent, name)
    (about, of_child) = consents_page.register(parent)
    states = {one.purpose.name: one.state for one in about.entries}
    assert states == {
        "proof_reuse": "none",
        "contact_phone": "standing",
        "residence": "statute",
        "permit": "statute",
    }
    assert {one.purpose.name for one in of_child.entries} > {"photo", "photo-school", "photo-medical"}


def test_one_consent_to_a_purpose_at_a_time_and_a_new_one_after_a_withdrawal(parent: Actor) -> None:
    row = agree(parent, "proof_reuse")
    assert consents.standing(row.person_key, "proof_reuse", DAY)
    with pytest.raises(Incomplete, match="consent_there"):
        agree(parent, "proof_reuse")
    withdraw(parent, row)
    assert agree(parent, "proof_reuse").pk != row.pk
    with pytest.raises(Unknown):
        agree(parent, "everything")


def test_for_a_child_it_stands_only_after_the_second_confirmation(parent: Actor) -> None:
    row = agree(parent, "proof_reuse", child())
    assert (
        row.as_guardian
        and row.confirmed_at is None
        and not consents.standing(row.person_key, "proof_reuse", DAY)
    )
    with pytest.raises(Guarded, match="consent_tail"):
        confirm(parent, row, "0000")
    confirm(parent, row)
    assert consents.standing(row.person_key, "proof_reuse", DAY)
    with pytest.raises(Unknown):
        confirm(parent, row)
    assert AuditEvent.objects.filter(object_type="consent", subject=row.person_key).count() == 2


def test_a_late_confirmation_does_not_count_and_it_can_be_agreed_to_anew(parent: Actor) -> None:
    row = agree(parent, "proof_reuse", child())
    set_day(DAY + dt.timedelta(8))
    with pytest.raises(Guarded, match="consent_late"):
        confirm(parent, row)
    again_ = agree(parent, "proof_reuse", child())
    confirm(parent, again_)
    assert consents.stands(Consent.objects.get(pk=again_.pk), today())


def test_the_guardians_word_ends_at_fourteen(parent: Actor) -> None:
    row = agree(parent, "proof_reuse", child())
    confirm(parent, row)
    row.refresh_from_db()
    assert row.ends_on == D(2032, 6, 15)
    assert consents.stands(row, D(2032, 6, 14)) and not consents.stands(row, D(2032, 6, 15))


@pytest.mark.parametrize(
    ("birth", "until"), [(D(2012, 3, 3), D(2026, 3, 3)), (D(2012, 3, 2), None), (D(2012, 2, 29), None)]
)
def test_a_child_is_below_fourteen(birth: dt.date, until: dt.date | None) -> None:
    assert consents.guarded_until(birth, DAY) == until


def test_nobody_decides_for_somebody_else(parent: Actor, people: People) -> None:
    with pytest.raises(NotAllowed):
        agree(people["stranger"], "proof_reuse", child())
    with pytest.raises(Guarded, match="not_registered"):
        agree(people["stranger"], "proof_reuse")
    row = Consent.objects.get()
    with pytest.raises(Unknown):
        withdraw(people["stranger"], row)
    assert parent.person_key
    with pytest.raises(NotAllowed, match="no_mandate"):
        agree(parent, "proof_reuse", str(parent.person_key))


def test_a_childs_photo_is_not_taken_in_without_the_guardians_two_words(parent: Actor) -> None:
    with pytest.raises(Guarded, match="consent_photo"):
        hand_photo_in(parent, child())
    row = agree(parent, "photo", child())
    with pytest.raises(Guarded, match="consent_photo"):
        hand_photo_in(parent, child())
    confirm(parent, row)
    assert Case.objects.get(pk=hand_photo_in(parent, child())).stage == "submitted"


def test_a_use_of_the_childs_photo_gets_its_code_and_withdrawing_all_stops_it(
    parent: Actor, people: People
) -> None:
    use = agree(parent, "photo-school", child())
    with pytest.raises(Guarded, match="no_photo_in_use"):
        confirm(parent, use)
    whole = agree(parent, "photo", child())
    confirm(parent, whole)
    case = hand_photo_in(parent, child())
    do(case, "claim", people["officer"])
    do(case, "accept", people["officer"], face=MASTER_FACE)
    confirm(parent, use)
    grant = PhotoGrant.objects.get()
    entry = next(
        one for one in consents_page.register(parent)[1].entries if one.purpose.name == "photo-school"
    )
    assert entry.state == "standing" and entry.code == photo_ledger.code_of(grant)
    assert photo_ledger.collect(entry.code)[1] == "school.jpg"
    withdraw(parent, whole)
    assert not Consent.objects.filter(purpose="photo-school", withdrawn_at=None).exists()
    with pytest.raises(Unknown):
        photo_ledger.collect(entry.code)


def test_my_data_shows_gives_confirms_and_withdraws(parent: Actor, browse: Browse) -> None:
    client = browse(User.objects.get(pk=parent.user_id))
    page = client.get("/my/data/").content.decode()
    assert "By statute, cannot be withdrawn" in page and "国务院令第663号" in page and CHILD["name"] in page
    assert client.post(reverse("consent_give", args=["proof_reuse"]), {"ward": child()}).status_code == 302
    row = Consent.objects.get(purpose="proof_reuse")
    page = client.get("/my/data/").content.decode()
    assert "One more step" in page and reverse("consent_confirm", args=[row.pk]) in page
    assert client.post(reverse("consent_confirm", args=[row.pk]), {"tail": "1"}).status_code == 422
    client.post(reverse("consent_confirm", args=[row.pk]), {"tail": TAIL.lower()})
    assert "Agreed to" in client.get("/my/data/").content.decode()
    client.post(reverse("consent_withdraw", args=[row.pk]))
    page = client.get("/my/data/").content.decode()
    assert "Proofs are no longer fetched" in page and "Earlier consents" in page
    held = client.get("/my/data/file/").json()["consents"]
    assert {(one["of"], one["purpose"], bool(one["withdrawn"])) for one in held} == {
        ("me", "contact_phone", False), ("child", "proof_reuse", True)}  # fmt: skip


def test_every_purpose_and_every_stop_has_its_words(parent: Actor) -> None:
    from renben.web.words import pair  # noqa: PLC0415

    for about in consents_page.register(parent):
        for one in about.entries:
            assert all(pair(one.purpose.word)) and all(pair(f"consent.state.{one.state}"))
            if one.purpose.consent:
                kind = "photo_use" if one.purpose.name.startswith(consents.PHOTO) else one.purpose.name
                assert all(pair(f"consent.stopped.{kind}"))


def test_my_data_asks_as_many_questions_for_many_consents_as_for_few(parent: Actor, browse: Browse) -> None:
    client, counts = browse(User.objects.get(pk=parent.user_id)), []
    for _ in range(2):
        for _ in range(10):
            withdraw(parent, agree(parent, "proof_reuse"))
        Proof.objects.create(
            person_key=parent.person_key, kind="lease", valid_from=DAY, case=Case.objects.all()[0].pk
        )
        counts.append(queries(lambda: client.get("/my/data/")))
    assert counts[0] == counts[1]
