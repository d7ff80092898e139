"""The queue of drawn cases, one of them with the case it is about, and the steps that an officer takes in it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict

from renben.web.clock import today
from renben.web.flow.command import Command, act, offered, version_in
from renben.web.flow.course import Taken, course
from renben.web.flow.definition import Flow, flow_of
from renben.web.flow.models import Case
from renben.web.flow.refusals import Unknown
from renben.web.guard import audit, fields, scope
from renben.web.guard.policy import Actor
from renben.web.look.pages import Pages
from renben.web.registry import documents, people, summary
from renben.web.registry.answers import answers_of
from renben.web.registry.models import Document
from renben.web.spotcheck.bindings import REASONS, WAYS
from renben.web.spotcheck.models import Check
from renben.web.spotcheck.offices import KIND, MENDING, VERIFY, checks_of

ROWS = 25
VIEWS = ("open", "closed")
EVIDENCE = "evidence"


def queue(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """Drawn cases that wait for an actor's office, the most urgent first; or those that are over. Nobody's name."""
    view = "closed" if query.get("view") == "closed" else "open"
    with scope.reading_as("review"):
        found = checks_of(actor).filter(case__closed_on__isnull=view == "open")
        order = ("case__due_on", "pk") if view == "open" else ("-case__closed_on", "-pk")
        page = Pages(found.order_by(*order), ROWS).get_page(query.get("page"))
        rows = [(one, one.case, *_named(one)) for one in page.object_list]
    audit.record(actor, "list", VERIFY, object_type=KIND, detail={"rows": len(rows)})
    return {"rows": rows, "page": page, "view": view, "views": VIEWS, "today": today()}


def _named(check: Check) -> tuple[Flow, Any]:
    """The flow of the drawn case, and the stage of the look at it."""
    case = check.case
    return flow_of(check.kind, check.about.flow_version), flow_of(KIND, case.flow_version).stages[case.stage]


def check_for(actor: Actor, case_id: UUID) -> Check:
    """A check that an actor has a part in.

    Raises:
        Unknown: none, or none of his.
    """
    with scope.reading_as("review"):
        found = checks_of(actor).filter(case=case_id).first()
    if found is None:
        raise Unknown()
    return found


@dataclass(frozen=True)
class About:
    """The drawn case as another office sees it: numbers covered; the phone in full for whoever took the check."""

    case: Case
    flow: Flow
    sections: list[summary.Section]
    events: list[Taken]
    name: str
    phone: str
    document: bool


def page(actor: Actor, case_id: UUID) -> dict[str, Any]:
    """One check; the look at the drawn case is recorded with the person it is about."""
    check = check_for(actor, case_id)
    case = check.case
    flow = flow_of(KIND, case.flow_version)
    mending = case.stage == MENDING
    return {
        "check": check, "case": case, "flow": flow, "stage": flow.stages[case.stage], "today": today(),
        "steps": [step for step in offered(case, actor) if step.tone != "hidden"], "ways": WAYS, "reasons": REASONS,
        "events": _events(case, flow), "mending": mending, "about_flow": flow_of(check.kind, check.about.flow_version),
        "about": None if mending or case.closed_on else _about(actor, check),
    }  # fmt: skip


def _events(case: Case, flow: Flow) -> list[Taken]:
    with scope.reading_as("review"):
        return course(case, flow)


def _about(actor: Actor, check: Check) -> About:
    """What the other office looks at, as long as it has the check."""
    about, holds = check.about, check.case.holder == actor.user_id
    audit.record(
        actor, "reveal" if holds else "read", VERIFY, object_type=about.kind, object_id=str(about.pk),
        subject=about.person_key, region=about.region, detail={"check": check.case.number},
    )  # fmt: skip
    answers, flow = answers_of(about), flow_of(about.kind, about.flow_version)
    with scope.reading_as("review"):
        person = people.person(str(about.person_key)) if about.person_key else None
    phone = str(answers.get("phone", "") or (person.phone if person else ""))
    return About(
        about, flow, summary.sections(about.kind, answers, []), _events(about, flow),
        (person.name if person else "") or str(answers.get("name", "")),
        fields.shown(VERIFY, "phone", phone) if holds and phone else "",
        bool(answers.get("document")),
    )  # fmt: skip


def take_step(actor: Actor, case_id: UUID, action: str, data: QueryDict, file: UploadedFile | None) -> None:
    """Take a step in a check, with what was ticked and the evidence that came along.

    Raises:
        Incomplete: the file is empty, too large or not what its name says.
    """
    check = check_for(actor, case_id)
    payload: dict[str, Any] = {"ways": data.getlist("ways"), "reason": data.get("reason", "")}
    if file is not None:
        payload |= documents.evidence(file, check.case_id, EVIDENCE)
    note = data.get("note", "").strip()
    act(Command(case_id, action, actor, data.get("key", ""), version_in(data), payload, note))


def proof(actor: Actor, case_id: UUID) -> HttpResponse:
    """The proof attached to the drawn case, for the other office while it looks.

    Raises:
        Unknown: no such check to this actor, it is not his office's turn, or the case has no file.
    """
    check = check_for(actor, case_id)
    if check.case.stage == MENDING or check.case.closed_on:
        raise Unknown()
    key = answers_of(check.about).get("document") or None
    return _given(actor, check, key, "proof", check.about)


def evidence(actor: Actor, case_id: UUID) -> HttpResponse:
    """The file that came as evidence of a verdict, for whoever has a part in the check.

    Raises:
        Unknown: no such check to this actor, or no file came.
    """
    check = check_for(actor, case_id)
    return _given(actor, check, check.document, EVIDENCE, check.case)


def _given(actor: Actor, check: Check, key: Any, what: str, owner: Case) -> HttpResponse:
    with scope.reading_as("review"):
        found = Document.objects.filter(pk=key).first() if key else None
    if found is None:
        raise Unknown()
    audit.record(actor, "read", VERIFY, object_type=what, object_id=str(found.pk), subject=check.about.person_key,
                 region=owner.region)  # fmt: skip
    return documents.given(found, f"{owner.number or what}-{what}")
