"""In which grid a point falls: that of the county on the day of the report, and never of two.

Carries out: unit grids with somebody in charge, as digital city management works by them; the codes are the county's own,
since the standard's (GB/T 30428) could not be read. A point on a shared border belongs to the grid of the lower code, and
so does what two grids overlap. A case keeps the grid of the day of its report; where the table of those days is mended,
it is asked anew. Not modelled: grids that are known by towns alone, into which no point falls; grids across counties.
"""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from renben.web.cases.grid_shapes import holds, unit
from renben.web.cases.models import CityCase, Grid
from renben.web.clock import ZONE, start_of
from renben.web.guard import scope

COUNTY = 6


def standing(day: dt.date) -> Q:
    """The predicate of grids that stand on a day."""
    return Q(first_day__lte=day) & (Q(last_day=None) | Q(last_day__gte=day))


def on(region: str, day: dt.date) -> QuerySet[Grid]:
    """Grids of a county on a day."""
    return Grid.objects.filter(standing(day), region=region[:COUNTY])


def at(region: str, lon: float | None, lat: float | None, day: dt.date) -> str:
    """Key of the grid in which a point lies on a day; empty where it lies in none, or there is no point."""
    if lon is None or lat is None:
        return ""
    x, y = unit(lon), unit(lat)
    with scope.reading_as("flow"):
        return _first(on(region, day).filter(west__lte=x, east__gte=x, south__lte=y, north__gte=y), x, y)


def _first(rows: Iterable[Grid], x: int, y: int) -> str:
    """The grid of the lowest code that holds a point."""
    found = [one for one in rows if holds(one.shape, x, y)]
    return min(found, key=lambda one: one.code).key if found else ""


def placed_anew(region: str, since: dt.date) -> int:
    """Ask anew in which grid the cases of a county lie that were reported since a day; how many changed (cases)."""
    with scope.as_job("flow"):
        rows = list(
            Grid.objects.filter(Q(last_day=None) | Q(last_day__gte=since), region=region).exclude(west=None)
        )
        cases = CityCase.objects.filter(region=region, lon__isnull=False, reported_at__gte=start_of(since))
        moved: dict[str, list[object]] = {}
        for pk, lon, lat, moment, before in cases.values_list("pk", "lon", "lat", "reported_at", "grid"):
            key = _of(rows, unit(lon), unit(lat), moment.astimezone(ZONE).date())
            if key != before:
                moved.setdefault(key, []).append(pk)
        for key, keys in moved.items():
            CityCase.objects.filter(pk__in=keys).update(grid=key)
    return sum(len(keys) for keys in moved.values())


def _of(rows: Iterable[Grid], x: int, y: int, day: dt.date) -> str:
    near = (
        one
        for one in rows
        if one.first_day <= day
        and (one.last_day is None or day <= one.last_day)
        and one.west is not None and one.west <= x <= (one.east or 0)
        and one.south is not None and one.south <= y <= (one.north or 0)
    )  # fmt: skip
    return _first(near, x, y)


def of_case(city: CityCase) -> Grid | None:
    """The grid of a case as it stood on the day of its report."""
    if not city.grid:
        return None
    region, _, code = city.grid.partition(":")
    with scope.reading_as("flow"):
        return on(region, city.reported_at.astimezone(ZONE).date()).filter(code=code).first()
