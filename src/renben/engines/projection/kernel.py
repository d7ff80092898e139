"""The compiled projection of one draw: the reference's rules at about thirty times its speed.

One draw runs through all years in one call without the interpreter lock, so threads scale. All people are held once, in
padded rows of ages that are moved on in place; a year passes over them twice, county by county.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from renben.engines.projection.kernel_arrive import arrive
from renben.engines.projection.kernel_births import bear, bear_outside, register
from renben.engines.projection.kernel_close import count_away, count_migrants, finish, reclassify, record
from renben.engines.projection.kernel_leave import leave_all
from renben.engines.projection.kernel_ledger import (
    carry_ledger,
    guests_left,
    outside_rates,
    pool_shares,
    pools,
)
from renben.engines.projection.kernel_places import attract, destinations
from renben.engines.projection.kernel_rows import dot, jit, pool_of, sum_of
from renben.engines.projection.kernel_work import Work, give_back, scratch, take_in
from renben.engines.projection.states import (
    DURATIONS,
    FLOWS,
    Array,
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
        np.zeros((years + 1, int(fixed.area.max()) + 1, 2, 3, len(fixed.weights))),
        np.zeros((years, counties, len(FLOWS))),
    )
    work = scratch(fixed, classes(stock.people.shape[3]))
    project_into(stock, fixed, path, work, result)
    return give_back(work, stock), result


def project_into(stock: Stock, fixed: Fixed, path: Path, work: Work, result: Result) -> None:
    """The same in tables the caller owns, one set per thread; ``stock`` stays as it is."""
    stock, fixed, path = Stock(*_rows(stock)), Fixed(*_rows(fixed)), Path(*_rows(path))
    take_in(stock, work)
    shares = np.zeros((2, path.tfr.shape[0], *work.origin.shape))
    _run(fixed, path, work, shares, result)


def _rows(tables: tuple[Any, ...]) -> Iterator[Any]:
    """Tables in row order, as the compiled code knows them: another order in memory would be compiled anew."""
    return (np.asarray(one, order="C") if isinstance(one, np.ndarray) else one for one in tables)


@jit
def _run(fixed: Fixed, path: Path, work: Work, shares: Array, result: Result) -> None:
    years, kinds = path.tfr.shape[0], work.women.shape[3] - 2
    norm, near = shares[0], shares[1]
    attract(fixed, path, kinds == 3, work, norm, near)
    _count_start(fixed, work, kinds, result.residents[0])
    finish(fixed, work, result.residents[0], result.registered[0], result.bands[0])
    for t in range(years):
        result.flows[t] = 0.0
        _year(fixed, path, t, norm[t], near[t], work, result.residents[t + 1], result.flows[t])
        finish(fixed, work, result.residents[t + 1], result.registered[t + 1], result.bands[t + 1])


@jit
def _count_start(fixed: Fixed, work: Work, kinds: int, residents: Array) -> None:
    work.area[:] = 0.0
    work.migrants[:] = 0.0
    for c in range(residents.shape[0]):
        count_migrants(c, kinds, 0, DURATIONS, work)
        record(fixed, c, kinds, work, residents)
        count_away(c, work)


@jit
def _year(
    fixed: Fixed, path: Path, t: int, norm: Array, near: Array, work: Work, residents: Array, flows: Array
) -> None:
    kinds, last = work.women.shape[3] - 2, fixed.profile.shape[2] - 1
    for table in (work.movers, work.lost, work.area):
        table[:] = 0.0
    work.women[:] = 0.0
    work.mothers[:] = 0.0
    work.children[:] = 0.0
    for a in range(last + 2):  # those beyond the open group count as of it
        work.pattern[1, a] = path.births_by_age[t, min(a, last)]
    pools(fixed, work, kinds)
    leave_all(fixed, path, t, near, work, flows)
    destinations(fixed, path, t, kinds == 3, norm, work)
    pool_shares(work)
    outside_rates(fixed, path, t, work)
    visiting = dot(work.pattern, 1, work.guests, 1)
    guests_left(work, kinds, last)
    _counties(fixed, path, t, kinds, work, residents, flows)
    visiting = 0.5 * (visiting + dot(work.pattern, 1, work.guests, 1))
    register(fixed, path, t, kinds, visiting, work)


@jit
def _counties(
    fixed: Fixed, path: Path, t: int, kinds: int, work: Work, residents: Array, flows: Array
) -> None:
    """Second half of a year, county by county."""
    for c in range(residents.shape[0]):
        arrive(fixed, path, t, c, kinds, work, flows[c])
        carry_ledger(fixed, c, kinds, work, flows[c])
        owners = (pool_of(fixed, c, 0, kinds), pool_of(fixed, c, 1, kinds), pool_of(fixed, c, 2, kinds))
        bear(fixed, path, t, c, kinds, owners, work, flows[c])
        bear_outside(fixed, path, t, c, work)
        reclassify(path, t, c, kinds, work, flows[c])
        count_migrants(c, kinds, 0, 1, work)
        flows[c, 5] += work.pending[c, 0] * sum_of(work.migrants, 2 * c + 1)
        record(fixed, c, kinds, work, residents)
        count_away(c, work)
