"""Closes a permit's life when its holder moves to another city or settles."""

import uuid

from renben.web.flow.bindings import Step
from renben.web.flow.command import Command, act
from renben.web.guard.policy import Actor
from renben.web.registry.models import Permit

REGISTRY = Actor(None, job="registry")


def close(step: Step, key: uuid.UUID, action: str) -> None:
    """Close every open permit of a person by a step of the system, inside the step that causes it."""
    open_permits = Permit.objects.current().filter(person_key=key, valid_to=None).exclude(state="closed")
    for permit in open_permits:
        if permit.life is not None:
            act(Command(permit.life, action, REGISTRY, f"{step.case.id}:{action}:{permit.key}", None))


def close_if_moved(step: Step, key: uuid.UUID, before: str, after: str) -> None:
    """Close the permit where the new address lies in another prefecture-level city."""
    if before[:4] != after[:4]:
        close(step, key, "close_moved")
