"""Homes, jobs, schooling and insurance as facts of two times: stated, corrected, taken back, and read as known on a day."""

import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.web import clock
from renben.web.flow.bindings import Step
from renben.web.flow.definition import newest
from renben.web.flow.models import Case
from renben.web.guard import retention
from renben.web.guard.models import Deletion, User
from renben.web.guard.policy import Actor
from renben.web.law import Provided
from renben.web.registry import circumstances, keeping, people
from renben.web.registry.entitlements import facts_of, one_entitled
from renben.web.registry.held_grounds import insured
from renben.web.registry.held_rows import GROUNDS, Paid
from renben.web.registry.models import (
    Address,
    Employment,
    Insurance,
    Person,
    Proof,
    Schooling,
    Tenure,
    replace,
    withdraw,
)
from renben.web.registry.registration import register_residence
from tests.web.cases import again, fill, registered
from tests.web.conftest import COUNTY, DAY, answers, set_day
from tests.web.stated import stated

People = dict[str, Actor]
D = dt.date


def at(person: UUID, valid: dt.date, known: dt.datetime | None) -> Any:
    """Since when a job stood on a day, as known at a moment; None for no job."""
    rows = GROUNDS([person], valid, moment=known)
    return rows[0][-1] if rows else None


def test_two_corrections_and_what_was_the_case_by_what_was_known_when() -> None:
    """A worked example: stated in March, corrected in May, ended in July; asked at four pairs of times, and more."""
    person, moments = uuid4(), {}
    set_day(D(2026, 3, 2))
    row = stated(person, "contract", D(2024, 3, 1))
    moments["march"] = clock.now()
    set_day(D(2026, 5, 4))
    row = replace(row, "may", valid_from=D(2024, 9, 1))  # type: ignore[type-var]
    moments["may"] = clock.now()
    set_day(D(2026, 7, 6))
    replace(row, "july", valid_to=D(2026, 1, 1))
    moments["july"] = clock.now()
    table = {
        ("2024-06-01", "march"): D(2024, 3, 1), ("2024-06-01", "may"): None, ("2024-06-01", "july"): None,
        ("2025-06-01", "march"): D(2024, 3, 1), ("2025-06-01", "may"): D(2024, 9, 1), ("2025-06-01", "july"): D(2024, 9, 1),
        ("2026-02-01", "march"): D(2024, 3, 1), ("2026-02-01", "may"): D(2024, 9, 1), ("2026-02-01", "july"): None,
        ("2024-02-29", "march"): None,
    }  # fmt: skip
    found = {key: at(person, D.fromisoformat(key[0]), moments[key[1]]) for key in table}
    assert found == table
    assert at(person, D(2026, 2, 1), None) is None, "without a moment it is what is known now"
    before = moments["march"] - dt.timedelta(days=1)
    assert at(person, D(2025, 6, 1), before) is None, "nothing was known before it was stated"


DAYS = st.integers(0, 12).map(lambda n: D(2025, 1, 1) + dt.timedelta(days=n))
STEPS = st.lists(
    st.tuples(st.sampled_from(("state", "correct", "end", "withdraw")), st.integers(0, 3), DAYS, DAYS), min_size=1, max_size=8
)  # fmt: skip


@given(STEPS, DAYS)
@settings(max_examples=60, deadline=None)
def test_any_history_is_read_like_a_plain_list_of_statements(steps: list[Any], valid: dt.date) -> None:
    """The reference: after each step, the list of what is held to be so, copied whole."""
    person, held, history = uuid4(), {}, []
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    rows: dict[int, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        for number, (act, which, first, last) in enumerate(steps):
            moment = start + dt.timedelta(hours=number)
            patch.setattr("renben.web.registry.models.facts.now", lambda moment=moment: moment)
            _step(act, which, (first, last), person, rows, held)
            history.append((moment, dict(held)))
    for moment, known in [(start - dt.timedelta(hours=1), {}), *history]:
        for later in (dt.timedelta(0), dt.timedelta(minutes=30)):
            wanted = sorted(a for a, b in known.values() if a <= valid and (b is None or valid < b))
            assert [row[-1] for row in GROUNDS([person], valid, moment=moment + later)] == wanted
    assert [row[-1] for row in GROUNDS([person], valid)] == wanted


def _step(act: str, which: int, days: Any, person: UUID, rows: dict[int, Any], held: dict[int, Any]) -> None:
    first, last = days
    if which not in rows:
        rows[which], held[which] = stated(person, "contract", first), (first, None)
    elif act == "withdraw":
        withdraw(rows.pop(which))
        held.pop(which)
    elif act == "end":
        rows[which], held[which] = replace(rows[which], "t", valid_to=last), (held[which][0], last)
    else:
        rows[which], held[which] = replace(rows[which], "t", valid_from=first), (first, held[which][1])


@pytest.fixture
def resident(people: People, address: Address) -> Actor:
    """A resident who was registered with a labour contract."""
    registered(
        people, answers(address, proof_kind="contract", proof_from="2025-01-01", proof_to="2026-12-31")
    )
    return again(people["resident"])


def test_a_registration_states_the_job_with_its_proof_and_the_day_after_the_last(resident: Actor) -> None:
    job, proof = Employment.objects.get(), Proof.objects.get()
    assert (job.person_key, job.kind, job.proof_id) == (resident.person_key, "contract", proof.pk)
    assert (job.valid_from, job.valid_to) == (D(2025, 1, 1), D(2027, 1, 1)) and job.source == str(proof.case)
    person = people.person(str(resident.person_key))
    assert person is not None
    assert facts_of(person, D(2026, 12, 31))["stable_job_since"] == D(2025, 1, 1), "the last day counts"
    assert "stable_job_since" not in facts_of(person, D(2027, 1, 1))
    assert "employed" not in facts_of(person, DAY), (
        "a contract that was shown does not say who is employed today"
    )


@pytest.mark.parametrize(("acting", "kind", "found"), [
    ("employer", "lodging", {Tenure: "lodging", Employment: "employer"}),
    ("employer", "contract", {Employment: "employer"}),
    ("school", "student", {Schooling: "unsaid"}),
    ("school", "lodging", {Tenure: "lodging", Schooling: "unsaid"}),
    ("landlord", "lease", {Tenure: "lease"}),
    ("self", "student", {Schooling: "unsaid"}),
])  # fmt: skip
def test_who_registers_its_own_says_that_they_work_or_learn_there(
    people: People, address: Address, acting: str, kind: str, found: dict[Any, str]
) -> None:
    fields = answers(address, acting_as=acting, proof_kind=kind, document="", proof_from="2026-02-01")
    case = Case.objects.get(pk=fill("residence_registration", people["resident"], fields))
    flow = newest("residence_registration")
    move = next(one for one in flow.transitions if one.action == "approve")
    register_residence(Step(case, flow, move, people["officer"], {}, DAY))
    rows = {model: model.objects.all() for model in (Tenure, Employment, Schooling)}
    assert {model: one[0].kind for model, one in rows.items() if one} == found
    facts = facts_of(Person.objects.get(), DAY)
    assert facts.get("employed") == (True if acting == "employer" else None)
    job = rows[Employment].first()
    assert job is None or job.valid_from == (D(2026, 2, 1) if kind == "contract" else case.opened_at.date())


def test_months_are_counted_once_by_scheme_and_place_and_the_running_month_not_yet(resident: Actor) -> None:
    person = people.person(str(resident.person_key))
    assert person is not None and person.region == COUNTY
    assert not {"pension_months", "pension_months_here", "insured_county"} & set(facts_of(person, DAY))
    stated(person.key, "employee_pension", D(2024, 1, 1), D(2024, 7, 1), region="141002")
    stated(person.key, "employee_pension", D(2024, 5, 1), D(2025, 1, 1), region="140106")
    part = facts_of(person, DAY)
    assert not {"pension_months", "pension_months_here"} & set(part), "others may have been paid elsewhere"
    stated(person.key, "employee_pension", D(2025, 12, 1), region=COUNTY, whole=True)
    stated(person.key, "unemployment", D(2026, 1, 1), D(2026, 2, 1), region=COUNTY, whole=True)
    stated(person.key, "employee_medical", D(2026, 3, 1), region=COUNTY, whole=True)
    facts = facts_of(person, DAY)
    assert facts["pension_months"] == 12 + 3, "two overlapping months count once"
    assert facts["pension_months_here"] == 8 + 3, "Taiyuan's, in whichever of its districts"
    assert (facts["unemployment_months"], facts["medical_months_paid"]) == (1, 0)
    assert facts["employee_insured"] is True and "resident_insured" not in facts
    assert facts["insured_county"] == COUNTY
    assert facts_of(person, D(2026, 4, 1))["pension_months"] == 16


SPELLS = st.lists(st.tuples(st.integers(0, 30), st.none() | st.integers(0, 30)), max_size=5)


@given(SPELLS, st.integers(0, 40))
def test_more_months_on_paper_are_never_fewer_counted_and_never_more_than_went_by(
    spells: list[Any], asked: int
) -> None:
    def month(n: int) -> dt.date:
        return D(2020 + n // 12, n % 12 + 1, 1)

    rows = [
        Paid(uuid4(), "employee_pension", COUNTY, month(a), None if b is None else month(b), True)
        for a, b in spells
    ]
    day, counts = month(asked) + dt.timedelta(days=9), []
    for number in range(len(rows) + 1):
        counts.append(insured(rows[:number], COUNTY, day).get("pension_months", 0))
    plain = {n for a, b in spells for n in range(a, asked if b is None else min(asked, b))}
    assert counts == sorted(counts) and counts[-1] == len(plain) <= asked


def test_months_that_used_to_be_asked_for_are_read_and_the_receipt_names_them(resident: Actor) -> None:
    person = people.person(str(resident.person_key))
    assert person is not None
    paid = stated(person.key, "employee_pension", D(2025, 1, 1), D(2026, 1, 1), region=COUNTY)
    unsure = one_entitled("pension_claim_here", facts_of(person, DAY), person, DAY, clock.now()).receipt
    assert unsure.answer == "need_info", "too few on record refuse nobody who may have paid elsewhere"
    replace(paid, "t", whole=True)
    receipt = one_entitled("pension_claim_here", facts_of(person, DAY), person, DAY, clock.now()).receipt
    assert receipt.inputs["pension_months_here"] == 12 and receipt.inputs["pension_relation_here"] is None


def test_a_pupil_on_the_student_record_of_the_province_has_the_facts_of_the_exams(resident: Actor) -> None:
    person = people.person(str(resident.person_key))
    assert person is not None
    stated(person.key, "junior", D(2020, 9, 1), D(2023, 7, 1), region="141002", enrolled=True)
    stated(person.key, "senior", D(2023, 9, 1), region="130102", enrolled=False)
    facts = facts_of(person, DAY)
    assert facts["student_record"] is False and "senior_high_since" not in facts, "another province's school"
    stated(person.key, "senior", D(2024, 9, 1), region="140106", enrolled=True, name="合成中学")
    facts = facts_of(person, DAY)
    assert (facts["student_record"], facts["senior_high_since"]) == (True, D(2024, 9, 1))
    assert facts["study_since"] == D(2023, 9, 1)


def test_a_name_is_sealed_in_the_row_and_read_back() -> None:
    row = stated(uuid4(), "employer", DAY, name="合成机械厂")
    kept = Employment.objects.get(pk=row.pk)
    assert kept.name == "合成机械厂" and "合成机械厂".encode() not in bytes(kept.name_ct)
    again = replace(kept, "t", valid_from=DAY - dt.timedelta(1))
    assert Employment.objects.get(pk=again.pk).name == "合成机械厂", (
        "the next row is sealed under the same key"
    )


@pytest.fixture
def in_force(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put periods in force that the shipped catalogue leaves empty."""

    def set_days(**days: int) -> None:
        def known(name: str, day: dt.date) -> Provided | None:
            return Provided(f"retention.{name}", days[name], "合成", "D", "day") if name in days else None

        monkeypatch.setattr(keeping, "in_force", known)

    return set_days


def test_what_ended_or_was_taken_back_goes_after_its_period_and_what_stands_stays(
    in_force: Callable[..., None],
) -> None:
    person = uuid4()
    stands = stated(person, "contract", D(2020, 1, 1))
    ended = stated(person, "lease", D(2020, 1, 1))
    replace(ended, "t", valid_to=DAY)
    withdraw(back := stated(person, "senior", D(2020, 1, 1), region=COUNTY))
    paid = stated(person, "unemployment", D(2020, 1, 1), DAY.replace(day=1), region=COUNTY)
    far = DAY + dt.timedelta(days=20_000)
    done = retention.retain(far)
    assert (done["circumstances"], done["insurance"]) == (0, 0), "no period is in force"
    in_force(ended_circumstance_days=100, ended_insurance_days=10_000)
    assert retention.retain(DAY + dt.timedelta(days=100))["circumstances"] == 0
    assert retention.retain(DAY + dt.timedelta(days=101))["circumstances"] == 2
    assert not Tenure.objects.exists() and not Schooling.objects.exists(), "with the whole history"
    assert Employment.objects.get().pk == stands.pk and Insurance.objects.get().pk == paid.pk
    gone = {(row.what, row.object_id, row.rule) for row in Deletion.objects.all()}
    rule = "retention.ended_circumstance_days"
    assert gone == {("tenure", str(ended.key), rule), ("schooling", str(back.key), rule)}
    assert retention.retain(far)["insurance"] == 1 and Employment.objects.exists()


def test_the_file_of_my_data_holds_every_statement_with_both_times(
    resident: Actor, browse: Callable[..., Client]
) -> None:
    job = Employment.objects.get()
    replace(job, "correction", valid_from=D(2025, 2, 1))
    stated(resident.person_key, "senior", D(2023, 9, 1), region="140106", enrolled=True, name="合成中学")
    client = browse(User.objects.get(pk=resident.user_id))
    told = json.loads(client.get("/my/data/file/").content)["circumstances"]
    assert [(one["about"], one["from"], one["known_until"] is None) for one in told] == [
        ("job", "2025-02-01", True), ("study", "2023-09-01", True), ("job", "2025-01-01", False),
    ]  # fmt: skip
    school = told[1]
    assert (school["name"], school["region"], school["enrolled"]) == ("合成中学", "140106", True)
    assert told[0]["to"] == "2026-12-31" and told[0]["known_from"] and told[0]["stated_by"] == "correction"
    page = client.get("/my/data/").content.decode()
    assert "合成中学" in page and "What was on record before" in page and "1 February 2025" in page


def test_a_statement_names_itself_in_one_line_and_is_found_by_its_reference(resident: Actor) -> None:
    (one,) = circumstances.told([resident.person_key])  # type: ignore[list-item]
    assert circumstances.named(resident.person_key, one.ref) == one
    assert circumstances.named(uuid4(), one.ref) is None, "not under somebody else"
    assert circumstances.named(resident.person_key, "job:" + str(uuid4())) is None
    assert circumstances.named(resident.person_key, "horse:" + str(one.row.key)) is None
    assert dataclasses.replace(one, former=True).former
