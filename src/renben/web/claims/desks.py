"""Which claims an officer of a line department sees: those of the office for which the account works.

A department has no business in what another one is asked for. Who works for which office is written by the lead
commission (programme/seats); an account of the role without a seat sees no claim.
"""

from django.db.models import Q

from renben.web.claims.models import Claim
from renben.web.flow.models import Case
from renben.web.guard.policy import Actor
from renben.web.programme.seats import office_of

KIND = "claim"
ROLE = "service_officer"


def apart(actor: Actor) -> Q:
    """Cases that an officer may see beside the region: no claim of another office."""
    if ROLE not in actor.roles:
        return Q()
    return ~Q(kind=KIND) | Q(claim__office=office_of(actor) or None)


def sees(actor: Actor, case: Case) -> bool:
    """Whether a case is none of another office's claims."""
    return case.kind != KIND or is_own(actor, case)


def is_own(actor: Actor, case: Case) -> bool:
    """Whether the account works for the office that a claim asks."""
    office = office_of(actor)
    return bool(office) and Claim.objects.filter(pk=case.pk, office=office).exists()
