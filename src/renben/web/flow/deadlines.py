"""The clocks of a case: start, stop, resume, extension, waits, and the timers they set."""

import datetime as dt
from collections.abc import Iterator

from renben.web.append import append
from renben.web.clock import end_of, now
from renben.web.flow import workdays, workhours
from renben.web.flow.definition import Flow, Stage
from renben.web.flow.models import Case, Timer
from renben.web.law import Provided, provision

LEVELS = {"warn": 1, "urge": 2, "supervise": 3, "escalate": 4}
DAY = dt.timedelta(days=1)


def enter_stage(case: Case, flow: Flow, day: dt.date) -> None:
    """Set a case's clocks for the stage it has just entered."""
    stage = flow.stages[case.stage]
    case.stage_since, case.visit = day, case.visit + 1
    _resume(case, flow, day)
    if stage.final:
        case.closed_on, case.clock, case.holder = day, case.clock, None
    elif stage.deadline != case.clock:
        _start(case, flow, stage, day)
    if stage.clock == "stopped":
        case.paused_since, case.paused_at = day, now()
    _set_wait(case, stage, day)


def _start(case: Case, flow: Flow, stage: Stage, day: dt.date) -> None:
    case.clock, case.paused_days, case.level = stage.deadline, 0, 0
    case.started_on, case.started_at = (day, now()) if stage.deadline else (None, None)
    case.due_at = due_moment(case, flow)
    case.due_on = workhours.local_day(case.due_at) if case.due_at else due_day(case, flow)


def _law(case: Case, flow: Flow) -> Provided | None:
    """The provision of the running deadline; None while no deadline runs."""
    if not case.clock or case.started_on is None:
        return None
    deadline = flow.deadlines[case.clock]
    extended = case.result.get("extended") == case.clock and deadline.extended
    name = deadline.extended if extended else case.result.get(deadline.kept) or deadline.provision
    return provision(name, case.started_on, case.region)


def due_day(case: Case, flow: Flow) -> dt.date | None:
    """Last day of the running deadline from its start, without pauses; None for one that counts in hours."""
    law = _law(case, flow)
    if law is None or case.started_on is None or law.unit in workhours.UNITS:
        return None
    return workdays.add(case.started_on, int(law.value), law.unit)


def due_moment(case: Case, flow: Flow) -> dt.datetime | None:
    """Last moment of the running deadline from its start, without pauses; None for one that counts in days."""
    law = _law(case, flow)
    if law is None or case.started_at is None or law.unit not in workhours.UNITS:
        return None
    return workhours.add(case.started_at, dt.timedelta(hours=float(law.value)), law.unit, case.region)


def ends_at(case: Case) -> dt.datetime | None:
    """Last moment of the deadline that a case has now, the end of its day where it counts in days; None without one."""
    return case.due_at or (end_of(case.due_on) if case.due_on else None)


def is_over(case: Case) -> bool:
    """Whether the running deadline of a case is past; one that stands still is not."""
    last = ends_at(case)
    return last is not None and case.paused_since is None and last < now()


def _resume(case: Case, flow: Flow, day: dt.date) -> None:
    """Move the end of the deadline by the time the clock stood, counted in the deadline's own unit."""
    since, moment = case.paused_since, case.paused_at
    case.paused_since, case.paused_at = None, None
    law = _law(case, flow)
    if since is None or case.due_on is None or law is None:
        return
    if case.due_at is not None and moment is not None:
        stood = workhours.between(moment, now(), law.unit, case.region)
        case.due_at = workhours.add(case.due_at, stood, law.unit, case.region)
        case.due_on = workhours.local_day(case.due_at)
    else:
        case.due_on = workdays.add(case.due_on, workdays.between(since, day, law.unit), law.unit)
    case.paused_days += (day - since).days


def extend(case: Case, flow: Flow) -> None:
    """Recompute the due day after an extension; pauses so far stay added."""
    base = due_day(case, flow)
    if base is not None:
        case.due_on = base + case.paused_days * DAY


def _set_wait(case: Case, stage: Stage, day: dt.date) -> None:
    """A wait by provision ends on a day counted from now; one without keeps the day that an effect set."""
    if stage.wait is None:
        case.wait_on = None
    elif stage.wait.provision:
        law = provision(stage.wait.provision, day, case.region)
        case.wait_on = workdays.add(day, int(law.value), law.unit)


def set_timers(case: Case, flow: Flow, day: dt.date, new_visit: bool = True) -> None:
    """Write the timers of this visit, anew where it goes on; those of earlier visits no longer apply."""
    stage = flow.stages[case.stage]
    wanted: list[tuple[str, str, dt.date, dt.datetime | None]] = []
    if stage.wait is not None and case.wait_on is not None:
        wanted.append(("wait", stage.wait.action, case.wait_on + DAY, None))
    if case.due_on and not stage.final and case.paused_since is None and flow.find(case.stage, "escalate"):
        wanted.extend(_escalations(case, day))
    if not new_visit:
        Timer.objects.filter(case=case, visit=case.visit).delete()
    timers = (
        Timer(case=case, visit=case.visit, kind=kind, action=action, fire_on=on, fire_at=at)
        for kind, action, on, at in wanted
        if kind == "wait" or case.level < LEVELS[kind]
    )
    append(*timers)


def _escalations(case: Case, day: dt.date) -> Iterator[tuple[str, str, dt.date, dt.datetime | None]]:
    """When a case is warned about, urged, supervised and escalated: days around its day, or hours around its moment."""
    if case.due_at is None:
        steps = provision("service_flow.escalation_days", day, case.region).value
        yield from (
            (kind, "escalate", case.due_on + n * DAY, None) for kind, n in steps.items() if case.due_on
        )
        return
    for kind, hours in provision("service_flow.escalation_hours", day, case.region).value.items():
        at = case.due_at + dt.timedelta(hours=float(hours))
        yield kind, "escalate", workhours.local_day(at), at
