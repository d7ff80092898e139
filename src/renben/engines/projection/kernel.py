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
    newcomers,
    pool_rates,
    reclassify,
)
from renben.engines.projection.kernel_births import births
from renben.engines.projection.kernel_leave import Work, _total, jit, leave_all, scratch
from renben.engines.projection.states import (
    DURATIONS,
    FLOWS,
    Array,
    Ints,
    Fixed,
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
        np.zeros((years + 1, len(fixed.first), 2, 3, len(fixed.weights))),
        np.zeros((years, counties, len(FLOWS))),
    )
    work = scratch(fixed, classes(stock.people.shape[3]))
    last = project_into(stock, fixed, path, work, result)
    return last, result


def project_into(stock: Stock, fixed: Fixed, path: Path, work: Work, result: Result) -> Stock:
    """The same, into arrays the caller owns (one set per thread)."""
    one = Stock(*(np.array(s) for s in stock))
    two = Stock(*(np.zeros_like(s) for s in stock))
    _run(one, two, fixed, path, work, result)
    return one if path.tfr.shape[0] % 2 == 0 else two


@jit
def _run(one: Stock, two: Stock, fixed: Fixed, path: Path, work: Work, result: Result) -> None:
    _record(one, fixed, work, result.residents[0], result.registered[0], result.bands[0])
    for t in range(path.tfr.shape[0]):
        if t % 2 == 0:
            old, new = one, two
        else:
            old, new = two, one
        result.flows[t] = 0.0
        _year(old, new, fixed, path, t, work, result.flows[t])
        _record(new, fixed, work, result.residents[t + 1], result.registered[t + 1], result.bands[t + 1])


@jit
def _year(stock: Stock, new: Stock, fixed: Fixed, path: Path, t: int, work: Work, flows: Array) -> None:
    kinds = (stock.people.shape[3] - 2) // DURATIONS
    new.people[:] = 0.0
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
    reclassify(new, path, t, flows)


@jit
def _record(
    stock: Stock, fixed: Fixed, work: Work, residents: Array, registered: Array, bands: Array
) -> None:
    people, ages = stock.people, stock.people.shape[4]
    bands[:] = 0.0
    for c in range(people.shape[0]):
        for u in range(2):
            rows = work.rows[:3]
            rows[:] = 0.0
            for x in range(2):
                for s in range(people.shape[3]):
                    row, source = rows[min(s, 2)], people[c, x, u, s]
                    for a in range(ages):
                        row[a] += source[a]
                for a in range(ages):
                    rows[2][a] += fixed.students[c, x, u, a]
            for k in range(3):
                residents[c, u, k] = _total(rows[k])
                _bands(rows[k], fixed.weights, fixed.limits, bands[fixed.prefecture[c], u, k])
        for h in range(2):
            away = 0.0
            for x in range(2):
                for row in (stock.near[c, h, x], stock.far[c, h, x], stock.outside[c, h, x]):
                    away += _total(row)
            here = residents[c, 0, h] + residents[c, 1, h]
            registered[c, h] = here + away + fixed.students_hukou[c, h]


@jit
def _bands(row: Array, weights: Array, limits: Ints, out: Array) -> None:
    for b in range(out.shape[0]):
        total = 0.0
        for a in range(limits[b, 0], limits[b, 1]):
            total += weights[b, a] * row[a]
        out[b] += total
