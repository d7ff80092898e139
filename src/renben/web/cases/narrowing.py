"""What the board of city cases is narrowed to: by kind, urgency, county, grid and lateness; and how many lie in each grid."""

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict

from renben.catalogue import load
from renben.web.cases.classes import SEVERITIES, subclasses
from renben.web.cases.grids import COUNTY, standing
from renben.web.cases.models import CityCase, Grid
from renben.web.cases.sight import Ranges, Sight, seen
from renben.web.clock import now, today
from renben.web.guard.policy import bounds, covers, inside

LOOKS = ("verifying", "verify_late", "verify_later")
FILTERS = 7
"""Values by which `narrowed` narrows."""
KEY = re.compile(r"[0-9]{6}:[0-9A-Za-z_-]{1,20}")
"""How the address of a page names a grid."""


@dataclass(frozen=True)
class Chosen:
    """What a list is narrowed to; as lists, so that nothing chosen adds nothing to the statement."""

    subclass: list[str]
    severity: list[str]
    county: Ranges
    grid: list[str]
    late: bool
    query: dict[str, str]
    """The same as the page's address has it."""


def chosen_of(query: QueryDict) -> Chosen:
    """Filters of a page's address; what is not on the lists is left out."""
    subclass, severity, county, grid = (
        query.get(name, "") for name in ("subclass", "severity", "county", "grid")
    )
    given = {
        "subclass": subclass if subclass in subclasses() else "",
        "severity": severity if severity in SEVERITIES else "",
        "county": county if county in load().regions else "",
        "grid": grid if KEY.fullmatch(grid) and covers(county, grid[:COUNTY]) else "",
        "late": "1" if query.get("late") else "",
    }
    return Chosen(
        [given["subclass"]] if given["subclass"] else [],
        [given["severity"]] if given["severity"] else [],
        [bounds(given["county"])] if given["county"] else [],
        [given["grid"]] if given["grid"] else [],
        bool(given["late"]),
        {name: value for name, value in given.items() if value},
    )


def address_of(chosen: Chosen) -> str:
    return "".join(f"&{urlencode({name: value})}" for name, value in chosen.query.items())


def values_of(found: Sight, chosen: Chosen) -> list[Any]:
    """What `narrowed` takes, in order."""
    return [
        found.wide, found.narrow, found.own, chosen.subclass, chosen.severity, chosen.county, chosen.grid,
    ]  # fmt: skip


def narrowed(
    wide: Ranges,
    narrow: Ranges,
    own: list[str],
    subclass: list[str],
    severity: list[str],
    county: Ranges,
    grid: list[str],
) -> QuerySet[CityCase]:
    """Cases that are seen, narrowed to what was chosen."""
    rows = CityCase.objects.filter(seen(wide, narrow, own))
    rows = rows.filter(subclass__in=subclass) if subclass else rows
    rows = rows.filter(severity__in=severity) if severity else rows
    rows = rows.filter(grid__in=grid) if grid else rows
    return rows.filter(inside(county)) if county else rows


def late(rows: QuerySet[CityCase]) -> QuerySet[CityCase]:
    """Cases whose time is over: a limit that runs, or a look that nobody took."""
    over = Q(case__due_on__lt=today()) | Q(case__due_at__lt=now())
    return rows.filter(Q(case__stage__in=LOOKS[1:]) | over & Q(case__paused_since=None))


def by_grid(found: Sight, chosen: Chosen) -> list[tuple[str, Grid | None, int]]:
    """Open cases of every grid, whatever grid is chosen: key, the grid as it stands today, cases."""
    rows = narrowed(*values_of(found, replace(chosen, grid=[])))
    rows = late(rows) if chosen.late else rows
    open_ = rows.filter(case__closed_on=None).exclude(grid="").order_by().values_list("grid")
    counted = dict(open_.annotate(n=Count("pk")))
    if not counted and not chosen.county:
        return []
    known = {one.key: one for one in _grids(chosen, counted)}
    return [(key, known.get(key), counted.get(key, 0)) for key in sorted({*known, *counted})]


def _grids(chosen: Chosen, counted: dict[str, int]) -> QuerySet[Grid]:
    """Grids of today: of the county that is chosen, else those in which cases are open."""
    rows = Grid.objects.filter(standing(today())).order_by("region", "code")
    if chosen.county:
        return rows.filter(inside(chosen.county))
    where = {key.partition(":")[0] for key in counted}, {key.partition(":")[2] for key in counted}
    return rows.filter(region__in=where[0], code__in=where[1])
