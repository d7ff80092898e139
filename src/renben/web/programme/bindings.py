"""Effects and facts of programme tasks: whose task it is, reports, findings, reassignment, reopening."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Max

from renben.web.flow.bindings import Bindings, Step
from renben.web.flow.command import Command, act
from renben.web.flow.definition import flow_of
from renben.web.flow.models import Case
from renben.web.flow.refusals import Incomplete, NotAllowed, Unknown
from renben.web.guard.policy import Actor
from renben.web.programme.members import line_of, offices
from renben.web.programme.models import Report, Task, TaskFinding
from renben.web.programme.seats import is_owner

WHOLE = 100
LONGEST = 4000
JOB = Actor(None, job="programme")
SENT, TAKEN, REJECTED = "sent", "taken", "rejected"


def facts(case: Case, _payload: Mapping[str, Any], _day: dt.date) -> dict[str, Any]:
    """Facts that the guard of closing asks for."""
    task = Task.objects.get(pk=case.pk)
    return {
        "level": case.level,
        "line": task.line,
        "open_findings": task.findings.filter(answered_on=None).count(),
        "evidence": task.reports.filter(state=TAKEN).exclude(evidence="", document=None).exists(),
    }


def as_owner(step: Step) -> None:
    """Only an account that works for the task's owner takes this step."""
    if not is_owner(step.actor, Task.objects.get(pk=step.case.pk)):
        raise NotAllowed("refusal.not_owner")


def keep_report(step: Step) -> None:
    """Keep a progress report: per cent, words, and where the evidence is."""
    text = str(step.payload.get("progress", ""))
    if not text.isascii() or not text.isdigit() or int(text) > WHOLE:
        raise Incomplete("refusal.progress", value=text[:20])
    task = Task.objects.get(pk=step.case.pk)
    seq = (task.reports.aggregate(last=Max("seq"))["last"] or 0) + 1
    evidence = str(step.payload.get("evidence", "")).strip()[:LONGEST]
    task.reports.create(
        seq=seq, day=step.day, progress=int(text), text=step.note[:LONGEST], evidence=evidence, **_file(step)
    )
    step.detail.update(report=seq, progress=int(text))


def _file(step: Step) -> dict[str, Any]:
    """Columns for the file that came with a report."""
    return {name: step.payload[name] for name in ("document", "fingerprint") if step.payload.get(name)}


def _judge(step: Step, state: str) -> Report | None:
    report = Report.objects.filter(task=step.case.pk, state=SENT).order_by("-seq").first()
    if report is not None:
        Report.objects.filter(pk=report.pk).update(state=state)
        step.detail["report"] = report.seq
    return report


def take_report(step: Step) -> None:
    """The report counts; its per cent become the task's."""
    report = _judge(step, TAKEN)
    if report is not None:
        Task.objects.filter(pk=step.case.pk).update(progress=report.progress, progress_on=report.day)


def reject_report(step: Step) -> None:
    """The report does not count."""
    _judge(step, REJECTED)


def land_findings(step: Step) -> None:
    """Findings of a run become part of the task, each key once."""
    keys = list(step.payload["findings"])
    TaskFinding.objects.filter(pk__in=keys, task=None).update(task=step.case.pk)
    step.detail.update(findings=len(keys), period=step.payload["period"])


def answer_finding(step: Step) -> None:
    """The owner says what was done about a finding (its key), or about all of a kind in a period (KIND@PERIOD)."""
    found = TaskFinding.objects.filter(task=step.case.pk, answered_on=None)
    kind, _, period = str(step.payload["finding"]).partition("@")
    found = found.filter(kind=kind, period=period) if period else found.filter(pk=kind)
    if not found.update(answer=step.note[:LONGEST], answered_on=step.day):
        raise Unknown("refusal.no_finding")
    step.detail["finding"] = step.payload["finding"]


def reassign(step: Step) -> None:
    """Another office owns the task from now on."""
    owner = step.payload["owner"]
    task = Task.objects.get(pk=step.case.pk)
    if owner not in offices() or offices()[owner].members:
        raise Incomplete("refusal.office_unknown", office=str(owner)[:60])
    if Task.objects.filter(commitment=task.commitment, owner=owner).exists():
        raise Incomplete("refusal.owner_has_it")
    Task.objects.filter(pk=task.pk).update(owner=owner, leading=False)
    step.detail.update(before=task.owner, owner=owner)


def reopen(step: Step) -> None:
    """A closed task is open again."""
    step.case.closed_on = None


def step_up(step: Step) -> None:
    """The lead commission raises the level by one, with its reason, before the clock does."""
    step.case.level += 1
    step.detail["level"] = step.case.level


def set_deadline(step: Step) -> None:
    """This owner's own deadline, which the other owners of the commitment do not share."""
    text = str(step.payload["deadline"])
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise Incomplete("refusal.deadline", value=text[:20]) from error
    if day < step.day:
        raise Incomplete("refusal.deadline", value=text[:20])
    task = Task.objects.get(pk=step.case.pk)
    Task.objects.filter(pk=task.pk).update(deadline=day)
    step.detail.update(before=task.deadline.isoformat(), deadline=day.isoformat())


def wait_for_deadline(step: Step) -> None:
    """A line waits for its members until the commitment's own deadline."""
    deadline = Task.objects.values_list("deadline", flat=True).get(pk=step.case.pk)
    step.case.wait_on = max(deadline, step.day)


def count_line(step: Step) -> None:
    """The line of a collective ends with its last member; lines are locked, so that two last ones cannot miss it."""
    line = _locked_line(step)
    if line is None:
        return
    mine = Task.objects.filter(commitment=line.task.commitment, collective=line.task.owner)
    if not mine.filter(case__closed_on=None).exclude(pk=step.case.pk).exists():
        _move(line, "members_done", JOB)


def reopen_line(step: Step) -> None:
    """The line of a collective is open again with the first member that is."""
    line = _locked_line(step)
    if line is not None:
        _move(line, "member_reopened", step.actor)


def _locked_line(step: Step) -> Case | None:
    line = line_of(Task.objects.get(pk=step.case.pk))
    return Case.objects.select_for_update().get(pk=line.pk) if line else None


def _move(line: Case, action: str, actor: Actor) -> None:
    if flow_of(line.kind, line.flow_version).find(line.stage, action):
        act(Command(line.pk, action, actor, f"{action}:{line.pk}:{line.visit}", None))


TASK = Bindings(
    {
        "step_up": step_up,
        "set_deadline": set_deadline,
        "wait_for_deadline": wait_for_deadline,
        "count_line": count_line,
        "reopen_line": reopen_line,
        "as_owner": as_owner,
        "keep_report": keep_report,
        "take_report": take_report,
        "reject_report": reject_report,
        "land_findings": land_findings,
        "answer_finding": answer_finding,
        "reassign": reassign,
        "reopen": reopen,
    },
    facts,
)
