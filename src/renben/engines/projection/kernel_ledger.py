"""Compiled second half of a year, ledger: what becomes of the people who live away from their hukou county.

They lose deaths, returns, departures and settlers in the proportions of their pool, by sex and age.
"""

# mypy: disallow-untyped-defs=False, disallow-incomplete-defs=False, disallow-untyped-calls=False, warn-return-any=False

import math

from renben.engines.projection.kernel_lanes import LANES, load, spread, store, total
from renben.engines.projection.kernel_rows import (
    add,
    add_older,
    clear,
    dot,
    fold,
    inlined,
    jit,
    level_of,
    survival_row,
)
from renben.engines.projection.kernel_work import (
    BACK,
    DEAD,
    GONE,
    HOME,
    KEPT,
    LEAVE,
    LOSSES,
    OUTLIVE,
    RETURN,
    SETTLED,
    SHARES,
    STAY_OUT,
    WIDENED,
    WIDER,
    Work,
)
from renben.engines.projection.states import DURATIONS, Fixed, Path


@inlined
def _share(whole: float, part: float) -> float:
    return part / whole if whole > 0.0 else 0.0


@jit
def pools(fixed: Fixed, work: Work, kinds: int) -> None:
    """Count the people of every pool at the start of the year, and the guests' part of the pooled class."""
    far = fixed.first.shape[0]
    for q in range(work.whole.shape[0]):
        clear(work.whole, q)
    for x in range(2):
        for c in range(fixed.prefecture.shape[0]):
            for h in range(2):
                row = (c * 2 + h) * 2 + x
                add(work.whole, 2 * far + x, work.far, row)
                if kinds == 3:
                    add(work.whole, 2 * fixed.prefecture[c] + x, work.near, row)
        if kinds == 1:
            add(work.whole, 2 * far + x, work.guests, x)
            for a in range(work.guests.shape[1]):
                work.guest_part[x, a] = _share(work.whole[2 * far + x, a], work.guests[x, a])


@jit
def pool_shares(work: Work) -> None:
    """Shares of every pool that stay, return, leave or widen."""
    for q in range(work.whole.shape[0] // 2 - 1):
        for x in range(2):
            lost, home = q * LOSSES * 2 + x, q * SHARES * 2 + x
            for a in range(work.whole.shape[1]):
                whole = work.whole[2 * q + x, a]
                back = _share(whole, work.lost[lost + 2 * BACK, a])
                gone = _share(whole, work.lost[lost + 2 * LEAVE, a])
                wider = _share(whole, work.lost[lost + 2 * WIDENED, a])
                dead = _share(whole, work.lost[lost + 2 * DEAD, a])
                settled = _share(whole, work.lost[lost + 2 * SETTLED, a])
                work.home[home + 2 * KEPT, a] = 1.0 - (dead + back + gone + settled) - wider
                work.home[home + 2 * HOME, a] = back
                work.home[home + 2 * GONE, a] = gone
                work.home[home + 2 * WIDER, a] = wider


@jit
def guests_left(work: Work, kinds: int, last: int) -> None:
    """Residents registered in other provinces after the year's losses, a year older."""
    far, rows = work.whole.shape[0] // 2 - 2, work.rows
    for x in range(2):
        for a in range(work.guests.shape[1]):
            if kinds == 1:
                rows[RETURN, a] = work.guests[x, a] * work.home[(far * SHARES + KEPT) * 2 + x, a]
                continue
            rows[RETURN, a] = work.guests[x, a]
            for kind in range(WIDENED):
                rows[RETURN, a] -= work.lost[((far + 1) * LOSSES + kind) * 2 + x, a]
        clear(work.guests, x)
        add_older(work.guests, x, rows, RETURN, last)


@jit
def outside_rates(fixed: Fixed, path: Path, t: int, work: Work) -> None:
    """Survival of the people outside the province, and the probability that they stay there, by sex."""
    for x in range(2):
        index, part = level_of(fixed, fixed.e0_outside[x] + path.e0[t, x])
        survival_row(work.survival, index, part, x, work.rows, OUTLIVE + x)
        for a in range(fixed.profile.shape[2]):
            work.rows[STAY_OUT + x, a] = math.exp(-path.home_from_outside[t] * fixed.profile[1, x, a])


@jit
def _pools_of_county(
    near, far, outside, row, to_near, to_far, to_outside, home, near_home, far_home, rows, x, last
):
    """Carry the people of a county, address and sex who live away over the year; returners into a scratch row.

    Returns those who come from inside the province, and those from outside.
    """
    inside, abroad = spread(0.0), spread(0.0)
    for i in range(near.shape[1] - 2 * LANES, -1, -LANES):
        n, f = load(near, row, i), load(far, row, i)
        living = load(outside, row, i) * load(rows, OUTLIVE + x, i)
        staying = living * load(rows, STAY_OUT + x, i)
        back = n * load(home, near_home + 2 * HOME, i) + f * load(home, far_home + 2 * HOME, i)
        inside, abroad = inside + back, abroad + (living - staying)
        store(rows, RETURN, i, back + (living - staying))
        gone = n * load(home, near_home + 2 * GONE, i) + f * load(home, far_home + 2 * GONE, i)
        wider = n * load(home, near_home + 2 * WIDER, i)
        store(near, row, i + 1, n * load(home, near_home + 2 * KEPT, i) + load(to_near, row, i))
        store(far, row, i + 1, f * load(home, far_home + 2 * KEPT, i) + (wider + load(to_far, row, i)))
        store(outside, row, i + 1, staying + (gone + load(to_outside, row, i)))
    fold(near, row, last)
    fold(far, row, last)
    fold(outside, row, last)
    return total(inside), total(abroad)


@jit
def _home_rural(people, row, rural, urban, rows, last):
    """Returners with a rural address: a share to the urban part of the county."""
    for i in range(0, people.shape[1] - LANES, LANES):
        back = load(rows, RETURN, i)
        town = back * urban
        store(people, row, i + 1, load(people, row, i + 1) + town)
        store(people, rural, i + 1, load(people, rural, i + 1) + (back - town))
    fold(people, row, last)
    fold(people, rural, last)


@inlined
def carry_ledger(fixed, c, kinds, work, flow):
    """The people registered in one county who live away; returners come home."""
    states, last = 2 + DURATIONS * kinds, fixed.profile.shape[2] - 1
    p, far = fixed.prefecture[c], fixed.first.shape[0]
    for h in range(2):
        for x in range(2):
            row = (c * 2 + h) * 2 + x
            work.mothers[0, c, h] += 0.5 * dot(work.pattern, x, work.near, row)
            work.mothers[1, c, h] += 0.5 * dot(work.pattern, x, work.far, row)
            work.mothers[2, c, h] += 0.5 * dot(work.pattern, x, work.outside, row)
            inside, abroad = _pools_of_county(
                work.near, work.far, work.outside, row, work.to_near, work.to_far, work.to_outside,
                work.home, p * SHARES * 2 + x, far * SHARES * 2 + x, work.rows, x, last,
            )  # fmt: skip
            flow[2] += inside
            flow[7] += abroad
            work.mothers[0, c, h] += 0.5 * dot(work.pattern, x, work.near, row)
            work.mothers[1, c, h] += 0.5 * dot(work.pattern, x, work.far, row)
            work.mothers[2, c, h] += 0.5 * dot(work.pattern, x, work.outside, row)
            urban = (2 * c + x) * 2 * states + h
            if h == 0:
                add_older(work.people, urban, work.rows, RETURN, last)
            else:
                _home_rural(work.people, urban, urban + states, fixed.back_urban[c], work.rows, last)
