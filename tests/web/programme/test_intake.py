"""Findings land in the task that answers for them, once per key, whatever is run again."""

import datetime as dt

import pytest
from django.conf import settings

from renben.catalogue import Plan
from renben.core.workspace import Workspace
from renben.web.clock import today
from renben.web.exchange.door import ExchangeError
from renben.web.exchange.findings import mechanism
from renben.web.flow.models import CaseEvent
from renben.web.flow.refusals import Guarded
from renben.web.guard.policy import Actor
from renben.web.programme import side
from renben.web.programme.intake import take_in
from renben.web.programme.models import Task, TaskFinding
from renben.web.programme.side import Seen, exchange_round
from tests.web.cases import do
from tests.web.workspaces import write_findings

Cast = dict[str, Actor]
PAID = ("reward_not_paid", "140100", "error", "finance", "合成：奖励资金未拨付", "synthetic: reward not paid")
LATE = ("reward_late", "140200", "warning", "finance", "合成：拨付迟", "synthetic: paid late")
MILD = ("reward_note", "140300", "info", "finance", "合成：提示", "synthetic: note")
NOBODY = ("reward_note", "140400", "error", "statistics", "合成：无任务", "synthetic: no task")


def finds(task: Task) -> int:
    return CaseEvent.objects.filter(case=task.pk, action="find").count()


def test_a_finding_lands_in_one_task_of_its_owner_and_a_rerun_opens_nothing(
    opened: Plan, cast: Cast, workspace: Workspace
) -> None:
    write_findings(workspace, [PAID, LATE, MILD, NOBODY])
    first = take_in("2025")
    assert (first.landed, first.known, first.mild, first.unplaced) == (2, 0, 1, 1)
    landed = TaskFinding.objects.exclude(task=None)
    task = landed.first().task
    assert landed.count() == 2 and {one.task_id for one in landed} == {task.pk} and task.owner == "finance"
    write_findings(workspace, [PAID, LATE, NOBODY], day=dt.date(2026, 3, 2))
    second = take_in("2025")
    assert (second.landed, second.known, second.unplaced) == (0, 3, 0)
    assert TaskFinding.objects.count() == 3 and finds(task) == 1


def test_the_same_trouble_in_another_period_lands_in_the_same_task_again(
    opened: Plan, cast: Cast, workspace: Workspace
) -> None:
    write_findings(workspace, [PAID], "2024")
    write_findings(workspace, [PAID], "2025")
    take_in("2024"), take_in("2025"), take_in("2024")
    rows = TaskFinding.objects.order_by("period")
    assert [row.period for row in rows] == ["2024", "2025"]
    assert rows[0].task_id == rows[1].task_id and finds(rows[0].task) == 2


def test_a_finding_goes_to_the_commitment_that_its_mechanism_carries_out(
    opened: Plan, cast: Cast, workspace: Workspace
) -> None:
    write_findings(workspace, [PAID])
    take_in("2025")
    task = TaskFinding.objects.get().task
    named = {c.id: c for c in opened.commitments}
    assert "citizenization/settlement_reward" in named[task.commitment].mechanisms


def test_the_mechanism_is_read_from_the_name_of_the_check() -> None:
    assert mechanism("renben.measures.city.air_quality.checks.x") == "city/air_quality"
    assert mechanism("renben.evaluation.checks.early_warning") == ""
    assert mechanism("renben data add") == ""


def test_open_findings_stop_the_closing_until_they_are_answered(
    opened: Plan, cast: Cast, workspace: Workspace
) -> None:
    write_findings(workspace, [PAID, ("reward_not_paid", "140200", *PAID[2:]), LATE])
    take_in("2025")
    task = TaskFinding.objects.first().task
    do(task.pk, "accept", cast["finance"])
    do(task.pk, "report", cast["finance"], "合成", progress="100", evidence="示例3号")
    do(task.pk, "acknowledge", cast["lead"])
    with pytest.raises(Guarded, match="findings_open"):
        do(task.pk, "propose_close", cast["finance"], "合成")
    do(task.pk, "answer", cast["finance"], "已拨付", finding="reward_not_paid@2025")
    assert task.findings.filter(answered_on=None).count() == 1, "a group is answered at once"
    do(task.pk, "answer", cast["finance"], "已说明", finding=task.findings.get(kind="reward_late").key)
    do(task.pk, "propose_close", cast["finance"], "合成")
    do(task.pk, "close", cast["lead"])
    write_findings(workspace, [PAID], "2026")
    taken = take_in("2026")
    assert taken.closed == 1 and taken.landed == 0
    assert task.findings.filter(answered_on=None).count() == 1, "kept with the closed task, to be reopened"


def test_synthetic_findings_land_only_in_the_demo(
    opened: Plan, cast: Cast, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_findings(workspace, [PAID], synthetic=True)
    monkeypatch.setattr(settings, "DEMO", False)
    assert (take_in("2025").synthetic, TaskFinding.objects.count()) == (1, 0)
    monkeypatch.setattr(settings, "DEMO", True)
    assert take_in("2025").landed == 1 and TaskFinding.objects.get().synthetic


def test_a_period_that_was_not_run_is_refused_with_the_command_to_run(workspace: Workspace) -> None:
    with pytest.raises(ExchangeError, match="renben run --period 2031"):
        take_in("2031")


def test_without_a_workspace_the_message_says_how_to_make_one(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENBEN_WORKSPACE", f"{tmp_path}/nothing")
    with pytest.raises(ExchangeError, match="renben demo"):
        take_in("2025")
    assert exchange_round(Seen()) == 0


def test_the_side_job_takes_in_a_new_run_once(opened: Plan, cast: Cast, workspace: Workspace) -> None:
    seen = Seen()
    write_findings(workspace, [PAID])
    assert exchange_round(seen) == 1 and exchange_round(seen) == 0
    write_findings(workspace, [PAID, LATE], day=dt.date(2026, 3, 2))
    assert exchange_round(seen) == 1


def test_the_registry_is_published_once_a_day_whatever_restarts(
    opened: Plan, cast: Cast, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    years: list[str] = []
    monkeypatch.setattr(side, "publish", years.append)
    assert side.publish_once() and not side.publish_once()
    later = today() + dt.timedelta(days=1)
    monkeypatch.setattr(side, "today", lambda: later)
    assert side.publish_once() and years == [str(today().year)] * 2


def test_what_could_not_be_published_is_not_kept_as_published(
    opened: Plan, cast: Cast, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_year: str) -> None:
        raise ExchangeError("the workspace refuses.")

    monkeypatch.setattr(side, "publish", refuse)
    with pytest.raises(ExchangeError):
        side.publish_once()
    monkeypatch.setattr(side, "publish", lambda _year: None)
    assert side.publish_once()
