"""What the page of the comparison shows: a stored snapshot of a period that is over, by kind and dimension."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import QueryDict

from renben.web.clock import today
from renben.web.equality import snapshots
from renben.web.equality.comparison import Cell, questions
from renben.web.equality.decisions import DIMENSIONS
from renben.web.equality.models import Snapshot
from renben.web.equality.snapshots import READ
from renben.web.flow.definition import newest
from renben.web.guard import audit
from renben.web.guard.policy import Actor
from renben.web.registry.places import OTHER_PROVINCE
from renben.web.withholding import Limits
from renben.web.words import say_now, share_now, words


@dataclass(frozen=True)
class Line:
    """A cell with its words."""

    cell: Cell
    value: str
    interval: str
    others: str
    adjusted: str
    asks: bool


@dataclass(frozen=True)
class Part:
    """One dimension of one kind of case."""

    dimension: str
    lines: list[Line]

    @property
    def asks(self) -> bool:
        """Whether some difference is to be looked into."""
        return any(line.asks for line in self.lines)


def page(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """The comparison of a period as it was counted when the period was over."""
    found = snapshots.of(actor)
    one = _chosen(found, query.get("snapshot", ""))
    cells = snapshots.cells_of(one) if one else []
    audit.record(actor, "list", READ, object_type="equality", detail={"rows": len(cells)})
    return {
        "found": found,
        "one": one,
        "next": snapshots.first_day(today()),
        **(_shown(one, cells) if one else {}),
    }


def _chosen(found: list[Snapshot], text: str) -> Snapshot | None:
    return next((one for one in found if str(one.pk) == text), found[0] if found else None)


def _shown(one: Snapshot, cells: list[Cell]) -> dict[str, Any]:
    bounds = snapshots.limits_of(one)
    by_kind = [
        (newest(kind), _parts(list(some), bounds)) for kind, some in groupby(cells, lambda one: one.kind)
    ]
    asked = [cell for cell in cells if cell.asks(bounds)]
    return {
        "kinds": by_kind, "limits": bounds, "tests": questions(cells), "asked": questions(asked),
        "confidence": share_now(bounds.confidence),
    }  # fmt: skip


def _parts(cells: list[Cell], bounds: Limits) -> list[Part]:
    return [Part(name, [_line(one, bounds) for one in cells if one.dimension == name]) for name in DIMENSIONS]


def _line(cell: Cell, bounds: Limits) -> Line:
    if cell.withheld:
        held = say_now("equality.withheld")
        return Line(cell, held, "—", "—", "—", False)
    low, high = _plain(cell, cell.low), _text(cell, cell.high)
    adjusted = "—" if cell.adjusted is None else "<0.001" if cell.adjusted < 0.001 else f"{cell.adjusted:.3f}"
    return Line(
        cell, _text(cell, cell.value), f"{low}–{high}", _text(cell, cell.others), adjusted, cell.asks(bounds)
    )


def _text(cell: Cell, value: float | None) -> str:
    if value is None:
        return "—"
    plain = _plain(cell, value)
    return say_now("equality.days", n=plain) if cell.measure == "days" else say_now("per_cent", n=plain)


def _plain(cell: Cell, value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:g}" if cell.measure == "days" else f"{100 * value:.1f}"


def group_name(cell: Cell, region_name: Any) -> str:
    """A group in words: a region by its name, ages as they are, the rest from the words."""
    key = f"equality.group.{cell.group}"
    if key in words():
        return say_now(key)
    if cell.dimension == "district" and cell.group != OTHER_PROVINCE:
        return str(region_name(cell.group))
    return say_now("equality.age", band=cell.group.replace("-", "–"))
