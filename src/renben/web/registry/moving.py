"""An application follows the person who has moved: from the office of the old city to that of the new one.

Where it goes is where the registry says that the person lives now. Not modelled: cases that another service handles; they
begin anew there, and residence years travel by certificate (exchange/).
"""

from typing import Any

from renben.web.flow.bindings import Step
from renben.web.flow.definition import flow_of
from renben.web.flow.handing_over import EFFECTS, SENT_BACK, hand_over
from renben.web.flow.models import Case, Handover
from renben.web.guard.models import Grant
from renben.web.guard.policy import covers, policy
from renben.web.registry.permits import spell_of

CITY = 4
"""Digits of a division code that name the city."""


def facts(case: Case) -> dict[str, Any]:
    """Facts that the guards of a handover ask for; none where the case's stage has no such step."""
    flow = flow_of(case.kind, case.flow_version)
    move = flow.find(case.stage, "transfer")
    if move is None and flow.find(case.stage, "send_back") is None:
        return {}
    spell = spell_of(case.person_key)
    answers = list(Handover.objects.filter(case=case).values_list("answer", flat=True))
    return {
        "lives_elsewhere": None if spell is None else spell.region[:CITY] != case.region[:CITY],
        "office_there": spell is not None
        and move is not None
        and office_there(move.permission, spell.region),
        "handovers": len(answers),
        "sent_back": answers.count(SENT_BACK),
    }


def offices(permission: str) -> set[str]:
    """Ranges over which somebody holds a permission."""
    roles = policy().permissions[permission].roles
    return set(Grant.objects.filter(role__in=roles, taken_at=None).values_list("region", flat=True))


def office_there(permission: str, region: str) -> bool:
    """Whether somebody holds a permission over a region."""
    return any(covers(one, region) for one in offices(permission))


def follow(step: Step) -> None:
    """Hand the case to the office of the place where the person lives now."""
    spell = spell_of(step.case.person_key)
    if spell is None:
        raise ValueError(f"case {step.case.id}: no residence spell; the guard `transferable` let it pass.")
    hand_over(step, spell.region)


MOVING = {"hand_over": follow, **EFFECTS}
