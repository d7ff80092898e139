"""Open public cases of the same kind near a place, so that one thing is not reported as many.

How near and how long ago are provisions. Without a point, the cases of the same county are near.
"""

import datetime as dt
import math

from django.db.models import Q

from renben.web.cases.models import CityCase
from renben.web.cases.shown import OPEN
from renben.web.clock import now, today
from renben.web.guard import scope
from renben.web.law import provision

EARTH_M = 6_371_008.8
"""Mean radius of the earth (m)."""
SHOWN = 6
MOST = 500
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


def near(subclass: str, region: str, lon: float | None = None, lat: float | None = None) -> list[CityCase]:
    """Open public cases of a subclass near a point, or in a county where there is none; the nearest first, a few."""
    day = today()
    metres = float(provision("city_case.near_metres", day, region).value)
    since = now() - dt.timedelta(days=int(provision("city_case.near_days", day, region).value))
    with scope.reading_as("flow"):
        rows = CityCase.objects.filter(OPEN, _around(region, lon, lat, metres), subclass=subclass)
        found = list(
            rows.filter(reported_at__gte=since).select_related("case").order_by("-reported_at")[:MOST]
        )
    if lon is None or lat is None:
        return found[:SHOWN]
    far = {one.pk: _far(one, lon, lat, metres) for one in found}
    return sorted((one for one in found if far[one.pk] <= metres), key=lambda one: far[one.pk])[:SHOWN]


def _around(region: str, lon: float | None, lat: float | None, metres: float) -> Q:
    """A box around the point, and what has no point in the county; all of the county without a point."""
    if lon is None or lat is None:
        return Q(region=region)
    high = math.degrees(metres / EARTH_M)
    wide = min(180.0, high / max(math.cos(math.radians(lat)), 1e-6))
    box = Q(lat__gte=lat - high, lat__lte=lat + high, lon__gte=lon - wide, lon__lte=lon + wide)
    return box | Q(region=region, lon=None)


def _far(one: CityCase, lon: float, lat: float, metres: float) -> float:
    """Distance of a case (m); one without a point counts as just near enough."""
    return metres if one.lon is None or one.lat is None else distance(lon, lat, one.lon, one.lat)
