"""The one command: exactly once, on the version that was seen, by who may, with clocks that stop and go on."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from renben.web.flow.command import Command, act, elapsed, offered, open_case
from renben.web.flow.models import Case, CaseEvent, Message, Outbox, Timer
from renben.web.flow.refusals import (
    Guarded,
    Incomplete,
    KeyReused,
    NoSuchStep,
    NotAllowed,
    Refusal,
    Stale,
    Unknown,
)  # fmt: skip
from renben.web.flow.sweeper import SWEEPER, deliver, sweep
from renben.web.guard.models import AuditEvent
from renben.web.guard.policy import Actor
from renben.web.registry.identifiers import check_digit
from renben.web.registry.models import Address, Person
from tests.web.cases import do, fill
from tests.web.conftest import DAY, answers

People = dict[str, Actor]
Turn = Callable[[dt.date], None]


@pytest.fixture
def submitted(people: People, address: Address) -> str:
    case = fill("residence_registration", people["resident"], answers(address))
    do(case, "submit", people["resident"])
    return case


def current(case: str) -> Case:
    return Case.objects.get(pk=case)


def test_a_repeated_key_answers_with_the_first_result_and_changes_nothing(
    people: People, submitted: str
) -> None:
    command = Command(UUID(submitted), "claim", people["officer"], "the-same-key", current(submitted).version)
    first = act(command)
    events = CaseEvent.objects.count()
    again = act(command)
    assert (again.version, again.repeated, first.repeated) == (first.version, True, False)
    assert CaseEvent.objects.count() == events


def test_the_same_key_with_another_content_is_refused(people: People, submitted: str) -> None:
    version = current(submitted).version
    act(Command(UUID(submitted), "claim", people["officer"], "the-same-key", version))
    with pytest.raises(KeyReused):
        act(Command(UUID(submitted), "claim", people["officer"], "the-same-key", version, note="other"))


def test_a_key_of_one_account_says_nothing_about_another_account(people: People) -> None:
    first = open_case("residence_registration", people["resident"], "shared-key")
    second = open_case("residence_registration", people["stranger"], "shared-key")
    assert first.case != second.case and not second.repeated


def test_a_command_without_a_key_is_refused(people: People) -> None:
    with pytest.raises(Incomplete):
        open_case("residence_registration", people["resident"], "")


def test_a_step_on_an_older_version_is_stale(people: People, submitted: str) -> None:
    old = current(submitted).version
    do(submitted, "claim", people["officer"])
    with pytest.raises(Stale):
        act(Command(UUID(submitted), "release", people["officer"], "another-key", old))


REFUSED = [
    ("elsewhere", "claim", Unknown, "an officer of another county does not know of the case"),
    ("stranger", "withdraw", Unknown, "nor does another resident"),
    ("issuer", "claim", NotAllowed, "county police do not review registrations"),
    ("officer", "approve", NoSuchStep, "not claimed yet"),
    ("resident", "claim", NotAllowed, "an applicant is no officer"),
    ("officer", "withdraw", NotAllowed, "only the applicant withdraws"),
    ("officer", "expire", NoSuchStep, "nothing expires here"),
    ("officer", "escalate", NotAllowed, "only the system escalates"),
]


@pytest.mark.parametrize(("who", "action", "refusal", "why"), REFUSED, ids=[row[3] for row in REFUSED])
def test_who_may_not_is_refused_and_nothing_is_written(
    people: People, submitted: str, who: str, action: str, refusal: type[Refusal], why: str
) -> None:
    before = (current(submitted).version, AuditEvent.objects.count(), Outbox.objects.count())
    with pytest.raises(refusal):
        do(submitted, action, people[who], kind="urge")
    assert (current(submitted).version, AuditEvent.objects.count(), Outbox.objects.count()) == before, why


def test_only_the_officer_who_took_the_case_decides_it(people: People, submitted: str) -> None:
    do(submitted, "claim", people["officer"])
    with pytest.raises(NotAllowed, match="not_assigned"):
        do(submitted, "approve", people["colleague"])


def test_what_is_missing_is_told_once_and_never_a_second_time(people: People, submitted: str) -> None:
    do(submitted, "claim", people["officer"])
    with pytest.raises(Incomplete, match="incomplete"):
        do(submitted, "return", people["officer"], fields=["proof"])
    do(submitted, "return", people["officer"], note="until when?", fields=["proof", "stay"])
    assert current(submitted).marks == ["proof", "stay"]
    do(submitted, "resubmit", people["resident"])
    with pytest.raises(Guarded) as refused:
        do(submitted, "return", people["officer"], note="again", fields=["hukou"])
    assert "663" in refused.value.values["ref"]


def test_a_refusal_names_its_article(people: People, submitted: str) -> None:
    do(submitted, "claim", people["officer"])
    with pytest.raises(Incomplete):
        do(submitted, "refuse", people["officer"], note="no")
    do(submitted, "refuse", people["officer"], note="no", article="663/9")
    assert current(submitted).result["article"] == "663/9" and current(submitted).closed_on == DAY


def test_an_incomplete_form_cannot_be_sent(people: People) -> None:
    case = open_case("residence_registration", people["resident"], "the-first-key").case
    with pytest.raises(Guarded, match="questions_missing"):
        do(case, "submit", people["resident"])


def test_a_child_needs_a_guardian(people: People, address: Address) -> None:
    first = "14990120120501001"
    child = answers(address, birth="2012-05-01", number=first + check_digit(first))
    case = fill("residence_registration", people["resident"], child)
    with pytest.raises(Guarded, match="guardian_missing"):
        do(case, "submit", people["resident"])


def test_the_clock_stops_while_the_applicant_holds_the_case(
    people: People, submitted: str, turn: Turn
) -> None:
    assert current(submitted).due_on == dt.date(2026, 3, 5), "three working days after Monday 2 March"
    do(submitted, "claim", people["officer"])
    do(submitted, "return", people["officer"], note="until when?", fields=["proof"])
    turn(dt.date(2026, 3, 10))
    do(submitted, "resubmit", people["resident"])
    case = current(submitted)
    assert case.due_on == dt.date(2026, 3, 13), "six working days later"
    assert elapsed(case, dt.date(2026, 3, 12)) == (10, 2)


def test_a_case_in_review_is_warned_about_urged_supervised_and_escalated_once_each(
    people: People, submitted: str, turn: Turn
) -> None:
    levels = []
    for day in range(4, 16):
        turn(dt.date(2026, 3, day))
        sweep()
        sweep()
        levels.append(current(submitted).level)
    assert levels == [1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4]
    assert CaseEvent.objects.filter(case=submitted, action="escalate").count() == 4


def test_a_clock_that_jumps_fires_every_timer_once(people: People, submitted: str, turn: Turn) -> None:
    turn(dt.date(2026, 4, 30))
    assert sweep() == 4
    turn(dt.date(2026, 3, 3))
    assert sweep() == 0
    turn(dt.date(2026, 5, 30))
    assert sweep() == 0
    assert CaseEvent.objects.filter(case=submitted, action="escalate").count() == 4


def test_one_sweep_fires_all_that_is_due_however_many_batches(
    people: People, submitted: str, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("renben.web.flow.sweeper.BATCH", 1)
    turn(dt.date(2026, 4, 30))
    assert sweep() == 4


def test_a_timer_whose_step_is_refused_stays_due_and_holds_up_no_other(
    people: People, address: Address, submitted: str, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = fill("residence_registration", people["resident"], answers(address))
    do(second, "submit", people["resident"])

    def refusing(command: Command) -> Any:
        if str(command.case) == submitted:
            raise Stale()
        return act(command)

    monkeypatch.setattr("renben.web.flow.sweeper.act", refusing)
    turn(dt.date(2026, 4, 30))
    assert sweep() == 4, "the other case's timers"
    assert (
        Timer.objects.filter(case_id=submitted, done_at=None, fire_on__lte=dt.date(2026, 4, 30)).count() == 4
    )
    monkeypatch.setattr("renben.web.flow.sweeper.act", act)
    assert sweep() == 4, "nothing is lost: the next sweep fires them"


def test_a_timer_of_an_earlier_visit_does_not_fire(people: People, submitted: str, turn: Turn) -> None:
    do(submitted, "withdraw", people["resident"])
    turn(dt.date(2026, 4, 30))
    assert sweep() == 0 and not Timer.objects.filter(done_at=None, fire_on__lte=dt.date(2026, 4, 30)).exists()


def test_a_draft_nobody_sends_expires(people: People, turn: Turn) -> None:
    case = open_case("residence_registration", people["resident"], "the-first-key").case
    turn(DAY + dt.timedelta(days=30))
    assert sweep() == 0
    turn(DAY + dt.timedelta(days=31))
    assert sweep() == 1 and current(case).stage == "expired"


def test_notices_are_delivered_once(people: People, submitted: str) -> None:
    assert deliver() == 1
    assert deliver() == 0
    assert [one.topic for one in Message.objects.filter(case=submitted)] == ["residence_registration.submit"]


def test_a_failing_effect_leaves_nothing_behind(
    people: People, submitted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    do(submitted, "claim", people["officer"])
    version = current(submitted).version

    def fail(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("renben.web.registry.models.papers.Proof.objects.create", fail)
    with pytest.raises(OSError, match="disk full"):
        do(submitted, "approve", people["officer"])
    assert (current(submitted).version, Person.objects.count()) == (version, 0)


def test_numbers_are_given_without_gaps(people: People, address: Address) -> None:
    numbers = []
    for name in ("resident", "stranger"):
        case = fill("residence_registration", people[name], answers(address))
        do(case, "submit", people[name])
        numbers.append(current(case).number)
    assert numbers == ["JD-140105-2026-000001", "JD-140105-2026-000002"]


def test_buttons_are_offered_to_those_who_may_press_them(people: People, submitted: str) -> None:
    case = current(submitted)
    assert [move.action for move in offered(case, people["officer"])] == ["claim"]
    assert [move.action for move in offered(case, people["resident"])] == ["withdraw"]
    assert offered(case, people["elsewhere"]) == ()
    assert [move.action for move in offered(case, SWEEPER)] == ["confirm", "deny", "escalate"]
