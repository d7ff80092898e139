"""The board of city cases: what waits for a dispatcher, a unit or an inspector, the one due first at the top.

A limit that counts in hours ends at a moment, any other with its day; while somebody looks, the last day of the look counts.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, DateField, ExpressionWrapper, F, QuerySet, When
from django.http import QueryDict
from django.utils.safestring import mark_safe

from renben.catalogue import load
from renben.web.cases.bindings import KIND
from renben.web.cases.city_map import Spot, county_seats, point_map
from renben.web.cases.classes import SEVERITIES, Subclass, classes, subclasses
from renben.web.cases.models import CityCase
from renben.web.cases.narrowing import (
    FILTERS,
    LOOKS,
    Chosen,
    address_of,
    by_grid,
    chosen_of,
    late,
    narrowed,
    values_of,
)
from renben.web.cases.sight import DISPATCH, READ, VERIFY, Sight, sight
from renben.web.cases.units import HANDLE
from renben.web.clock import today
from renben.web.dashboards.supervision import FILLS
from renben.web.flow import deadlines
from renben.web.flow.definition import Stage, flow_of
from renben.web.flow.models import Case as FlowCase
from renben.web.guard import audit
from renben.web.guard.policy import Actor
from renben.web.look.pages import Asked, Pages, PreparedList
from renben.web.look.templatetags.words import said
from renben.web.prepared import Prepared
from renben.web.words import say_now

ROWS = 25
DOTS = 500
"""Open cases that the map shows at most, the highest level first."""
TABS: dict[str, tuple[str, ...]] = {
    "to_file": ("reported",), "to_send": ("filed",), "no_owner": ("no_owner",), "to_rest": ("to_suspend",),
    "to_accept": ("dispatched",), "handling": ("handling",), "resting": ("to_suspend", "suspended"), "looked_at": LOOKS,
    "to_look": LOOKS[:1], "look_late": LOOKS[1:],
}  # fmt: skip
"""Tab -> stages of its cases."""
OPEN = tuple(dict.fromkeys(stage for stages in TABS.values() for stage in stages))
MINE = {
    DISPATCH: ("to_file", "to_send", "no_owner", "to_rest"),
    HANDLE: ("to_accept", "handling", "resting", "looked_at"),
    VERIFY: ("to_look", "look_late"),
}
"""Permission -> tabs of whoever has it, in order."""
WAITING = {DISPATCH: MINE[DISPATCH], HANDLE: ("to_accept", "handling"), VERIFY: MINE[VERIFY]}
"""Permission -> tabs whose cases wait for whoever has it."""


@dataclass(frozen=True)
class Row:
    """A case as the board shows it."""

    city: CityCase
    stage: Stage
    subclass: Subclass | None
    due: dt.date | dt.datetime | None
    """Moment or day by which the next step is due; None for what is over."""
    late: bool

    @property
    def to_the_hour(self) -> bool:
        """Whether what is due is a moment of a day."""
        return isinstance(self.due, dt.datetime)


def board(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """One page of the board, with the number of cases of every tab and a map of what is open."""
    found, chosen, tabs = sight(actor), chosen_of(query), tabs_of(actor)
    view = view if (view := query.get("view", "")) in tabs else next(iter(tabs))
    counted = counts(found, chosen, tabs)
    asked = _asked(found, chosen, view, tabs[view])
    page = Pages(asked, ROWS).get_page(query.get("page"))
    rows = [row_of(one) for one in page.object_list]
    drawn, key = _map(found, chosen)
    audit.record(actor, "list", READ, object_type=KIND, detail={"rows": len(rows), "view": view})
    return {
        "rows": rows, "page": page, "view": view, "tabs": [(name, counted.get(name)) for name in tabs], "today": today(),
        "chosen": chosen.query, "more": address_of(chosen), "classes": grouped(), "severities": SEVERITIES,
        "counties": counties(actor), "grids": by_grid(found, chosen), "map": drawn, "key": key, "desk": desk(actor),
        "no_office": actor.may(HANDLE) and not found.own,
    }  # fmt: skip


def home(actor: Actor) -> dict[str, Any]:
    """How many cases wait in each tab, for the start page."""
    found, tabs = sight(actor), tabs_of(actor)
    counted = counts(found, Chosen([], [], [], [], False, {}), tabs)
    return {"tabs": counted.items(), "desk": desk(actor), "no_office": actor.may(HANDLE) and not found.own}


def desk(actor: Actor) -> str:
    """For whom the board is drawn: dispatch, handle or verify, the first that the actor may."""
    return next((one.removeprefix("city.") for one in MINE if actor.may(one)), "read")


def tabs_of(actor: Actor) -> dict[str, tuple[str, ...]]:
    """Tabs of an actor with their stages: what waits, the stages of his work, everything open, what is over."""
    held = [one for one in MINE if actor.may(one)]
    waiting = [stage for one in held for tab in WAITING[one] for stage in TABS[tab]]
    own = {tab: TABS[tab] for one in held for tab in MINE[one]}
    return {"waiting": tuple(dict.fromkeys(waiting)), **own, "open": OPEN, "closed": ()}


def counts(found: Sight, chosen: Chosen, tabs: dict[str, tuple[str, ...]]) -> dict[str, int]:
    """Open cases of every tab (cases); what is over is not counted."""
    rows = narrowed(*values_of(found, chosen))
    rows = late(rows) if chosen.late else rows
    open_ = rows.filter(case__closed_on=None).order_by().values_list("case__stage")
    by_stage = dict(open_.annotate(n=Count("pk")))
    return {name: sum(by_stage.get(stage, 0) for stage in stages) for name, stages in tabs.items() if stages}


def _viewed(*values: Any, view: str, clock: str) -> QuerySet[CityCase]:
    """Cases of a tab in its order: first the ranges and filters of `_narrowed`, then the stages where any are named.

    Args:
        clock: whether the limit of the tab's cases runs, stands still, or one of both (`mixed`): by it the order is chosen.
    """
    rows = narrowed(*values[:FILTERS]).select_related("case")
    if view == "closed":
        return rows.filter(case__closed_on__isnull=False).order_by("-closed_at", "-pk")
    rows = rows.filter(case__closed_on=None, case__stage__in=values[FILTERS])
    return rows.order_by(*FIRST[clock], "case__due_on", F("case__due_at").asc(nulls_last=True), "pk")


VIEWED = PreparedList(_viewed)
_DAY_BEFORE = ExpressionWrapper(F("case__stage_since") - deadlines.DAY, DateField())
FIRST: dict[str, list[Any]] = {
    "runs": [], "stopped": ["case__wait_on"],
    "mixed": [
        Case(
            When(case__paused_since=None, then="case__due_on"),
            When(case__stage__in=LOOKS[1:], then=_DAY_BEFORE),
            default="case__wait_on",
            output_field=DateField(),
        )
    ],
}  # fmt: skip
"""What a list is ordered by first, so that its order is that of the days it shows."""
STOPPED = {"suspended", *LOOKS}
"""Stages in which the limit stands still and a wait counts."""


def _asked(found: Sight, chosen: Chosen, view: str, stages: tuple[str, ...]) -> Asked | QuerySet[CityCase]:
    """The list of a tab; a list of what is late holds a moment and is written anew."""
    values = values_of(found, chosen)
    values += [list(stages)] if stages else []
    still = STOPPED & set(stages)
    clock = "runs" if not still else "stopped" if still == set(stages) else "mixed"
    if chosen.late:
        return late(_viewed(*values, view=view, clock=clock))
    return VIEWED(*values, view=view, clock=clock)


def row_of(city: CityCase) -> Row:
    """A case with what the board says of it."""
    case = city.case
    stage = flow_of(KIND, case.flow_version).stages[case.stage]
    return Row(city, stage, subclasses().get(city.subclass), _due(case, stage), is_late(city))


def _due(case: FlowCase, stage: Stage) -> dt.date | dt.datetime | None:
    """What a step is due by: a look that nobody took was due on the day before it became late."""
    if stage.final:
        return None
    if case.stage in LOOKS[1:]:
        return case.stage_since - deadlines.DAY
    return case.wait_on if stage.clock == "stopped" else case.due_at or case.due_on


def is_late(city: CityCase) -> bool:
    """Whether the time of a case is over, as `_late` asks it of the database."""
    case = city.case
    if case.closed_on is not None:
        return False
    return case.stage in LOOKS[1:] if case.paused_since is not None else deadlines.is_over(case)


def _dots(*values: Any) -> QuerySet[Any]:
    """Places of open cases, the highest level first."""
    rows = narrowed(*values).filter(case__closed_on=None, lon__isnull=False)
    rows = rows.order_by("-case__level", "case__due_on", "pk")
    return rows.values_list("lon", "lat", "case__level", "case__number", "subclass")[:DOTS]


DOTTED = Prepared(_dots)


def _map(found: Sight, chosen: Chosen) -> tuple[str, list[tuple[int, str, int]]]:
    """The open cases that have a point, by level, and the key: level, fill, cases. Empty where none has."""
    rows = DOTTED(*values_of(found, chosen))
    named = {name: said(one) for name, one in subclasses().items()}
    spots = [
        Spot(lon, lat, f"{number} {named.get(kind, '')} · {say_now(f'watch.level.{level}')}", level)
        for lon, lat, level, number, kind in rows
    ]
    counted = Counter(one.level for one in spots)
    key = [(level, fill, counted[level]) for level, (fill, _) in FILLS.items() if counted[level]]
    return mark_safe(point_map(spots, county_seats(), say_now("city.map.title", n=len(spots)))), key


def grouped() -> list[tuple[Any, list[tuple[str, Subclass]]]]:
    """Every class with its subclasses, in the order of the catalogue."""
    return [
        (one, [(key, each) for key, each in subclasses().items() if each.of == name])
        for name, one in classes().items()
    ]


def counties(actor: Actor, permission: str = READ) -> list[str]:
    """Codes of the counties in which an actor has a permission."""
    return [
        code for code, one in load().regions.items()
        if one.level == "county" and one.valid_to is None and actor.may(permission, code)
    ]  # fmt: skip
