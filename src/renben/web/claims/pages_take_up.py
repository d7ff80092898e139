"""What the page of the take-up shows: the newest publication, by city, for the actor's regions and office."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from renben.web.claims import catalogue, desks
from renben.web.claims.catalogue import Item
from renben.web.claims.take_up import BASES
from renben.web.clock import today
from renben.web.equality.comparison import TABLE
from renben.web.exchange import take_up
from renben.web.guard import audit
from renben.web.guard.policy import Actor, covers
from renben.web.programme.seats import office_of
from renben.web.withholding import limits
from renben.web.words import say_now, share_now

READ = "take_up.read"


@dataclass(frozen=True)
class Line:
    """One service in one city: numbers in the order of the measures, the rate, and what the department reports."""

    item: Item
    numbers: tuple[tuple[str, str], ...]
    rate: str
    users: int | None


def page(actor: Actor) -> dict[str, Any]:
    """The take-up in the actor's cities; an officer of a department sees the services of that office."""
    found = take_up.newest()
    cities = _cities(actor, found) if found else []
    audit.record(
        actor, "list", READ, object_type="take_up", detail={"rows": sum(len(lines) for _, lines in cities)}
    )
    return {
        "found": found, "cities": cities, "measures": tuple(BASES), "limits": limits(TABLE, today()),
        "reported": any(line.users is not None for _, lines in cities for line in lines),
    }  # fmt: skip


def _cities(actor: Actor, found: take_up.TakeUp) -> list[tuple[str, list[Line]]]:
    mine = _items(actor)
    rows = [row for row in found.rows if row["rule"] in mine and _inside(actor, row["region"])]
    return [
        (
            city,
            [_line(mine[rule], list(some), found) for rule, some in groupby(many, lambda one: one["rule"])],
        )
        for city, many in groupby(rows, lambda one: one["region"])
    ]


def _items(actor: Actor) -> dict[str, Item]:
    """Services that an actor is shown: those of the own office for an officer of a department, else all."""
    every = catalogue.claimable()
    if set(actor.roles) & {"programme_officer", "data_steward"} or desks.ROLE not in actor.roles:
        return every
    office = office_of(actor)
    return {name: one for name, one in every.items() if one.office == office}


def _inside(actor: Actor, city: str) -> bool:
    """Whether a city and the actor's ranges meet."""
    return any(covers(one, city) or covers(city, one) for one in actor.regions(READ))


def _line(item: Item, rows: list[dict[str, Any]], found: take_up.TakeUp) -> Line:
    known = {row["measure"]: row["persons"] for row in rows}
    entitled, claimed = known["entitled"], known["claimed"]
    rate = (
        share_now(claimed / entitled, 1) if entitled and claimed is not None and claimed <= entitled else "—"
    )
    numbers = tuple((name, _said(known[name])) for name in BASES)
    return Line(item, numbers, rate, found.users.get((rows[0]["region"], item.rule)))


def _said(persons: int | None) -> str:
    return say_now("equality.withheld") if persons is None else f"{persons:,}"
