"""Answers of applications that led to nothing are deleted in time and registered; records are kept."""

import datetime as dt
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from renben.web.flow.command import open_case
from renben.web.flow.models import Case, CommandKey, Message
from renben.web.guard import erasing, retention
from renben.web.guard.models import AuditEvent, Deletion, User
from renben.web.guard.policy import Actor
from renben.web.law import Provided
from renben.web.registry import keeping
from renben.web.registry.models import (
    Address,
    Consent,
    Document,
    Endorsement,
    Institution,
    Mandate,
    Permit,
    Person,
    Proof,
    Residence,
    record,
    replace,
)
from tests.web.cases import do, fill, registered
from tests.web.conftest import DAY, answers

People = dict[str, Actor]
Turn = Callable[[dt.date], None]


def test_a_withdrawn_application_loses_its_answers_after_a_year_and_not_before(
    people: People, address: Address, turn: Turn
) -> None:
    case = fill("residence_registration", people["resident"], answers(address))
    do(case, "withdraw", people["resident"])
    assert retention.retain(DAY + dt.timedelta(days=365))["answers"] == 0
    assert retention.retain(DAY + dt.timedelta(days=366))["answers"] == 1
    assert Case.objects.get(pk=case).answers_ct is None and Case.objects.get(pk=case).stage == "withdrawn"
    row = Deletion.objects.get()
    assert (row.what, row.object_id, row.rule) == ("case.answers", case, "retention.ended_case_days")
    assert AuditEvent.objects.filter(kind="system", object_id=case).count() == 1
    assert retention.retain(DAY + dt.timedelta(days=400))["answers"] == 0, "nothing is deleted twice"


def test_files_of_an_application_that_led_to_nothing_go_with_its_answers_unless_a_record_rests_on_them(
    people: People, address: Address
) -> None:
    common = {"kind": "proof", "media": "x", "size": 1, "hash": "x", "content_ct": b"x"}
    case = fill("residence_registration", people["resident"], answers(address))
    do(case, "withdraw", people["resident"])
    moment = Case.objects.get(pk=case).opened_at
    files = [Document.objects.create(case=case, at=moment, **common) for _ in range(4)]
    Proof.objects.create(person_key=uuid4(), kind="lease", valid_from=DAY, document=files[0], case=case)
    Mandate.objects.create(account=1, person_key=uuid4(), kind="guardian", document=files[1], valid_from=DAY)
    Institution.objects.create(account=1, kind="hotel", name="合成", region=address.region, address=address,
                               document=files[2].pk, valid_from=DAY, valid_to=DAY)  # fmt: skip
    going = registered(people, answers(address)).pk
    kept = Document.objects.create(case=going, at=moment, **common)
    assert retention.retain(DAY + dt.timedelta(days=365))["answer_files"] == 0
    assert retention.retain(DAY + dt.timedelta(days=366))["answer_files"] == 1
    assert set(Document.objects.values_list("pk", flat=True)) == {*(one.pk for one in files[:3]), kept.pk}
    assert Deletion.objects.get(what="case.file").rule == "retention.ended_case_days"


def test_what_became_a_record_is_kept(people: People, address: Address) -> None:
    case = registered(people, answers(address))
    retention.retain(DAY + dt.timedelta(days=4000))
    assert Case.objects.get(pk=case.pk).answers_ct is not None and Person.objects.count() == 1


def test_many_records_do_not_hide_one_that_led_to_nothing(
    people: People, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "BATCH", 1)
    registered(people, answers(address))
    for _ in range(3):
        case = fill("residence_registration", people["resident"], answers(address))
        do(case, "withdraw", people["resident"])
    assert retention.retain(DAY + dt.timedelta(days=400))["answers"] == 3


def test_a_persons_one_time_key_goes_after_a_week_and_the_systems_stay(people: People) -> None:
    before = CommandKey.objects.count()
    first = open_case("residence_registration", people["resident"], "one-time-key")
    open_case("residence_registration", retention.KEEPER, "timer:1:1:wait", applicant=None)
    week = DAY + dt.timedelta(days=7)
    assert retention.retain(week)["keys"] == 0
    assert open_case("residence_registration", people["resident"], "one-time-key").case == first.case
    assert retention.retain(week + dt.timedelta(days=1))["keys"] == 1
    assert CommandKey.objects.count() == before + 1
    assert CommandKey.objects.filter(keep_until=None).count() >= 1


@pytest.fixture
def in_force(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put periods in force that the shipped catalogue leaves empty."""

    def set_days(**days: int) -> None:
        def known(name: str, day: dt.date) -> Provided | None:
            return Provided(f"retention.{name}", days[name], "合成", "D", "day") if name in days else None

        monkeypatch.setattr(keeping, "in_force", known)

    return set_days


def moved_away(people: People, address: Address) -> Residence:
    """A spell that ended on the day, and one that goes on."""
    registered(people, answers(address))
    spell = Residence.objects.current().get()
    replace(spell, "test", valid_to=DAY)
    record(
        Residence, "test", key=uuid4(), valid_from=DAY, person_key=spell.person_key, address=address,
        region=address.region, township=address.township, hukou_region="141002", reason="work", housing="rent",
        registered_on=DAY, channel="online",
    )  # fmt: skip
    return spell


def test_records_without_a_period_in_force_are_kept(people: People, address: Address) -> None:
    moved_away(people, address)
    done = retention.retain(DAY + dt.timedelta(days=20_000))
    assert (done["residences"], done["permits"], done["proofs"]) == (
        0,
        0,
        0,
    ) and Residence.objects.count() == 3
    names = ("ended_residence_days", "closed_permit_days", "expired_proof_days")
    assert [keeping.in_force(name, DAY) for name in names] == [None] * 3


def test_a_spell_goes_after_its_period_with_its_history_and_an_open_one_stays(
    people: People, address: Address, in_force: Callable[..., None]
) -> None:
    spell = moved_away(people, address)
    in_force(ended_residence_days=100)
    assert retention.retain(DAY + dt.timedelta(days=100))["residences"] == 0
    assert retention.retain(DAY + dt.timedelta(days=101))["residences"] == 1
    assert not Residence.objects.filter(key=spell.key).exists()
    assert Residence.objects.get().valid_to is None
    row = Deletion.objects.get(what="residence")
    assert (row.object_id, row.rule) == (str(spell.key), "retention.ended_residence_days")
    later = DAY + dt.timedelta(days=20_000)
    assert retention.retain(later)["residences"] == 0, "where somebody lives now is never deleted"


def test_a_closed_permit_goes_with_its_endorsements_and_one_in_force_stays(
    in_force: Callable[..., None],
) -> None:
    keys = {state: uuid4() for state in ("closed", "in_force")}
    for state, key in keys.items():
        record(
            Permit, "test", key=key, valid_from=DAY, valid_to=DAY if state == "closed" else None, number=state,
            person_key=uuid4(), region="140105", issued=DAY, anchor=DAY, next_due=DAY, expires=DAY, state=state,
        )  # fmt: skip
        Endorsement.objects.create(permit=key, due=DAY, done=DAY, late=False)
    in_force(closed_permit_days=10)
    assert retention.retain(DAY + dt.timedelta(days=11))["permits"] == 1
    assert [one.number for one in Permit.objects.all()] == ["in_force"]
    assert [one.permit for one in Endorsement.objects.all()] == [keys["in_force"]]


def test_the_file_of_an_expired_proof_goes_unless_another_proof_still_needs_it(
    people: People, address: Address, in_force: Callable[..., None]
) -> None:
    case, person = registered(people, answers(address)), uuid4()
    common = {"kind": "proof", "media": "x", "size": 1, "content_ct": b"x", "at": case.opened_at}
    files = [Document.objects.create(hash=str(n), **common) for n in range(2)]
    for n, until in ((0, DAY), (1, DAY), (1, None)):
        Proof.objects.create(
            person_key=person, kind="lease", valid_from=DAY, valid_to=until, document=files[n], case=case.pk
        )
    in_force(expired_proof_days=30)
    assert retention.retain(DAY + dt.timedelta(days=30))["proofs"] == 0
    assert retention.retain(DAY + dt.timedelta(days=31))["proofs"] == 1
    assert [one.pk for one in Document.objects.all()] == [files[1].pk]
    assert Proof.objects.filter(person_key=person).count() == 3, "that there was a proof stays on record"


def test_a_withdrawn_consent_is_kept_for_three_years_and_a_standing_one_longer(
    people: People, address: Address
) -> None:
    registered(people, answers(address))
    row = Consent.objects.get()
    assert retention.retain(DAY + dt.timedelta(days=9000))["consents"] == 0
    moment = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
    Consent.objects.filter(pk=row.pk).update(withdrawn_at=moment)
    assert retention.retain(dt.date(2029, 3, 2))["consents"] == 0
    assert retention.retain(dt.date(2029, 3, 3))["consents"] == 1 and not Consent.objects.exists()
    assert Deletion.objects.get(what="consent").rule == "retention.consent_record_years"


def test_a_notice_goes_after_its_period_once_its_case_is_closed(
    people: People, address: Address, in_force: Callable[..., None]
) -> None:
    closed = registered(people, answers(address))
    waiting = open_case("residence_registration", people["stranger"], "retained-notice", address.region).case
    told = dt.datetime.combine(DAY, dt.time(12), dt.UTC)
    for case in (closed.pk, waiting):
        Message.objects.create(account=1, case_id=case, seq=1, topic="x", body={"y": 1}, at=told)
    in_force()
    assert retention.retain(DAY + dt.timedelta(days=20_000))["messages"] == 0, "no period is set"
    in_force(inbox_message_days=100)
    assert retention.retain(DAY + dt.timedelta(days=100))["messages"] == 0
    assert retention.retain(DAY + dt.timedelta(days=101))["messages"] == 1
    assert [str(one.case_id) for one in Message.objects.filter(topic="x")] == [waiting], "its case is open"
    row = Deletion.objects.get(what="message")
    assert row.rule == "retention.inbox_message_days"
    assert AuditEvent.objects.filter(object_type="message", object_id=row.object_id).count() == 1


def test_the_system_page_says_which_periods_are_not_set(
    account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    page = browse(account("k-system", "system_admin")).get("/system/").content.decode()
    assert page.count("Not set: kept") == 6 and "第五十六条" in page and "365" in page


def test_a_day_has_one_round() -> None:
    assert retention.due(DAY) and not retention.due(DAY) and retention.due(DAY + dt.timedelta(days=1))


def test_a_round_that_fails_is_to_be_made_again_on_the_same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "today", lambda: DAY)

    def broken(_: dt.date) -> dict[str, int]:
        raise OSError("the disk is full")

    with monkeypatch.context() as once:
        once.setattr(retention, "retain", broken)
        with pytest.raises(OSError, match="the disk is full"):
            retention.daily()
    made = []
    monkeypatch.setattr(retention, "retain", lambda day: made.append(day) or {"answers": 2, "keys": 1})
    assert (retention.daily(), retention.daily(), made) == (3, 0, [DAY])
