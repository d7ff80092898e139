"""Newborns and people without a number: on record under an own key, found by other attributes, numbered later, once."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, NotAllowed
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry import household, household_members, merging, proxies, review
from renben.web.registry import people as persons
from renben.web.registry.answers import answers_of
from renben.web.registry.forms import CorrectionForm, HukouForm, MemberForm
from renben.web.registry.identifiers import PAPERS, check_digit, check_id
from renben.web.registry.models import Address, Mandate, Person, Residence, SamePerson, Settlement
from tests.web.cases import again, do, fill, registered
from tests.web.conftest import DAY, answers, set_day
from tests.web.test_household import report

People = dict[str, Actor]
D = dt.date
PAPER = "00000000-0000-4000-8000-00000000000b"
CERTIFICATE = {
    "document_kind": "birth_certificate",
    "number": "Q140012345",
    "name": "示例辰",
    "sex": "2",
    "birth": "2026-02-10",
}
NOBODY = {"document_kind": "no_paper", "number": "", "name": "示例无", "sex": "1", "birth": "1970-05-05"}
UNREGISTERED = {"hukou_region": "", "hukou_kind": "30", "hukou_rural": "unknown"}
NUMBER = "14990120260210002" + check_digit("14990120260210002")


def born(people: People, address: Address, **more: Any) -> Person:
    registered(people, answers(address))
    set_day(D(2026, 3, 2))
    fields = {
        "change": "born",
        "change_date": "2026-03-01",
        "relation": "child",
        **CERTIFICATE,
        **UNREGISTERED,
        **more,
    }
    case = report(people, "newborn", **fields)
    do(case, "submit", again(people["resident"]))
    do(case, "claim", people["officer"])
    do(case, "approve", people["officer"])
    return Person.objects.current().get(key=Case.objects.get(pk=case).result["person"])


def correction(people: People, baby: Person, value: str = NUMBER, document: str = PAPER) -> str:
    fields = {"correct_field": "number", "correct_value": value, "document": document}
    return fill(
        "record_correction", again(people["resident"]), fields, region=baby.region, person_key=baby.key
    )


def corrected(people: People, baby: Person, **changes: str) -> str:
    case = correction(people, baby, **changes)
    do(case, "submit", again(people["resident"]))
    do(case, "claim", people["officer"])
    do(case, "correct", people["officer"])
    return case


@pytest.mark.parametrize(("kind", "number", "level"), [
    ("birth_certificate", "q140012345", "ok"), ("birth_certificate", "", "error"), ("other_paper", "AB", "error"),
    ("other_paper", "晋（1）0012", "ok"), ("no_paper", "", "ok"), ("no_paper", "1234", "error"),
])  # fmt: skip
def test_a_paper_tells_neither_birth_nor_sex(kind: str, number: str, level: str) -> None:
    checked = check_id(number, kind, DAY)
    assert (checked.level, checked.birth, checked.sex) == (level, None, "0")


def posted(**fields: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({"relation": "child", **fields})
    return data


def test_the_form_asks_for_birth_and_sex_only_where_the_number_does_not_tell_them() -> None:
    form = MemberForm(posted(document_kind="birth_certificate", number="Q140012345", name="示例辰"))
    assert set(form.errors) == {"sex", "birth"}
    form = MemberForm(posted(**CERTIFICATE))
    assert form.is_valid() and (form.kept()["sex"], form.kept()["birth"]) == ("2", "2026-02-10")
    form = MemberForm(
        posted(document_kind="citizen", number=NUMBER, name="示例辰", sex="1", birth="2001-01-01")
    )
    assert form.is_valid() and (form.kept()["sex"], form.kept()["birth"]) == ("2", "2026-02-10"), (
        "the number counts"
    )
    assert "number" in MemberForm(posted(document_kind="citizen", name="示例辰")).errors
    assert "birth" in MemberForm(posted(**{**CERTIFICATE, "birth": "2999-01-01"})).errors


def test_who_is_registered_nowhere_has_no_registered_place() -> None:
    form = HukouForm(posted(hukou_kind="30", hukou_region="141002", hukou_rural="unknown"))
    assert form.is_valid() and form.kept()["hukou_region"] == ""
    assert "hukou_region" in HukouForm(posted(hukou_kind="10", hukou_rural="yes")).errors


def test_a_newborn_is_on_record_under_its_own_key_with_the_certificate_sealed(
    people: People, address: Address
) -> None:
    baby = born(people, address)
    assert (baby.document_kind, baby.number, baby.birth, baby.sex) == (
        "birth_certificate",
        "Q140012345",
        D(2026, 2, 10),
        "2",
    )
    assert (baby.hukou_region, baby.hukou_kind) == ("", "30") and b"Q140012345" not in bytes(baby.number_ct)
    assert Residence.objects.current().get(person_key=baby.key).hukou_region == ""
    assert [one.key for one in persons.numbered("Q140012345")] == [baby.key], (
        "an officer finds it by the certificate"
    )


def test_two_people_without_any_paper_are_two_records_and_compared_by_other_attributes(
    people: People, address: Address
) -> None:
    given = answers(address, **NOBODY, **UNREGISTERED)
    first = registered(people, given)
    other = fill("residence_registration", people["stranger"], {**given, "phone": "13900000009"})
    do(other, "submit", people["stranger"])
    case = Case.objects.get(pk=other)
    words = [check.word for check in review.checks_of(case, answers_of(case))]
    assert "check.duplicates" in words, "seen before the second is registered"
    do(other, "claim", people["officer"])
    do(other, "approve", people["officer"])
    assert Person.objects.current().count() == 2 and persons.find("no_paper", "") is None
    pair = Case.objects.get(kind="duplicate_review").result
    assert str(first.person_key) in pair["pair"] and pair["points"] == 8


def test_unknown_places_do_not_agree(people: People, address: Address) -> None:
    one, other = (nobody(name) for name in ("示例一", "示例二"))
    assert "hukou" not in merging.agreements(one, other)


def nobody(name: str) -> Person:
    return persons.unsaved(
        {**NOBODY, **UNREGISTERED, "name": name, "region": "140105", "phone": "", "birth": D(1970, 5, 5)}
    )


def test_a_member_without_a_number_is_registered_nowhere_though_the_family_is(
    people: People, address: Address
) -> None:
    registered(people, answers(address, members=[{**CERTIFICATE, "relation": "child"}]))
    baby = Person.objects.current().get(document_kind="birth_certificate")
    assert (baby.hukou_region, baby.hukou_kind) == ("", "30")
    assert Mandate.objects.filter(person_key=baby.key, kind="guardian").exists(), "the parent acts for it"


def test_the_number_is_added_with_approval_and_the_certificate_stays_in_the_history(
    people: People, address: Address
) -> None:
    baby = born(people, address)
    case = corrected(people, baby)
    now = persons.person(baby.key)
    assert now is not None and (now.document_kind, now.number) == ("citizen", NUMBER)
    assert [row.document_kind for row in Person.objects.filter(key=baby.key).order_by("pk")] == [
        "birth_certificate",
        "citizen",
    ]
    assert persons.find("citizen", NUMBER) and persons.find("birth_certificate", "Q140012345") is None
    do(case, "undo", people["officer"], "合成：号码录错")
    back = persons.person(baby.key)
    assert back is not None and back.number == "Q140012345" and Case.objects.get(pk=case).stage == "undone"


def test_the_maker_does_not_check_and_papers_are_needed(people: People, address: Address) -> None:
    baby = born(people, address)
    with pytest.raises(Guarded, match="number_evidence"):
        do(correction(people, baby, document=""), "submit", again(people["resident"]))
    with pytest.raises(Guarded, match="number_errors"):
        do(correction(people, baby, value=NUMBER[:17] + "?"), "submit", again(people["resident"]))
    case = correction(people, baby)
    do(case, "submit", again(people["resident"]))
    with pytest.raises(NotAllowed):
        do(case, "claim", again(people["resident"]))


def test_nobody_changes_a_number_that_is_there(people: People, address: Address) -> None:
    registered(people, answers(address))
    me = mine(people)
    with pytest.raises(Guarded, match="number_there"):
        do(correction(people, me), "submit", again(people["resident"]))


def mine(people: People) -> Person:
    return Person.objects.current().get(key=again(people["resident"]).person_key)


def elsewhere(people: People, address: Address, name: str) -> Person:
    """The same child, registered with its number by another account."""
    fields = answers(address, acting_as="guardian", document_kind="citizen", number=NUMBER, name=name, sex="2",
                     birth="2026-02-10", document="")  # fmt: skip
    case = fill("residence_registration", people["stranger"], {**fields, "document": PAPER})
    Case.objects.filter(pk=case).update(stage="in_review", holder=people["officer"].user_id)
    from renben.web.registry.models import Document  # noqa: PLC0415

    Document.objects.get_or_create(id=PAPER, defaults={"kind": "proof", "media": "application/pdf", "size": 1, "hash": "x",
                                                       "content_ct": b"", "at": Case.objects.get(pk=case).opened_at})  # fmt: skip
    do(case, "approve", people["officer"])
    return Person.objects.current().get(key=Case.objects.get(pk=case).person_key)


def test_a_number_that_has_a_record_links_the_two_and_undoing_parts_them(
    people: People, address: Address
) -> None:
    baby = born(people, address)
    known = elsewhere(people, address, CERTIFICATE["name"])
    case = correction(people, baby)
    do(case, "submit", again(people["resident"]))
    held = Case.objects.get(pk=case)
    assert "check.number_taken" in [check.word for check in review.checks_of(held, answers_of(held))]
    do(case, "claim", people["officer"])
    do(case, "correct", people["officer"])
    assert persons.kept_key(baby.key) == known.key and SamePerson.objects.get(undone_at=None).case == held.pk
    assert set(persons.all_keys(baby.key)) == {baby.key, known.key}
    do(case, "undo", people["officer"], "合成：不是同一人")
    assert persons.kept_key(baby.key) == baby.key


def test_a_number_under_another_name_is_not_linked(people: People, address: Address) -> None:
    baby = born(people, address)
    elsewhere(people, address, "示例他")
    with pytest.raises(Guarded, match="number_other_name"):
        do(correction(people, baby), "submit", again(people["resident"]))


@pytest.mark.parametrize(
    ("birth", "due"),
    [(D(2026, 1, 31), D(2026, 2, 28)), (D(2026, 2, 10), D(2026, 3, 10)), (D(2024, 1, 31), D(2024, 2, 29))],
)
def test_a_birth_is_registered_within_a_month(birth: dt.date, due: dt.date) -> None:
    until, law = household.birth_due(birth)
    assert until == due and law.trust == "L" and "第七条" in law.ref


def test_undoing_a_birth_ends_the_mandate_as_well(people: People, address: Address) -> None:
    baby = born(people, address)
    assert proxies.acting_for(again(people["resident"]), str(baby.key)) == baby.key
    do(Case.objects.get(kind="household_change").pk, "undo", people["officer"], "合成：录错")
    with pytest.raises(NotAllowed, match="no_mandate"):
        proxies.acting_for(again(people["resident"]), str(baby.key))


def test_a_late_birth_is_marked_and_registered_all_the_same(people: People, address: Address) -> None:
    baby = born(people, address, birth="2026-01-15")
    case = Case.objects.get(kind="household_change")
    (check,) = review.checks_of(case, answers_of(case))
    assert (check.level, check.word, check.values["days"]) == ("warning", "check.birth_late", 15)
    assert baby.birth == D(2026, 1, 15)


def test_the_family_sees_until_when_and_where_the_number_is_added(
    people: People, address: Address, browse: Callable[..., Client]
) -> None:
    baby = born(people, address)
    client = browse(User.objects.get(pk=people["resident"].user_id))
    page = client.get("/my/household/").content.decode()
    assert "Register the birth by 10 March 2026" in page
    set_day(D(2026, 4, 1))
    assert "The birth was to be registered by" in client.get("/my/household/").content.decode()
    corrected(people, baby)
    assert baby.name in client.get("/my/household/").content.decode() and "record_correction/begin" in page
    assert "No citizen number" not in client.get("/my/household/").content.decode()
    assert any(not one.unnumbered for one in household_members.household_of(baby.key))


def test_a_settlement_moves_nobody_who_is_registered_nowhere(people: People, address: Address) -> None:
    baby = born(people, address)
    resident = again(people["resident"])
    case = fill("hukou_settlement", resident, {"settlement_basis": "stable_residence", "settle_with": "household"},
                region=baby.region, person_key=resident.person_key)  # fmt: skip
    do(case, "submit", resident)
    do(case, "claim", people["officer"])
    do(case, "propose", people["officer"])
    do(case, "settle", people["issuer"])
    assert [row.person_key for row in Settlement.objects.all()] == [resident.person_key]


def test_the_correction_form_checks_a_number_like_any_other() -> None:
    assert "correct_value" in CorrectionForm(posted(correct_field="number", correct_value="123")).errors
    form = CorrectionForm(posted(correct_field="number", correct_value=NUMBER.lower()))
    assert form.is_valid() and form.kept() == {
        "correct_field": "number",
        "correct_value": NUMBER,
        "document": "",
    }
    assert set(PAPERS) == {"birth_certificate", "other_paper", "no_paper"}
