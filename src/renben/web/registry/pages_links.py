"""The control by which an officer links two cases that he may see, and takes the link back."""

from uuid import UUID

from django.http import QueryDict

from renben.web.flow import linking
from renben.web.flow.models import Case
from renben.web.flow.refusals import Incomplete
from renben.web.guard.policy import Actor
from renben.web.registry.pages_office import office_view, sees


def link(actor: Actor, case_id: UUID, data: QueryDict) -> None:
    """Link a case with the one whose number was typed.

    Raises:
        Unknown: the case is none that the officer may see.
        Incomplete: no case with this number that the officer may see; no kind, or no reason.
    """
    case, number = office_view(actor, case_id), data.get("number", "").strip()
    other = Case.objects.filter(number=number).first() if number else None
    if other is None or not sees(actor, other):
        raise Incomplete("refusal.link_number", number=number[:32])
    linking.link(actor, case, other, data.get("kind", ""), data.get("why", ""), data.get("key", ""))


def unlink(actor: Actor, case_id: UUID, link_id: int, data: QueryDict) -> None:
    """Take a link of a case back."""
    linking.undo(actor, office_view(actor, case_id), link_id, data.get("why", ""), data.get("key", ""))
