"""Where a report stands, for whoever made it: by the code of the receipt, or among one's own cases.

Told in plain words and without any officer's note: the stage, who has it, until when, what was done, why it was not filed,
to which case it was joined. When it is closed, its reporter is asked once whether it is really put right
(`registry.opinions`, with or without an account).
"""

import datetime as dt
from typing import Any

from renben.web.cases import shown
from renben.web.cases.classes import subclasses
from renben.web.cases.models import CityCase, Report
from renben.web.cases.reporting import KIND, RECEIVER, followed, texts
from renben.web.flow import deadlines
from renben.web.flow.command import desks_of
from renben.web.flow.definition import flow_of
from renben.web.flow.models import Case, CaseEvent
from renben.web.flow.refusals import Unknown
from renben.web.guard import scope
from renben.web.guard.policy import Actor
from renben.web.registry import opinions

__all__ = ["KIND", "by_code", "mine", "reported", "say", "until"]
TOLD = ("open", "file", "join", "reject", "dispatch", "accept", "done", "rest", "go_on", "resume", "confirm", "not_done",
        "void", "reopen")  # fmt: skip
"""Steps that a reporter is told of; how offices pass a case to and fro is theirs."""
WITH_UNIT = ("dispatched", "handling", "to_suspend", "suspended")
"""Stages in which the handling unit has the case."""


def by_code(code: str) -> dict[str, Any]:
    """What somebody with a code is shown.

    Raises:
        Unknown: no report has this code.
    """
    report = followed(code)
    with scope.reading_as("flow"):
        return {**_told(report.city, report.case), "offer": opinions.offer(report.city.case, report.pk)}


def say(code: str, score: str, word: str, key: str) -> None:
    """Say under a code whether it is really put right, once.

    Raises:
        Unknown: no report has this code.
        Incomplete: no mark from 1 to 5, or a word that is not on the list.
        Guarded: it is not closed, the time is over, or it was said before.
    """
    report = followed(code)
    with scope.reading_as("flow"):
        opinions.give(RECEIVER, report.city.case, score, word, key, report.pk)


def mine(case: Case, actor: Actor) -> dict[str, Any]:
    """What the account that opened a case is shown; of the other case where it was joined to one.

    Raises:
        Unknown: the case has no report of the account.
    """
    with scope.reading_as("flow"):
        rows = Report.objects.select_related("city", "city__case")
        report = rows.filter(case=case, account=actor.user_id).order_by("pk").first()
        if report is None:
            raise Unknown()
        return {**_told(report.city, case), "offer": opinions.offer(case)}


def reported(actor: Actor) -> list[dict[str, Any]]:
    """Everything that an account reported, in plain values, for the file of one's data."""
    with scope.reading_as("flow"):
        rows = list(Report.objects.select_related("case").filter(account=actor.user_id).order_by("at", "pk"))
    return [
        {"number": row.case.number, "at": row.at.isoformat(), **texts(row), "lat": row.lat, "lon": row.lon,
         "photo": row.photo is not None}
        for row in rows
    ]  # fmt: skip


def _told(city: CityCase, opened: Case) -> dict[str, Any]:
    """The case as a reporter may know it.

    Args:
        city: the case that the report belongs to now.
        opened: the case that the report opened or was added to.
    """
    case = city.case
    flow = flow_of(case.kind, case.flow_version)
    rows = case.events.filter(action__in=TOLD).order_by("seq")
    kind = subclasses().get(city.subclass)
    unit = shown.unit_name(city.unit)
    return {
        "case": case, "city": city, "opened": opened, "joined": opened.pk != case.pk, "stage": flow.stages[case.stage],
        "named": kind, "unit": unit, "with_unit": bool(unit) and case.stage in WITH_UNIT,
        "desks": desks_of(flow, case.stage), "until": until(case), "course": [_step(one) for one in rows],
    }  # fmt: skip


def until(case: Case) -> dt.datetime | None:
    """End of the time in which the present stage is to be over; None while it stands still or nothing runs."""
    if case.closed_on is not None or case.paused_since is not None:
        return None
    return deadlines.ends_at(case)


def _step(event: CaseEvent) -> tuple[str, dt.datetime, list[str]]:
    """A step that was taken, when, and how somebody looked where somebody did."""
    return event.action, event.at, list(event.detail.get("ways", ()))
