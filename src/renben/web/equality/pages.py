"""What the page of the comparison shows: a year's decided cases of the actor's regions, by kind and dimension."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import QueryDict

from renben.web.clock import today
from renben.web.equality.comparison import TABLE, Cell, compare, questions
from renben.web.equality.decisions import DIMENSIONS, decisions
from renben.web.flow.definition import newest
from renben.web.guard import audit
from renben.web.guard.policy import Actor
from renben.web.registry.places import OTHER_PROVINCE
from renben.web.withholding import Limits, limits
from renben.web.words import say_now, words

READ = "equality.read"
YEARS = 5
"""Years that can be chosen on the page."""


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
    """The comparison of a year."""
    year = _year(query.get("year", ""))
    bounds, last = limits(TABLE, today()), min(today(), dt.date(year, 12, 31))
    cells = compare(decisions(actor, READ, dt.date(year, 1, 1), last), bounds)
    audit.record(actor, "list", READ, object_type="equality", detail={"rows": len(cells)})
    by_kind = [
        (newest(kind), _parts(list(some), bounds)) for kind, some in groupby(cells, lambda one: one.kind)
    ]
    asked = [cell for cell in cells if cell.asks(bounds)]
    return {
        "kinds": by_kind, "year": year, "years": range(today().year, today().year - YEARS, -1), "limits": bounds,
        "tests": questions(cells), "asked": questions(asked), "confidence": f"{bounds.confidence:.0%}",
    }  # fmt: skip


def _year(text: str) -> int:
    known = range(today().year - YEARS + 1, today().year + 1)
    return int(text) if text.isascii() and text.isdigit() and int(text) in known else today().year


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
    return say_now("equality.days", n=plain) if cell.measure == "days" else f"{plain}%"


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
