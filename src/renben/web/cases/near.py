"""City cases of the same subclass near a place and of about the same days: perhaps the same thing was reported before.

How near and how long ago are provisions. An officer sees all that is his to see; a reporter sees what is open and public,
and without a point the cases of the same county.
"""

import datetime as dt
import math

from django.db.models import Q

from renben.web.cases.models import CityCase
from renben.web.cases.shown import OPEN
from renben.web.cases.sight import seen_by
from renben.web.clock import now, today
from renben.web.guard import scope
from renben.web.guard.policy import Actor
from renben.web.law import provision

EARTH_M = 6_371_008.8
"""Mean radius of the earth (m)."""
MOST, PUBLIC = 20, 6
"""Cases that an officer, and a reporter, is shown at most."""
COMPARED = 500
"""Cases that are compared at most, the newest."""


def distance(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Great-circle distance of two points in degrees (m).

    >>> round(distance(112.55, 37.87, 112.55, 37.871))
    111
    """
    a, b = math.radians(lat), math.radians(other_lat)
    across = math.sin((b - a) / 2) ** 2
    across += math.cos(a) * math.cos(b) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(min(1.0, across)))


def near(actor: Actor, city: CityCase) -> list[tuple[CityCase, float]]:
    """Cases that an actor sees, near a case in place and time, the nearest first, with the distance (m).

    Joined and void ones are left out; of a case without a point nothing is near.
    """
    if city.lon is None or city.lat is None:
        return []
    metres, span = _limits(city.region)
    times = (city.reported_at - span, city.reported_at + span)
    rows = CityCase.objects.filter(
        seen_by(actor), _box(city.lon, city.lat, metres), subclass=city.subclass, reported_at__range=times
    )
    rows = rows.exclude(pk=city.pk).exclude(case__stage__in=("joined", "void")).select_related("case")
    found = [
        (one, distance(city.lon, city.lat, one.lon or 0.0, one.lat or 0.0))
        for one in rows.order_by("-reported_at", "pk")[:COMPARED]
    ]
    return sorted((pair for pair in found if pair[1] <= metres), key=lambda pair: pair[1])[:MOST]


def public(subclass: str, region: str, lon: float | None = None, lat: float | None = None) -> list[CityCase]:
    """Open public cases of a subclass near a point, or in a county where there is none; the nearest first, a few."""
    metres, span = _limits(region)
    if lon is None or lat is None:
        return _open(subclass, Q(region=region), span)[:PUBLIC]
    found = _open(subclass, _box(lon, lat, metres) | Q(region=region, lon=None), span)
    far = {one.pk: _far(one, lon, lat, metres) for one in found}
    return sorted((one for one in found if far[one.pk] <= metres), key=lambda one: far[one.pk])[:PUBLIC]


def _open(subclass: str, where: Q, span: dt.timedelta) -> list[CityCase]:
    """Open public cases of a place and of the last days, the newest first."""
    with scope.reading_as("flow"):
        rows = CityCase.objects.filter(OPEN, where, subclass=subclass, reported_at__gte=now() - span)
        return list(rows.select_related("case").order_by("-reported_at")[:COMPARED])


def _limits(region: str) -> tuple[float, dt.timedelta]:
    """How near (m) and how long apart cases may be."""
    day = today()
    metres = float(provision("city_case.near_metres", day, region).value)
    return metres, dt.timedelta(days=int(provision("city_case.near_days", day, region).value))


def _box(lon: float, lat: float, metres: float) -> Q:
    """The degrees around a point that hold everything so near."""
    high = math.degrees(metres / EARTH_M)
    wide = min(180.0, high / max(math.cos(math.radians(lat)), 1e-6))
    return Q(lat__gte=lat - high, lat__lte=lat + high, lon__gte=lon - wide, lon__lte=lon + wide)


def _far(one: CityCase, lon: float, lat: float, metres: float) -> float:
    """Distance of a case (m); one without a point counts as just near enough."""
    return metres if one.lon is None or one.lat is None else distance(lon, lat, one.lon, one.lat)
