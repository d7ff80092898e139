"""Holds: set with a last day, extended, lifted by two, told to the person or not, and never by whom they are about."""

import datetime as dt
import json
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, Incomplete, KeyReused, NotAllowed, Unknown
from renben.web.guard import hold_subjects, holds, retention
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import AuditEvent, Deletion, Grant, Hold, HoldStep, User
from renben.web.guard.policy import Actor, policy
from renben.web.registry.models import Address, Person
from tests.web.cases import acting, again, fill, registered
from tests.web.cases import do as step
from tests.web.conftest import COUNTY, DAY, answers, set_day

People = dict[str, Actor]
Browse = Callable[..., Client]
NUMBER, NAME = "149901198501010014", "示例甲"
GROUND = "某法院（2026）示例第1号通知，保全登记材料"
WEEK = DAY + dt.timedelta(days=7)


def given(**changes: object) -> holds.Given:
    return holds.Given(**{"kind": "court", "until": WEEK, "ground": GROUND, **changes})


@pytest.fixture
def case(people: People, address: Address) -> Case:
    """A registration that went through; its person is on record."""
    return registered(people, answers(address))


@pytest.fixture
def person(case: Case) -> Person:
    return Person.objects.current().get()


def on(actor: Actor, person: Person | None = None, case: Case | None = None) -> hold_subjects.Subject:
    what, key = ("person", person.key) if person else ("case", case.pk if case else "")
    return hold_subjects.by_key(actor, what, str(key))


def begun(actor: Actor, person: Person, key: str = "hold-key-1", **changes: object) -> Hold:
    with acting(actor):
        return holds.begin(actor, on(actor, person), given(**changes), key)


@pytest.fixture
def kept(people: People, person: Person) -> Hold:
    """A hold on the person for a week."""
    return begun(people["steward"], person)


@pytest.fixture
def steward(people: People, browse: Browse) -> Client:
    return browse(User.objects.get(pk=people["steward"].user_id))


@pytest.fixture
def second(people: People, browse: Browse) -> Client:
    return browse(User.objects.get(pk=people["steward2"].user_id))


@pytest.fixture
def owner(people: People, browse: Browse) -> Client:
    return browse(User.objects.get(pk=people["resident"].user_id))


def form(person: Person, **changes: str) -> dict[str, str]:
    return {"what": "person", "of": str(person.key), "kind": "court", "until": WEEK.isoformat(), "reason": GROUND,
            "key": "hold-form-1", **changes}  # fmt: skip


def test_nobody_of_the_three_administrations_or_of_a_deciding_office_sets_a_hold() -> None:
    may = {
        role
        for name in (hold_subjects.SET, hold_subjects.LIFT, hold_subjects.READ)
        for role in policy().permissions[name].roles
    }
    assert may == {"data_steward", "reconsideration_officer"}


def test_a_person_is_found_covered_held_and_listed(steward: Client, person: Person) -> None:
    page = steward.post("/holds/find/", {"number": NUMBER}).content.decode()
    assert "示**" in page and NAME not in page and NUMBER not in page and "149901********0014" in page
    answer = steward.post("/holds/set/", form(person), follow=True)
    page = answer.content.decode()
    assert "nothing of it is deleted" in page and GROUND in page and NUMBER not in page and NAME not in page
    row = Hold.objects.get()
    assert (row.person_key, row.from_on, row.until_on, row.told) == (person.key, DAY, WEEK, True)
    listed = steward.get("/holds/").content.decode()
    assert f"/holds/{row.pk}/" in listed and "示**" in listed and NUMBER not in listed


@pytest.mark.parametrize("number", ["", "149901199003070011", "no such case"])
def test_nothing_is_found_where_nothing_is(steward: Client, person: Person, number: str) -> None:
    answer = steward.post("/holds/find/", {"number": number})
    assert answer.status_code == 404 and "Check the document number" in answer.content.decode()


def test_a_case_is_found_by_its_number_and_held(steward: Client, case: Case) -> None:
    assert case.number
    page = steward.post("/holds/find/", {"number": f" {case.number} "}).content.decode()
    assert case.number in page and NAME not in page and NUMBER not in page
    steward.post("/holds/set/", {**form(Person.objects.current().get()), "what": "case", "of": str(case.pk)})
    assert (Hold.objects.get().case, Hold.objects.get().person_key) == (case.pk, None)


def test_another_region_finds_and_changes_nothing(
    kept: Hold, person: Person, account: Callable[..., User], browse: Browse
) -> None:
    there = browse(account("hold-elsewhere", "data_steward", "140200"))
    assert there.post("/holds/find/", {"number": NUMBER}).status_code == 404
    assert there.post("/holds/set/", form(person)).status_code == 404
    assert there.get(f"/holds/{kept.pk}/").status_code == 404
    for way in ("step/extend", "step/ask_lift", "step/tell", "second/lift", "second/keep_on"):
        assert (
            there.post(f"/holds/{kept.pk}/{way}/", {"key": "hold-else-1", "reason": GROUND}).status_code
            == 404
        )
    assert str(kept.pk) not in there.get("/holds/").content.decode()


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"kind": "gossip"}, "Choose what it is needed for"),
        ({"reason": "太短"}, "10 characters"),
        ({"until": ""}, "The last day"),
        ({"until": DAY.isoformat()}, "The last day"),
        ({"until": "2027-03-03"}, "365 days"),
        ({"told": "no"}, "so does the reason"),
    ],
)
def test_a_hold_needs_its_kind_its_ground_and_a_last_day(
    steward: Client, person: Person, changes: dict[str, str], word: str
) -> None:
    answer = steward.post("/holds/set/", form(person, **changes))
    assert answer.status_code == 422 and word in answer.content.decode() and not Hold.objects.exists()


def test_the_longest_time_counts_its_last_day(steward: Client, person: Person) -> None:
    assert steward.post("/holds/set/", form(person, until="2027-03-02")).status_code == 302


def test_the_same_form_twice_is_one_hold_and_another_subject_is_refused(
    people: People, person: Person, case: Case
) -> None:
    actor, first = people["steward"], begun(people["steward"], person)
    assert begun(people["steward"], person).pk == first.pk and HoldStep.objects.count() == 1
    with acting(actor), pytest.raises(KeyReused):
        holds.begin(actor, on(actor, case=case), given(), "hold-key-1")


def test_a_hold_is_extended_with_a_reason_and_no_further_than_the_time_allows(
    kept: Hold, steward: Client
) -> None:
    later = (WEEK + dt.timedelta(days=30)).isoformat()
    address, sent = f"/holds/{kept.pk}/step/extend/", {"until": later, "reason": "法院延长了期限，见函"}
    for _ in range(2):
        assert steward.post(address, {**sent, "key": "hold-extend-1"}).status_code == 302
    kept.refresh_from_db()
    assert kept.until_on.isoformat() == later
    assert list(kept.steps.values_list("seq", "what")) == [(1, "set"), (2, "extended")]
    for until in (later, DAY.isoformat(), "2027-03-03"):
        again_ = steward.post(address, {**sent, "until": until, "key": f"hold-extend-{until}"})
        assert again_.status_code == 422
    assert steward.post(address, {**sent, "reason": "", "key": "hold-extend-3"}).status_code == 422


def test_whoever_asks_to_lift_does_not_lift_and_a_second_person_does(
    kept: Hold, steward: Client, second: Client
) -> None:
    ask, lift = f"/holds/{kept.pk}/step/ask_lift/", f"/holds/{kept.pk}/second/lift/"
    assert second.post(lift, {"key": "hold-lift-0"}).status_code == 422, "nobody asked"
    assert steward.post(ask, {"key": "hold-ask-1", "reason": "法院通知解除保全措施"}).status_code == 302
    assert second.post(ask, {"key": "hold-ask-2", "reason": "法院通知解除保全措施"}).status_code == 422
    mine, theirs = (one.get(f"/holds/{kept.pk}/").content.decode() for one in (steward, second))
    assert lift not in mine and "somebody else has to agree" in mine and lift in theirs
    assert steward.post(lift, {"key": "hold-lift-1"}).status_code == 403
    assert Hold.objects.running(DAY).exists(), "it runs until somebody agrees"
    for _ in range(2):
        assert second.post(lift, {"key": "hold-lift-2"}).status_code == 302
    assert not Hold.objects.running(DAY).exists()
    page = second.get(f"/holds/{kept.pk}/").content.decode()
    assert "Lifted early" in page and "This hold has ended" in page
    assert str(kept.pk) in steward.get("/holds/?view=ended").content.decode()
    assert str(kept.pk) not in steward.get("/holds/").content.decode()


def test_a_colleague_turns_the_request_down_and_who_asked_takes_it_back(kept: Hold, people: People) -> None:
    maker, checker = people["steward"], people["steward2"]
    for n, actor in enumerate((checker, maker)):
        holds.ask_lift(maker, kept, "看来不再需要了，请核", f"hold-ask-{n}0")
        holds.keep_on(actor, kept, "", f"hold-keep-{n}0")
    kept.refresh_from_db()
    assert kept.asked_by_id is None and holds.state(kept, DAY) == holds.RUNNING
    with pytest.raises(Guarded, match="hold_not_asked"):
        holds.lift(checker, kept, "", "hold-lift-1")


def test_the_database_lets_nobody_lift_what_he_asked_to_lift(kept: Hold, people: People) -> None:
    me = people["steward"].user_id
    for columns in (
        {"asked_by": me, "lifted_by": me},
        {"lifted_by": me},
        {"case": uuid4()},
        {"until_on": DAY - dt.timedelta(1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Hold.objects.filter(pk=kept.pk).update(**columns)


def test_a_hold_that_is_over_is_changed_no_more(kept: Hold, people: People, person: Person) -> None:
    actor = people["steward"]
    set_day(WEEK)
    holds.extend(actor, kept, WEEK + dt.timedelta(days=1), "最后一天还可以再延长", "hold-extend-1")
    set_day(WEEK + dt.timedelta(days=2))
    kept.refresh_from_db()
    assert holds.state(kept, WEEK + dt.timedelta(days=2)) == holds.OVER
    with pytest.raises(Guarded, match="hold_over"):
        holds.extend(actor, kept, WEEK + dt.timedelta(days=9), "已经过期了还想再延长", "hold-extend-2")
    with pytest.raises(Guarded, match="hold_over"):
        holds.ask_lift(actor, kept, "已经过期了还想再解除", "hold-ask-1")


def test_nobody_sets_or_changes_a_hold_on_what_is_kept_of_himself(
    people: People, person: Person, case: Case, kept: Hold
) -> None:
    user = User.objects.get(pk=people["resident"].user_id)
    Grant.objects.create(user=user, role="data_steward", region=COUNTY)
    me = again(people["resident"])
    assert me.person_key == person.key
    for what, key in (("person", person.key), ("case", case.pk)):
        with pytest.raises(NotAllowed, match="hold_own"):
            hold_subjects.by_key(me, what, str(key))
    with pytest.raises(NotAllowed, match="hold_own"):
        hold_subjects.find(me, NUMBER)
    assert holds.hold_of(me, UUID(str(kept.pk)), hold_subjects.READ)
    for permission in (hold_subjects.SET, hold_subjects.LIFT):
        with pytest.raises(NotAllowed, match="hold_own"):
            holds.hold_of(me, UUID(str(kept.pk)), permission)
    opened = begun_on_case(people, case)
    Case.objects.filter(pk=case.pk).update(person_key=None)
    User.objects.filter(pk=user.pk).update(person_key=None)
    with pytest.raises(NotAllowed, match="hold_own"):
        holds.hold_of(actor_of(User.objects.get(pk=user.pk)), UUID(str(opened.pk)), hold_subjects.LIFT)


def begun_on_case(people: People, case: Case, **changes: object) -> Hold:
    actor = people["steward"]
    with acting(actor):
        return holds.begin(actor, on(actor, case=case), given(**changes), f"hold-case-{uuid4()}")


def test_the_person_finds_the_hold_under_my_data_without_its_ground(
    people: People, kept: Hold, case: Case, owner: Client
) -> None:
    begun_on_case(people, case, kind="complaint")
    page = owner.get("/my/data/").content.decode()
    assert "Data that are not deleted for now" in page and GROUND not in page
    assert page.count("A court") == 1 and page.count("A complaint") == 1 and "9 March 2026" in page
    kept_longer = json.loads(owner.get("/my/data/file/").content)["kept_longer"]
    assert {(one["about"], one["for"], one["until"], one["state"]) for one in kept_longer} == {
        ("me", "court", "2026-03-09", "running"), ("case", "complaint", "2026-03-09", "running"),
    }  # fmt: skip


def test_an_applicant_without_a_record_finds_the_hold_on_his_case(
    people: People, address: Address, browse: Browse
) -> None:
    case = fill("residence_registration", people["stranger"], answers(address))
    step(case, "submit", people["stranger"])
    begun_on_case(people, Case.objects.get(pk=case))
    page = browse(User.objects.get(pk=people["stranger"].user_id)).get("/my/data/").content.decode()
    assert "One of your cases" in page


def test_a_person_who_is_not_told_learns_it_nowhere_until_somebody_tells_him(
    people: People, person: Person, steward: Client, owner: Client
) -> None:
    steward.post("/holds/find/", {"number": NUMBER})
    why = "告知会妨碍正在进行的检查"
    steward.post("/holds/set/", form(person, told="no", untold=why, kind="inspection"))
    row = Hold.objects.get()
    steward.get("/holds/")
    assert why in steward.get(f"/holds/{row.pk}/").content.decode()
    page, taken = owner.get("/my/data/").content.decode(), owner.get("/my/data/file/").content.decode()
    assert "not deleted for now" not in page and "Keeping what is still needed" not in page
    assert json.loads(taken)["kept_longer"] == [] and "evidence" not in taken
    rows = AuditEvent.objects.filter(object_type__startswith="hold")
    assert rows.count() == 5 and not rows.exclude(subject=None).exists(), "find, set, untold, list, read"
    assert rows.get(kind="search").object_id == str(person.key), "the auditor finds whom it was about"
    assert steward.post(f"/holds/{row.pk}/step/tell/", {"key": "hold-tell-1"}).status_code == 302
    assert "An inspection" in owner.get("/my/data/").content.decode()
    assert steward.post(f"/holds/{row.pk}/step/tell/", {"key": "hold-tell-2"}).status_code == 422


def test_every_step_and_look_is_in_the_audit(
    kept: Hold, person: Person, steward: Client, second: Client
) -> None:
    steward.get("/holds/")
    steward.get(f"/holds/{kept.pk}/")
    holds_ = {"reason": "法院通知解除保全措施"}
    steward.post(f"/holds/{kept.pk}/step/extend/", {**holds_, "until": "2026-03-20", "key": "hold-audit-1"})
    steward.post(f"/holds/{kept.pk}/step/ask_lift/", {**holds_, "key": "hold-audit-2"})
    second.post(f"/holds/{kept.pk}/second/lift/", {"key": "hold-audit-3"})
    rows = AuditEvent.objects.filter(purpose="evidence").order_by("pk")
    assert list(rows.values_list("kind", "object_type")) == [
        ("command", "hold_set"), ("list", "hold"), ("read", "hold"), ("command", "hold_extended"),
        ("command", "hold_lift_asked"), ("command", "hold_lifted"),
    ]  # fmt: skip
    assert set(rows.values_list("subject", flat=True)) == {person.key}
    assert GROUND not in str(list(rows.values_list("detail", flat=True)))


def test_the_ground_is_sealed_and_bound_to_its_step(kept: Hold) -> None:
    row = kept.steps.get()
    assert row.why_ct and GROUND.encode() not in bytes(row.why_ct)
    assert holds.steps_of(kept) == [(row, GROUND)]


def test_the_record_of_a_hold_goes_three_years_after_it_ended_with_its_steps(
    kept: Hold, people: People
) -> None:
    assert retention.retain(WEEK + dt.timedelta(days=1096))["holds"] == 0
    assert retention.retain(WEEK + dt.timedelta(days=1097))["holds"] == 1
    assert not Hold.objects.exists() and not HoldStep.objects.exists()
    row = Deletion.objects.get(what="hold")
    assert (row.object_id, row.rule) == (str(kept.pk), "retention.hold_record_days")


def test_a_withdrawn_application_under_a_hold_keeps_its_answers_and_the_system_page_counts_it(
    people: People, address: Address, account: Callable[..., User], browse: Browse
) -> None:
    case = fill("residence_registration", people["resident"], answers(address))
    step(case, "submit", people["resident"])
    step(case, "withdraw", people["resident"])
    last = DAY + dt.timedelta(days=365)
    begun_on_case(people, Case.objects.get(pk=case), until=last)
    Hold.objects.update(until_on=last + dt.timedelta(days=10))
    overdue = last + dt.timedelta(days=1)
    assert retention.retain(overdue)["answers"] == 0 and Case.objects.get(pk=case).answers_ct
    set_day(overdue)
    text = browse(account("k-system", "system_admin")).get("/system/").content.decode()
    row = next(part for part in text.split("<tr>") if "withdrawn, expired or refused application" in part)
    assert 'data-label="Kept back by a hold">1<' in row
    (mine,) = [one for one in retention.periods(overdue) if one.held]
    assert (mine.held, mine.gone) == (1, 0)
    assert retention.retain(last + dt.timedelta(days=11))["answers"] == 1
    assert Deletion.objects.get(what="case.answers").rule == "retention.ended_case_days"


def test_the_reconsideration_office_sets_one_and_the_steward_agrees_to_lift_it(
    person: Person, people: People, account: Callable[..., User]
) -> None:
    hearing = actor_of(account("hold-fuyi", "reconsideration_officer", COUNTY))
    row = begun(hearing, person, kind="reconsideration")
    holds.ask_lift(hearing, row, "复议已经办结，不再需要", "hold-ask-1")
    with pytest.raises(NotAllowed, match="hold_second"):
        holds.lift(hearing, row, "", "hold-lift-1")
    holds.lift(people["steward"], row, "", "hold-lift-2")
    row.refresh_from_db()
    assert holds.state(row, DAY) == holds.LIFTED


def test_a_step_needs_its_key_and_there_are_no_other_steps(
    kept: Hold, people: People, steward: Client
) -> None:
    with pytest.raises(Incomplete):
        holds.ask_lift(people["steward"], kept, "看来不再需要了，请核", "short")
    other = begun(people["steward"], Person.objects.current().get(), "hold-key-2")
    holds.ask_lift(people["steward"], kept, "看来不再需要了，请核", "hold-ask-1")
    with pytest.raises(KeyReused):
        holds.ask_lift(people["steward"], other, "看来不再需要了，请核", "hold-ask-1")
    for way in ("step/lift", "step/keep_on", "second/extend", "second/tell", "step/nothing"):
        assert steward.post(f"/holds/{kept.pk}/{way}/", {"key": "hold-none-1"}).status_code == 404
    with pytest.raises(Unknown):
        hold_subjects.by_key(people["steward"], "person", "no key")
