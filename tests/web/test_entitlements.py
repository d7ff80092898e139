"""What a resident is entitled to, from the registry's facts, through the rule book."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry import people as registry_people
from renben.web.registry.entitlements import entitlements, facts_of
from renben.web.registry.models import Address
from tests.web.cases import registered
from tests.web.conftest import answers

People = dict[str, Actor]


@pytest.fixture
def resident(people: People, address: Address) -> registry_people.Person:
    case = registered(people, answers(address, proof_kind="lease", proof_from="2026-03-01"))
    person = registry_people.person(str(case.person_key))
    assert person is not None
    return person


def answer(person: registry_people.Person, rule: str, day: dt.date) -> tuple[str, dt.date | None]:
    found = {one.receipt.decision: one for one in entitlements(person, day)}
    return found[rule].receipt.answer, found[rule].granted_from


def test_the_permit_opens_on_the_day_on_which_the_application_is_let_through(
    resident: registry_people.Person,
) -> None:
    assert answer(resident, "residence_permit", dt.date(2026, 8, 31)) == ("deny", dt.date(2026, 9, 1))
    assert answer(resident, "residence_permit", dt.date(2026, 9, 1))[0] == "grant"


def test_what_nobody_has_shown_is_unknown_and_not_absent(resident: registry_people.Person) -> None:
    facts = facts_of(resident, dt.date(2026, 9, 1))
    assert facts["stable_home_since"] == dt.date(2026, 3, 1)
    assert "stable_job_since" not in facts and "study_since" not in facts
    assert facts["permit_issued"] == "never", "of permits the registry itself knows"


def test_services_of_the_first_day_are_granted_at_once(resident: registry_people.Person) -> None:
    assert answer(resident, "health_education", dt.date(2026, 3, 2))[0] == "grant"
    assert answer(resident, "keep_contracted_land", dt.date(2026, 3, 2))[0] in ("grant", "need_info")


def test_every_answer_has_a_receipt_without_a_name_or_number(resident: registry_people.Person) -> None:
    for one in entitlements(resident, dt.date(2026, 9, 1)):
        text = one.receipt.model_dump_json()
        assert resident.name not in text and resident.number not in text and str(resident.key) not in text
        assert one.receipt.synthetic and one.receipt.next_step_zh and one.receipt.appeal_en


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "可以享受"), ("en", "Entitled")])
def test_the_page_lists_them_in_both_languages(
    resident: registry_people.Person, people: People, browse: Callable[..., Client], language: str, words: str
) -> None:
    client = browse(User.objects.get(pk=people["resident"].user_id), language)
    page = client.get("/my/entitlements/").content.decode()
    assert words in page and "663" in page
