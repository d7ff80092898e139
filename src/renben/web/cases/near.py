"""Cases of the same subclass nearby and of about the same days: perhaps somebody else reported the same thing."""

import datetime as dt
import math

from renben.web.cases.models import CityCase
from renben.web.cases.nearby import EARTH_M, distance
from renben.web.cases.sight import seen_by
from renben.web.clock import today
from renben.web.guard.policy import Actor
from renben.web.law import provision

DEGREE = math.pi * EARTH_M / 180
"""Length of a degree of latitude (m)."""
MOST = 20
"""Cases that are shown at most."""


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
    found = [
        (one, distance(city.lon, city.lat, one.lon or 0.0, one.lat or 0.0))
        for one in rows.order_by("-reported_at", "pk")[: MOST * 5]
    ]
    return sorted((pair for pair in found if pair[1] <= float(within)), key=lambda pair: pair[1])[:MOST]
