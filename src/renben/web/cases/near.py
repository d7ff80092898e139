"""Cases of the same subclass nearby and of about the same days: perhaps somebody else reported the same thing."""

import datetime as dt
import math

from renben.web.cases.models import CityCase
from renben.web.cases.sight import seen_by
from renben.web.clock import today
from renben.web.guard.policy import Actor
from renben.web.law import provision

EARTH = 6_371_008.8
"""Mean radius (m)."""
DEGREE = math.pi * EARTH / 180
"""Length of a degree of latitude (m)."""
MOST = 20
"""Cases that are shown at most."""


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance between two points (longitude, latitude in degrees) on the sphere (m).

    >>> round(metres((112.55, 37.8), (112.55, 37.801)))
    111
    """
    (east, north), (east2, north2) = ((math.radians(a), math.radians(b)) for a, b in (one, other))
    half = math.sin((north2 - north) / 2) ** 2
    half += math.cos(north) * math.cos(north2) * math.sin((east2 - east) / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, half)))


def near(actor: Actor, city: CityCase) -> list[tuple[CityCase, float]]:
    """Cases that an actor sees, near a case in place and time, the nearest first, with the distance (m).

    Joined and void ones are left out; of a case without a point nothing is near.
    """
    if city.lon is None or city.lat is None:
        return []
    within, days = (
        provision(f"city_case.near_{name}", today(), city.region).value for name in ("metres", "days")
    )
    span, up = dt.timedelta(days=int(days)), float(within) / DEGREE
    across = up / max(math.cos(math.radians(city.lat)), 0.01)
    rows = CityCase.objects.filter(
        seen_by(actor), subclass=city.subclass, reported_at__range=(city.reported_at - span, city.reported_at + span),
        lon__range=(city.lon - across, city.lon + across), lat__range=(city.lat - up, city.lat + up),
    )  # fmt: skip
    rows = rows.exclude(pk=city.pk).exclude(case__stage__in=("joined", "void")).select_related("case")
    here = (city.lon, city.lat)
    found = [
        (one, metres(here, (one.lon or 0.0, one.lat or 0.0)))
        for one in rows.order_by("-reported_at", "pk")[: MOST * 5]
    ]
    return sorted((pair for pair in found if pair[1] <= float(within)), key=lambda pair: pair[1])[:MOST]
