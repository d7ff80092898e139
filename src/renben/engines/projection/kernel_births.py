"""Compiled births of a year and their registration."""

from renben.engines.projection.kernel_leave import Work
from renben.engines.projection.kernel_rows import jit, survival_row
from renben.engines.projection.states import DURATIONS, Array, Fixed, Path, Stock


@jit
def _mothers(old: Array, new: Array, pattern: Array) -> float:
    """Women-years of exposure weighted by the age pattern, halfway between two year ends."""
    total = 0.0
    for a in range(10, 60):
        total += pattern[a] * (0.5 * (old[a] + new[a]))
    return total


@jit
def births(stock: Stock, new: Stock, fixed: Fixed, path: Path, t: int, work: Work, flows: Array) -> None:
    """Bear the children of the year and register them."""
    kinds = (stock.people.shape[3] - 2) // DURATIONS
    provinces = fixed.first.shape[0]
    children = work.lost[:, 0, :, :, 0]  # (o, p, x): reused as an accumulator
    children[:] = 0.0
    boys = path.sex_ratio[t] / (1.0 + path.sex_ratio[t])
    for c in range(stock.people.shape[0]):
        p = fixed.prefecture[c]
        for u in range(2):
            girls_alive = survival_row(fixed, fixed.e0[c, u, 1] + path.e0[t, 1], 1, work.rows[0])
            boys_alive = survival_row(fixed, fixed.e0[c, u, 0] + path.e0[t, 0], 0, work.rows[0])
            alive = (boys * boys_alive, (1.0 - boys) * girls_alive)
            _county(stock, new, fixed, path, t, (c, u, p), alive, children, flows)
    if kinds == 1:
        _register_pooled(stock, new, path.births_by_age[t], children)
    else:
        for p in range(provinces):
            lo, hi = fixed.first[p], fixed.last[p]
            _register(stock.near[lo:hi], new.near[lo:hi], path.births_by_age[t], children[0, p])
        _register(stock.far, new.far, path.births_by_age[t], children[1, 0])
        for x in range(2):
            new.guests[x, 0] += children[2, 0, x]
    _outside(stock, new, fixed, path, t, boys, work)


@jit
def _county(stock, new, fixed, path, t, at, alive, children, flows):  # type: ignore[no-untyped-def]
    c, u, p = at
    kinds = (stock.people.shape[3] - 2) // DURATIONS
    pattern, here = path.births_by_age[t], path.newborn_here[t]
    for k in range(2 + kinds):
        first = k if k < 2 else 2 + DURATIONS * (k - 2)
        women = 0.0
        for s in range(first, first + (1 if k < 2 else DURATIONS)):
            women += _mothers(stock.people[c, 1, u, s], new.people[c, 1, u, s], pattern)
        born = path.tfr[t] * fixed.fertility[c, u, k] * women
        flows[c, 0] += born
        flows[c, 1] += born
        at_pool = p if (kinds == 3 and k == 2) else 0
        for x in range(2):
            infants = born * alive[x]
            flows[c, 1] -= infants
            if k < 2:
                new.people[c, x, u, k, 0] += infants
                continue
            new.people[c, x, u, u, 0] += here * infants
            new.people[c, x, u, first, 0] += (1.0 - here) * infants
            children[k - 2, at_pool, x] += (1.0 - here) * infants


@jit
def _register(old: Array, new: Array, pattern: Array, children: Array) -> None:
    """Children (x) to the hukou counties of women who are away (c, h, x, a)."""
    weight = 0.0
    for c in range(old.shape[0]):
        for h in range(2):
            weight += _mothers(old[c, h, 1], new[c, h, 1], pattern)
    if weight <= 0.0:
        return
    for c in range(old.shape[0]):
        for h in range(2):
            share = _mothers(old[c, h, 1], new[c, h, 1], pattern) / weight
            for x in range(2):
                new[c, h, x, 0] += share * children[x]


@jit
def _register_pooled(stock: Stock, new: Stock, pattern: Array, children: Array) -> None:
    visiting = _mothers(stock.guests[1], new.guests[1], pattern)
    at_home = 0.0
    for c in range(stock.far.shape[0]):
        for h in range(2):
            at_home += _mothers(stock.far[c, h, 1], new.far[c, h, 1], pattern)
    whole = visiting + at_home
    if whole <= 0.0:
        return
    _register(stock.far, new.far, pattern, children[0, 0] * (at_home / whole))
    for x in range(2):
        new.guests[x, 0] += children[0, 0, x] * (visiting / whole)


@jit
def _outside(stock, new, fixed, path, t, boys, work):  # type: ignore[no-untyped-def]
    pattern = path.births_by_age[t]
    for x in range(2):
        alive = survival_row(fixed, fixed.e0_outside[x] + path.e0[t, x], x, work.rows[0])
        part = alive * (boys if x == 0 else 1.0 - boys)
        for c in range(stock.outside.shape[0]):
            for h in range(2):
                mothers = _mothers(stock.outside[c, h, 1], new.outside[c, h, 1], pattern)
                new.outside[c, h, x, 0] += path.tfr[t] * fixed.fertility_outside * mothers * part
