"""Which office looks at a drawn case, and who in it: the same work, another place, and nobody who had a hand in the case."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Exists, OuterRef, Q, QuerySet

from renben.web.equality.decisions import CITY, COUNTY, kinds
from renben.web.flow.models import CaseEvent
from renben.web.guard.matrix import kinds_of
from renben.web.guard.models import Grant
from renben.web.guard.policy import Actor, covers, policy, within
from renben.web.programme.models import Seat
from renben.web.programme.seats import office_of
from renben.web.spotcheck.models import Check

KIND = "spot_check"
VERIFY, MEND, READ = "spot_check.verify", "spot_check.mend", "spot_check.read"
MENDING = "to_mend"
"""Stage in which the office that closed the case has the check."""
CLAIM, LINE_DEPARTMENT = "claim", "service_officer"
"""Claims are looked at by the same department elsewhere: an account of the role works for one office."""


@lru_cache(maxsize=1)
def drawn_kinds() -> dict[str, tuple[str, ...]]:
    """Kind of case that is drawn -> roles that work on it and may check it elsewhere."""
    roles = policy().permissions[VERIFY].roles
    found = {kind: tuple(role for role in roles if kind in kinds_of(role)) for kind in kinds()}
    return {kind: some for kind, some in found.items() if some}


@dataclass(frozen=True)
class Desk:
    """Where somebody sits who may check: role, county or city, and the department for which the account works."""

    role: str
    region: str
    department: str


def desks() -> list[Desk]:
    """Every open grant under which somebody may check."""
    grants = Grant.objects.filter(
        role__in=policy().permissions[VERIFY].roles, taken_at=None, user__is_active=True
    )
    rows = grants.order_by("pk").values_list("role", "region", "user")
    seats = dict(Seat.objects.values_list("user", "office"))
    return [Desk(role, region[:COUNTY], seats.get(user, "")) for role, region, user in rows]


def apart(one: str, other: str) -> bool:
    """Whether neither of two ranges lies in the other."""
    return not covers(one, other) and not covers(other, one)


def chosen(check: Check, seed: str, found: Iterable[Desk]) -> str:
    """The office that looks at a drawn case, by lot; one of the same city where there is any, empty where there is none.

    Args:
        check: the drawn case.
        seed: of its draw.
        found: where somebody sits.
    """
    roles = drawn_kinds()[check.kind]
    department = check.about.office
    fit = {
        desk.region
        for desk in found
        if desk.role in roles and apart(desk.region, check.office)
        and (check.kind != CLAIM or desk.department == department)
    }  # fmt: skip
    near = {region for region in fit if region[:CITY] == check.office[:CITY]}
    order = sorted(near or fit)
    return order[lot(seed, f"office|{check.about_id}") % len(order)] if order else ""


def lot(seed: str, name: str) -> int:
    """The number that a name draws under a seed."""
    return int(hashlib.sha256(f"{seed}|{name}".encode()).hexdigest(), 16)


def mine(actor: Actor) -> Q:
    """Checks that an actor has a part in: to be said by another office about a kind of his own, or to be put right by his.

    The caller reads as a job of the system, since whoever looks at a case of elsewhere does not see its events.
    """
    own = [kind for kind, roles in drawn_kinds().items() if set(roles) & set(actor.roles)]
    theirs = Q(case__stage=MENDING) | ~within(actor, VERIFY, "office") & ~Q(handled=True)
    fit = within(actor, VERIFY, "case__region") & Q(kind__in=own) & theirs
    if LINE_DEPARTMENT not in actor.roles:
        return fit
    return fit & (~Q(kind=CLAIM) | Q(about__office=office_of(actor) or None))


def checks_of(actor: Actor) -> QuerySet[Check]:
    """Checks that an actor may see, with their cases."""
    hand = CaseEvent.objects.filter(case=OuterRef("about"), account=actor.user_id)
    found = Check.objects.exclude(case=None).annotate(handled=Exists(hand))
    return found.filter(mine(actor)).select_related("case", "about", "draw")
