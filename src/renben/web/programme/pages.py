"""What the programme's pages show, and the steps they take."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import QueryDict

from renben.catalogue import Commitment, Plan
from renben.web.clock import today
from renben.web.exchange.door import catalogue, plans
from renben.web.flow.command import Command, act, desks_of, offered, version_in
from renben.web.flow.course import course
from renben.web.flow.definition import Flow, Stage, Transition, newest
from renben.web.flow.models import CaseEvent
from renben.web.flow.refusals import Unknown
from renben.web.flow.renewal import spoken
from renben.web.guard import audit
from renben.web.guard.policy import Actor
from renben.web.look.pages import Pages
from renben.web.programme.ladder import Standing, rungs, standings
from renben.web.programme.members import counts, line_of, offices
from renben.web.programme.models import Task, TaskFinding
from renben.web.programme.opening import KIND, duties, open_tasks
from renben.web.programme.seats import is_owner, office_of, readable

ROWS = 25
VIEWS = ("open", "waiting", "late", "found", "closed")
OWNERS_STEPS = "task.work"
NO_FILE: Mapping[str, str] = {}
FIELDS = ("progress", "evidence", "owner", "finding", "deadline")


@dataclass(frozen=True)
class Row:
    """A task as a list shows it."""

    task: Task
    commitment: Commitment
    stage: Stage
    findings: int
    standing: Standing | None = None
    """Place on the supervision ladder, None for a closed task."""
    members: dict[str, int] | None = None
    """What the members of a collective have come to, None for a single owner's task."""


def _rows(found: Iterable[Any]) -> list[Row]:
    """Tasks with all that a list shows, in a fixed number of queries."""
    shown, named, flow = list(found), commitments(), newest(KIND)
    standing = standings(one.case for one in shown)
    inside = counts(one for one in shown if one.line)
    return [
        Row(one, named[one.commitment], flow.stages[one.case.stage], one.open_findings, standing.get(one.pk),
            inside.get((one.commitment, one.owner)) if one.line else None)
        for one in shown
    ]  # fmt: skip


def commitments() -> dict[str, Commitment]:
    """Every commitment of every plan by id."""
    return {duty.commitment.id: duty.commitment for plan in plans() for duty in duties(plan)}


def tasks(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """One page of the tasks that an actor may see, in the order of the document."""
    mine = Task.objects.filter(readable(actor))
    view = query.get("view", "open")
    view = view if view in VIEWS else "open"
    found = _filtered(mine if query.get("collective") else _viewed(mine, view, actor), query)
    counted = (
        found.annotate(open_findings=_OPEN).select_related("case").order_by("order", "-leading", "owner")
    )
    page = Pages(counted, ROWS).get_page(query.get("page"))
    rows = _rows(page.object_list)
    audit.record(actor, "list", "task.read", object_type=KIND, detail={"rows": len(rows)})
    return {
        "rows": rows, "page": page, "view": view, "views": VIEWS, "today": today(), "counts": _counts(mine, actor),
        "owner": query.get("owner", ""), "measure": query.get("measure", ""), "owners": _owners(mine),
        "measures": plans()[0].measures if plans() else (), "office": office_of(actor),
        "collective": query.get("collective", ""),
    }  # fmt: skip


_OPEN = Count("findings", filter=Q(findings__answered_on=None))


def _viewed(found: QuerySet[Task], view: str, actor: Actor) -> QuerySet[Task]:
    """Tasks of one view. The lead commission reads a collective's members behind its line, unless they need it."""
    if view in ("open", "closed") and actor.may("task.supervise"):
        found = found.filter(collective="")
    running = found.filter(case__closed_on=None)
    if view == "closed":
        return found.exclude(case__closed_on=None)
    if view == "late":
        return running.filter(case__due_on__lt=today())
    if view == "found":
        return running.filter(
            pk__in=TaskFinding.objects.filter(answered_on=None, task__isnull=False).values("task")
        )
    return running.filter(case__stage__in=_mine(actor)) if view == "waiting" else running


def _mine(actor: Actor) -> list[str]:
    """Stages in which the actor's roles have a step that moves the task on."""
    flow = newest(KIND)
    moves = [
        m for m in flow.transitions if m.by == "office" and m.tone == "primary" and actor.may(m.permission)
    ]
    return sorted({stage for move in moves for stage in flow.sources(move)})


def _filtered(found: QuerySet[Task], query: QueryDict) -> QuerySet[Task]:
    if owner := query.get("owner", ""):
        found = found.filter(owner=owner)
    if collective := query.get("collective", ""):
        found = found.filter(collective=collective)
    measure = query.get("measure", "")
    return found.filter(measure=int(measure)) if measure.isascii() and measure.isdigit() else found


def _counts(mine: QuerySet[Task], actor: Actor) -> dict[str, int]:
    return {view: _viewed(mine, view, actor).count() for view in VIEWS}


def _owners(mine: QuerySet[Task]) -> list[Any]:
    known = offices()
    named = mine.filter(collective="") if mine.filter(line=True).exists() else mine
    rows = named.order_by("owner").values_list("owner", flat=True).distinct()
    return [known[one] for one in rows if one in known]


def task_of(actor: Actor, case_id: UUID) -> Task:
    """A task that this actor may see.

    Raises:
        Unknown: no such task, or not the actor's to see.
    """
    task = Task.objects.filter(readable(actor), pk=case_id).select_related("case").first()
    if task is None:
        raise Unknown()
    return task


def task_page(actor: Actor, case_id: UUID) -> dict[str, Any]:
    """One task: what was promised, where it stands, what was reported and found, and the next steps."""
    task, flow, known = task_of(actor, case_id), newest(KIND), catalogue()
    plan, commitment = known.plans[task.plan], commitments()[task.commitment]
    audit.record(
        actor, "read", "task.read", object_type=KIND, object_id=str(task.pk), region=task.case.region
    )
    others = (
        Task.objects.filter(commitment=task.commitment, collective="")
        .exclude(pk=task.pk)
        .select_related("case")
    )
    return {
        "task": task, "case": task.case, "flow": flow, "stage": flow.stages[task.case.stage], "plan": plan,
        "commitment": commitment, "measure": plan.measures[task.measure - 1] if task.measure else None,
        "groups": (groups := _groups(task)), "any_open": (any_open := any(group.open for group in groups)),
        "steps": [one for one in steps_of(task, actor) if one.action != "answer" or any_open],
        "desks": desks_of(flow, task.case.stage),
        "reports": list(task.reports.order_by("-seq")), "events": _events(task, flow), "today": today(),
        "others": [(one, flow.stages[one.case.stage]) for one in others.order_by("-leading", "owner")],
        "offices": sorted((o for o in offices().values() if not o.members), key=lambda one: one.id),
        "rungs": rungs(task.case) if task.case.due_on and not task.case.closed_on else [], "line": line_of(task), **_members(task, flow),
        "sees_all": actor.may("task.supervise"),
        "indicators": [known.indicators[one] for one in commitment.indicators if one in known.indicators],
        "monitored": plan.id == plans()[0].id,
    }  # fmt: skip


def _members(task: Task, flow: Flow) -> dict[str, Any]:
    """The members of a collective's line, each with its own progress, evidence and deadline."""
    if not task.line:
        return {}
    mine = Task.objects.filter(commitment=task.commitment, collective=task.owner).select_related("case")
    taken = Count("reports", filter=Q(reports__state="taken"))
    rows = [(one, flow.stages[one.case.stage]) for one in mine.annotate(taken=taken).order_by("owner")]
    return {"members": rows, "tally": counts([task]).get((task.commitment, task.owner))}


@dataclass(frozen=True)
class Group:
    """Findings of one kind and period, all open or all answered on one day."""

    first: TaskFinding
    rest: list[TaskFinding]

    @property
    def open(self) -> bool:
        """Whether an answer is due."""
        return self.first.answered_on is None

    @property
    def value(self) -> str:
        """What the form sends: the finding's key, or kind and period of several."""
        return f"{self.first.kind}@{self.first.period}" if self.rest else self.first.key


def _groups(task: Task) -> list[Group]:
    """A task's findings by kind and period: open ones first, the newest period first."""
    groups: dict[tuple[Any, ...], list[TaskFinding]] = {}
    for one in task.findings.order_by("-period", "kind", "severity", "key"):
        groups.setdefault((one.kind, one.period, one.answered_on, one.answer), []).append(one)
    found = [Group(many[0], many[1:]) for many in groups.values()]
    return sorted(found, key=lambda group: not group.open)


def steps_of(task: Task, actor: Actor) -> list[Transition]:
    """Steps that an actor may take now."""
    owner = is_owner(actor, task)
    found = [one for one in offered(task.case, actor) if one.by == "office" and one.tone != "hidden"]
    if task.line:
        found = [one for one in found if one.action == "step_up"]
    return [one for one in found if one.permission != OWNERS_STEPS or owner]


def _events(task: Task, flow: Flow) -> list[tuple[CaseEvent, Any, str]]:
    return [(one.event, spoken(one.event, flow), one.note) for one in course(task.case, flow)]


def take_step(
    actor: Actor, case_id: UUID, action: str, data: QueryDict, file: Mapping[str, str] = NO_FILE
) -> None:
    """Take a step in a task with what the form gave, and the file that was kept for it."""
    task = task_of(actor, case_id)
    payload = {name: data[name].strip() for name in FIELDS if data.get(name, "").strip()} | dict(file)
    note = data.get("note", "").strip()
    act(Command(task.pk, action, actor, data.get("key", ""), version_in(data), payload, note))


def open_plan(actor: Actor) -> int:
    """Open the tasks of every plan that are not there yet (tasks)."""
    return sum(open_tasks(plan, actor) for plan in plans())


def board(actor: Actor) -> dict[str, Any]:
    """The start page of the programme: what waits, what is late, what was found, by owner."""
    mine = Task.objects.filter(readable(actor))
    urgent = _viewed(mine, "waiting", actor).select_related("case")
    shown = urgent.annotate(open_findings=_OPEN).order_by("case__due_on", "order")[:12]
    return {
        "counts": _counts(mine, actor), "views": VIEWS, "office": office_of(actor), "today": today(),
        "rows": _rows(shown),
        "owners": _by_owner(mine) if actor.may("task.supervise") else [],
        "unplaced": TaskFinding.objects.filter(task=None).count() if actor.may("task.supervise") else 0,
        "total": mine.filter(line=False).count(), "may_open": actor.may("task.supervise"), "unopened": _unopened() if actor.may("task.supervise") else [],
    }  # fmt: skip


def _unopened() -> list[Plan]:
    """Plans of which some commitment has no task yet."""
    known = set(Task.objects.values_list("commitment", flat=True))
    return [plan for plan in plans() if any(duty.commitment.id not in known for duty in duties(plan))]


def _by_owner(mine: QuerySet[Task]) -> list[dict[str, Any]]:
    """Tasks by owner, members under their collective: all, closed, late, with findings that are not answered."""
    late = Q(case__closed_on=None, case__due_on__lt=today())
    whose = Coalesce(NullIf("collective", Value("")), "owner")
    rows = (
        mine.filter(line=False)
        .annotate(whose=whose)
        .values("whose")
        .annotate(
            all=Count("pk", distinct=True),
            closed=Count("pk", filter=~Q(case__closed_on=None), distinct=True),
            late=Count("pk", filter=late, distinct=True),
            found=Count("findings", filter=Q(findings__answered_on=None), distinct=True),
        )
    )
    collectives = {name for name, one in offices().items() if one.members}
    rows = [{**row, "collective": row["whose"] in collectives} for row in rows]
    return sorted(rows, key=lambda row: (-row["found"], -row["late"], -row["all"], row["whose"]))


def unplaced(query: QueryDict) -> dict[str, Any]:
    """Findings for which no task of the plan answers."""
    found = TaskFinding.objects.filter(task=None).order_by("-period", "owner", "kind", "key")
    return {"page": Pages(found, ROWS).get_page(query.get("page"))}
