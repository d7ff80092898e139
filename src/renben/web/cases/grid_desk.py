"""The page on which a county keeps its table of grids: stated from a day, handed over, taken in from a file, ended.

A row is never rewritten but for its last day: a change is a new row from its first day on, and the one before ends the
day before, so that the table of every day gone by can be read.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.http import QueryDict

from renben.catalogue import load
from renben.web.cases import grids
from renben.web.cases.board import counties
from renben.web.cases.grid_files import TEXTS, Problem, problem, read
from renben.web.cases.grid_shapes import Shape, box
from renben.web.cases.models import CityCase, Grid
from renben.web.cases.units import units_in
from renben.web.clock import now, today
from renben.web.flow.refusals import Guarded, Incomplete, Unknown
from renben.web.guard import audit
from renben.web.guard.models import Grant, User
from renben.web.guard.policy import Actor, covers

PERMISSION = "city.route"
ROLES = ("dispatcher", "case_handler", "inspector")
"""Roles of accounts that can be in charge of a grid."""
DAY = dt.timedelta(days=1)
EDGES = ("west", "south", "east", "north")


@dataclass(frozen=True)
class Row:
    """A grid as the page shows it."""

    grid: Grid
    keeper: str
    """Name of the account in charge; empty where an office is."""
    open: int
    """Open cases in it."""


@dataclass(frozen=True)
class Taken:
    """What a file came to (grids)."""

    new: int = 0
    changed: int = 0
    same: int = 0
    ended: int = 0
    moved: int = 0
    """Cases that lie in another grid now."""
    wrong: tuple[Problem, ...] = ()


def page(actor: Actor, query: Mapping[str, Any]) -> dict[str, Any]:
    """Grids of one county: those that stand, those to come, and those before. The first county of the actor's by default."""
    mine, day = counties(actor, PERMISSION), today()
    asked = query.get("region", "")
    region = asked if asked in mine else next(iter(mine), "")
    rows = list(_rows(region))
    audit.record(
        actor,
        "list",
        PERMISSION,
        object_type="grid",
        object_id=region,
        region=region,
        detail={"rows": len(rows)},
    )
    return {
        "regions": mine, "region": region, "today": day,
        "standing": [one for one in rows if _stands(one.grid, day)],
        "later": [one for one in rows if one.grid.first_day > day],
        "before": [one for one in rows if one.grid.last_day and one.grid.last_day < day],
        "endless": [one.grid for one in rows if one.grid.last_day is None],
        "offices": list(load().offices), "there": units_in(region) if region else [],
        "accounts": list(accounts(region).items()) if region else [],
    }  # fmt: skip


def _stands(grid: Grid, day: dt.date) -> bool:
    return grid.first_day <= day and (grid.last_day is None or day <= grid.last_day)


def _rows(region: str) -> Iterator[Row]:
    found = list(Grid.objects.filter(region=region).order_by("code", "first_day"))
    keepers = {one.account for one in found if one.account is not None}
    names = dict(User.objects.filter(pk__in=keepers).values_list("pk", "username"))
    cases = CityCase.objects.filter(region=region, case__closed_on=None).exclude(grid="").order_by()
    counted = dict(cases.values_list("grid").annotate(n=Count("pk")))
    for one in found:
        yield Row(one, names.get(one.account, ""), counted.get(one.key, 0))


def accounts(region: str) -> dict[int, str]:
    """Open accounts that can be in charge of a grid of a county, by number."""
    rows = Grant.objects.filter(role__in=ROLES, taken_at=None, user__is_active=True)
    found = rows.order_by("user__username").values_list("user", "user__username", "region")
    return {user: name for user, name, granted in found if covers(granted, region)}


def state(actor: Actor, region: str, given: QueryDict) -> None:
    """State a grid from a day on; a code that stands is handed over, and keeps its shape.

    Raises:
        Unknown: not the actor's county.
        Incomplete: names what is missing or wrong.
        Guarded: the code has a row from that day, or from a later one.
    """
    _own(actor, region)
    texts = {name: str(given.get(name, "")).strip() for name in TEXTS}
    if word := problem(texts):
        raise Incomplete(fields=f"grid_{word}")
    first, last = _day(given.get("first_day"), "first_day"), _last(given.get("last_day"))
    if last is not None and last < first:
        raise Incomplete(fields="last_day")
    charge = _charge(region, texts)
    if charge is None:
        raise Incomplete(fields="grid_charge")
    with transaction.atomic():
        made = _state(actor, region, texts | {"last_day": last}, charge, first, None)
        moved = grids.placed_anew(region, first)
        _record(actor, made, "state", moved=moved)


def _day(text: Any, name: str) -> dt.date:
    found = _last(text, name)
    if found is None:
        raise Incomplete(fields=name)
    return found


def _last(text: Any, name: str = "last_day") -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(text)) if text else None
    except ValueError as error:
        raise Incomplete(fields=name) from error


def _charge(region: str, texts: Mapping[str, str]) -> dict[str, Any] | None:
    """Who is in charge; None where no such office or account is there."""
    if texts["office"]:
        return {"office": texts["office"], "account": None} if texts["office"] in load().offices else None
    by_name = {name: number for number, name in accounts(region).items()}
    number = by_name.get(texts["account"])
    return {"office": "", "account": number} if number is not None else None


def _state(
    actor: Actor,
    region: str,
    texts: Mapping[str, Any],
    charge: Mapping[str, Any],
    first: dt.date,
    shape: Shape | None,
) -> Grid:
    """Add a row and end the one before; without a shape it keeps that of the one before."""
    newest = _newest(region, texts["code"])
    if newest is not None and first <= newest.first_day:
        raise Guarded("refusal.grid_day", code=texts["code"])
    if newest is not None and (newest.last_day is None or newest.last_day >= first):
        newest.last_day = first - DAY
        newest.save(update_fields=["last_day"])
    kept = shape if shape is not None else newest.shape if newest is not None else []
    edges = dict(zip(EDGES, box(kept), strict=True)) if kept else {}
    return Grid.objects.create(
        region=region, code=texts["code"], zh=texts["zh"], en=texts["en"], towns=texts["towns"], shape=kept, **edges,
        first_day=first, last_day=texts.get("last_day"), made_by=actor.user_id, made_at=now(), **charge,
    )  # fmt: skip


def _newest(region: str, code: str) -> Grid | None:
    rows = Grid.objects.select_for_update().filter(region=region, code=code)
    return rows.order_by("-first_day").first()


def end(actor: Actor, region: str, given: QueryDict) -> None:
    """End a grid with a last day.

    Raises:
        Unknown: not the actor's county, or no such grid without an end there.
        Incomplete: no day, or one before its first.
    """
    _own(actor, region)
    last, number = _day(given.get("last_day"), "last_day"), given.get("grid", "")
    with transaction.atomic():
        rows = Grid.objects.select_for_update().filter(region=region, last_day=None)
        found = rows.filter(pk=int(number)).first() if number.isascii() and number.isdigit() else None
        if found is None:
            raise Unknown()
        if last < found.first_day:
            raise Incomplete(fields="last_day")
        found.last_day = last
        found.save(update_fields=["last_day"])
        _record(actor, found, "end", moved=grids.placed_anew(region, last + DAY))


def upload(actor: Actor, region: str, given: QueryDict, data: bytes) -> Taken:
    """Take the grids of a file in from a day on, all of them or none; what stands unchanged stays as it is.

    Raises:
        Unknown: not the actor's county.
        Incomplete: no first day.
    """
    _own(actor, region)
    first, found = _day(given.get("first_day"), "first_day"), read(data)
    newest = {one.code: one for one in Grid.objects.filter(region=region).order_by("first_day")}
    stated = [_Stated(number, texts, _charge(region, texts), shape) for number, texts, shape in found.grids]
    more = (each.wrong(newest, first) for each in stated)
    wrong = (*found.wrong, *(problem for problem in more if problem is not None))
    if wrong:
        return Taken(wrong=wrong)
    with transaction.atomic():
        counted = Counter(_take(actor, region, one, newest.get(one.code), first) for one in stated)
        ended = _end_others(region, {one.code for one in stated}, first) if given.get("others") else 0
        taken = Taken(
            counted["new"], counted["changed"], counted["same"], ended, grids.placed_anew(region, first)
        )
        audit.record(actor, "command", PERMISSION, object_type="grid", object_id=region, region=region,
                     detail={"action": "upload", "moved": taken.moved, "ended": ended, **counted})  # fmt: skip
    return taken


def _take(actor: Actor, region: str, one: "_Stated", known: Grid | None, first: dt.date) -> str:
    """State a grid of a file where it differs from what stands; what it was beside that."""
    found = one.against(known)
    if found != "same":
        _state(actor, region, one.texts, one.charge or {}, first, one.shape)
    return found


@dataclass(frozen=True)
class _Stated:
    """A grid of a file with who is in charge, if anybody there is."""

    number: int
    texts: Mapping[str, str]
    charge: Mapping[str, Any] | None
    shape: Shape

    @property
    def code(self) -> str:
        """The county's own code."""
        return self.texts["code"]

    def against(self, known: Grid | None) -> str:
        """What it is beside the newest row of its code: new, changed or the same."""
        if known is None or known.last_day is not None:
            return "new"
        said = {name: self.texts[name] for name in ("zh", "en", "towns")} | dict(self.charge or {})
        same = known.shape == self.shape and all(
            getattr(known, name) == value for name, value in said.items()
        )
        return "same" if same else "changed"

    def wrong(self, newest: Mapping[str, Grid], first: dt.date) -> Problem | None:
        """Why it cannot be taken in from a day on."""
        known = newest.get(self.code)
        if self.charge is None:
            return Problem("charge", self.number, self.code)
        if known is not None and first <= known.first_day and self.against(known) != "same":
            return Problem("day", self.number, self.code)
        return None


def _end_others(region: str, codes: set[str], first: dt.date) -> int:
    """End what stands and is not in the file, with the day before."""
    rows = Grid.objects.filter(region=region, last_day=None, first_day__lt=first).exclude(code__in=codes)
    return rows.update(last_day=first - DAY)


def _own(actor: Actor, region: str) -> None:
    if region not in counties(actor, PERMISSION):
        raise Unknown()


def _record(actor: Actor, grid: Grid, action: str, **detail: Any) -> None:
    audit.record(actor, "command", PERMISSION, object_type="grid", object_id=grid.key, region=grid.region,
                 detail={"action": action, **detail})  # fmt: skip
