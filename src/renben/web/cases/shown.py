"""What anybody may know of a city case: filed ones only, in officers' words, with the point rounded.

What reporters wrote is shown nowhere. A report's point may be somebody's home; on public pages it is rounded to about a
hundred metres.
"""

import datetime as dt

from django.db.models import Q, QuerySet

from renben.catalogue import load
from renben.web.cases.models import CityCase
from renben.web.flow import deadlines
from renben.web.flow.definition import Stage, flow_of
from renben.web.flow.models import Case
from renben.web.guard.policy import bounds
from renben.web.words import either

FILED = Q(filed_at__isnull=False) & ~Q(title="")
"""An officer took it for a case and wrote what anybody may read."""
OPEN = FILED & Q(closed_at=None)
CLOSED = FILED & Q(closed_at__isnull=False)
DIGITS = 3
"""Digits of a public point in degrees: about a hundred metres."""


def filed(region: str = "") -> QuerySet[CityCase]:
    """Filed cases of a county, city or province; of everywhere for an empty code."""
    rows = CityCase.objects.filter(FILED)
    low, high = bounds(region)
    return rows.filter(region__gte=low, region__lt=high) if region else rows


def stage_of(case: Case) -> Stage:
    """The stage a case stands in."""
    return flow_of(case.kind, case.flow_version).stages[case.stage]


def point(city: CityCase) -> tuple[float, float] | None:
    """The point that anybody may see (longitude and latitude in degrees), None where there is none."""
    if city.lon is None or city.lat is None:
        return None
    return round(city.lon, DIGITS), round(city.lat, DIGITS)


def unit_name(unit: str) -> str:
    """Name of the office that handles a case, in the page's language; empty while nobody does."""
    office = load().offices.get(unit)
    return "" if office is None else either(office.zh, office.en)


def due(city: CityCase) -> dt.datetime | None:
    """End of the handling limit: as it runs, or as it stood when the unit said it was done; None while none runs."""
    case = city.case
    stage = stage_of(case)
    if stage.final or stage.deadline != "handle" or case.paused_since is not None:
        return city.due_at
    return deadlines.ends_at(case)
