"""Withholds small counts in linked tables so that nobody can work them out from what is shown.

Small counts are withheld first; then, for each of them, the cheapest other counts are withheld with it until the table
could just as well hold a smaller and a larger value there (M. Fischetti and J. J. Salazar, J. Amer. Statist. Assoc. 95
(2000) 916-928, one cell at a time). What is found is a whole table of counts that says the same as what is shown: every
withheld count has two values at least, in whole persons and not only in fractions.

Not modelled: what follows from tables of other days; sums of several withheld counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, hstack

BEYOND = 1000
"""Persons by which a count nobody shows may exceed all that are counted: a reader knows no bound, a search needs one."""
Relation = tuple[int, tuple[int, ...]]
"""A cell and the cells of which it is the sum."""
Whole = NDArray[np.int64]


class DisclosureError(ValueError):
    """The counts do not belong together, or a limit makes no sense."""


@dataclass(frozen=True)
class Linked:
    """Counts of persons and the sums that join them."""

    counts: tuple[int, ...]
    """Persons, by cell."""
    relations: tuple[Relation, ...]
    fixed: frozenset[int] = frozenset()
    """Cells that are public already and cannot be withheld."""
    never: frozenset[int] = frozenset()
    """Cells that are not shown at all, but must not follow from others either where they are small."""

    def __post_init__(self) -> None:
        """Refuse counts that are negative and sums that do not hold."""
        if negative := [at for at, count in enumerate(self.counts) if count < 0]:
            raise DisclosureError(
                f"cell {negative[0]}: {self.counts[negative[0]]} persons; a count is 0 or more."
            )
        for total, parts in self.relations:
            if self.counts[total] != sum(self.counts[one] for one in parts):
                said = [self.counts[one] for one in parts]
                raise DisclosureError(
                    f"cell {total} is {self.counts[total]}, its parts are {said}; make them agree."
                )

    @cached_property
    def matrix(self) -> csr_matrix:
        """One row per relation: 1 at the sum, -1 at its parts."""
        rows, columns, signs = [], [], []
        for row, (total, parts) in enumerate(self.relations):
            rows += [row] * (1 + len(parts))
            columns += [total, *parts]
            signs += [1.0] + [-1.0] * len(parts)
        return csr_matrix((signs, (rows, columns)), (len(self.relations), len(self.counts)))


@dataclass(frozen=True)
class Protection:
    """What is withheld, and what is known whatever is withheld."""

    withheld: frozenset[int]
    given_away: frozenset[int]
    """Small counts that follow from what is public already."""


def small(tables: Linked, smallest: int) -> list[int]:
    """Cells that hold somebody, but fewer persons than the smallest count that may be shown; largest first."""
    found = [at for at, n in enumerate(tables.counts) if 0 < n < smallest and at not in tables.fixed]
    return sorted(found, key=lambda at: (-tables.counts[at], at))


def protect(tables: Linked, smallest: int, width: int) -> Protection:
    """Which cells to withhold.

    Args:
        tables: all counts.
        smallest: smallest count (persons) that may be shown; 0 may be shown.
        width: persons by which the highest and the lowest possible value of a small count differ at least.

    Raises:
        DisclosureError: a limit below 2.
    """
    if min(smallest, width) < 2:
        raise DisclosureError(f"smallest count {smallest}, width {width}: both are 2 or more.")
    search = _Search(tables, small(tables, smallest))
    given = {cell for cell in small(tables, smallest) if not search.cover(cell, width)}
    shown_by_nature = tables.never | tables.fixed
    return Protection(frozenset(search.withheld - shown_by_nature), frozenset(given))


class _Search:
    """Withholds more and more, and keeps the lowest and highest value that each cell could have."""

    def __init__(self, tables: Linked, small: Iterable[int]) -> None:
        self.tables, self.withheld = tables, {*small, *tables.never}
        self.counts: Whole = np.array(tables.counts, dtype=np.int64)
        self.low, self.high = self.counts.copy(), self.counts.copy()
        self.sums = hstack([tables.matrix, -tables.matrix]).tocsr()

    def cover(self, cell: int, width: int) -> bool:
        """Withhold what a small cell needs; False where it cannot be hidden at all."""
        count = int(self.counts[cell])
        down = min(count, width // 2)
        self._reach(cell, -max(0, down - int(count - self.low[cell])), down)
        missing = width - int(count - self.low[cell])
        self._reach(cell, max(0, missing - int(self.high[cell] - count)), missing)
        return bool(self.high[cell] > self.low[cell])

    def _reach(self, cell: int, lacking: int, whole: int) -> None:
        """Find a table in which a cell is lower or higher by so much, or by as much as can be."""
        if not lacking:
            return
        way = 1 if lacking > 0 else -1
        if self._move(cell, way * whole) is None and (most := self._most(cell, way, whole)):
            self._move(cell, way * most)

    def _move(self, cell: int, change: int) -> Whole | None:
        lows, highs = self._limits()
        lows, highs = lows.copy(), highs.copy()
        size = len(self.counts)
        lows[cell], highs[cell] = max(change, 0), max(change, 0)
        lows[size + cell], highs[size + cell] = max(-change, 0), max(-change, 0)
        if change > highs.max(initial=0) or (change < 0 and -change > self.counts[cell]):
            return None
        found = self._solve(self._costs(), lows, highs)
        if found is not None:
            self.withheld |= set(np.flatnonzero(found).tolist())
            self.low = np.minimum(self.low, self.counts + found)
            self.high = np.maximum(self.high, self.counts + found)
        return found

    def _most(self, cell: int, way: int, whole: int) -> int:
        """Persons by which a cell can be lower or higher at most, were everything withheld that can be."""
        lows, highs = self._limits()
        costs = np.zeros(2 * len(self.counts))
        costs[cell], costs[len(self.counts) + cell] = -way, way
        found = self._solve(costs, lows, highs)
        return 0 if found is None else min(whole, abs(int(found[cell])))

    def _solve(self, costs: NDArray[np.float64], lows: Whole, highs: Whole) -> Whole | None:
        """The cheapest change of the counts that leaves every sum as it is."""
        answer = milp(
            costs, integrality=np.ones(len(costs)), bounds=Bounds(lows, highs),
            constraints=LinearConstraint(self.sums, 0, 0),
        )  # fmt: skip
        if answer.x is None:
            return None
        up, down = np.split(np.rint(answer.x).astype(np.int64), 2)
        return np.asarray(up - down, dtype=np.int64)

    def _limits(self) -> tuple[Whole, Whole]:
        """By how much each cell may go up, and after them by how much each may go down."""
        size, fixed = len(self.counts), list(self.tables.fixed)
        highs = np.concatenate([np.full(size, int(self.counts.sum()) + BEYOND, dtype=np.int64), self.counts])
        highs[fixed] = 0
        highs[[size + one for one in fixed]] = 0
        return np.zeros(2 * size, dtype=np.int64), highs

    def _costs(self) -> NDArray[np.float64]:
        """Persons lost to the reader for each cell that is withheld; nothing for what is withheld already."""
        costs = self.counts.astype(np.float64) + 1
        costs[self.counts == 0] = costs.max(initial=1)
        costs[list(self.withheld)] = 0
        return np.concatenate([costs, costs])


def intervals(tables: Linked, withheld: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Lowest and highest whole value (persons) that each withheld cell can have for a reader of the others.

    Args:
        tables: all counts; those that are not withheld are what the reader knows.
        withheld: cells that are not shown; cells that are never shown are unknown as well.
    """
    wanted = sorted(set(withheld) - tables.fixed)
    unknown = sorted({*wanted, *tables.never} - tables.fixed)
    known = np.array(tables.counts, dtype=np.float64)
    known[unknown] = 0
    sums = tables.matrix[:, unknown]
    need = -(tables.matrix @ known)
    ceiling = float(sum(tables.counts) + BEYOND)
    found = {}
    for cell in wanted:
        at = unknown.index(cell)
        found[cell] = tuple(_end(sums, need, len(unknown), at, way, ceiling) for way in (1, -1))
    return {cell: (low, high) for cell, (low, high) in found.items()}


def _end(sums: csr_matrix, need: NDArray[np.float64], size: int, at: int, way: int, ceiling: float) -> int:
    costs = np.zeros(size)
    costs[at] = way
    answer = milp(
        costs,
        integrality=np.ones(size),
        bounds=Bounds(0, ceiling),
        constraints=LinearConstraint(sums, need, need),
    )
    if answer.x is None:
        raise DisclosureError(f"no table agrees with what is shown: {answer.message}")
    return round(float(answer.x[at]))


def exposed(tables: Linked, protection: Protection, smallest: int) -> list[int]:
    """Withheld or small cells whose one possible value follows from what is shown; none where all is well."""
    known = intervals(tables, {*protection.withheld, *small(tables, smallest)})
    return [cell for cell, (low, high) in known.items() if low == high and cell not in protection.given_away]


def rounded(tables: Linked, base: int) -> tuple[int, ...]:
    """Every count as a multiple of a base, near to what it was, so that all sums still hold.

    Args:
        tables: all counts.
        base: such as 5; each count moves by less than the base where that can be, by a little more where not.

    Raises:
        DisclosureError: a base below 2.
    """
    if base < 2:
        raise DisclosureError(f"base {base}: a base is 2 or more.")
    parts = np.array(tables.counts, dtype=np.float64) / base
    size = len(parts)
    for wider in range(len(tables.counts) + 1):
        lows, highs = np.maximum(np.floor(parts) - wider, 0), np.ceil(parts) + wider
        # Variables: the multiples, and how far each is from the true count.
        distance = (
            LinearConstraint(hstack([_eye(size), -_eye(size)]).tocsr(), -np.inf, parts),
            LinearConstraint(hstack([_eye(size), _eye(size)]).tocsr(), parts, np.inf),
        )
        sums = LinearConstraint(hstack([tables.matrix, 0 * tables.matrix]).tocsr(), 0, 0)
        answer = milp(
            np.concatenate([np.zeros(size), np.ones(size)]), constraints=[sums, *distance],
            integrality=np.concatenate([np.ones(size), np.zeros(size)]),
            bounds=Bounds(np.concatenate([lows, np.zeros(size)]), np.concatenate([highs, np.full(size, np.inf)])),
        )  # fmt: skip
        if answer.x is not None:
            return tuple(int(one) * base for one in np.rint(answer.x[:size]))
    raise DisclosureError(f"base {base}: no table of its multiples keeps the sums.")


def _eye(size: int) -> csr_matrix:
    return csr_matrix((np.ones(size), (range(size), range(size))), (size, size))
