"""How a case went, as pages show it: every step with its transition and what was written beside it."""

from typing import NamedTuple

from renben.web.flow.definition import Flow, Transition, flow_of
from renben.web.flow.models import Case, CaseEvent
from renben.web.guard import crypto


class Taken(NamedTuple):
    """A step that was taken; no transition for the opening."""

    event: CaseEvent
    move: Transition | None
    note: str


def note_of(event: CaseEvent | None) -> str:
    """What was written beside a step, decrypted; empty where nothing was. The caller has recorded the look."""
    if event is None:
        return ""
    return crypto.decrypt(event.note_ct, "event.note", f"{event.case_id}/{event.seq}")


def course(case: Case, flow: Flow | None = None) -> list[Taken]:
    """The steps of a case, the newest first, without the saving of drafts."""
    known = flow or flow_of(case.kind, case.flow_version)
    rows = case.events.exclude(action="save").order_by("-seq")
    return [Taken(one, known.find(one.from_stage, one.action), note_of(one)) for one in rows]
