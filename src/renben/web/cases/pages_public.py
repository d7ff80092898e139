"""The public page of city cases: what was filed in a place, where, who has it, how long it takes."""

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.http import urlencode

from renben.catalogue import load
from renben.web.cases import shown
from renben.web.cases.city_map import Spot, county_seats, point_map
from renben.web.cases.classes import classes, subclasses
from renben.web.cases.models import CityCase
from renben.web.clock import ZONE, start_of, today
from renben.web.guard import scope
from renben.web.look.pages import Pages
from renben.web.words import either, say_now

ROWS = 20
MONTHS = 12
MAPPED = 1000
"""Points that are drawn at most, the newest."""
STATES = ("all", "open", "closed")
CHOSEN = ("prefecture", "county")
Groups = list[tuple[str, list[tuple[str, str]]]]


def page(query: QueryDict) -> dict[str, Any]:
    """Filed cases by place, state and subclass, the newest first; what is unknown in the query is left out."""
    region, kind, state = query.get("region", ""), query.get("kind", ""), query.get("view", "")
    region = region if region in dict(one for _, rows in _places() for one in rows) else ""
    kind = kind if kind in subclasses() else ""
    state = state if state in STATES else STATES[0]
    with scope.reading_as("flow"):
        rows = _rows(region, kind)
        pages = Pages(_in_state(rows, state).select_related("case").order_by("-filed_at", "-pk"), ROWS)
        part = pages.get_page(query.get("page"))
        listed = [_line(one) for one in part.object_list]
        counts = rows.aggregate(open=Count("pk", filter=shown.OPEN), closed=Count("pk", filter=shown.CLOSED))
        months, drawn = _months(rows), _map(rows, region)
    return {
        "rows": listed, "page": part, "view": state, "states": STATES, "kind": kind, "region": region,
        "places": _places(), "kinds": _kinds(), "counts": counts, "months": months, "map": drawn,
        "more": f"&{urlencode({'region': region})}" if region else "",
    }  # fmt: skip


def _rows(region: str, kind: str) -> QuerySet[CityCase]:
    rows = shown.filed(region)
    return rows.filter(subclass=kind) if kind else rows


def _in_state(rows: QuerySet[CityCase], state: str) -> QuerySet[CityCase]:
    return rows if state == "all" else rows.filter(closed_at__isnull=state == "open")


def _line(city: CityCase) -> dict[str, Any]:
    """What a row says: an officer's words, stage, unit, and the days from filing to the end or to today."""
    filed_on = city.filed_at.astimezone(ZONE).date() if city.filed_at else today()
    return {
        "city": city, "case": city.case, "stage": shown.stage_of(city.case), "unit": shown.unit_name(city.unit),
        "named": subclasses().get(city.subclass), "days": ((city.case.closed_on or today()) - filed_on).days,
    }  # fmt: skip


def _months(rows: QuerySet[CityCase]) -> list[dict[str, Any]]:
    """By month of closing, the newest first: cases that were put right and the share of those done in time (0 to 1)."""
    starts = [today().replace(day=1)]
    for _ in range(MONTHS - 1):
        starts.append((starts[-1] - dt.timedelta(days=1)).replace(day=1))
    ends, asked = [None, *starts[:-1]], {}
    for first, end in zip(starts, ends, strict=True):
        within = Q(closed_at__gte=start_of(first)) & (Q(closed_at__lt=start_of(end)) if end else Q())
        asked[f"closed_{first:%Y_%m}"] = Count("pk", filter=within)
        asked[f"timely_{first:%Y_%m}"] = Count("pk", filter=within & Q(in_time=True))
    found = rows.filter(in_time__isnull=False, closed_at__gte=start_of(starts[-1])).aggregate(**asked)
    counts = ((one, found[f"closed_{one:%Y_%m}"], found[f"timely_{one:%Y_%m}"]) for one in starts)
    return [
        {"period": f"{one:%Y-%m}", "closed": closed, "share": timely / closed}
        for one, closed, timely in counts
        if closed
    ]


def _map(rows: QuerySet[CityCase], region: str) -> str:
    """Open cases that have a point, drawn as points beside the seats of the counties; empty where none has."""
    points = rows.filter(shown.OPEN, lon__isnull=False, lat__isnull=False).order_by("-filed_at")
    spots = []
    for city in points.only("lon", "lat", "title")[:MAPPED]:
        place = shown.point(city)
        if place is not None:
            spots.append(Spot(*place, city.title))
    if not spots:
        return ""
    return point_map(spots, county_seats(region), say_now("street.map_label", n=len(spots)))


def _places() -> Groups:
    """Cities, each with itself as a whole and its counties, in the page's language."""
    found = []
    regions = load().regions
    for code, one in regions.items():
        if one.level == "prefecture":
            name = either(one.name_zh, one.name_en)
            below = [(c, either(r.name_zh, r.name_en)) for c, r in regions.items() if r.parent == code and r.level == "county"]  # fmt: skip
            found.append((name, [(code, say_now("street.whole", name=name)), *below]))
    return found


def _kinds() -> Groups:
    """Classes with their subclasses, in the page's language."""
    return [
        (
            either(one.zh, one.en),
            [(key, either(sub.zh, sub.en)) for key, sub in subclasses().items() if sub.of == name],
        )
        for name, one in classes().items()
    ]
