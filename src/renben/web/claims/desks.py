"""Which cases of one office an officer sees: those of the office for which the account works.

A department has no business in what another one is asked for. Who works for which office is written by the lead
commission (programme/seats); an account without a seat sees no case of an office. On PostgreSQL the policy of cases says
the same to plain SQL (guard/row_policies.py).
"""

from django.db.models import Q

from renben.web.flow.models import Case
from renben.web.guard.policy import Actor
from renben.web.programme.seats import office_of

KIND = "claim"
ROLE = "service_officer"


def apart(actor: Actor) -> Q:
    """Cases that an officer may see beside the region: those of no office, and those of his own."""
    own = office_of(actor) if ROLE in actor.roles else ""
    return Q(office__in=["", own]) if own else Q(office="")


def is_own(actor: Actor, case: Case) -> bool:
    """Whether the account works for the office that a case names."""
    return bool(case.office) and office_of(actor) == case.office
