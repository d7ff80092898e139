"""Compares groups of decided cases: share refused, returned and late, days to the decision; small cells withheld.

Each group is set against all other groups of its dimension that may be shown. P-values are Fisher's (shares) and
Mann-Whitney's (days), adjusted by Holm over every comparison of the table. A difference is a question, not a verdict.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from renben.engines.statistics.comparing import holm, median_interval, shares_differ, values_differ, wilson
from renben.web.equality.decisions import DIMENSIONS, Decision
from renben.web.withholding import Limits

SHARES = ("refused", "returned", "late")
MEASURES = (*SHARES, "days")
TABLE = "equal_treatment"
"""Whose limits hold for the cells."""


@dataclass(frozen=True)
class Cell:
    """One measure of one group of one kind of case; everything but the names is None where it is withheld."""

    kind: str
    dimension: str
    group: str
    measure: str
    withheld: bool
    n: int | None = None
    value: float | None = None
    """Share (0 to 1), or median days."""
    low: float | None = None
    high: float | None = None
    others: float | None = None
    """The same of the other groups that are shown."""
    p: float | None = None
    adjusted: float | None = None
    pair: bool = False
    """Only two groups are shown: the comparison is the same from either side."""

    @property
    def question(self) -> tuple[str, ...]:
        """What names the comparison that this cell is part of."""
        return (self.kind, self.dimension, self.measure, "" if self.pair else self.group)

    def asks(self, limits: Limits) -> bool:
        """Whether the difference is too large for chance after asking so many questions."""
        return self.adjusted is not None and self.adjusted < 1 - limits.confidence


def compare(found: Iterable[Decision], limits: Limits) -> list[Cell]:
    """Every cell, in the order of kinds, dimensions, measures and groups."""
    sorted_: dict[tuple[str, int], dict[str, list[Decision]]] = {}
    for one in found:
        for place in range(len(DIMENSIONS)):
            sorted_.setdefault((one.kind, place), {}).setdefault(one.groups[place], []).append(one)
    cells = [
        cell
        for (kind, place), groups in sorted(sorted_.items())
        for measure in MEASURES
        for cell in _row(kind, DIMENSIONS[place], measure, groups, limits)
    ]
    return _adjusted(cells)


def _adjusted(cells: list[Cell]) -> list[Cell]:
    """Holm over every question, where two groups that are set against each other are one question and not two."""
    questions: dict[tuple[str, ...], list[int]] = {}
    for i, cell in enumerate(cells):
        if cell.p is not None:
            questions.setdefault(cell.question, []).append(i)
    for places, p in zip(
        questions.values(), holm([cells[at[0]].p or 0.0 for at in questions.values()]), strict=True
    ):
        for i in places:
            cells[i] = replace(cells[i], adjusted=p)
    return cells


def questions(cells: Iterable[Cell]) -> int:
    """How many comparisons were made."""
    return len({cell.question for cell in cells if cell.p is not None})


def _row(
    kind: str, dimension: str, measure: str, groups: dict[str, list[Decision]], limits: Limits
) -> list[Cell]:
    values = {name: _values(measure, many) for name, many in sorted(groups.items())}
    hidden = withheld(measure, values, limits)
    shown = {name: many for name, many in values.items() if name not in hidden}
    return [
        Cell(kind, dimension, name, measure, True) if name in hidden
        else _cell(Cell(kind, dimension, name, measure, False), shown, limits)
        for name in values
    ]  # fmt: skip


def _values(measure: str, many: list[Decision]) -> list[float]:
    """The measure of each case for which it is known: 1 or 0, or days."""
    found = (getattr(one, measure) for one in many)
    return [float(value) for value in found if value is not None]


def withheld(measure: str, values: dict[str, list[float]], limits: Limits) -> set[str]:
    """Groups that are not shown: too few cases, a count too small or all but all of a group, and never one alone.

    A single withheld group could be worked out from the whole, so the smallest of the others goes with it.
    """
    hidden = {name for name, many in values.items() if _small(measure, many, limits)}
    return never_alone(hidden, {name: len(many) for name, many in values.items()})


def never_alone(hidden: set[str], sizes: Mapping[str, int]) -> set[str]:
    """What is withheld; where it is one alone, with the smallest of the others."""
    rest = sorted((size, name) for name, size in sizes.items() if name not in hidden)
    return hidden | {rest[0][1]} if len(hidden) == 1 and rest else hidden


def _small(measure: str, many: list[float], limits: Limits) -> bool:
    return few(len(many), int(sum(many)), limits) if measure in SHARES else len(many) < limits.group


def few(n: int, hits: int, limits: Limits) -> bool:
    """Whether a count among some is withheld: too few behind it, too small, or all but all of them."""
    return n < limits.group or 0 < hits < limits.count or n - hits < limits.count


def _cell(cell: Cell, shown: dict[str, list[float]], limits: Limits) -> Cell:
    mine = shown[cell.group]
    others = [value for name, many in shown.items() if name != cell.group for value in many]
    days = cell.measure == "days"
    low, high = (
        median_interval(mine, limits.confidence)
        if days
        else wilson(int(sum(mine)), len(mine), limits.confidence)
    )
    value, theirs = _middle(mine, days), _middle(others, days) if others else None
    known: dict[str, Any] = {
        "n": len(mine),
        "value": value,
        "low": low,
        "high": high,
        "others": theirs,
        "pair": len(shown) == 2,
    }
    return replace(cell, **known, p=_p(mine, others, days) if others else None)


def _middle(values: list[float], days: bool) -> float:
    return float(median(values)) if days else sum(values) / len(values)


def _p(mine: list[float], others: list[float], days: bool) -> float:
    if days:
        return values_differ(mine, others)
    return shares_differ((int(sum(mine)), len(mine)), (int(sum(others)), len(others)))
