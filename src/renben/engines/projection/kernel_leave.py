"""Compiled first half of a year: who survives, stays, moves, leaves or settles, county by county.

Same rules as ``reference``; written as loops over single ages that the compiler turns into vector instructions.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from renben.engines.projection.states import DURATIONS, Array, Fixed, Path, Stock

TINY = 1e-300
DEAD, BACK, LEAVE, SETTLED, WIDENED = 0, 1, 2, 3, 4

jit: Any = njit(cache=True, nogil=True, error_model="numpy")


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
    home: Array  # (p+1, 5, x, a) loss rates of the away pools; the last row is the provincial pool
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
        np.zeros((p + 1, 5, 2, a)),
        np.zeros((24, a)),
    )


@jit
def exp_rows(hazard: Array, out: Array) -> None:
    """exp(-hazard): a polynomial of degree 11 after halving four times (below 4), else the library's."""
    top = 0.0
    for a in range(hazard.shape[0]):
        top = max(top, hazard[a])
    if top > 4.0:
        for a in range(hazard.shape[0]):
            out[a] = math.exp(-hazard[a])
        return
    for a in range(hazard.shape[0]):
        y = hazard[a] * -0.0625
        r = 1.0 + y / 11.0
        r = 1.0 + y * r * 0.1
        r = 1.0 + y * r * (1.0 / 9.0)
        r = 1.0 + y * r * 0.125
        r = 1.0 + y * r * (1.0 / 7.0)
        r = 1.0 + y * r * (1.0 / 6.0)
        r = 1.0 + y * r * 0.2
        r = 1.0 + y * r * 0.25
        r = 1.0 + y * r * (1.0 / 3.0)
        r = 1.0 + y * r * 0.5
        r = 1.0 + y * r
        r = r * r
        r = r * r
        r = r * r
        out[a] = r * r


@jit
def add_older(target: Array, source: Array) -> None:
    """Add a row of starting ages to a row one year older; the open group takes in the one below."""
    last = source.shape[0] - 1
    for a in range(last):
        target[a + 1] += source[a]
    target[last] += source[last]


@jit
def survival_row(fixed: Fixed, e0: float, sex: int, out: Array) -> float:
    """Survival of one year by age at life expectancy ``e0`` (years); returns survival from birth."""
    at = (e0 - fixed.e0_range[0]) / fixed.e0_range[1]
    at = min(max(at, 0.0), fixed.survival.shape[0] - 1.000001)
    index = int(at)
    part = at - index
    low, high = fixed.survival[index, sex], fixed.survival[index + 1, sex]
    for a in range(out.shape[0]):
        out[a] = low[a] * (1.0 - part) + high[a] * part
    return float(fixed.infant[index, sex] * (1.0 - part) + fixed.infant[index + 1, sex] * part)


@jit
def _one_state(old: Array, rows: Array, settle: float, k: int) -> None:
    """Split one state: rows 3 stay, 4 cross, 5 settled, 6 sum of chance, 8+k chance by years."""
    alive, eta, keep, cross = rows[0], rows[1], rows[2], rows[7]
    stay, over, settled, total, chance = rows[3], rows[4], rows[5], rows[6], rows[8 + k]
    factor = math.exp(-settle)
    for a in range(old.shape[0]):
        n = old[a] * alive[a]
        s = n * keep[a] * factor
        f = (n - s) / max(eta[a] + settle, TINY)
        stay[a] = s
        chance[a] = f
        total[a] += f
        over[a] = f * cross[a]
        settled[a] = f * settle


@jit
def _hazards(fixed: Fixed, path: Path, t: int, c: int, x: int, u: int, k: int, rows: Array) -> None:
    """Row 1 the total hazard by age, row 2 exp(-total), row 7 the in-county move."""
    level, moves, profile = fixed.level, path.moves, fixed.profile
    out = level[0, c, u, k] * moves[t, 0, c]
    back = level[1, c, u, k] * moves[t, 1, c]
    leave = level[2, c, u, k] * moves[t, 2, c]
    which = 4 if u == 0 else 3
    over = level[which, c, u, k] * moves[t, which, c]
    p0, p1, p2, p3 = profile[0, x], profile[1, x], profile[2, x], profile[which, x]
    eta, cross = rows[1], rows[7]
    for a in range(eta.shape[0]):
        cross[a] = over * p3[a]
        eta[a] = out * p0[a] + back * p1[a] + leave * p2[a] + cross[a]
    exp_rows(eta, rows[2])


@jit
def _locals(
    stock: Stock,
    new: Stock,
    fixed: Fixed,
    path: Path,
    t: int,
    c: int,
    x: int,
    u: int,
    work: Work,
    flow: Array,
) -> None:
    rows, ages = work.rows, stock.people.shape[4]
    unit, p = 2 * c + u, fixed.prefecture[c]
    for h in range(2):
        _hazards(fixed, path, t, c, x, u, h, rows)
        settle = fixed.settle[c, 1, 0] * path.moves[t, 5, c] if (h == 1 and u == 0) else 0.0
        rows[6][:] = 0.0
        old = stock.people[c, x, u, h]
        _one_state(old, rows, settle, 0)
        add_older(new.people[c, x, u, h], rows[3])
        add_older(new.people[c, x, 1 - u, h], rows[4])
        if settle > 0.0:
            add_older(new.people[c, x, 0, 0], rows[5])
        _count(old, rows, u, flow)
        out = fixed.level[0, c, u, h] * path.moves[t, 0, c]
        leave = fixed.level[2, c, u, h] * path.moves[t, 2, c]
        near, far, gone, total = rows[14], rows[15], rows[16], rows[6]
        for a in range(ages):
            gone[a] = total[a] * leave * fixed.profile[2, x, a]
            far[a] = total[a] * out * fixed.profile[0, x, a]
        _split(work, fixed, unit, near, far)
        for a in range(ages):
            work.near[p, 0, x, a] += near[a]
            work.far[0, x, a] += far[a]
        add_older(new.near[c, h, x], near)
        add_older(new.far[c, h, x], far)
        add_older(new.outside[c, h, x], gone)
        flow[3] += near.sum() + far.sum()
        flow[7] -= gone.sum()


@jit
def _split(work: Work, fixed: Fixed, unit: int, near: Array, far: Array) -> None:
    """Split movers (row ``far``) into those who stay in the prefecture (``near``) and the others; count them."""
    for g in range(work.origin.shape[0]):
        share = work.stay_near[g, unit]
        total = 0.0
        for a in range(fixed.band[g], fixed.band[g + 1]):
            total += far[a]
            near[a] = far[a] * share
            far[a] = far[a] - near[a]
        work.origin[g, unit] += total


@jit
def _count(old: Array, rows: Array, u: int, flow: Array) -> None:
    dead = 0.0
    for a in range(old.shape[0]):
        dead += old[a] - old[a] * rows[0][a]
    flow[1] += dead
    crossed = rows[4].sum()
    flow[4] += crossed if u == 1 else -crossed
    flow[6] += rows[5].sum()


@jit
def _away(
    stock: Stock,
    new: Stock,
    fixed: Fixed,
    path: Path,
    t: int,
    c: int,
    x: int,
    u: int,
    work: Work,
    flow: Array,
) -> None:
    kinds = (stock.people.shape[3] - 2) // DURATIONS
    for o in range(kinds):
        rows = work.rows
        _hazards(fixed, path, t, c, x, u, 2 + o, rows)
        rows[6][:] = 0.0
        at = fixed.prefecture[c] if (kinds == 3 and o == 0) else 0
        lost = work.lost[o, :, at, x]
        for k in range(DURATIONS):
            settle = fixed.settle[c, 2 + o, k] * path.moves[t, 5, c] if u == 0 else 0.0
            old = stock.people[c, x, u, 2 + DURATIONS * o + k]
            older = 2 + DURATIONS * o + min(k + 1, DURATIONS - 1)
            _one_state(old, rows, settle, k)
            add_older(new.people[c, x, u, older], rows[3])
            add_older(new.people[c, x, 1 - u, older], rows[4])
            _count(old, rows, u, flow)
            if settle > 0.0:
                add_older(new.people[c, x, 0, 0], rows[5])
                for a in range(old.shape[0]):
                    lost[SETTLED, a] += rows[5][a]
            for a in range(old.shape[0]):
                lost[DEAD, a] += old[a] - old[a] * rows[0][a]
        _away_flows(fixed, path, t, (c, x, u, o, kinds), work, lost, flow)
        _away_moves(fixed, path, t, (c, x, u, o, kinds), work, lost, flow)


@jit
def _away_flows(fixed: Fixed, path: Path, t: int, at: Any, work: Work, lost: Array, flow: Array) -> None:
    c, x, u, o, kinds = at
    back = fixed.level[1, c, u, 2 + o] * path.moves[t, 1, c]
    leave = fixed.level[2, c, u, 2 + o] * path.moves[t, 2, c]
    total, inside, outside = work.rows[6], 0.0, 0.0
    for a in range(total.shape[0]):
        b = total[a] * back * fixed.profile[1, x, a]
        e = total[a] * leave * fixed.profile[2, x, a]
        lost[BACK, a] += b
        lost[LEAVE, a] += e
        foreign = work.guest_part[x, a] if kinds == 1 else (1.0 if o == 2 else 0.0)
        inside += b - b * foreign
        outside += b * foreign + e
    flow[3] += inside
    flow[7] -= outside


@jit
def _away_moves(fixed: Fixed, path: Path, t: int, at: Any, work: Work, lost: Array, flow: Array) -> None:
    c, x, u, o, kinds = at
    out = fixed.level[0, c, u, 2 + o] * path.moves[t, 0, c]
    keep, rows, p = path.keep_years[t], work.rows, fixed.prefecture[c]
    steps = DURATIONS if keep > 0.0 else 1
    for k in range(-1, steps if keep > 0.0 else 0):
        source = rows[6] if k < 0 else rows[8 + k]
        weight = (1.0 - keep) if k < 0 else keep
        to = 0 if k < 0 else min(k + 1, DURATIONS - 1)
        near, far = rows[14], rows[15]
        for a in range(far.shape[0]):
            far[a] = source[a] * weight * out * fixed.profile[0, x, a]
        flow[3] += far.sum()
        if kinds == 3 and o == 2:
            for a in range(far.shape[0]):
                work.guest[to, x, a] += far[a]
            continue
        if kinds == 3 and o == 0:
            _split(work, fixed, 2 * c + u, near, far)
            for a in range(far.shape[0]):
                work.near[p, to, x, a] += near[a]
                lost[WIDENED, a] += far[a]
        for a in range(far.shape[0]):
            work.far[to, x, a] += far[a]


@jit
def leave_all(stock: Stock, new: Stock, fixed: Fixed, path: Path, t: int, work: Work, flows: Array) -> None:
    """Run survival, moves and settlement of all counties; fills the new stock and the pools."""
    for c in range(stock.people.shape[0]):
        for x in range(2):
            for u in range(2):
                survival_row(fixed, fixed.e0[c, u, x] + path.e0[t, x], x, work.rows[0])
                _locals(stock, new, fixed, path, t, c, x, u, work, flows[c])
                _away(stock, new, fixed, path, t, c, x, u, work, flows[c])
