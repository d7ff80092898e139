"""A task goes from acceptance to a second person's check; who may do what, and what stops a closing."""

import datetime as dt
from collections.abc import Callable

import pytest

from renben.catalogue import Plan, load
from renben.web.flow.command import Command, act
from renben.web.flow.models import Case, CaseEvent
from renben.web.flow.refusals import Guarded, Incomplete, NoSuchStep, NotAllowed, Stale, Unknown
from renben.web.flow.sweeper import sweep
from renben.web.guard.models import Grant, User
from renben.web.guard.policy import Actor
from renben.web.programme import pages
from renben.web.programme.models import Seat, Task
from renben.web.programme.opening import duties, open_tasks, shares
from renben.web.programme.seats import readable
from tests.web.cases import do

Cast = dict[str, Actor]


def a_task(owner: str) -> Task:
    return Task.objects.filter(owner=owner).order_by("order").first()


def stage(task: Task) -> str:
    return Case.objects.get(pk=task.pk).stage


def reported(task: Task, cast: Cast, owner: str, evidence: str = "晋财综〔2026〕示例1号") -> None:
    do(task.pk, "report", cast[owner], "合成进展", progress="60", evidence=evidence)
    do(task.pk, "acknowledge", cast["lead"])


def test_one_task_is_opened_for_each_commitment_and_owner_and_none_twice(plan: Plan, cast: Cast) -> None:
    wanted = {(one.duty.commitment.id, one.owner) for one in shares(plan)}
    assert {(duty.commitment.id, owner) for duty in duties(plan) for owner in duty.owners} <= wanted
    assert open_tasks(plan, cast["lead"]) == len(wanted)
    assert set(Task.objects.values_list("commitment", "owner")) == wanted
    assert open_tasks(plan, cast["lead2"]) == 0
    assert Case.objects.filter(kind="programme_task").count() == len(wanted)


def test_the_whole_plan_has_as_many_tasks_as_its_commitments_have_owners() -> None:
    whole = next(iter(load().plans.values()))
    every = list(duties(whole))
    assert len([d for d in every if d.measure]) == 121 and len(whole.measures) == 33
    assert len([d for d in every if not d.measure]) == len(whole.safeguards)
    assert all(d.owners for d in every)


def test_an_owner_cannot_open_tasks(plan: Plan, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        open_tasks(plan, cast["finance"])


def test_a_task_goes_from_acceptance_to_closing(opened: Plan, cast: Cast) -> None:
    task = a_task("finance")
    do(task.pk, "accept", cast["finance"])
    reported(task, cast, "finance")
    task.refresh_from_db()
    assert (task.progress, stage(task)) == (60, "in_progress")
    do(task.pk, "propose_close", cast["finance"], "合成：已完成")
    do(task.pk, "close", cast["lead"])
    case = Case.objects.get(pk=task.pk)
    assert case.stage == "closed" and case.closed_on is not None
    steps = list(CaseEvent.objects.filter(case=task.pk).order_by("seq").values_list("action", flat=True))
    assert steps == ["open", "accept", "report", "acknowledge", "propose_close", "close"]


def test_who_waits_for_another_reads_who_has_the_next_step(
    opened: Plan, cast: Cast, browse: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "plans", lambda: [opened])
    task = a_task("finance")
    do(task.pk, "accept", cast["finance"])
    do(task.pk, "report", cast["finance"], "合成进展", progress="60", evidence="晋财综〔2026〕示例1号")
    shown = pages.task_page(cast["finance"], task.pk)
    assert shown["steps"] == [] and "programme_officer" in shown["desks"]
    client = browse(User.objects.get(pk=cast["finance"].user_id))
    said = client.get(f"/programme/tasks/{task.pk}/").content.decode()
    assert "The next step is not yours. Who can take the next step: Programme office" in said


def test_only_the_owner_works_on_a_task(opened: Plan, cast: Cast) -> None:
    task = a_task("finance")
    for name in ("hrss", "seatless"):
        with pytest.raises(NotAllowed, match="not_owner"):
            do(task.pk, "accept", cast[name])
    with pytest.raises(NotAllowed):
        do(task.pk, "accept", cast["lead"])
    assert stage(task) == "assigned"


def test_whoever_proposed_or_reported_does_not_close_even_with_both_roles(opened: Plan, cast: Cast) -> None:
    both = Actor(cast["finance"].user_id, (*cast["finance"].grants, ("programme_officer", "140000")))
    Grant.objects.create(user_id=both.user_id, role="programme_officer", region="140000")
    task = a_task("finance")
    do(task.pk, "accept", both)
    reported(task, cast, "finance")
    do(task.pk, "propose_close", both, "合成：已完成")
    with pytest.raises(NotAllowed, match="maker_is_checker"):
        do(task.pk, "close", both)
    do(task.pk, "close", cast["lead2"])
    assert stage(task) == "closed"


def test_without_taken_evidence_nothing_is_closed(opened: Plan, cast: Cast) -> None:
    task = a_task("finance")
    do(task.pk, "accept", cast["finance"])
    reported(task, cast, "finance", evidence="")
    with pytest.raises(Guarded, match="no_evidence"):
        do(task.pk, "propose_close", cast["finance"], "合成：已完成")
    do(task.pk, "report", cast["finance"], "再报", progress="100", evidence="示例2号")
    do(task.pk, "send_back", cast["lead"], "请说明")
    with pytest.raises(Guarded, match="no_evidence"):
        do(task.pk, "propose_close", cast["finance"], "合成：已完成")


@pytest.mark.parametrize("progress", ["", "101", "-1", "6.5", "九", "1e2"])
def test_progress_is_a_whole_number_up_to_a_hundred(progress: str, opened: Plan, cast: Cast) -> None:
    task = a_task("finance")
    do(task.pk, "accept", cast["finance"])
    with pytest.raises(Incomplete):
        do(task.pk, "report", cast["finance"], "合成", progress=progress)
    assert stage(task) == "in_progress" and not task.reports.exists()


def test_a_dispute_is_settled_by_giving_the_task_to_another_office_once(opened: Plan, cast: Cast) -> None:
    task = a_task("finance")
    do(task.pk, "dispute", cast["finance"], "不属于我单位职责")
    holder = Task.objects.filter(commitment=task.commitment).exclude(pk=task.pk).first()
    with pytest.raises(Incomplete, match="owner_has_it"):
        do(task.pk, "reassign", cast["lead"], "改派", owner=holder.owner if holder else "finance")
    with pytest.raises(Incomplete, match="office_unknown"):
        do(task.pk, "reassign", cast["lead"], "改派", owner="nobody")
    do(task.pk, "reassign", cast["lead"], "改派", owner="statistics")
    task.refresh_from_db()
    assert (task.owner, stage(task)) == ("statistics", "assigned")
    with pytest.raises(NotAllowed, match="not_owner"):
        do(task.pk, "accept", cast["finance"])


def test_a_late_task_climbs_the_ladder_and_a_report_ends_it(opened: Plan, cast: Cast, turn: Callable) -> None:
    task = a_task("finance")
    case = Case.objects.get(pk=task.pk)
    levels = []
    for days in (-1, 1, 4, 8):
        turn(case.due_on + dt.timedelta(days))
        for _ in range(4):
            sweep()
        case.refresh_from_db()
        levels.append(case.level)
    assert levels == [1, 2, 3, 4]
    do(task.pk, "accept", cast["finance"])
    case.refresh_from_db()
    assert case.level == 0 and case.due_on > case.started_on


def test_a_closed_task_can_be_reopened_and_gets_a_new_deadline(opened: Plan, cast: Cast) -> None:
    task = a_task("finance")
    do(task.pk, "accept", cast["finance"])
    reported(task, cast, "finance")
    do(task.pk, "propose_close", cast["finance"], "合成")
    do(task.pk, "close", cast["lead"])
    do(task.pk, "reopen", cast["lead2"], "又有问题")
    case = Case.objects.get(pk=task.pk)
    assert case.stage == "in_progress" and case.closed_on is None and case.due_on is not None


def test_a_repeated_command_counts_once_and_an_old_version_is_refused(opened: Plan, cast: Cast) -> None:
    task = a_task("finance")
    command = Command(task.pk, "accept", cast["finance"], "same-key-1", 1)
    assert not act(command).repeated and act(command).repeated
    with pytest.raises(Stale):
        act(Command(task.pk, "report", cast["finance"], "other-key-1", 1, {"progress": "5"}, "x"))
    with pytest.raises(NoSuchStep):
        do(task.pk, "accept", cast["finance"])


def test_an_office_sees_its_own_tasks_and_the_lead_sees_all(opened: Plan, cast: Cast) -> None:
    def seen(name: str) -> set[str]:
        return set(Task.objects.filter(readable(cast[name])).values_list("owner", flat=True))

    assert seen("finance") == {"finance"} and seen("seatless") == set()
    assert seen("lead") == set(Task.objects.values_list("owner", flat=True))
    with pytest.raises(Unknown):
        pages.task_of(cast["hrss"], a_task("finance").pk)


def test_an_officer_of_the_registry_knows_of_no_task(opened: Plan, cast: Cast, people: Cast) -> None:
    with pytest.raises(Unknown):
        do(a_task("finance").pk, "accept", people["officer"])


def test_an_account_speaks_for_one_office(cast: Cast) -> None:
    assert Seat.objects.filter(user=cast["finance"].user_id).count() == 1
