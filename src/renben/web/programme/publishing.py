"""Publishes what became of each finding, so that reports can say who answers for it, until when, and whether it is done."""

import polars as pl
from django.db import transaction

from renben.core.period import Period
from renben.web.exchange.door import workspace
from renben.web.exchange.publish import Published, store
from renben.web.flow.models import Case
from renben.web.guard import scope
from renben.web.programme.models import TaskFinding

NAME = "programme_findings"
COLUMNS = {
    "key": pl.String, "kind": pl.String, "subject": pl.String, "commitment": pl.String, "owner": pl.String,
    "stage": pl.String, "due": pl.Date, "answered": pl.Date, "closed": pl.Date,
}  # fmt: skip


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
