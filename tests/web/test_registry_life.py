"""A person's way through the registry: registration, permit and its life, settlement, correction, duplicates."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from renben.web.clock import now
from renben.web.flow.command import open_case
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, NotAllowed
from renben.web.flow.sweeper import sweep
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry import applications, documents, merging, permits
from renben.web.registry import people as registry_people
from renben.web.registry.identifiers import check_digit
from renben.web.registry.models import (
    Address,
    Endorsement,
    HouseholdMember,
    Permit,
    Person,
    Residence,
    SamePerson,
    Settlement,
    replace,
)  # fmt: skip
from tests.web.cases import again, do, fill, registered
from tests.web.conftest import COUNTY, DAY, OTHER_COUNTY, answers

People = dict[str, Actor]
Turn = Callable[[dt.date], None]
D = dt.date


def numbered(first: str) -> str:
    return first + check_digit(first)


CHILD = {"document_kind": "citizen", "number": numbered("14990120180615001"), "name": "示例丙", "sex": "1",
         "birth": "2018-06-15", "relation": "child"}  # fmt: skip


@pytest.fixture
def family(people: People, address: Address) -> Case:
    return registered(people, answers(address, members=[CHILD]))


def apply_for_permit(people: People, key: str = "begin-permit") -> str:
    resident = again(people["resident"])
    case = applications.begin(resident, "residence_permit", key).case
    fields = {"notice": "x", "proof_kind": "lease", "proof_to": ""}
    for question in ("notice", "permit_proof"):
        do(case, "save", resident, question=question, fields=fields)
    return case


@pytest.fixture
def permitted(people: People, family: Case, turn: Turn) -> Permit:
    turn(D(2026, 9, 1))
    case = apply_for_permit(people)
    do(case, "submit", again(people["resident"]))
    do(case, "claim", people["officer"])
    do(case, "accept", people["officer"])
    do(case, "issue", people["issuer"])
    return Permit.objects.current().get()


def test_approval_records_everybody_the_household_and_the_spell(family: Case, people: People) -> None:
    spells = Residence.objects.current()
    assert spells.count() == Person.objects.count() == HouseholdMember.objects.count() == 2
    assert {s.valid_from for s in spells} == {D(2026, 3, 1)} and {s.region for s in spells} == {COUNTY}
    assert again(people["resident"]).person_key == family.person_key
    person = registry_people.person(family.person_key)
    assert person is not None and (person.name, person.phone, person.hukou_region) == (
        "示例甲",
        "13900000001",
        "141002",
    )


def test_a_move_ends_the_spell_before_and_history_knows_both(
    family: Case, people: People, turn: Turn
) -> None:
    known = now()
    turn(D(2026, 5, 4))
    elsewhere = Address.objects.create(region=OTHER_COUNTY, township=OTHER_COUNTY + "001", text="合成街道2号")
    fields = answers(elsewhere, arrival="2026-05-01")
    case = fill("residence_registration", people["resident"], fields)
    do(case, "submit", people["resident"])
    do(case, "claim", people["elsewhere"])
    do(case, "approve", people["elsewhere"])
    mine = Residence.objects.filter(person_key=family.person_key)
    now_known = mine.current().order_by("valid_from").values_list("region", "valid_from", "valid_to")
    assert list(now_known) == [(COUNTY, D(2026, 3, 1), D(2026, 5, 1)), (OTHER_COUNTY, D(2026, 5, 1), None)]
    then_known = mine.known(known).values_list("region", "valid_to")
    assert list(then_known) == [(COUNTY, None)], "as known before the move"
    assert [s.region for s in mine.current().on(D(2026, 4, 1))] == [COUNTY]


def test_one_person_cannot_have_two_open_spells(family: Case) -> None:
    spell = Residence.objects.current().first()
    assert spell is not None
    spell.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        spell.save(force_insert=True)


def test_before_half_a_year_a_permit_is_refused_and_on_the_day_it_is_not(
    family: Case, people: People, turn: Turn
) -> None:
    turn(D(2026, 8, 31))
    case = apply_for_permit(people)
    with pytest.raises(Guarded, match="half_year"):
        do(case, "submit", again(people["resident"]))
    turn(D(2026, 9, 1))
    do(case, "submit", again(people["resident"]))


def test_whoever_accepts_a_permit_cannot_issue_it(family: Case, people: People, turn: Turn, account) -> None:  # type: ignore[no-untyped-def]
    from renben.web.guard.models import Grant  # noqa: PLC0415

    Grant.objects.create(user_id=people["officer"].user_id, role="police_officer", region=COUNTY)
    both = again(people["officer"])
    turn(D(2026, 9, 1))
    case = apply_for_permit(people)
    do(case, "submit", again(people["resident"]))
    do(case, "claim", both)
    do(case, "accept", both)
    assert Case.objects.get(pk=case).due_on == D(2026, 9, 16), "15 days from acceptance"
    with pytest.raises(NotAllowed, match="maker_is_checker"):
        do(case, "issue", both)
    do(case, "issue", people["issuer"])


def test_the_issue_period_is_extended_once_to_30_days(family: Case, people: People, turn: Turn) -> None:
    turn(D(2026, 9, 1))
    case = apply_for_permit(people)
    do(case, "submit", again(people["resident"]))
    do(case, "claim", people["officer"])
    do(case, "accept", people["officer"])
    do(case, "extend", people["issuer"], note="remote")
    assert Case.objects.get(pk=case).due_on == D(2026, 10, 1)
    with pytest.raises(Guarded, match="extended_before"):
        do(case, "extend", people["issuer"], note="again")


def test_a_permit_is_valid_five_years_and_due_after_one(permitted: Permit) -> None:
    assert (permitted.issued, permitted.next_due, permitted.expires) == (
        D(2026, 9, 1),
        D(2027, 9, 1),
        D(2031, 9, 1),
    )
    assert permitted.number == "JZZ-1401-2026-000001"


def test_there_is_one_permit_per_person(permitted: Permit, people: People) -> None:
    case = apply_for_permit(people, "begin-second-permit")
    with pytest.raises(Guarded, match="permit_open"):
        do(case, "submit", again(people["resident"]))


def test_endorsed_in_time_the_permit_goes_on_from_the_same_anchor(
    permitted: Permit, people: People, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("renben.web.flow.workdays.add", lambda day, n, unit: day + dt.timedelta(days=n))
    resident = again(people["resident"])
    turn(D(2027, 7, 31))
    with pytest.raises(Guarded, match="window_closed"):
        do(permitted.life, "ask", resident)
    turn(D(2027, 8, 15))
    do(permitted.life, "ask", resident)
    turn(D(2027, 9, 3))
    assert sweep() >= 0
    do(permitted.life, "endorse", people["officer"])
    permit = Permit.objects.current().get()
    assert (permit.state, permit.next_due, permit.anchor) == ("in_force", D(2028, 9, 1), D(2026, 9, 1))
    done = Endorsement.objects.get()
    assert (done.due, done.done, done.late) == (D(2027, 9, 1), D(2027, 8, 15), False)


def test_not_endorsed_the_permit_is_suspended_and_a_late_endorsement_restarts_the_years(
    permitted: Permit, people: People, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("renben.web.flow.workdays.add", lambda day, n, unit: day + dt.timedelta(days=n))
    turn(D(2027, 9, 1))
    sweep()
    assert Permit.objects.current().get().state == "in_force", "the due day itself still counts"
    turn(D(2027, 9, 2))
    sweep()
    assert Permit.objects.current().get().state == "suspended"
    turn(D(2027, 11, 20))
    do(permitted.life, "ask_late", again(people["resident"]))
    do(permitted.life, "endorse_late", people["officer"])
    permit = Permit.objects.current().get()
    assert (permit.state, permit.anchor, permit.next_due) == ("in_force", D(2027, 11, 20), D(2028, 11, 20))
    assert Endorsement.objects.get().late


def test_a_suspended_permit_that_nobody_endorses_closes_when_it_expires(
    permitted: Permit, turn: Turn
) -> None:
    turn(D(2027, 9, 2))
    sweep()
    turn(D(2031, 9, 2))
    sweep()
    assert Case.objects.get(pk=permitted.life).stage == "closed_expired"
    assert permits.open_permit(permitted.person_key) is None


def settle(people: People, who: str = "household") -> Case:
    resident = again(people["resident"])
    case = applications.begin(resident, "hukou_settlement", "begin-settlement").case
    fields = {"notice": "x", "settlement_basis": "stable_residence", "settle_with": who}
    for question in ("notice", "settlement"):
        do(case, "save", resident, question=question, fields=fields)
    do(case, "submit", resident)
    do(case, "claim", people["officer"])
    do(case, "propose", people["officer"])
    do(case, "settle", people["issuer"])
    return Case.objects.get(pk=case)


def test_a_family_settles_together_and_the_permit_ends(permitted: Permit, people: People) -> None:
    settle(people)
    rows = Settlement.objects.current().values_list("origin", "from_region", "region")
    assert list(rows) == [("in_province", "141002", COUNTY)] * 2
    assert {p.hukou_region for p in Person.objects.current()} == {COUNTY}
    assert Case.objects.get(pk=permitted.life).stage == "closed_settled"
    assert Permit.objects.current().get().valid_to == D(2026, 9, 1)


def test_who_settles_alone_leaves_the_family_where_it_is(permitted: Permit, people: People) -> None:
    settle(people, "alone")
    assert Settlement.objects.count() == 1
    assert sorted(p.hukou_region for p in Person.objects.current()) == [COUNTY, "141002"]


def test_nobody_settles_twice(permitted: Permit, people: People) -> None:
    settle(people)
    resident = again(people["resident"])
    case = applications.begin(resident, "hukou_settlement", "begin-settlement-2").case
    fields = {"notice": "x", "settlement_basis": "employment", "settle_with": "alone"}
    for question in ("notice", "settlement"):
        do(case, "save", resident, question=question, fields=fields)
    with pytest.raises(Guarded, match="settled_here"):
        do(case, "submit", resident)


def test_a_correction_changes_the_record_and_keeps_what_was_known(family: Case, people: People) -> None:
    known = now()
    resident = again(people["resident"])
    case = applications.begin(resident, "record_correction", "begin-correction").case
    fields = {"correct_field": "name", "correct_value": "示例新名"}
    do(case, "save", resident, question="correction", fields=fields)
    do(case, "submit", resident)
    do(case, "claim", people["officer"])
    do(case, "correct", people["officer"])
    rows = Person.objects.filter(key=family.person_key)
    assert rows.current().get().name == "示例新名"
    assert rows.known(known).get().name == "示例甲"
    assert family.person_key in set(registry_people.search("示例新"))


def second_record(people: People, address: Address) -> Case:
    """The same person again under a mistyped number."""
    fields = answers(address, number=numbered("14990119850101003"))
    case = fill("residence_registration", people["stranger"], fields)
    do(case, "submit", people["stranger"])
    do(case, "claim", people["officer"])
    do(case, "approve", people["officer"])
    return Case.objects.get(pk=case)


def test_duplicates_are_found_merged_by_two_and_unmerged_without_loss(
    family: Case, people: People, address: Address
) -> None:
    other = second_record(people, address)
    assert other.person_key and family.person_key
    assert merging.open_reviews(other.person_key, DAY) == 0, "opened by the approval, and once"
    case = Case.objects.get(kind="duplicate_review")
    before = list(Person.objects.order_by("pk").values())
    do(case.pk, "claim", people["steward"])
    do(case.pk, "propose", people["steward"], note="same birth, phone and name")
    with pytest.raises(NotAllowed, match="maker_is_checker"):
        do(case.pk, "merge", people["steward"])
    do(case.pk, "merge", people["steward2"])
    assert registry_people.kept_key(other.person_key) == registry_people.kept_key(family.person_key)
    assert len(registry_people.all_keys(family.person_key)) == 2
    do(case.pk, "undo_merge", people["steward"], note="two sisters")
    assert registry_people.kept_key(other.person_key) == other.person_key
    assert list(Person.objects.order_by("pk").values()) == before, "nothing was rewritten"
    assert SamePerson.objects.count() == 1


def test_a_person_is_found_by_two_characters_by_prefix_and_by_number(family: Case) -> None:
    key = family.person_key
    assert key in set(registry_people.search("示例"))
    assert key in set(registry_people.search("示例甲"))
    assert key in set(registry_people.search("例甲"))
    assert key not in set(registry_people.search("无此"))
    found = registry_people.find("citizen", "149901198501010014")
    assert found is not None and found.key == key


def test_replacing_a_row_twice_leaves_one_current_row(family: Case) -> None:
    person = Person.objects.current().filter(key=family.person_key).get()
    replace(person, "test", hukou_region="140702")
    with pytest.raises(IntegrityError), transaction.atomic():
        replace(person, "test", hukou_region="140703")
    assert Person.objects.current().filter(key=family.person_key).count() == 1


def evidence() -> str:
    return documents.store(SimpleUploadedFile("book.pdf", b"%PDF-1.4 synthetic household book"), None)


def test_a_guardian_holds_a_mandate_and_keeps_his_own_identity(people: People, address: Address) -> None:
    fields = answers(
        address,
        acting_as="guardian",
        document=evidence(),
        **{k: CHILD[k] for k in ("number", "name", "sex", "birth")},
    )
    registered(people, fields)
    user = User.objects.get(pk=people["resident"].user_id)
    assert user.person_key is None
    from renben.web.registry.models import Mandate  # noqa: PLC0415

    assert Mandate.objects.get().kind == "guardian"


def test_a_permit_closes_when_its_holder_moves_to_another_city(
    permitted: Permit, people: People, account
) -> None:  # type: ignore[no-untyped-def]
    from renben.web.guard.accounts import actor_of  # noqa: PLC0415

    far = Address.objects.create(region="141002", township="141002001", text="合成街道9号")
    officer = actor_of(account("t-far", "community_officer", "141002"))
    case = fill("residence_registration", people["resident"], answers(far, arrival="2026-08-30"))
    do(case, "submit", people["resident"])
    do(case, "claim", officer)
    do(case, "approve", officer)
    assert Case.objects.get(pk=permitted.life).stage == "closed_moved"


def test_an_application_without_a_registered_residence_is_refused(people: People) -> None:
    with pytest.raises(NotAllowed, match="not_registered"):
        applications.begin(people["stranger"], "residence_permit", "begin-nothing")
    with pytest.raises(NotAllowed):
        open_case("residence_permit", people["officer"], "begin-as-officer")
