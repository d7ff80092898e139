"""The supervision ladder of a task: warned, urged, supervised, escalated; since when, by whom, and what comes next."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from renben.web.flow.deadlines import LEVELS
from renben.web.flow.models import Case, CaseEvent, Timer

RAISING = ("escalate", "step_up")
TOP = max(LEVELS.values())


@dataclass(frozen=True)
class Rung:
    """One level of the ladder."""

    level: int
    since: dt.date | None
    """Day on which it was reached for the running deadline, None where it was not."""
    event: CaseEvent | None
    """The step that raised the task to it: the system's clock or an officer."""
    next: dt.date | None
    """Day on which the clock will raise the task to it, None where it will not."""
    here: bool


@dataclass(frozen=True)
class Standing:
    """Where a task stands on the ladder, for a list."""

    since: dt.date | None
    event: CaseEvent | None
    next_level: int
    next_on: dt.date | None


def rungs(case: Case) -> list[Rung]:
    """The four levels of one case."""
    found = _events([case]).get(case.pk, {})
    timers = _timers([case]).get(case.pk, {})
    return [
        Rung(level, event.day if (event := found.get(level)) else None, found.get(level),
             timers.get(level) if level > case.level else None, level == case.level)
        for level in sorted(LEVELS.values())
    ]  # fmt: skip


def standings(cases: Iterable[Case]) -> dict[Any, Standing]:
    """Where each of some cases stands, in two queries."""
    every = [case for case in cases if case.closed_on is None]
    events, timers = _events(every), _timers(every)
    found = {}
    for case in every:
        event = events.get(case.pk, {}).get(case.level)
        ahead = {n: on for n, on in timers.get(case.pk, {}).items() if n > case.level}
        first = min(ahead, default=0)
        found[case.pk] = Standing(event.day if event else None, event, first, ahead.get(first))
    return found


def _events(cases: list[Case]) -> dict[Any, dict[int, CaseEvent]]:
    """By case: level -> the event that raised it there, of the running deadline only."""
    begun = {case.pk: (case.started_on, case.level) for case in cases}
    found: dict[Any, dict[int, CaseEvent]] = {}
    rows = CaseEvent.objects.filter(case__in=begun, action__in=RAISING).order_by("seq") if cases else ()
    for event in rows:
        start, reached = begun[event.case_id]
        level = event.detail.get("level") or LEVELS.get(str(event.detail.get("kind")), 0)
        if start is not None and event.day >= start and level <= reached:
            found.setdefault(event.case_id, {})[level] = event
    return found


def _timers(cases: list[Case]) -> dict[Any, dict[int, dt.date]]:
    """By case: level -> day on which the clock raises it."""
    visits = {case.pk: case.visit for case in cases}
    found: dict[Any, dict[int, dt.date]] = {}
    rows = Timer.objects.filter(case__in=visits, done_at=None, action="escalate") if cases else ()
    for timer in rows:
        if timer.visit == visits[timer.case_id]:
            found.setdefault(timer.case_id, {})[LEVELS[timer.kind]] = timer.fire_on
    return found
