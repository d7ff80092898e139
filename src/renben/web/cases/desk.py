"""One city case for the officers: what it is, its course and limit, what is near, and the steps that can be taken.

What a reporter wrote is shown under a permission of its own, to whoever sends cases out or looks at them, and each look is
recorded; a unit reads what an officer wrote.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict

from renben.web.cases import grids, routing
from renben.web.cases.bindings import KIND, LONGEST, REASONS, WAYS
from renben.web.cases.board import grouped, row_of
from renben.web.cases.classes import ORDINARY, SEVERITIES, limit_on, subclasses
from renben.web.cases.models import CityCase, Report
from renben.web.cases.near import near
from renben.web.cases.reporting import texts
from renben.web.cases.sight import READ, city_for, seen_by
from renben.web.cases.units import HANDLE, is_own, units_in
from renben.web.clock import today
from renben.web.flow.command import Command, act, desks_of, elapsed, offered, version_in
from renben.web.flow.course import course
from renben.web.flow.definition import Transition, flow_of
from renben.web.flow.models import Case, CaseEvent
from renben.web.flow.refusals import Unknown
from renben.web.guard import audit
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.law import Provided, provision
from renben.web.registry import documents
from renben.web.registry.models import Document

WORDS = "city.words"
"""Permission under which the words of reporters are read."""
EVIDENCE = "evidence"
PLAIN = ("subclass", "severity", "title", "place", "unit", "reason", "into", "until")
"""Fields of steps that hold one text."""


@dataclass(frozen=True)
class Told:
    """What one reporter said; the texts are empty where they are not shown."""

    row: Report
    words: str = ""
    place: str = ""
    phone: str = ""


def page(actor: Actor, case_id: UUID, words: bool = False) -> dict[str, Any]:
    """One case; with the reporters' words the look is recorded as such.

    Raises:
        Unknown: no such case to this actor.
    """
    city = city_for(actor, case_id)
    case, flow = city.case, flow_of(KIND, city.case.flow_version)
    reports = _told(actor, city, words)
    if not words:
        audit.record(actor, "read", READ, object_type=KIND, object_id=str(case.pk), region=case.region)
    steps = steps_of(actor, city)
    names = {step.action for step in steps}
    total, legal = elapsed(case, today())
    return {
        "city": city, "case": case, "flow": flow, "stage": flow.stages[case.stage], "today": today(), "row": row_of(city),
        "subclass": subclasses().get(city.subclass), "law": limit_law(city), "elapsed": total, "legal": legal,
        **_grid(city), "reports": reports, "revealed": words, "may_words": actor.may(WORDS, case.region),
        "events": course(case, flow), "steps": steps, "desks": desks_of(flow, case.stage),
        "near": near(actor, city), "may_join": "join" in names, "into": _joined(actor, case),
        **_choices(city, names),
    }  # fmt: skip


def _grid(city: CityCase) -> dict[str, Any]:
    """The grid of a case on the day of its report, and the name of the account in charge, if one is."""
    grid = grids.of_case(city)
    keeper = User.objects.filter(pk=grid.account).first() if grid and grid.account else None
    return {"grid": grid, "keeper": keeper.username if keeper else ""}


def steps_of(actor: Actor, city: CityCase) -> list[Transition]:
    """Steps that an actor is offered; those of a unit only where it is his own."""
    own = is_own(actor, city) if actor.may(HANDLE) else False
    found = (one for one in offered(city.case, actor) if one.by == "office" and one.tone != "hidden")
    return [one for one in found if one.permission != HANDLE or own]


def limit_law(city: CityCase) -> Provided | None:
    """The provision behind the handling limit; None until it is said what the case is."""
    name = city.case.result.get("limit")
    return provision(name, city.case.started_on or today(), city.region) if name else None


def _choices(city: CityCase, names: set[str]) -> dict[str, Any]:
    """What the forms of the steps on offer let an officer choose from."""
    found: dict[str, Any] = {"ways": WAYS, "reasons": REASONS, "longest": LONGEST}
    if "file" in names:
        conditions = [
            (name, one, limit_on(name, ORDINARY, today(), city.region)) for name, one in subclasses().items()
        ]
        found |= {"classes": grouped(), "severities": SEVERITIES, "conditions": conditions}
    if "dispatch" in names:
        there = units_in(city.region)
        proposal = routing.proposed(city.region, city.subclass, city.severity, city.grid)
        found |= {"units": there, "proposal": proposal, "reachable": proposal.unit in there}
    if "ask_rest" in names:
        found["rest"] = provision("city_case.suspend_most_days", today(), city.region)
    if "done" in names:
        found["asks"] = subclasses()[city.subclass].asks
    return found


def _told(actor: Actor, city: CityCase, words: bool) -> list[Told]:
    """The reports of a case in the order they came; with their words only where the look is recorded."""
    rows = list(Report.objects.filter(city=city).order_by("at", "pk"))
    if not words:
        return [Told(one) for one in rows]
    accounts = [one.account for one in rows if one.account is not None]
    known = User.objects.filter(pk__in=accounts, person_key__isnull=False)
    subjects = list(known.values_list("person_key", flat=True)) or [None]
    for subject in subjects:
        audit.record(actor, "reveal", WORDS, object_type=KIND, object_id=str(city.pk), subject=subject, region=city.region,
                     detail={"reports": len(rows)})  # fmt: skip
    return [Told(one, **texts(one)) for one in rows]


def _joined(actor: Actor, case: Case) -> CityCase | None:
    """The case to which this one was joined, where the actor sees it."""
    into = case.result.get("into")
    if not into or case.stage != "joined":
        return None
    return CityCase.objects.filter(seen_by(actor), pk=into).select_related("case").first()


def take_step(actor: Actor, case_id: UUID, action: str, data: QueryDict, file: UploadedFile | None) -> None:
    """Take a step with what the form gave, the file of evidence and what was measured.

    Raises:
        Refusal: the step was not taken, and nothing was written.
    """
    city = city_for(actor, case_id)
    payload: dict[str, Any] = {name: data[name].strip() for name in PLAIN if data.get(name, "").strip()}
    if ways := data.getlist("ways"):
        payload["ways"] = ways
    subclass = subclasses().get(city.subclass)
    if action == "done" and subclass is not None:
        payload |= {name: data.get(name, "").strip() for name in subclass.asks}
    if file is not None:
        payload |= documents.evidence(file, city.pk, EVIDENCE)
    note = data.get("note", "").strip()
    act(Command(case_id, action, actor, data.get("key", ""), version_in(data), payload, note))


def still_seen(actor: Actor, case_id: UUID) -> bool:
    """Whether an actor still sees a case after a step: a unit that sent it back does not."""
    return CityCase.objects.filter(seen_by(actor), pk=case_id).exists()


def evidence(actor: Actor, case_id: UUID, seq: int) -> HttpResponse:
    """The file that came with a step; the look is recorded.

    Raises:
        Unknown: no such case to this actor, or no file came with that step.
    """
    city = city_for(actor, case_id)
    event = CaseEvent.objects.filter(case=city.pk, seq=seq).first()
    key = event.detail.get("document") if event else None
    return _given(actor, city, key, READ, EVIDENCE, f"{city.case.number}-{seq}")


def photo(actor: Actor, case_id: UUID, report_id: int) -> HttpResponse:
    """The photo that came with a report; the look is recorded.

    Raises:
        Unknown: no such case to this actor, or no photo came with that report.
    """
    city = city_for(actor, case_id)
    report = Report.objects.filter(pk=report_id, city=city).first()
    key = report.photo if report else None
    return _given(actor, city, key, WORDS, "city_photo", f"{city.case.number}-photo")


def _given(actor: Actor, city: CityCase, key: Any, permission: str, what: str, name: str) -> HttpResponse:
    found = Document.objects.filter(pk=key).first() if key else None
    if found is None:
        raise Unknown()
    audit.record(actor, "read", permission, object_type=what, object_id=str(found.pk), region=city.region)
    return documents.given(found, name)
