"""The clocks of a case: start, stop, resume, extension, waits, and the timers they set."""

import datetime as dt

from renben.web.append import append
from renben.web.flow import workdays
from renben.web.flow.definition import Flow, Stage
from renben.web.flow.models import Case, Timer
from renben.web.law import provision

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
        case.paused_since = day
    _set_wait(case, stage, day)


def _start(case: Case, flow: Flow, stage: Stage, day: dt.date) -> None:
    case.clock, case.paused_days, case.level = stage.deadline, 0, 0
    case.started_on = day if stage.deadline else None
    case.due_on = due_day(case, flow) if stage.deadline else None


def due_day(case: Case, flow: Flow) -> dt.date | None:
    """Last day of the running deadline from its start, without pauses."""
    if not case.clock or case.started_on is None:
        return None
    deadline = flow.deadlines[case.clock]
    extended = case.result.get("extended") == case.clock and deadline.extended
    law = provision(deadline.extended if extended else deadline.provision, case.started_on, case.region)
    return workdays.add(case.started_on, int(law.value), law.unit)


def _resume(case: Case, flow: Flow, day: dt.date) -> None:
    """Move the due day by the time the clock stood, counted in the deadline's own unit."""
    if case.paused_since is None or case.due_on is None:
        case.paused_since = None
        return
    law = provision(flow.deadlines[case.clock].provision, case.started_on or day, case.region)
    stood = workdays.between(case.paused_since, day, law.unit)
    case.due_on = workdays.add(case.due_on, stood, law.unit)
    case.paused_days += (day - case.paused_since).days
    case.paused_since = None


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
    wanted: list[tuple[str, str, dt.date]] = []
    if stage.wait is not None and case.wait_on is not None:
        wanted.append(("wait", stage.wait.action, case.wait_on + DAY))
    if case.due_on and not stage.final and case.paused_since is None and flow.find(case.stage, "escalate"):
        steps = provision("service_flow.escalation_days", day, case.region).value
        wanted.extend((kind, "escalate", case.due_on + n * DAY) for kind, n in steps.items())
    if not new_visit:
        Timer.objects.filter(case=case, visit=case.visit).delete()
    timers = (
        Timer(case=case, visit=case.visit, kind=kind, action=action, fire_on=on)
        for kind, action, on in wanted
        if kind == "wait" or case.level < LEVELS[kind]
    )
    append(*timers)
