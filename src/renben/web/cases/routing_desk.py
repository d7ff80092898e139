"""The page on which rules of routing are drafted, tried, published by somebody else, and taken back.

A version that was published stays as it was. Taking one back means publishing an older one anew, with its dry run and by
two people like any other.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.db import transaction
from django.http import QueryDict

from renben.catalogue import load
from renben.web.cases.board import grouped
from renben.web.cases.classes import SEVERITIES, classes, subclasses
from renben.web.cases.grids import COUNTY, standing
from renben.web.cases.models import Grid, RouteRule, RouteSet
from renben.web.cases.routing import DRAFT, IN_FORCE, PAST, SHOWN, Trial, rules_of, trial
from renben.web.cases.units import units_in
from renben.web.clock import now, today
from renben.web.flow.refusals import Guarded, Incomplete, NotAllowed, Stale, Unknown
from renben.web.guard import audit
from renben.web.guard.policy import Actor, bounds, covers, inside

ROUTE = "city.route"
BLANK = 3
"""Empty rows below those of a draft."""
MOST = 200
"""Rows of a draft at most."""
COLUMNS = ("county", "grid", "what", "severity", "unit")
Cells = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Change:
    """A rule that one version has and the one before has not, or the other way round."""

    rule: RouteRule
    added: bool


def regions_of(actor: Actor) -> list[str]:
    """Cities and counties whose rules an actor writes, cities first within their order."""
    return [
        code for code, one in load().regions.items()
        if one.level in ("prefecture", "county") and one.valid_to is None and actor.may(ROUTE, code)
    ]  # fmt: skip


def page(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """Rules of one region: in force, the draft, the versions before. The first region of the actor's unless one is asked."""
    regions = regions_of(actor)
    asked = query.get("region", "")
    region = asked if asked in regions else next(iter(regions), "")
    sets = list(RouteSet.objects.filter(region=region).prefetch_related("rules").order_by("-version"))
    draft = next((one for one in sets if one.state == DRAFT), None)
    audit.record(actor, "read", ROUTE, object_type="route_set", object_id=region, region=region)
    return {
        "regions": regions, "region": region, "draft": draft, "in_force": next((one for one in sets if one.state == IN_FORCE), None),
        "rows": [*_rows(draft), *_blank(draft)] if draft else [], "seen": digest(draft) if draft else "",
        "history": list(_history([one for one in sets if one.state != DRAFT])), "whats": _whats(),
        "severities": SEVERITIES, "counties": _counties(region), "grids": grid_keys(region), "offices": list(load().offices), "there": units_in(region) if region else [],
        "mine": bool(draft and draft.made_by == actor.user_id),
    }  # fmt: skip


def _rows(draft: RouteSet) -> list[dict[str, Any]]:
    return [
        {"n": n, "place": row.place, **{name: getattr(row, name) for name in COLUMNS}}
        for n, row in enumerate(rules_of(draft).rows)
    ]


def _blank(draft: RouteSet) -> Iterator[dict[str, Any]]:
    there = rules_of(draft).rows
    last = there[-1].place if there else 0
    for n in range(BLANK):
        yield {"n": len(there) + n, "place": last + 10 * (n + 1), **dict.fromkeys(COLUMNS, "")}


def _whats() -> list[tuple[str, Any, Any]]:
    """Every class by name with its subclasses."""
    return [(name, *each) for name, each in zip(classes(), grouped(), strict=True)]


def _counties(region: str) -> list[str]:
    """Counties below a city; none for a county, whose rules hold for all of it."""
    return [code for code, one in load().regions.items() if one.parent == region and one.level == "county"]


def grid_keys(region: str) -> dict[str, Grid]:
    """Grids that stand today in a city or county, by key."""
    rows = Grid.objects.filter(standing(today()), inside([bounds(region)])) if region else Grid.objects.none()
    return {one.key: one for one in rows.order_by("region", "code")}


def _history(sets: list[RouteSet]) -> Iterator[tuple[RouteSet, list[Change]]]:
    """Published versions, the newest first, each with what it changed."""
    for one, before in zip_longest(sets, sets[1:]):
        yield one, changes(one, before)


def changes(one: RouteSet, before: RouteSet | None) -> list[Change]:
    """Rules that a version added, and those that it no longer has, in their order."""
    mine, theirs = rules_of(one).rows, rules_of(before).rows if before else ()
    old, new = {cells(row) for row in theirs}, {cells(row) for row in mine}
    found = [Change(row, True) for row in mine if cells(row) not in old]
    return found + [Change(row, False) for row in theirs if cells(row) not in new]


def cells(row: RouteRule) -> Cells:
    """What a rule says, without its place."""
    return row.county, row.grid, row.what, row.severity, row.unit


def digest(draft: RouteSet) -> str:
    """What a page was drawn from, so that nobody overwrites what a colleague has changed meanwhile."""
    said = [(row.place, *cells(row)) for row in rules_of(draft).rows]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def begin(actor: Actor, region: str, version: str) -> RouteSet:
    """Begin a draft: a copy of a version, of what is in force where none is named, or an empty one.

    Raises:
        Unknown: not the actor's region, or no such version.
        Guarded: there is a draft already.
    """
    _own(actor, region)
    with transaction.atomic():
        sets = list(RouteSet.objects.select_for_update().filter(region=region).order_by("-version"))
        if any(one.state == DRAFT for one in sets):
            raise Guarded("refusal.route_draft")
        wanted = [one for one in sets if (str(one.version) == version if version else one.state == IN_FORCE)]
        if version and not wanted:
            raise Unknown()
        number = max((one.version for one in sets), default=0) + 1
        made = RouteSet.objects.create(region=region, version=number, made_by=actor.user_id, made_at=now())
        for one in wanted:
            _write(made, [(row.place, *cells(row)) for row in rules_of(one).rows])
        _record(actor, made, "draft", copied=wanted[0].version if wanted else None)
    return made


def save(actor: Actor, region: str, data: Mapping[str, Any]) -> None:
    """Write the draft as the form has it; whoever writes it last has made it.

    Raises:
        Unknown: not the actor's region, or no draft.
        Stale: a colleague changed it meanwhile.
        Incomplete: a row names no office, or something that is not on the lists.
    """
    _own(actor, region)
    with transaction.atomic():
        draft = _draft(region)
        if data.get("seen") != digest(draft):
            raise Stale()
        rows = sorted(_read(region, data))
        draft.rules.all().delete()
        _write(draft, [(place, *row) for place, (_, row) in enumerate(rows, 1)])
        draft.made_by, draft.made_at = actor.user_id, now()
        draft.save()
        _record(actor, draft, "save", rows=len(rows))


def _read(region: str, data: Mapping[str, Any]) -> Iterator[tuple[int, Cells]]:
    """Rows of the form that say something, with their place."""
    for n in range(MOST):
        if f"place-{n}" not in data:
            return
        county, grid, what, severity, unit = (str(data.get(f"{name}-{n}", "")).strip() for name in COLUMNS)
        row = (county, grid, what, severity, unit)
        if data.get(f"drop-{n}") or not any(row):
            continue
        place = str(data[f"place-{n}"]).strip()
        if not place.isascii() or not place.isdigit():
            raise Incomplete(fields="place_in_order")
        _check(region, row)
        yield int(place), row


def _check(region: str, row: Cells) -> None:
    county, grid, what, severity, unit = row
    wrong = [
        name
        for name, fine in (
            ("county", not county or (county in load().regions and covers(region, county))),
            ("grid", not grid or (covers(county or region, grid[:COUNTY]) and grid in grid_keys(region))),
            ("what", not what or what in subclasses() or what in classes()),
            ("severity", not severity or severity in SEVERITIES),
            ("unit", unit in load().offices),
        )
        if not fine
    ]
    if wrong:
        raise Incomplete(fields=", ".join(wrong))


def _write(routes: RouteSet, rows: list[Any]) -> None:
    RouteRule.objects.bulk_create(
        RouteRule(
            routes=routes, place=place, county=county, grid=grid, what=what, severity=severity, unit=unit
        )
        for place, county, grid, what, severity, unit in rows
    )


def discard(actor: Actor, region: str) -> None:
    """Give a draft up.

    Raises:
        Unknown: not the actor's region, or no draft.
    """
    _own(actor, region)
    with transaction.atomic():
        draft = _draft(region)
        _record(actor, draft, "discard")
        draft.delete()


def try_out(actor: Actor, region: str) -> dict[str, Any]:
    """The dry run of a draft.

    Raises:
        Unknown: not the actor's region, or no draft.
    """
    _own(actor, region)
    draft = RouteSet.objects.filter(region=region, state=DRAFT).prefetch_related("rules").first()
    if draft is None:
        raise Unknown()
    found: Trial = trial(draft)
    audit.record(actor, "list", ROUTE, object_type="route_set", object_id=f"{region}/{draft.version}", region=region,
                 detail={"rows": found.cases})  # fmt: skip
    mine = draft.made_by == actor.user_id
    return {
        "draft": draft,
        "region": region,
        "trial": found,
        "mine": mine,
        "seen": digest(draft),
        "most": SHOWN,
    }


def publish(actor: Actor, region: str, seen: str) -> None:
    """Put a draft that somebody else made into force, with what its dry run came to; running cases stay where they are.

    Raises:
        Unknown: not the actor's region, or no draft.
        Stale: the draft was changed since the dry run was shown.
        NotAllowed: who made it does not publish it.
        Guarded: it has no rules.
    """
    _own(actor, region)
    with transaction.atomic():
        draft = _draft(region)
        if seen != digest(draft):
            raise Stale()
        if draft.made_by == actor.user_id:
            raise NotAllowed("refusal.maker_is_checker")
        if not rules_of(draft).rows:
            raise Guarded("refusal.route_empty")
        draft.trial = trial(draft).kept
        RouteSet.objects.filter(region=region, state=IN_FORCE).update(state=PAST)
        draft.state, draft.published_by, draft.published_at = IN_FORCE, actor.user_id, now()
        draft.save()
        _record(actor, draft, "publish", moved=draft.trial["moved"], cases=draft.trial["cases"])


def _own(actor: Actor, region: str) -> None:
    if region not in regions_of(actor):
        raise Unknown()


def _draft(region: str) -> RouteSet:
    found = RouteSet.objects.select_for_update().filter(region=region, state=DRAFT).first()
    if found is None:
        raise Unknown()
    return found


def _record(actor: Actor, routes: RouteSet, action: str, **detail: Any) -> None:
    audit.record(actor, "command", ROUTE, object_type="route_set", object_id=f"{routes.region}/{routes.version}",
                 region=routes.region, detail={"action": action, **detail})  # fmt: skip
