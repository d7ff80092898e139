"""A receipt says as of when and by which values it was decided, and is decided again with the same outcome."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from renben.core.receipt import Receipt
from renben.web import clock
from renben.web.claims import claiming
from renben.web.flow.models import Case, CaseEvent
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry import decided_again, people, permits, proxies, review, schooling
from renben.web.registry.answers import answers_of, put_answers
from renben.web.registry.decided_again import again
from renben.web.registry.entitlements import facts_of
from renben.web.registry.models import (
    Address,
    Employment,
    Endorsement,
    HouseholdMember,
    Insurance,
    Mandate,
    Permit,
    Person,
    Residence,
    SamePerson,
    Schooling,
    Tenure,
    record,
    replace,
    withdraw,
)
from tests.web.cases import acting, do, registered
from tests.web.cases import again as actor_again
from tests.web.claims.test_claiming import sent
from tests.web.claims.test_in_sets import Town
from tests.web.conftest import COUNTY, DAY, answers, set_day
from tests.web.stated import stated
from tests.web.test_household import CHILD

D = dt.date
LATER = DAY + dt.timedelta(200)


@pytest.fixture
def holder(resident: Actor) -> Actor:
    """A resident with a permit in force, a job, and a household of one."""
    key, issued = resident.person_key, D(2025, 9, 1)
    assert key is not None
    record(
        Permit, "t", key=uuid4(), valid_from=issued, number="JZZ-again", person_key=key, region=COUNTY, issued=issued,
        anchor=issued, next_due=D(2026, 9, 1), expires=D(2030, 9, 1), state="in_force",
    )  # fmt: skip
    stated(key, "contract", issued)
    return resident


def same(case: str) -> tuple[Receipt, Receipt]:
    found = again(Case.objects.get(pk=case))
    assert found is not None and found.differs == (), found and found.differs
    return found.kept, found.now


def everything_changes(key: Any) -> None:
    """Half a year on: corrected, moved, endorsed late, married into a larger household, merged, with other papers."""
    set_day(LATER)
    replace(Person.objects.current().get(key=key), "t", birth=D(1999, 9, 9), hukou_region="140105", sex="2")
    spell = Residence.objects.current().get(person_key=key, valid_to=None)
    replace(spell, "t", valid_to=LATER)
    record(
        Residence, "t", key=uuid4(), valid_from=LATER, person_key=key, address=spell.address, region="141002",
        township="141002001", hukou_region="140105", reason="work", housing="own", registered_on=LATER, channel="counter",
    )  # fmt: skip
    permit = Permit.objects.current().get(person_key=key)
    Endorsement.objects.create(
        permit=permit.key, due=permit.next_due, done=LATER, late=True, recorded_at=clock.now()
    )
    replace(permit, "t", state="suspended", anchor=LATER, next_due=LATER)
    stated(key, "senior", D(2020, 9, 1), region="140105", enrolled=True)
    stated(key, "employer", D(2019, 9, 1))
    stated(key, "employee_pension", D(2019, 9, 1), region="140105", whole=True)
    withdraw(Employment.objects.get(person_key=key, kind="contract"))
    member = HouseholdMember.objects.current().get(person_key=key)
    record(
        HouseholdMember, "t", key=uuid4(), valid_from=D(2025, 1, 1), household=member.household, person_key=uuid4(),
        relation="spouse",
    )  # fmt: skip
    other = replace(Person.objects.current().get(key=key), "t")
    withdraw(other)
    twin = record(
        Person, "t", **{f.attname: getattr(other, f.attname) for f in Person._meta.concrete_fields
                        if f.attname not in ("id", "recorded_at", "replaced_at", "source", "key", "number_index")},
        key=uuid4(), number_index="twin",
    )  # fmt: skip
    replace(other, "t")
    SamePerson.objects.create(kept=twin.key, other=key, case=uuid4(), made_at=clock.now())


@pytest.mark.parametrize("item", ["legal_aid", "health_record", "family_planning", "rural_worker_training"])
def test_whatever_changes_afterwards_the_same_receipt_comes_out(holder: Actor, item: str) -> None:
    case = sent(holder, item)
    kept, _ = same(case)
    assert kept.answer == "grant"
    everything_changes(holder.person_key)
    today = claiming.decision(holder.person_key, item, LATER)  # type: ignore[arg-type]
    assert today is not None and today.receipt.inputs != kept.inputs, "today's facts are others"
    kept, now = same(case)
    assert (now.digest, now.answer, now.on, now.inputs) == (kept.digest, kept.answer, DAY, kept.inputs)
    found = Case.objects.get(pk=case)
    assert review.checks_of(found, answers_of(found))[-1].word == "check.again_same"


def test_the_facts_of_a_moment_are_those_of_then(holder: Actor) -> None:
    person = people.person(str(holder.person_key))
    assert person is not None
    moment, before = clock.now(), facts_of(person, DAY)
    everything_changes(holder.person_key)
    then = people.persons([person.key], moment)[person.key]
    assert facts_of(then, DAY, moment) == before
    assert set(before) >= {"stable_job_since", "household_size", "late_endorsement", "county"}
    assert before["household_size"] == 1 and "study_since" not in before


@pytest.mark.parametrize("seed", [1, 2])
def test_a_whole_town_is_known_as_it_was_however_it_goes_on(seed: int, address: Address) -> None:
    town = Town(seed, address)
    town.settle(120)
    moment, known = clock.now(), list(Person.objects.current().filter(valid_to=None))
    kept = people.kept_keys(one.key for one in known)
    known = [one for one in known if kept[one.key] == one.key]
    before = {one.key: facts_of(one, DAY) for one in known}
    set_day(DAY + dt.timedelta(1))  # what follows is known a day later
    town.known["recorded_at"] = clock.now()
    for model in (Person, Residence, Permit, HouseholdMember, Tenure, Employment, Schooling, Insurance):
        for row in model.objects.current():
            if town.maybe(0.3):
                withdraw(row)
            elif town.maybe(0.5):
                replace(row, "t", valid_from=row.valid_from - dt.timedelta(1))
    Mandate.objects.filter(
        pk__in=town.luck.sample(list(Mandate.objects.running(DAY).values_list("pk", flat=True)), 6)
    ).update(valid_to=DAY, ended_at=clock.now())
    SamePerson.objects.filter(undone_at=None).update(undone_at=clock.now())
    town.keys = list(before)
    town.merge(town.luck.sample(town.keys, 24))
    for key in town.keys:
        stated(key, "unsaid", D(2020, 1, 1))
        if town.maybe(0.3):
            Mandate.objects.create(
                account=town.luck.choice(User.objects.all()).pk, person_key=key, kind="guardian", valid_from=DAY,
                recorded_at=clock.now(),
            )  # fmt: skip
    for permit in Permit.objects.current():
        Endorsement.objects.create(permit=permit.key, due=DAY, done=DAY, late=True, recorded_at=clock.now())
    then = people.persons(before, moment)
    assert {key: facts_of(one, DAY, moment) for key, one in then.items()} == before
    changed = [key for key, one in people.persons(before).items() if facts_of(one, DAY) != before[key]]
    assert len(changed) > 0.9 * len(people.persons(before)), "what is known now is something else"


def test_a_transfer_that_was_counted_later_counts_later(holder: Actor) -> None:
    person, moment = people.person(str(holder.person_key)), clock.now()
    assert person is not None
    before = facts_of(person, DAY)["permit_counted_from"]
    set_day(LATER)
    case = Case.objects.create(
        kind="residence_transfer", flow_version=1, stage="counted", stage_since=LATER, opened_at=moment, region=COUNTY,
        person_key=person.key, closed_on=LATER, result={"elsewhere": 100, "lapse": "pause"},
    )  # fmt: skip
    CaseEvent.objects.create(
        case=case, seq=1, action="count", to_stage="counted", actor="t", at=clock.now(), day=LATER
    )
    assert facts_of(person, DAY, moment)["permit_counted_from"] == before
    assert facts_of(person, DAY, clock.now())["permit_counted_from"] == before - dt.timedelta(100)


def test_the_receipt_names_the_moment_and_the_first_day_of_every_value(holder: Actor) -> None:
    before = clock.now()
    kept, _ = same(sent(holder, "legal_aid"))
    assert kept.known_at is not None and before <= kept.known_at <= clock.now()
    assert {one.name: one.since for one in kept.provisions} == {
        "residence_permit.valid_months": D(2017, 1, 1)
    }
    elsewhere = kept.model_copy(
        update={
            "known_at": None,
            "provisions": tuple(one.model_copy(update={"since": None}) for one in kept.provisions),
        }
    )
    assert elsewhere.digest == kept.digest, "receipts from before this was kept stay what they were"


def test_what_differs_is_named_and_a_receipt_without_a_moment_is_left_alone(holder: Actor) -> None:
    case = Case.objects.get(pk=sent(holder, "legal_aid"))
    kept = decided_again.kept_receipt(case)
    assert kept is not None

    def altered(**changes: Any) -> tuple[str, ...] | None:
        put_answers(
            case, {**answers_of(case), "receipt": kept.model_copy(update=changes).model_dump(mode="json")}
        )
        found = again(case)
        return found and found.differs

    assert altered() == ()
    assert altered(subject="a pseudonym under another index key") == ()
    assert altered(inputs={**kept.inputs, "permit_issued": "2020-01-01"}) == ("permit_issued",)
    assert altered(inputs={**kept.inputs, "rule_book": "an older one"}) == ("rule_book",)
    assert altered(answer="deny") == ("answer",)
    assert altered(because_en="another wording") == ("words",)
    assert altered(provisions=kept.provisions[:-1]) == ("provisions",)
    words = review.checks_of(case, answers_of(case))[-1]
    assert words.word == "check.again_differs" and words.values["what"] in (
        "规定的取值",
        "values of provisions",
    )
    assert altered(known_at=None) is None
    Person.objects.filter(key=holder.person_key).update(recorded_at=clock.now() + dt.timedelta(1))
    assert altered() is None, "nobody was on record then"


def test_a_school_place_is_decided_again_with_the_guardians_of_then(
    people: dict[str, Actor], address: Address, account: Callable[..., User]
) -> None:
    registered(people, answers(address, arrival="2025-03-01", members=[CHILD]))
    parent, child = actor_again(people["resident"]), Person.objects.current().get(birth=D(2018, 6, 15))
    record(
        Permit, "t", key=uuid4(), valid_from=D(2025, 9, 12), number="JZZ-school", person_key=parent.person_key,
        region=COUNTY, issued=D(2025, 9, 12), anchor=D(2025, 9, 12), next_due=D(2026, 9, 12), expires=D(2030, 9, 12),
        state="in_force",
    )  # fmt: skip
    case = _placed(parent, child, actor_of(account("t-education", "education_officer", COUNTY)))
    kept, _ = same(case)
    assert kept.decision == schooling.RULE and kept.answer == "grant" and kept.on == D(2026, 8, 31)
    set_day(LATER)
    replace(Permit.objects.current().get(person_key=parent.person_key), "t", state="closed")
    with acting(parent):
        proxies.give_up(parent, str(child.key))
    replace(HouseholdMember.objects.current().get(person_key=child.key), "t", valid_to=LATER)
    assert permits.open_permit(parent.person_key) is None and schooling.guardians_of(child, LATER) == []
    assert schooling.decision(child, LATER, 2026).receipt.answer == "deny"
    same(case)


def _placed(parent: Actor, child: Person, officer: Actor) -> str:
    from renben.web.registry import applications  # noqa: PLC0415

    with acting(parent):
        case = applications.begin(parent, "school_place", "again-school-1", str(child.key)).case
    for question in ("notice", "school", "school_papers"):
        fields = {"notice": "2026-11", "school_year": "2026", "grade": "1", "document": ""}
        do(case, "save", parent, question=question, fields=fields)
    do(case, "submit", parent)
    do(case, "claim", officer)
    do(case, "place", officer, "合成小学", article="《义务教育法》第十二条")
    return case


@pytest.mark.parametrize(("language", "said"), [
    ("en", ("Rests on the facts as they were known at 2 March 2026", "in force since 1 January 2017")),
    ("zh-hans", ("所依据的登记事实：截至 2026年3月2日", "自 2017年1月1日 起的规定")),
])  # fmt: skip
def test_claimant_and_office_read_it_on_the_case(
    holder: Actor, desk: Actor, browse: Callable[..., Client], language: str, said: tuple[str, ...]
) -> None:
    case = sent(holder, "legal_aid")
    text = browse(User.objects.get(pk=holder.user_id), language).get(f"/my/cases/{case}/").content.decode()
    assert [one for one in said if one not in text] == []
    Case.objects.filter(pk=case).update(office="health")
    page = browse(User.objects.get(pk=desk.user_id), language).get(f"/office/cases/{case}/").content.decode()
    same_said = {"en": "the same receipt", "zh-hans": "回执相同"}[language]
    assert same_said in page and [one for one in said if one not in page] == []
