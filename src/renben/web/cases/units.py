"""Who works for the office that a city case was sent to."""

from renben.catalogue import load
from renben.web.cases.models import CityCase
from renben.web.flow.refusals import Guarded, Incomplete
from renben.web.guard.models import Grant
from renben.web.guard.policy import Actor, covers, policy
from renben.web.programme.models import Seat
from renben.web.programme.seats import office_of

HANDLE = "city.handle"


def is_own(actor: Actor, city: CityCase) -> bool:
    """Whether the account works for the office that handles a case."""
    return bool(city.unit) and office_of(actor) == city.unit


def units_in(region: str) -> list[str]:
    """Offices for which somebody with an open account handles cases of a region, in the order of the catalogue."""
    roles = policy().permissions[HANDLE].roles
    grants = Grant.objects.filter(role__in=roles, taken_at=None, user__is_active=True)
    there = [user for user, granted in grants.values_list("user", "region") if covers(granted, region)]
    sitting = set(Seat.objects.filter(user__in=there).values_list("office", flat=True))
    return [name for name in load().offices if name in sitting]


def must_handle(unit: str, region: str) -> str:
    """An office to which a case of a region can be sent.

    Raises:
        Incomplete: no office of the catalogue.
        Guarded: nobody of that office has an account there.
    """
    if unit not in load().offices:
        raise Incomplete(fields="unit")
    if unit not in units_in(region):
        raise Guarded("refusal.city_no_account", unit=load().offices[unit].zh)
    return unit
