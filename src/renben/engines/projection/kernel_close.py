"""Compiled end of a year: rural places become urban, and everybody is counted."""

# mypy: disallow-untyped-defs=False, disallow-incomplete-defs=False, disallow-untyped-calls=False, warn-return-any=False

from renben.engines.projection.kernel_lanes import LANES, load, spread, store, total
from renben.engines.projection.kernel_rows import add, inlined, jit, sum_of
from renben.engines.projection.kernel_work import Work
from renben.engines.projection.states import DURATIONS, Array, Fixed, Ints


@jit
def _shift(table: Array, source: int, target: int, share: float) -> float:
    """Move a share of one row to another; returns persons."""
    moved = spread(0.0)
    for i in range(0, table.shape[1] - LANES, LANES):
        some = share * load(table, source, i)
        moved = moved + some
        store(table, source, i, load(table, source, i) - some)
        store(table, target, i, load(table, target, i) + some)
    return float(total(moved))


@inlined
def reclassify(path, t, c, kinds, work, flow):
    """Turn a share of a county's rural places urban; if registrations follow the address, they do too.

    The migrants' cells are changed when the next year reads them (``Work.pending``).
    """
    share, follow = max(path.reclassified[t, c], 0.0), path.by_address[t] > 0.0
    work.pending[c, 0] = share
    if share <= 0.0:
        return
    for x in range(2):
        urban = (2 * c + x) * 2 * (2 + DURATIONS * kinds)
        rural = urban + 2 + DURATIONS * kinds
        if follow:
            _shift(work.people, urban + 1, urban, share)
        flow[5] += _shift(work.people, rural, urban, share)
        flow[5] += _shift(work.people, rural + 1, urban if follow else urban + 1, share)
        if follow:
            row = c * 4 + x
            _shift(work.near, row + 2, row, share)
            _shift(work.far, row + 2, row, share)
            _shift(work.outside, row + 2, row, share)


@inlined
def count_migrants(c, kinds, first, end, work):
    """Add people registered elsewhere with ``first`` to ``end`` residence years to the county's sums by age."""
    states = 2 + DURATIONS * kinds
    for u in range(2):
        for x in range(2):
            row = ((2 * c + x) * 2 + u) * states + 2
            for o in range(kinds):
                for k in range(first, end):
                    add(work.migrants, 2 * c + u, work.people, row + DURATIONS * o + k)


@jit
def _local_group(people: Array, men: int, women: int, area: Array, row: int) -> float:
    """Residents of a place registered here: into the sums of the area; returns persons."""
    found = spread(0.0)
    for i in range(0, people.shape[1] - LANES, LANES):
        both = load(people, men, i) + load(people, women, i)
        found = found + both
        store(area, row, i, load(area, row, i) + both)
    return float(total(found))


@jit
def _migrant_group(
    migrants: Array, row: int, factor: float, other: float, students: Array, area: Array, at: int
):
    """The same for people registered elsewhere and students: ``factor`` of the row, ``other`` of the next."""
    found = spread(0.0)
    for i in range(0, migrants.shape[1] - LANES, LANES):
        some = factor * load(migrants, row, i) + load(students, row, i)
        if other > 0.0:
            some = some + other * load(migrants, row + 1, i)
        found = found + some
        store(area, at, i, load(area, at, i) + some)
    return total(found)


@inlined
def record(fixed, c, kinds, work, residents):
    """Count a county's residents (c, u, 3) by hukou group, and by age in its area."""
    states, share = 2 + DURATIONS * kinds, work.pending[c, 0]
    for u in range(2):
        at = (2 * fixed.area[c] + u) * 3
        for h in range(2):
            men = (4 * c + u) * states + h
            residents[c, u, h] = _local_group(work.people, men, men + 2 * states, work.area, at + h)
        residents[c, u, 2] = _migrant_group(
            work.migrants, 2 * c + u, 1.0 - share if u == 1 else 1.0, share if u == 0 else 0.0,
            work.students, work.area, at + 2,
        )  # fmt: skip


@inlined
def count_away(c, work):
    """Registered people of a county who live away, by address."""
    for h in range(2):
        row = (c * 2 + h) * 2
        work.away[c, h] = 0.0
        for x in range(2):
            work.away[c, h] += sum_of(work.near, row + x) + sum_of(work.far, row + x)
            work.away[c, h] += sum_of(work.outside, row + x)


@jit
def finish(fixed: Fixed, work: Work, residents: Array, registered: Array, bands: Array) -> None:
    """Count the registered people of all counties, and the service bands of all areas."""
    for c in range(registered.shape[0]):
        for h in range(2):
            here = residents[c, 0, h] + residents[c, 1, h]
            registered[c, h] = here + work.away[c, h] + fixed.students_hukou[c, h]
    for area in range(bands.shape[0]):
        for u in range(2):
            for k in range(3):
                _bands(work.area, (2 * area + u) * 3 + k, fixed.weights, fixed.limits, bands[area, u, k])


@jit
def _bands(table: Array, row: int, weights: Array, limits: Ints, out: Array) -> None:
    for b in range(out.shape[0]):
        found = 0.0
        for a in range(limits[b, 0], limits[b, 1]):
            found += weights[b, a] * table[row, a]
        out[b] = found
