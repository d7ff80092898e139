"""For which office an account works, and which tasks it may see."""

from django.db.models import Q

from renben.web.guard.policy import Actor, within
from renben.web.programme.models import Seat, Task


def office_of(actor: Actor) -> str:
    """The office for which an account works, empty where none is written."""
    found = Seat.objects.filter(user=actor.user_id).values_list("office", flat=True).first()
    return found or ""


def is_owner(actor: Actor, task: Task) -> bool:
    """Whether the account works for the task's owner."""
    return bool(task.owner) and office_of(actor) == task.owner


def readable(actor: Actor) -> Q:
    """Tasks an actor may see: the lead commission those of its regions, an owner those of its office."""
    scope = within(actor, "task.read", "case__region")
    if actor.may("task.supervise"):
        return scope
    return scope & Q(owner=office_of(actor))
