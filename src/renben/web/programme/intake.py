"""Findings of a run land in tasks: each key once, one event per task and intake, none for what is known.

Which task answers for a finding: among the tasks of the finding's owner, those of the plan issued last first,
the first in the document whose
commitment is carried out by the mechanism that found it; else whose commitment names the finding's indicator;
else whose measure the indicator belongs to; else the first of the owner. Where the plan gives the owner no task the finding is kept and shown without one.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from renben.catalogue import Catalogue, Commitment
from renben.web.clock import today
from renben.web.exchange.door import catalogue, plans
from renben.web.exchange.findings import Found, findings
from renben.web.flow.command import Command, act
from renben.web.flow.definition import flow_of
from renben.web.flow.models import Case
from renben.web.guard import scope
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.programme.models import Task, TaskFinding
from renben.web.programme.opening import KIND, duties

JOB = Actor(None, job="programme")


@dataclass
class Taken:
    """What an intake did (findings)."""

    period: str
    landed: int = 0
    known: int = 0
    unplaced: int = 0
    closed: int = 0
    """Belongs to a task that is closed: kept with it, for the lead commission to reopen."""
    synthetic: int = 0
    """Rests on synthetic data and was left out, outside demo mode."""
    mild: int = 0
    """Of a severity that does not land."""


def take_in(period: str) -> Taken:
    """Let the findings of a period land in the tasks of the plans, once per key.

    Raises:
        ExchangeError: no workspace, or the period has not been run.
    """
    taken = Taken(period)
    fresh = _fresh(findings(period), taken)
    for task, group in _placed(fresh).items():
        _land(task, group, taken)
    return taken


def _fresh(found: Sequence[Found], taken: Taken) -> list[Found]:
    """Findings that land and are not known yet."""
    grave = provision("programme_task.landing", today()).value
    known = set(TaskFinding.objects.filter(period=taken.period).values_list("key", flat=True))
    kept = []
    for one in found:
        if one.key in known:
            taken.known += 1
        elif one.severity not in grave:
            taken.mild += 1
        elif one.synthetic and not settings.DEMO:
            taken.synthetic += 1
        else:
            kept.append(one)
    return kept


def _placed(found: Iterable[Found]) -> dict[Any, list[Found]]:
    """Findings by the key of the task that answers for them, None for no task."""
    tasks: dict[str, list[Task]] = defaultdict(list)
    place = {plan.id: number for number, plan in enumerate(plans())}
    for task in sorted(Task.objects.filter(plan__in=place), key=lambda one: (place[one.plan], one.order)):
        tasks[task.owner].append(task)
    named = {duty.commitment.id: duty.commitment for plan in plans() for duty in duties(plan)}
    groups: dict[Any, list[Found]] = defaultdict(list)
    for one in found:
        groups[_task_of(one, tasks.get(one.owner, []), named, catalogue())].append(one)
    return groups


def _task_of(one: Found, tasks: list[Task], named: Mapping[str, Commitment], known: Catalogue) -> Any:
    if not tasks:
        return None
    answering = [
        task for task in tasks if one.mechanism and one.mechanism in named[task.commitment].mechanisms
    ]
    indicator = known.indicators.get(one.subject.rsplit("/", 1)[-1])
    if indicator is None:
        return (answering or tasks)[0].pk
    naming = [task for task in tasks if indicator.id in named[task.commitment].indicators]
    numbered = next(iter(known.plans))  # whose numbers the indicators carry
    same = [task for task in tasks if task.plan == numbered and task.measure in indicator.measure_numbers]
    return (answering or naming or same or tasks)[0].pk


def _land(task: Any, group: list[Found], taken: Taken) -> None:
    """Store a task's new findings and write the event, in one transaction."""
    with transaction.atomic(), scope.as_job("flow"):
        TaskFinding.objects.bulk_create([_row(one, None) for one in group], ignore_conflicts=True)
        if task is None:
            taken.unplaced += len(group)
            return
        case = Case.objects.get(pk=task)
        keys = sorted(one.key for one in group)
        if flow_of(KIND, case.flow_version).stages[case.stage].final:
            TaskFinding.objects.filter(pk__in=keys, task=None).update(task=task)
            taken.closed += len(group)
            return
        digest = hashlib.blake2b("".join(keys).encode(), digest_size=12).hexdigest()
        act(
            Command(
                case.pk,
                "find",
                JOB,
                f"find:{task}:{digest}",
                None,
                {"findings": keys, "period": taken.period},
            )
        )
    taken.landed += len(group)


def _row(one: Found, task: Any) -> TaskFinding:
    return TaskFinding(
        key=one.key, task_id=task, kind=one.kind, subject=one.subject, period=one.period, severity=one.severity,
        owner=one.owner, text_zh=one.text_zh, text_en=one.text_en, synthetic=one.synthetic, vintage=one.vintage,
        landed_on=today(),
    )  # fmt: skip
