"""Compiled first half of a year: who survives, stays, moves, leaves or settles, county by county.

Same rules as ``reference``; written as loops over single ages that the compiler turns into vector instructions.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from renben.engines.projection.kernel_rows import (
    TINY,
    add,
    add_older,
    dot,
    exp_rows,
    inlined,
    jit,
    scaled,
    scaled_add,
    split,
    survival_row,
)
from renben.engines.projection.states import DURATIONS, Array, Fixed, Path, Stock

DEAD, BACK, LEAVE, SETTLED, WIDENED = 0, 1, 2, 3, 4


class Work(NamedTuple):
    """Scratch of one draw; all by starting age, persons."""

    near: Array  # (p, 6, x, a) movers inside the prefecture by years kept
    far: Array  # (6, x, a) movers across prefectures
    guest: Array  # (6, x, a) movers registered in other provinces
    origin: Array  # (g, 2c) movers by band and origin
    lost: Array  # (o, 5, p, x, a) dead, back, leave, settled, widened
    guest_part: Array  # (x, a) share of the pooled class that is registered in other provinces
    stay_near: Array  # (g, 2c) share of movers who stay in the prefecture
    norm: Array  # (g, 2c) sum of weights of an origin
    inside: Array  # (g, 2c) arrivals by destination, same prefecture
    across: Array  # (g, 2c)
    home: Array  # (p+1, 4, x, a) kept, back, leave, widened shares of the away pools; the last row is provincial
    rows: Array  # (24, a) temporary rows


def scratch(fixed: Fixed, kinds: int) -> Work:
    """Empty working arrays for one thread."""
    c, p = len(fixed.prefecture), len(fixed.first)
    g, a = len(fixed.pull), fixed.profile.shape[2]
    return Work(
        np.zeros((p, DURATIONS, 2, a)),
        np.zeros((DURATIONS, 2, a)),
        np.zeros((DURATIONS, 2, a)),
        np.zeros((g, 2 * c)),
        np.zeros((kinds, 5, p, 2, a)),
        np.zeros((2, a)),
        np.zeros((g, 2 * c)),
        np.zeros((g, 2 * c)),
        np.zeros((g, 2 * c)),
        np.zeros((g, 2 * c)),
        np.zeros((p + 1, 4, 2, a)),
        np.zeros((24, a)),
    )


# Rows of the scratch: 0 alive, 1 hazard, 2 exp(-hazard), 3 people of the class, 4 in-county hazard, 5 chance where
# nobody settles, 6 sum of chance, 7 settled, 8..13 chance by years, 14..16 movers, 17 a temporary row.


@jit
def _stay(old: Array, stay: Array, over: Array, rows: Array, k: int) -> None:
    """One state in which nobody settles: who stays and who crosses, a year older; adds to the class's sums."""
    alive, keep, cross, phi = rows[0], rows[2], rows[4], rows[5]
    people, total, chance = rows[3], rows[6], rows[8 + k]
    last = old.shape[0] - 1
    for a in range(last):
        n = old[a] * alive[a]
        f = n * phi[a]
        stay[a + 1] += n * keep[a]
        over[a + 1] += f * cross[a]
        people[a] += old[a]
        chance[a] = f
        total[a] += f
    n = old[last] * alive[last]
    f = n * phi[last]
    stay[last] += n * keep[last]
    over[last] += f * cross[last]
    people[last] += old[last]
    chance[last] = f
    total[last] += f


@jit
def _stay_or_settle(old: Array, stay: Array, over: Array, rows: Array, k: int, settle: float) -> None:
    """The same with a hazard of settling beside the moves."""
    alive, eta, keep, cross = rows[0], rows[1], rows[2], rows[4]
    people, total, settled, chance = rows[3], rows[6], rows[7], rows[8 + k]
    last, factor = old.shape[0] - 1, math.exp(-settle)
    for a in range(old.shape[0]):
        n = old[a] * alive[a]
        chance[a] = (n - n * keep[a] * factor) / max(eta[a] + settle, TINY)
    for a in range(last):
        stay[a + 1] += old[a] * alive[a] * keep[a] * factor
        over[a + 1] += chance[a] * cross[a]
    stay[last] += old[last] * alive[last] * keep[last] * factor
    over[last] += chance[last] * cross[last]
    for a in range(old.shape[0]):
        people[a] += old[a]
        total[a] += chance[a]
        settled[a] += chance[a] * settle


@jit
def _hazards(profile: Array, x: int, level: Array, moves: Array, u: int, rows: Array) -> None:
    """Total hazard by age, exp(-total), the in-county hazard and the chance per unit of hazard; clears the sums."""
    which = 4 if u == 0 else 3
    out, back, leave, over = (
        level[0] * moves[0],
        level[1] * moves[1],
        level[2] * moves[2],
        level[which] * moves[which],
    )
    p0, p1, p2, p3 = profile[0, x], profile[1, x], profile[2, x], profile[which, x]
    eta, keep, cross, phi = rows[1], rows[2], rows[4], rows[5]
    for a in range(eta.shape[0]):
        cross[a] = over * p3[a]
    for a in range(eta.shape[0]):
        eta[a] = out * p0[a] + back * p1[a] + leave * p2[a] + over * p3[a]
    exp_rows(eta, keep)
    for a in range(eta.shape[0]):
        phi[a] = (1.0 - keep[a]) / max(eta[a], TINY)
    rows[3][:] = 0.0
    rows[6][:] = 0.0
    rows[7][:] = 0.0


@jit
def _count(rows: Array, u: int, flow: Array) -> None:
    """Deaths, net moves into towns and settlers of one class; row 17 becomes the dead by age."""
    people, alive, total, cross, settled, dead = rows[3], rows[0], rows[6], rows[4], rows[7], rows[17]
    died, crossed, settlers = 0.0, 0.0, 0.0
    for a in range(dead.shape[0]):
        dead[a] = people[a] - people[a] * alive[a]
        died += dead[a]
    for a in range(dead.shape[0]):
        crossed += total[a] * cross[a]
        settlers += settled[a]
    flow[1] += died
    flow[4] += crossed if u == 1 else -crossed
    flow[6] += settlers


@jit
def _local(old: Array, new: Array, h: int, u: int, settle: float, rows: Array) -> None:
    """People registered here (old: (a,); new: (u, s, a) of a county and sex)."""
    if settle > 0.0:
        _stay_or_settle(old, new[u, h], new[1 - u, h], rows, 0, settle)
        add_older(new[0, 0], rows[7])
    else:
        _stay(old, new[u, h], new[1 - u, h], rows, 0)


@jit
def _away(old: Array, new: Array, o: int, u: int, settle: Array, factor: float, rows: Array) -> None:
    """People of one origin class, all durations (old: (s, a) of a place; new: (u, s, a))."""
    first = 2 + DURATIONS * o
    for k in range(DURATIONS):
        rate = settle[k] * factor if u == 0 else 0.0
        older = first + min(k + 1, DURATIONS - 1)
        if rate > 0.0:
            _stay_or_settle(old[first + k], new[u, older], new[1 - u, older], rows, k, rate)
        else:
            _stay(old[first + k], new[u, older], new[1 - u, older], rows, k)
    if u == 0:
        add_older(new[0, 0], rows[7])


@inlined
def _local_moves(fixed: Fixed, path: Path, t: int, at: Any, work: Work, new: Stock, flow: Array) -> None:
    """Movers and leavers among people registered here: pools and ledger."""
    c, x, u, h = at
    rows, p, unit = work.rows, fixed.prefecture[c], 2 * c + u
    near, far, gone, profile = rows[14], rows[15], rows[16], fixed.profile
    flow[3] += scaled(rows[6], fixed.level[0, c, u, h] * path.moves[t, 0, c], profile[0, x], far)
    flow[7] -= scaled(rows[6], fixed.level[2, c, u, h] * path.moves[t, 2, c], profile[2, x], gone)
    split(work.origin, work.stay_near, fixed.band, unit, near, far)
    add(work.far[0, x], far)
    add_older(new.far[c, h, x], far)
    add_older(new.outside[c, h, x], gone)
    if stays_near(work.stay_near, unit):
        add(work.near[p, 0, x], near)
        add_older(new.near[c, h, x], near)


@jit
def stays_near(stay: Array, unit: int) -> bool:
    """Whether anybody who leaves a unit can stay in its prefecture."""
    for g in range(stay.shape[0]):
        if stay[g, unit] > 0.0:
            return True
    return False


@inlined
def _away_moves(fixed: Fixed, path: Path, t: int, at: Any, work: Work, lost: Array, flow: Array) -> None:
    """Returns, leavers and movers of one origin class."""
    c, x, u, o, kinds = at
    rows, near, far, profile = work.rows, work.rows[14], work.rows[15], fixed.profile
    add(lost[DEAD], rows[17])
    if u == 0:
        add(lost[SETTLED], rows[7])
    flow[7] -= scaled_add(
        rows[6], fixed.level[2, c, u, 2 + o] * path.moves[t, 2, c], profile[2, x], lost[LEAVE]
    )
    everyone = scaled(rows[6], fixed.level[1, c, u, 2 + o] * path.moves[t, 1, c], profile[1, x], far)
    add(lost[BACK], far)
    foreign = 0.0
    if kinds == 1:
        foreign = dot(far, work.guest_part[x])
    elif o == 2:
        foreign = everyone
    flow[3] += everyone - foreign
    flow[7] -= foreign
    keep = path.keep_years[t]
    out = fixed.level[0, c, u, 2 + o] * path.moves[t, 0, c]
    for k in range(-1, DURATIONS if keep > 0.0 else 0):
        source = rows[6] if k < 0 else rows[8 + k]
        weight = out * (1.0 - keep) if k < 0 else out * keep
        to = 0 if k < 0 else min(k + 1, DURATIONS - 1)
        if kinds == 3 and o == 0:
            flow[3] += scaled(source, weight, profile[0, x], far)
            split(work.origin, work.stay_near, fixed.band, 2 * c + u, near, far)
            add(work.near[fixed.prefecture[c], to, x], near)
            add(lost[WIDENED], far)
            add(work.far[to, x], far)
        elif kinds == 3 and o == 2:
            flow[3] += scaled_add(source, weight, profile[0, x], work.guest[to, x])
        else:
            flow[3] += scaled_add(source, weight, profile[0, x], work.far[to, x])


@jit
def _county(
    stock: Stock, new: Stock, fixed: Fixed, path: Path, t: int, c: int, work: Work, flow: Array
) -> None:
    kinds = (stock.people.shape[3] - 2) // DURATIONS
    rows, moves, factor = work.rows, path.moves[t, :, c].copy(), path.moves[t, 5, c]
    for x in range(2):
        people = new.people[c, x]
        people[:] = 0.0  # here, while the county is in cache
        for u in range(2):
            old = stock.people[c, x, u]
            survival_row(fixed, fixed.e0[c, u, x] + path.e0[t, x], x, rows[0])
            for h in range(2):
                _hazards(fixed.profile, x, fixed.level[:, c, u, h], moves, u, rows)
                settle = fixed.settle[c, 1, 0] * factor if (h == 1 and u == 0) else 0.0
                _local(old[h], people, h, u, settle, rows)
                _count(rows, u, flow)
                _local_moves(fixed, path, t, (c, x, u, h), work, new, flow)
            for o in range(kinds):
                _hazards(fixed.profile, x, fixed.level[:, c, u, 2 + o], moves, u, rows)
                _away(old, people, o, u, fixed.settle[c, 2 + o], factor, rows)
                _count(rows, u, flow)
                at = fixed.prefecture[c] if (kinds == 3 and o == 0) else 0
                _away_moves(fixed, path, t, (c, x, u, o, kinds), work, work.lost[o, :, at, x], flow)


@jit
def leave_all(stock: Stock, new: Stock, fixed: Fixed, path: Path, t: int, work: Work, flows: Array) -> None:
    """Run survival, moves and settlement of all counties; fills the new stock and the pools."""
    for c in range(stock.people.shape[0]):
        _county(stock, new, fixed, path, t, c, work, flows[c])
