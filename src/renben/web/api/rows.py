"""Rows of the API from the read model and the database."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from renben.catalogue.indicator import Indicator
from renben.web.exchange.reading import Reading, missing, reading
from renben.web.flow.refusals import Refusal, Unknown
from renben.web.guard import fields
from renben.web.guard.policy import Actor
from renben.web.programme.models import Task, TaskFinding
from renben.web.programme.pages import commitments
from renben.web.programme.seats import readable
from renben.web.registry.models import Person

STATUS = ("status", "target", "target_year", "probability", "forecast_median", "forecast_p10", "forecast_p90")


class NothingRun(Refusal):
    """There is no run to read from."""

    status = 503


def read() -> Reading:
    """The newest run.

    Raises:
        NothingRun: there is none; says what to run.
    """
    found = reading()
    if found is None:
        word, folder = missing()
        raise NothingRun(word, folder=folder)
    return found


def part(rows: Sequence[Any] | QuerySet[Any], limit: int, offset: int, shape: Any) -> dict[str, Any]:
    """A page of a list, its rows shaped."""
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    items = [shape(row) for row in rows[offset : offset + limit]]
    return {"count": count, "limit": limit, "offset": offset, "items": items}


def indicator(found: Reading, one: Indicator, region: str) -> dict[str, Any]:
    """One indicator with its status in a region."""
    row: Mapping[str, Any] = found.status(one.id, region) or {}
    known = {name: row.get(name) for name in STATUS}
    return {
        "id": one.id, "name_zh": one.name_zh, "name_en": one.name_en, "unit": one.unit, "region": region,
        "period": found.period, "vintage": found.vintage, "value": row.get("value"),
        "reason": row.get("reason") or row.get("value_reason"),
        "synthetic": bool(row) and found.evidence.made_up(row), **known,
    }  # fmt: skip


def region_of(found: Reading, code: str) -> str:
    """A region's code, the plan's where none is asked for.

    Raises:
        Unknown: the catalogue has no such region.
    """
    if code and code not in found.catalogue.regions:
        raise Unknown()
    return code or found.plan.region


def series(found: Reading, name: str, region: str) -> list[dict[str, Any]]:
    """Years of an indicator in a region, oldest first.

    Raises:
        Unknown: the catalogue has no such indicator.
    """
    if name not in found.catalogue.indicators:
        raise Unknown()
    rows = found.series(name, region)
    return [
        {**row, "synthetic": bool(row["synthetic"]), "sources": (row["sources"] or "").split(";")}
        for row in rows
    ]


def tasks(actor: Actor, owner: str, measure: int | None) -> QuerySet[Task]:
    """Tasks that the actor may see, in the order of the document."""
    found = Task.objects.filter(readable(actor))
    found = found.filter(owner=owner) if owner else found
    found = found if measure is None else found.filter(measure=measure)
    counted = found.annotate(open_findings=Count("findings", filter=Q(findings__answered_on=None)))
    return counted.select_related("case").order_by("order", "-leading", "owner")


def task(one: Task) -> dict[str, Any]:
    """One task."""
    text = commitments()[one.commitment]
    return {
        "id": one.pk, "plan": one.plan, "measure": one.measure, "commitment": one.commitment, "text_zh": text.zh,
        "text_en": text.en, "owner": one.owner, "leading": one.leading,
        "collective": one.collective, "line": one.line, "stage": one.case.stage,
        "version": one.case.version, "due_on": one.case.due_on, "deadline": one.deadline, "level": one.case.level,
        "progress": one.progress, "open_findings": one.open_findings,  # type: ignore[attr-defined]
    }  # fmt: skip


def one_task(actor: Actor, case_id: UUID) -> dict[str, Any]:
    """One task by id.

    Raises:
        Unknown: no such task, or not the actor's to see.
    """
    found = tasks(actor, "", None).filter(pk=case_id).first()
    if found is None:
        raise Unknown()
    return task(found)


def findings(actor: Actor, period: str, open_only: bool) -> QuerySet[TaskFinding]:
    """Findings of the tasks that the actor may see; those without a task for the lead commission."""
    mine = Q(task__in=Task.objects.filter(readable(actor)).values("pk"))
    if actor.may("task.supervise"):
        mine |= Q(task=None)
    found = TaskFinding.objects.filter(mine)
    found = found.filter(period=period) if period else found
    found = found.filter(answered_on=None) if open_only else found
    return found.order_by("-period", "kind", "key")


def finding(one: TaskFinding) -> dict[str, Any]:
    """One finding."""
    names = ("key", "kind", "subject", "period", "severity", "owner", "text_zh", "text_en", "synthetic",
             "landed_on", "answered_on", "answer")  # fmt: skip
    return {"task": one.task_id, **{name: getattr(one, name) for name in names}}


def person(one: Person) -> dict[str, Any]:
    """One person, with the fields that the policy shows under person.search."""
    shown = {name: fields.shown("person.search", name, getattr(one, name)) for name in ("name", "number")}
    return {"key": one.key, **shown, "birth": one.birth, "region": one.region}
