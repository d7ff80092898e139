"""Open public cases of the same kind near a place, so that one thing is not reported as many.

How near and how long ago are provisions. Without a point, the cases of the same county are near.
"""

import datetime as dt
import math

from django.db.models import Q

from renben.web.cases.models import CityCase
from renben.web.cases.near import DEGREE, metres
from renben.web.cases.shown import OPEN
from renben.web.clock import now, today
from renben.web.guard import scope
from renben.web.law import provision

SHOWN = 6
MOST = 500
"""Cases that are compared at most, the newest."""


def known(subclass: str, region: str, lon: float | None = None, lat: float | None = None) -> list[CityCase]:
    """Open public cases of a subclass near a point, or in a county where there is none; the nearest first, a few."""
    day = today()
    reach = float(provision("city_case.near_metres", day, region).value)
    since = now() - dt.timedelta(days=int(provision("city_case.near_days", day, region).value))
    with scope.reading_as("flow"):
        rows = CityCase.objects.filter(OPEN, _around(region, lon, lat, reach), subclass=subclass)
        found = list(
            rows.filter(reported_at__gte=since).select_related("case").order_by("-reported_at")[:MOST]
        )
    if lon is None or lat is None:
        return found[:SHOWN]
    far = {one.pk: _far(one, lon, lat, reach) for one in found}
    return sorted((one for one in found if far[one.pk] <= reach), key=lambda one: far[one.pk])[:SHOWN]


def _around(region: str, lon: float | None, lat: float | None, reach: float) -> Q:
    """A box around the point, and what has no point in the county; all of the county without a point."""
    if lon is None or lat is None:
        return Q(region=region)
    up = reach / DEGREE
    across = up / max(math.cos(math.radians(lat)), 0.01)
    box = Q(lat__range=(lat - up, lat + up), lon__range=(lon - across, lon + across))
    return box | Q(region=region, lon=None)


def _far(one: CityCase, lon: float, lat: float, reach: float) -> float:
    """Distance of a case (m); one without a point counts as just near enough."""
    return reach if one.lon is None or one.lat is None else metres((lon, lat), (one.lon, one.lat))
