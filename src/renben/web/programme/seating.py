"""Which account works for which office: given and taken by the lead commission, each time written into the audit."""

from typing import Any

from django.http import QueryDict

from renben.web.flow.refusals import Incomplete, Unknown
from renben.web.guard import audit
from renben.web.guard.models import Grant, User
from renben.web.guard.policy import Actor
from renben.web.programme.members import offices
from renben.web.programme.models import Seat, Task

LIAISONS = ("task_owner", "service_officer", "case_handler")
"""Roles whose accounts work for one office."""


def page() -> dict[str, Any]:
    """Seats by office, the offices that own tasks and have nobody, and the accounts that could sit."""
    seats = list(Seat.objects.select_related("user").order_by("office", "user__username"))
    owners = set(Task.objects.filter(line=False, collective="").values_list("owner", flat=True).distinct())
    free = Grant.objects.filter(role__in=LIAISONS, taken_at=None, user__seat=None).order_by("user__username")
    return {
        "seats": seats,
        "empty": sorted(owners - {one.office for one in seats}),
        "offices": sorted((o for o in offices().values() if not o.members), key=lambda one: one.id),
        "free": list(free.values_list("user__username", flat=True).distinct()),
    }


def give(actor: Actor, data: QueryDict) -> None:
    """Let a liaison's account work for an office; whoever sat elsewhere moves.

    Raises:
        Incomplete: no such account among the liaisons, or no such office.
    """
    user = User.objects.filter(username=data.get("username", "").strip()).first()
    office = data.get("office", "")
    if user is None or not Grant.objects.filter(user=user, role__in=LIAISONS, taken_at=None).exists():
        raise Incomplete("refusal.no_liaison")
    if office not in offices() or offices()[office].members:
        raise Incomplete("refusal.office_unknown", office=office[:60])
    Seat.objects.update_or_create(user=user, defaults={"office": office})
    _told(actor, "seat_given", user.pk, office)


def take(actor: Actor, seat_id: int) -> None:
    """End a seat; the account sees no task of the office from now on.

    Raises:
        Unknown: no such seat.
    """
    seat = Seat.objects.filter(pk=seat_id).first()
    if seat is None:
        raise Unknown()
    seat.delete()
    _told(actor, "seat_taken", seat.user_id, seat.office)


def _told(actor: Actor, what: str, user: int, office: str) -> None:
    audit.record(
        actor, "account", "seat.manage", object_type=what, object_id=str(user), detail={"office": office}
    )
