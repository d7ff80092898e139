"""Publishes tasks and what became of each finding: reports say who answers, until when, and whether it is done."""

import polars as pl
from django.db import transaction

from renben.core.period import Period
from renben.web.exchange.door import workspace
from renben.web.exchange.publish import Published, store
from renben.web.flow.models import Case
from renben.web.guard import scope
from renben.web.programme.models import Task, TaskFinding

NAME, TASKS = "programme_findings", "programme_tasks"
TASK_COLUMNS = {
    "commitment": pl.String, "owner": pl.String, "measure": pl.Int64, "stage": pl.String, "progress": pl.Int64,
    "due": pl.Date, "deadline": pl.Date, "closed": pl.Date,
}  # fmt: skip
COLUMNS = {
    "key": pl.String, "kind": pl.String, "subject": pl.String, "commitment": pl.String, "owner": pl.String,
    "stage": pl.String, "due": pl.Date, "answered": pl.Date, "closed": pl.Date,
}  # fmt: skip


def publish(period: str) -> list[Published]:
    """Everything the programme publishes of a year."""
    return [*publish_findings(period), *publish_tasks(period)]


def publish_findings(period: str) -> list[Published]:
    """Publish the state of a period's findings (one row each); nothing where none has landed.

    Raises:
        ExchangeError: there is no workspace.
    """
    space = workspace()
    with transaction.atomic(), scope.as_job("flow"):
        found = TaskFinding.objects.filter(period=period).select_related("task")
        cases = Case.objects.in_bulk({one.task_id for one in found if one.task_id})
        rows = [_row(one, cases.get(one.task_id)) for one in found]
        if not rows:
            return []
        return [store(space, NAME, Period(period), pl.DataFrame(rows, COLUMNS, orient="row"))]


def _row(one: TaskFinding, case: Case | None) -> tuple[object, ...]:
    if case is None or one.task is None:
        return one.key, one.kind, one.subject, "", one.owner, "none", None, None, None
    return (one.key, one.kind, one.subject, one.task.commitment, one.task.owner, case.stage, case.due_on,
            one.answered_on, case.closed_on)  # fmt: skip


def publish_tasks(period: str) -> list[Published]:
    """Publish where each task of the programme stands (one row each, a collective's by its members).

    Raises:
        ExchangeError: there is no workspace.
    """
    space = workspace()
    with transaction.atomic(), scope.as_job("flow"):
        rows = [
            (one.commitment, one.owner, one.measure, one.case.stage, one.progress, one.case.due_on, one.deadline,
             one.case.closed_on)
            for one in Task.objects.filter(line=False).select_related("case").order_by("commitment", "owner")
        ]  # fmt: skip
        if not rows:
            return []
        return [store(space, TASKS, Period(period), pl.DataFrame(rows, TASK_COLUMNS, orient="row"))]
