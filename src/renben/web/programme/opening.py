"""Opens the tasks of a plan: one per commitment and owner, and none twice."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from renben.catalogue import Commitment, Plan
from renben.web.flow.command import open_case
from renben.web.guard import scope
from renben.web.guard.policy import Actor
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
    for duty in duties(plan):
        for place, owner in enumerate(duty.owners):
            if (duty.commitment.id, owner) not in known:
                opened += _open(plan, duty, owner, place == 0, actor)
    return opened


def _open(plan: Plan, duty: Duty, owner: str, leading: bool, actor: Actor) -> int:
    """One task in one transaction with its case; 0 where somebody else has just opened it."""
    key = f"task:{duty.commitment.id}:{owner}"
    with transaction.atomic(), scope.as_job("flow"):
        result = open_case(KIND, actor, key, plan.region, applicant=None)
        if result.repeated:
            return 0
        Task.objects.create(
            case_id=result.case, plan=plan.id, measure=duty.measure, order=duty.order,
            commitment=duty.commitment.id, owner=owner, leading=leading,
            deadline=duty.commitment.deadline or dt.date(plan.last_year, 12, 31),
        )  # fmt: skip
    return 1
