"""The assisted path: an officer takes down at the counter what a person says, reads it back and has it signed.

Whoever took it down does not decide it. Not modelled: signatures other than on paper.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.clock import today
from renben.web.flow.collecting import COMPETENT
from renben.web.flow.command import Command, Result, act, open_case, version_in
from renben.web.flow.definition import flow_of
from renben.web.flow.handing_over import ways
from renben.web.flow.models import Case
from renben.web.flow.refusals import NotAllowed, Unknown
from renben.web.guard import audit, scope
from renben.web.guard.policy import Actor
from renben.web.registry import (
    applications,
    codes,
    collecting,
    pages_handed,
    pages_office,
    pages_person,
    pages_resident,
    people,
)
from renben.web.registry.declarations import TICKS
from renben.web.registry.household_members import membership_of
from renben.web.registry.identifiers import normalised
from renben.web.registry.models import OneTimeCode
from renben.web.registry.proxies import REGISTRY
from renben.web.registry.questions import QUESTIONS

KIND, HOUSEHOLD, FACT = applications.FIRST, "household_change", "fact_correction"
ASSIST = "registration.assist"


def begin(actor: Actor, key: str) -> HttpResponse:
    """Open a form at the counter in the officer's region; the officer holds it.

    Raises:
        NotAllowed: no region of one's own.
    """
    places = actor.regions(ASSIST)
    if not places:
        raise NotAllowed()
    made = open_case(
        KIND, REGISTRY, f"counter:{actor.user_id}:{key}", places[0], applicant=None, holder=actor.user_id,
        result={"assisted_by": actor.user_id},
    )  # fmt: skip
    return _begun(actor, KIND, made, places[0])


def begin_elsewhere(request: HttpRequest) -> HttpResponse:
    """For which office of another city something is taken in; a county that was chosen opens the form.

    Raises:
        NotAllowed: no region of one's own.
    """
    actor, sent = request.actor, request.method == "POST"
    form = collecting.ElsewhereForm(actor, request.POST if sent else None)
    if not sent or not form.is_valid():
        return render(request, "registry/assist_elsewhere.html", {"form": form}, status=422 if sent else 200)
    places = actor.regions(ASSIST)
    if not places:
        raise NotAllowed()
    ends = {"collected_by": places[0], COMPETENT: form.cleaned_data["region"]}
    made = open_case(
        KIND, REGISTRY, f"counter:{actor.user_id}:{request.POST.get('key', '')}", places[0], applicant=None,
        holder=actor.user_id, result={"assisted_by": actor.user_id, **ends},
    )  # fmt: skip
    return _begun(actor, KIND, made, places[0], **ends)


def begin_household(actor: Actor, number: str, key: str) -> HttpResponse:
    """Open a change of a household at the counter, for the person whose document lies there; the officer holds it.

    Raises:
        Unknown: nobody with this number lives in the officer's regions and in a household.
    """
    with scope.reading_as("registry"):
        found = [one for one in people.numbered(normalised(number)) if actor.may(ASSIST, one.region)]
        person = next((one for one in found if membership_of(one.key)), None) if number.strip() else None
    if person is None or person.key == actor.person_key:
        raise Unknown("refusal.counter_nobody")
    made = open_case(
        HOUSEHOLD, REGISTRY, f"counter:{actor.user_id}:{key}", person.region, applicant=None, holder=actor.user_id,
        person_key=person.key, result={"assisted_by": actor.user_id},
    )  # fmt: skip
    return _begun(actor, HOUSEHOLD, made, person.region)


def begin_fact(actor: Actor, subject: UUID, key: str) -> HttpResponse:
    """An officer who has a person's file open writes down what is wrong in it; a colleague decides.

    Raises:
        Unknown: nobody on record, no file that this officer may open, or his own.
    """
    with scope.reading_as("registry"):
        person = people.person(subject)
    if person is None or person.key == actor.person_key or not actor.may(ASSIST, person.region):
        raise Unknown()
    if not pages_person.may_open(actor, person.key):
        raise Unknown()
    made = open_case(
        FACT, REGISTRY, f"counter:{actor.user_id}:{key}", person.region, applicant=None, holder=actor.user_id,
        person_key=person.key, result={"assisted_by": actor.user_id},
    )  # fmt: skip
    return _begun(actor, FACT, made, person.region)


def _begun(actor: Actor, kind: str, made: Result, region: str, **ends: str) -> HttpResponse:
    """Go to the first question of a form that was opened at the counter."""
    if not made.repeated:
        act(Command(UUID(made.case), "assist", REGISTRY, f"assist:{made.case}", None))
        subject = Case.objects.values_list("person_key", flat=True).get(pk=made.case)
        audit.record(
            actor, "command", ASSIST, object_type=kind, object_id=made.case, subject=subject, region=region,
            detail={"action": "assist", **ends},
        )  # fmt: skip
    return redirect("assist_question", made.case, QUESTIONS[kind][0].name)


def own(actor: Actor, case_id: UUID) -> Case:
    """A form that this officer takes down.

    Raises:
        Unknown: none, or a colleague's.
    """
    case = Case.objects.filter(
        pk=case_id, kind__in=(KIND, HOUSEHOLD, FACT), applicant=None, holder=actor.user_id
    ).first()
    if case is None or not case.taken_down or not applications.is_open(case):
        raise Unknown()
    return case


def hand_in(request: HttpRequest, case: Case) -> HttpResponse:
    """Send what was taken down to the queue, where a colleague decides; a slip goes to whoever signed it."""
    form, signed = request.POST, _signed(case)
    payload = {name: True for name in (*TICKS, collecting.TICK) if form.get(name) == "on"} if signed else {}
    action, note = "hand_in" if signed else "ask_colleague", form.get("note", "").strip()
    act(Command(case.pk, action, request.actor, form.get("key", ""), version_in(form), payload, note))
    return redirect("slip" if signed else "office_case", case.pk)


def _signed(case: Case) -> bool:
    """Whether what is taken down is read back to the person and signed: all but an officer's own finding."""
    return case.kind != FACT


def check(request: HttpRequest, case: Case) -> HttpResponse:
    """The sheet to be read back, printed and signed; or what is put before a colleague."""
    handing = flow_of(case.kind, case.flow_version).find("assisted", "ask_colleague")
    shown = {**pages_resident.check(case), "signed": _signed(case), "handing": handing}
    return render(request, "registry/assist_check.html", shown)


def slip(actor: Actor, case_id: UUID) -> dict[str, Any]:
    """What is handed to the person: number, where it stands, and codes to confirm or to take the record over.

    Raises:
        Unknown: not this officer's to see.
    """
    if collected := pages_handed.slip(actor, case_id):
        return collected
    case = pages_office.office_view(actor, case_id)
    rows = OneTimeCode.objects.filter(case=case.pk, used_at=None)
    audit.record(
        actor, "read", "queue.read", object_type="slip", object_id=str(case.pk), subject=case.person_key,
        region=case.region,
    )  # fmt: skip
    flow = flow_of(case.kind, case.flow_version)
    spent = ways(case, flow, today())
    return {
        "case": case, "flow": flow, "stage": flow.stages[case.stage], "ways": spent, **pages_handed.both(spent),
        "codes": {row.purpose: (codes.shown(row), row.expires_on) for row in rows},
    }  # fmt: skip
