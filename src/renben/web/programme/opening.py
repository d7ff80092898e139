"""Opens the tasks of a plan: one per commitment and owner, and none twice."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db import transaction

from renben.catalogue import Commitment, Plan
from renben.web.flow.command import Command, act, open_case
from renben.web.flow.definition import flow_of
from renben.web.guard import scope
from renben.web.guard.policy import Actor
from renben.web.programme.members import members
from renben.web.programme.models import Task

KIND = "programme_task"


@dataclass(frozen=True)
class Duty:
    """A commitment, the measure it stands in (0: safeguards), its place in the document and its owners."""

    commitment: Commitment
    measure: int
    order: int
    owners: tuple[str, ...]


def duties(plan: Plan) -> Iterator[Duty]:
    """Every commitment of a plan in the order of the document, the safeguards last."""
    order = 0
    for measure in plan.measures:
        for one in measure.commitments.values():
            order += 1
            yield Duty(one, measure.number, order, one.owners or measure.owners)
    for one in plan.safeguards.values():
        order += 1
        yield Duty(one, 0, order, one.owners)


def open_tasks(plan: Plan, actor: Actor) -> int:
    """Open the tasks that are not there yet and return how many were opened (tasks).

    Args:
        plan: a plan of the catalogue.
        actor: the lead commission's officer, or a job.

    Raises:
        NotAllowed: the actor may not open tasks.
    """
    known = set(Task.objects.filter(plan=plan.id).values_list("commitment", "owner"))
    opened = 0
    for _, group in groupby(shares(plan), key=lambda share: share.duty.order):
        with transaction.atomic(), scope.as_job("flow"):
            fresh = [one for one in group if (one.duty.commitment.id, one.owner) not in known]
            opened += sum(_open(plan, one, actor) for one in fresh)
    _split(plan)
    return opened


@dataclass(frozen=True)
class Share:
    """One owner's part of a duty: named by the document, or a member of a collective that it names."""

    duty: Duty
    owner: str
    leading: bool
    collective: str = ""
    line: bool = False


def shares(plan: Plan) -> Iterator[Share]:
    """Every task that a plan asks for, each commitment and owner once; a collective before its members."""
    every = list(duties(plan))
    owners = dict.fromkeys(owner for duty in every for owner in duty.owners)
    for duty in every:
        named = set(duty.owners)
        for place, owner in enumerate(duty.owners):
            inside = members(owner, plan, owners)
            yield Share(duty, owner, place == 0, line=bool(inside))
            yield from (Share(duty, one, False, owner) for one in inside if one not in named)
            named |= set(inside)


def _split(plan: Plan) -> None:
    """Hand the lines to their members: a step of the system, taken once for each line."""
    collectives = {share.owner for share in shares(plan) if share.line}
    Task.objects.filter(plan=plan.id, owner__in=collectives, line=False).update(line=True)
    for task in Task.objects.filter(plan=plan.id, line=True).select_related("case"):
        if flow_of(KIND, task.case.flow_version).find(task.case.stage, "split"):
            split(task)


def split(task: Task) -> None:
    """Hand a collective's task to its members: a step of the system, taken once for each visit of the stage.

    Raises:
        NoSuchStep: the version of the flow under which the task runs, or its stage, knows no splitting.
    """
    case, job = task.case, Actor(None, job="programme")
    with transaction.atomic(), scope.as_job("flow"):
        act(Command(case.pk, "split", job, f"split:{case.pk}:{case.visit}", None))


def _open(plan: Plan, share: Share, actor: Actor) -> int:
    """One task in one transaction with its case; 0 where somebody else has just opened it."""
    duty, owner = share.duty, share.owner
    key = f"task:{duty.commitment.id}:{owner}"
    with transaction.atomic(), scope.as_job("flow"):
        result = open_case(KIND, actor, key, plan.region, applicant=None)
        if result.repeated:
            return 0
        Task.objects.create(
            case_id=result.case, plan=plan.id, measure=duty.measure, order=duty.order,
            commitment=duty.commitment.id, owner=owner, leading=share.leading,
            collective=share.collective, line=share.line,
            deadline=duty.commitment.deadline or dt.date(plan.last_year, 12, 31),
        )  # fmt: skip
    return 1
