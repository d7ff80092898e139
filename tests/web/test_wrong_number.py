"""A number that was wrong or was changed: evidence, two officers, no trace by which the former one is found, undone whole."""

from collections.abc import Callable

import pytest
from django.http import QueryDict
from django.test import Client

from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, NotAllowed, Unknown
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry import people as persons
from renben.web.registry import review
from renben.web.registry.answers import answers_of
from renben.web.registry.forms import CorrectionForm
from renben.web.registry.identifiers import check_digit
from renben.web.registry.models import Address, Person, SamePerson
from renben.web.registry.summary import sections
from tests.web.cases import again, do, fill, registered
from tests.web.conftest import answers

People = dict[str, Actor]
PAPER = "00000000-0000-4000-8000-00000000000b"
OLD = "149901198501010014"
NEW = "14990119850110003" + check_digit("14990119850110003")


@pytest.fixture
def person(people: People, address: Address) -> Person:
    """A resident who is registered under a wrong number."""
    case = registered(people, answers(address))
    return Person.objects.current().get(key=case.person_key)


def ask(people: People, person: Person, value: str = NEW, document: str = PAPER) -> str:
    fields = {
        "correct_field": "wrong_number",
        "correct_value": value,
        "number_cause": "typed",
        "document": document,
    }
    return fill(
        "record_correction", again(people["resident"]), fields, region=person.region, person_key=person.key
    )


def proposed(people: People, person: Person, value: str = NEW) -> str:
    case = ask(people, person, value)
    do(case, "submit", again(people["resident"]))
    do(case, "claim", people["officer"])
    do(case, "propose", people["officer"], "合成：与身份证核对一致")
    return case


def corrected(people: People, person: Person, value: str = NEW) -> str:
    case = proposed(people, person, value)
    do(case, "confirm", people["colleague"])
    return case


def other_record(
    people: People, address: Address, number: str, name: str, phone: str = "13900000009", **more: str
) -> Person:
    """Somebody whom another account registered."""
    fields = answers(address, number=number, name=name, phone=phone, **more)
    case = fill("residence_registration", people["stranger"], fields)
    do(case, "submit", people["stranger"])
    do(case, "claim", people["officer"])
    do(case, "approve", people["officer"])
    return Person.objects.current().get(key=Case.objects.get(pk=case).person_key)


def test_two_officers_replace_a_number_and_nobody_is_found_by_the_former_one(
    people: People, person: Person
) -> None:
    case = corrected(people, person)
    now = persons.person(person.key)
    assert now is not None and (now.number, now.birth.isoformat(), now.key) == (NEW, "1985-01-10", person.key)
    assert persons.find("citizen", OLD) is None and persons.numbered(OLD) == []
    assert [one.key for one in persons.numbered(NEW)] == [person.key]
    former = Person.objects.filter(key=person.key).exclude(pk=now.pk)
    assert [row.number for row in former] == [OLD], "the history keeps it, sealed"
    index = persons.number_index("citizen", OLD)
    assert not Person.objects.filter(number_index=index).exists(), "and without an index"
    held = Case.objects.get(pk=case)
    assert held.stage == "corrected"
    event = held.events.get(action="confirm")
    assert event.detail["field"] == "wrong_number" and event.detail["cause"] == "typed"
    assert OLD not in str(event.detail) and NEW not in str(event.detail)


def test_the_one_who_proposes_does_not_confirm_and_one_officer_is_not_enough(
    people: People, person: Person
) -> None:
    case = ask(people, person)
    do(case, "submit", again(people["resident"]))
    do(case, "claim", people["officer"])
    with pytest.raises(Guarded, match="number_two"):
        do(case, "correct", people["officer"])
    do(case, "propose", people["officer"], "合成：核对一致")
    with pytest.raises(NotAllowed, match="maker_is_checker"):
        do(case, "confirm", people["officer"])
    with pytest.raises(Unknown):
        do(case, "confirm", people["elsewhere"])
    assert persons.find("citizen", OLD) is not None
    do(case, "send_back", people["colleague"], "合成：证件照片不清")
    assert Case.objects.get(pk=case).stage == "submitted"


def test_other_entries_need_no_second_officer(people: People, person: Person) -> None:
    fields = {"correct_field": "name", "correct_value": "示例新名"}
    case = fill(
        "record_correction", again(people["resident"]), fields, region=person.region, person_key=person.key
    )
    do(case, "submit", again(people["resident"]))
    do(case, "claim", people["officer"])
    with pytest.raises(Guarded, match="number_one"):
        do(case, "propose", people["officer"], "合成")
    do(case, "correct", people["officer"])
    assert Case.objects.get(pk=case).stage == "corrected"


@pytest.mark.parametrize(("value", "document", "word"), [
    (NEW, "", "number_change_evidence"), (OLD, PAPER, "number_same"), (NEW[:17] + "?", PAPER, "number_errors"),
])  # fmt: skip
def test_what_does_not_hold_is_refused_before_an_officer_sees_it(
    people: People, person: Person, value: str, document: str, word: str
) -> None:
    with pytest.raises(Guarded, match=word):
        do(ask(people, person, value, document), "submit", again(people["resident"]))


def test_undone_the_former_number_is_found_again_and_the_other_is_not(people: People, person: Person) -> None:
    case = corrected(people, person)
    do(case, "undo", people["officer"], "合成：改错了")
    back = persons.person(person.key)
    assert back is not None and (back.number, back.birth) == (OLD, person.birth)
    assert [one.key for one in persons.numbered(OLD)] == [person.key] and persons.find("citizen", NEW) is None
    assert not Person.objects.filter(number_index=persons.number_index("citizen", NEW)).exists()


def test_a_former_number_that_somebody_else_has_now_cannot_come_back(
    people: People, person: Person, address: Address
) -> None:
    case = corrected(people, person)
    owner = other_record(people, address, OLD, "示例真主")
    assert owner.key != person.key, "the right holder of the number is a person of its own"
    with pytest.raises(Guarded, match="number_former"):
        do(case, "undo", people["officer"], "合成：改错了")
    assert persons.numbered(OLD)[0].key == owner.key


def test_a_right_number_on_another_record_links_the_two_and_undoing_parts_them(
    people: People, person: Person, address: Address
) -> None:
    known = other_record(people, address, NEW, "示例甲")
    case = proposed(people, person)
    held = Case.objects.get(pk=case)
    assert "check.number_taken" in [one.word for one in review.checks_of(held, answers_of(held))]
    do(case, "confirm", people["colleague"])
    assert persons.kept_key(person.key) == known.key and persons.find("citizen", OLD) is None
    assert SamePerson.objects.get(undone_at=None).other == person.key
    do(case, "undo", people["officer"], "合成：不是同一人")
    assert persons.kept_key(person.key) == person.key
    assert [one.key for one in persons.numbered(OLD)] == [person.key]


def test_a_number_under_another_name_is_refused(people: People, person: Person, address: Address) -> None:
    other_record(people, address, NEW, "示例他人")
    with pytest.raises(Guarded, match="number_other_name"):
        do(ask(people, person), "submit", again(people["resident"]))


def test_the_new_number_is_compared_with_every_record(
    people: People, person: Person, address: Address
) -> None:
    twin = "14990119850110005" + check_digit("14990119850110005")
    other = other_record(people, address, twin, "示例乙", phone="13900000001", birth="1985-01-10")
    assert not Case.objects.filter(kind="duplicate_review").exists(), "the wrong number told another birth"
    case = corrected(people, person)
    assert Case.objects.get(pk=case).events.get(action="confirm").detail["duplicates"] == 1
    pair = Case.objects.get(kind="duplicate_review").result["pair"]
    assert pair == sorted((str(person.key), str(other.key)))


def test_new_index_keys_bring_no_former_number_back(people: People, person: Person) -> None:
    corrected(people, person)
    persons.index_anew(0, 1000)
    assert persons.find("citizen", OLD) is None and persons.find("citizen", NEW) is not None
    assert not Person.objects.filter(number_index=persons.number_index("citizen", OLD)).exists()


def test_the_new_number_is_covered_like_a_number() -> None:
    given = {
        "correct_field": "wrong_number",
        "correct_value": NEW,
        "number_cause": "issuer",
        "_done": ["correction"],
    }
    assert NEW not in str(sections("record_correction", given, []))
    assert NEW in str(sections("record_correction", given, [], reveal=True))


def test_the_form_asks_why_and_checks_the_number() -> None:
    data = QueryDict(mutable=True)
    data.update({"correct_field": "wrong_number", "correct_value": NEW[:17] + "?"})
    assert {"number_cause", "correct_value"} <= set(CorrectionForm(data).errors)
    data.update({"number_cause": "issuer"})
    data["correct_value"] = NEW
    form = CorrectionForm(data)
    assert form.is_valid() and form.kept()["number_cause"] == "issuer"


def test_the_pages_lead_through_it_in_both_languages(
    people: People, person: Person, browse: Callable[..., Client]
) -> None:
    case = proposed(people, person)
    colleague = User.objects.get(pk=people["colleague"].user_id)
    for language, words in (("en", "Confirm and correct the number"), ("zh-hans", "复核并更正号码")):
        text = browse(colleague, language).get(f"/office/cases/{case}/").content.decode()
        assert words in text and NEW not in text and NEW[:6] + "********" + NEW[-4:] in text
