"""Where the programme's tasks are warned, urged, supervised or escalated: a schematic map of the cities and its table.

A city's cell counts the open tasks of its government and of its counties' governments; tasks of offices that answer
for the whole region stand in the table only. Residents' cases are not in it: they are supervised in their own queues.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.safestring import mark_safe
from django.utils.text import capfirst

from renben.catalogue import Catalogue, Plan, Region
from renben.report import figures, tilemap
from renben.report.sections.county_map import NO_DATA
from renben.report.tongue import Tongue
from renben.web.clock import today
from renben.web.dashboards.maps import FEWEST, short
from renben.web.programme.members import GOVERNMENT
from renben.web.programme.models import Task
from renben.web.words import say_now

IN_TIME = 0
FILLS = {
    IN_TIME: ("#D5EADB", "#16202b"), 1: ("#F8EBC4", "#16202b"), 2: ("#F0C46E", "#16202b"), 3: ("#E0874A", "#16202b"),
    4: ("#9E2327", "#ffffff"),
}  # fmt: skip
"""Fill and ink by level, light to dark; ink on fill has a contrast of at least 4.5."""


@dataclass(frozen=True)
class Watched:
    """Open tasks of one region (tasks): all, past their day, and by level."""

    region: str
    open: int
    late: int
    levels: tuple[int, ...]
    """Tasks at level 0 (in time) to 4 (escalated)."""

    @property
    def above(self) -> tuple[int, ...]:
        """Tasks at each level from 1 on."""
        return self.levels[1:]

    @property
    def worst(self) -> int:
        """The highest level that any task has reached."""
        return max((level for level, n in enumerate(self.levels) if n), default=IN_TIME)


def supervision(known: Catalogue, plan: Plan, t: Tongue) -> dict[str, Any]:
    """The map and the table behind it; `watched` is empty where no task is open."""
    found = watched(known, plan)
    places = [r for r in known.regions.values() if _is_city(r, plan) and r.lon is not None]
    drawn = _drawn(places, found, t) if found and len(places) >= FEWEST else ""
    rows = sorted(found.values(), key=lambda one: (-one.worst, -one.late, one.region))
    return {"watched": rows, "watch_map": mark_safe(drawn), "watch_levels": range(1, len(FILLS))}


def watched(known: Catalogue, plan: Plan) -> dict[str, Watched]:
    """Open tasks by city, and by the plan's region for offices that answer for the whole of it."""
    levels: dict[str, Counter[int]] = {}
    late: Counter[str] = Counter()
    past = Count("pk", filter=Q(case__due_on__lt=today()))
    rows = Task.objects.filter(plan=plan.id, line=False, case__closed_on=None).values("owner", "case__level")
    for row in rows.annotate(n=Count("pk"), late=past):
        code = _place(row["owner"], known, plan)
        levels.setdefault(code, Counter())[row["case__level"]] += row["n"]
        late[code] += row["late"]
    return {
        code: Watched(code, sum(found.values()), late[code], tuple(found[level] for level in FILLS))
        for code, found in levels.items()
    }


def _place(owner: str, known: Catalogue, plan: Plan) -> str:
    """City of an owner that is a city's or a county's government, else the plan's region."""
    region = known.regions.get(owner.removeprefix(GOVERNMENT)) if owner.startswith(GOVERNMENT) else None
    while region is not None and not _is_city(region, plan):
        region = known.regions.get(region.parent or "")
    return region.code if region is not None else plan.region


def _is_city(region: Region, plan: Plan) -> bool:
    """Whether a region is one of those directly below the plan's region."""
    return region.parent == plan.region and region.valid_to is None


def _drawn(places: list[Region], found: dict[str, Watched], t: Tongue) -> str:
    shades = {place.code: _shade(found.get(place.code), place.code) for place in places}
    legend = [(FILLS[level][0], capfirst(say_now(f"watch.level.{level}"))) for level in FILLS]
    legend.append((NO_DATA, capfirst(say_now("watch.no_tasks"))))
    cells = [tilemap.Place(p.code, short(p, t), p.lon or 0, p.lat or 0, p.parent or "") for p in places]
    return tilemap.hex_map(cells, shades, legend, figures.FONT)


def _shade(one: Watched | None, code: str) -> tilemap.Shade:
    if one is None:
        return tilemap.Shade(NO_DATA, capfirst(say_now("watch.no_tasks")))
    fill, ink = FILLS[one.worst]
    said = say_now(
        "watch.cell", level=say_now(f"watch.level.{one.worst}"), n=one.levels[one.worst], all=one.open
    )
    return tilemap.Shade(fill, said, ink, f"#watch-{code}", f"{one.levels[one.worst]}/{one.open}")
