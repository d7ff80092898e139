"""The compiled projection of one draw: the reference's rules at about ten times its speed.

One draw runs through all years in one call without the interpreter lock, so threads scale; the working set of the
pooled layout stays in cache.
"""

import numpy as np

from renben.engines.projection.kernel_arrive import (
    arrive,
    attract,
    destinations,
    guest_part,
    ledger,
    pool_rates,
)
from renben.engines.projection.kernel_births import births
from renben.engines.projection.kernel_close import newcomers, reclassify
from renben.engines.projection.kernel_leave import Work, leave_all, scratch
from renben.engines.projection.kernel_rows import add, jit, total_of
from renben.engines.projection.states import (
    DURATIONS,
    FLOWS,
    Array,
    Fixed,
    Ints,
    Path,
    Result,
    Stock,
    classes,
)


def project(stock: Stock, fixed: Fixed, path: Path) -> tuple[Stock, Result]:
    """Project a stock over the years of a path (persons at year ends); same answer as ``reference.project``."""
    years, counties = path.tfr.shape[0], len(fixed.prefecture)
    result = Result(
        np.zeros((years + 1, counties, 2, 3)),
        np.zeros((years + 1, counties, 2)),
        np.zeros((years + 1, int(fixed.area.max()) + 1, 2, 3, len(fixed.weights))),
        np.zeros((years, counties, len(FLOWS))),
    )
    work = scratch(fixed, classes(stock.people.shape[3]))
    one = Stock(*(np.array(part) for part in stock))
    last = project_into(one, buffer(stock), fixed, path, work, result)
    return last, result


def project_into(one: Stock, two: Stock, fixed: Fixed, path: Path, work: Work, result: Result) -> Stock:
    """The same in arrays the caller owns, one set per thread; ``one`` is the start and is overwritten."""
    _run(one, two, fixed, path, work, result)
    return one if path.tfr.shape[0] % 2 == 0 else two


def buffer(stock: Stock) -> Stock:
    """Arrays of the same shapes for `project_into`."""
    return Stock(*(np.zeros_like(part) for part in stock))


@jit
def _run(one: Stock, two: Stock, fixed: Fixed, path: Path, work: Work, result: Result) -> None:
    result.bands[:] = 0.0
    for c in range(one.people.shape[0]):
        _record(one, fixed, work, c, result.residents[0], result.registered[0], result.bands[0])
    for t in range(path.tfr.shape[0]):
        if t % 2 == 0:
            old, new = one, two
        else:
            old, new = two, one
        result.flows[t] = 0.0
        _year(old, new, fixed, path, t, work, result.flows[t])
        follow = path.by_address[t] > 0.0
        for c in range(new.people.shape[0]):
            reclassify(new, path.reclassified[t, c], follow, c, result.flows[t, c])
            _record(
                new, fixed, work, c, result.residents[t + 1], result.registered[t + 1], result.bands[t + 1]
            )


@jit
def _year(stock: Stock, new: Stock, fixed: Fixed, path: Path, t: int, work: Work, flows: Array) -> None:
    kinds = (stock.people.shape[3] - 2) // DURATIONS
    new.near[:] = 0.0
    new.far[:] = 0.0
    new.outside[:] = 0.0
    new.guests[:] = 0.0
    work.near[:] = 0.0
    work.far[:] = 0.0
    work.guest[:] = 0.0
    work.origin[:] = 0.0
    work.lost[:] = 0.0
    if kinds == 1:
        guest_part(stock, work)
    if t == 0 or not np.array_equal(path.attraction[t], path.attraction[t - 1]):
        attract(fixed, path, t, kinds == 3, work)
    leave_all(stock, new, fixed, path, t, work, flows)
    destinations(fixed, path, t, kinds == 3, work)
    arrive(new, fixed, work, kinds, flows, path.keep_years[t])
    pool_rates(stock, fixed, work, kinds)
    ledger(stock, new, fixed, path, t, work, kinds, flows)
    newcomers(new, fixed, path, t, work, flows)
    births(stock, new, fixed, path, t, work, flows)


@jit
def _record(
    stock: Stock, fixed: Fixed, work: Work, c: int, residents: Array, registered: Array, bands: Array
) -> None:
    rows = work.rows
    for u in range(2):
        _groups(stock.people[c, :, u], fixed.students[c, :, u], rows)
        for k in range(3):
            residents[c, u, k] = total_of(rows[k])
            _bands(rows[k], fixed.weights, fixed.limits, bands[fixed.area[c], u, k])
    for h in range(2):
        away = total_of2(stock.near[c, h]) + total_of2(stock.far[c, h]) + total_of2(stock.outside[c, h])
        here = residents[c, 0, h] + residents[c, 1, h]
        registered[c, h] = here + away + fixed.students_hukou[c, h]


@jit
def total_of2(rows: Array) -> float:
    """Sum of two rows."""
    return float(total_of(rows[0]) + total_of(rows[1]))


@jit
def _groups(people: Array, students: Array, rows: Array) -> None:
    """Rows 0..2: people of a place by hukou group (urban, rural, elsewhere) and age, students among the last."""
    rows[0][:] = 0.0
    rows[1][:] = 0.0
    rows[2][:] = 0.0
    for x in range(2):
        for s in range(people.shape[1]):
            add(rows[min(s, 2)], people[x, s])
        add(rows[2], students[x])


@jit
def _bands(row: Array, weights: Array, limits: Ints, out: Array) -> None:
    for b in range(out.shape[0]):
        total = 0.0
        for a in range(limits[b, 0], limits[b, 1]):
            total += weights[b, a] * row[a]
        out[b] += total
