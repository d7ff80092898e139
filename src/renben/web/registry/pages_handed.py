"""What left an office for another: handed over, or taken in for it; the cases' course is shown, and nothing of the person."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from renben.web.clock import today
from renben.web.flow.course import Taken, course
from renben.web.flow.definition import Flow, flow_of
from renben.web.flow.handing_over import COLLECTED, Ways, ways, ways_of
from renben.web.flow.models import Case, Handover
from renben.web.guard import audit, scope
from renben.web.guard.policy import Actor, within
from renben.web.look.pages import Pages
from renben.web.registry import codes
from renben.web.registry.models import OneTimeCode

ROWS = 25
SHOWN = ("kind", "flow_version", "number", "stage", "closed_on")
"""Of a case that is another office's its course, and nothing about the person."""
BACK = ("hand_in", "return_to_counter")
"""Steps whose words were written by the counter that takes in for another office, or for it."""


def handed(actor: Actor, kinds: list[str], page: Any) -> dict[str, Any]:
    """What an actor's regions handed over: the kind, the place and the answer, and nothing about the person."""
    found = _from_here(actor, kinds).exclude(answer=COLLECTED)
    return {**_listed(actor, found, page, "handover"), "handed": True}


def collected(actor: Actor, kinds: list[str], page: Any) -> dict[str, Any]:
    """What an actor's regions took in for other offices: number, office, stage and days, each case once."""
    found = _from_here(actor, kinds).filter(answer=COLLECTED)
    before = Handover.objects.filter(case=OuterRef("case"), answer=COLLECTED, seq__lt=OuterRef("seq"))
    shown = _listed(actor, found.filter(~Exists(before)), page, "collected")
    spent = ways_of([(one.case, flow) for one, flow in shown["rows"]], today())
    rows = [(one, flow, flow.stages[one.case.stage], spent[one.case_id]) for one, flow in shown["rows"]]
    return {**shown, "rows": rows, "collected": True}


VIEWS: dict[str, Callable[[Actor, list[str], Any], dict[str, Any]]] = {
    "handed": handed,
    "collected": collected,
}


def _from_here(actor: Actor, kinds: list[str]) -> Any:
    return Handover.objects.filter(within(actor, "queue.read", "from_region"), case__kind__in=kinds)


def _listed(actor: Actor, found: Any, page: Any, what: str) -> dict[str, Any]:
    """A page of handovers with the course of their cases."""
    named = [f"case__{one}" for one in SHOWN]
    fields = ("case_id", "from_region", "to_region", "sent_on", "answer", "answered_on")
    asked = found.select_related("case").only(*fields, *named).order_by("-sent_on", "-pk")
    with scope.reading_as("flow"):
        shown = Pages(asked, ROWS).get_page(page)
        rows = [(one, flow_of(one.case.kind, one.case.flow_version)) for one in shown.object_list]
    audit.record(actor, "list", "queue.read", object_type=what, detail={"rows": len(rows)})
    return {"rows": rows, "page": shown}


def course_here(case: Case, flow: Flow) -> list[Taken]:
    """A case's course; what its own office wrote is not shown at a counter that takes it in for that office."""
    taken = course(case, flow)
    if not case.at_collector:
        return taken
    return [one if one.event.action in BACK else one._replace(note="") for one in taken]


def slip(actor: Actor, case_id: UUID) -> dict[str, Any] | None:
    """The slip of what an actor's regions took in for another office; None where they did not.

    It names both offices and carries the code by which the person confirms, never the one that opens the record.
    """
    found = Handover.objects.filter(within(actor, "registration.assist", "from_region"), answer=COLLECTED)
    row = found.filter(case_id=case_id).order_by("seq").first()
    if row is None:
        return None
    with scope.reading_as("flow"):
        case = Case.objects.only(*SHOWN, "due_on", "person_key").get(pk=case_id)
        code = OneTimeCode.objects.filter(case=case_id, purpose="confirm", used_at=None).first()
    audit.record(
        actor, "read", "registration.assist", object_type="slip", object_id=str(case_id), subject=case.person_key,
        region=row.from_region, detail={"collected_by": row.from_region, "competent": row.to_region},
    )  # fmt: skip
    flow = flow_of(case.kind, case.flow_version)
    shown = {"confirm": (codes.shown(code), code.expires_on)} if code else {}
    return {"case": case, "flow": flow, "stage": flow.stages[case.stage], "codes": shown, "at_collector": True,
            "ways": (spent := ways(case, flow, today())), **both(spent)}  # fmt: skip


def both(spent: Ways | None) -> dict[str, Any]:
    """For a slip: which office took it in, which decides, and since when; nothing where it is one's own."""
    row = spent.collected if spent else None
    return {"collected": row} if row else {}
