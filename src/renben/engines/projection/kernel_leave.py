"""Compiled first half of a year: who survives, stays, moves, leaves or settles, county by county.

Same rules as ``reference``. ``kernel_carry`` moves the people of a class; here its rates are put together before, and
its movers, leavers, settlers and dead are booked after.
"""

# mypy: disallow-untyped-defs=False, disallow-incomplete-defs=False, disallow-untyped-calls=False, warn-return-any=False

import math

from renben.engines.projection.kernel_carry import carry
from renben.engines.projection.kernel_lanes import LANES, load, spread, store, total
from renben.engines.projection.kernel_rows import (
    TINY,
    add,
    add_older,
    clear,
    dot,
    dot_older,
    fill_bands,
    fold,
    halvings,
    inlined,
    jit,
    level_of,
    pool_of,
    sum_bands,
    sum_of,
    survival_row,
)
from renben.engines.projection.kernel_work import (
    ALIVE,
    BACK,
    CHANCE,
    DEAD,
    LEAVE,
    LOSSES,
    MOVED,
    NEAR,
    PEOPLE,
    RESTED,
    SETTLED,
    SETTLERS,
    STAYED,
    TOWN,
    WIDENED,
    Work,
)
from renben.engines.projection.states import DURATIONS, Array, Fixed, Path

OUT, HOMEWARD, AWAY, INSIDE = range(4)
"""Columns of ``Work.rate``."""


@inlined
def _rates(fixed, path, t, c, k, work):
    """Hazards of class ``k`` of both places of a county, per unit of profile; returns the largest that may occur."""
    largest = 0.0
    for u in range(2):
        top = 0.0
        for j in range(4):
            move = j if j < INSIDE else 4 - u
            work.rate[u, j] = fixed.level[move, c, u, k] * path.moves[t, move, c]
            top += work.rate[u, j] * max(work.peak[move, 0], work.peak[move, 1])
        largest = max(largest, top)
    return largest


@inlined
def _settle(fixed, path, t, c, k, count, work):
    """Hazards of settling of the urban people of class ``k``; returns whether there is one."""
    some = False
    for d in range(count if k > 0 else 0):
        rate = fixed.settle[c, k, d] * path.moves[t, 5, c]
        some = some or rate > 0.0
        work.settle[0, d] = max(rate, TINY)
        work.settle[1, d] = math.exp(-rate)
    return some


@jit
def _local_moves(rows, profile, x, rate, split, to_near, to_far, to_outside, row):
    """Movers and leavers among people registered here, into the rows of their hukou county; returns sums.

    Sums: dead, movers to other counties, leavers of the province.
    """
    died, moved, left = spread(0.0), spread(0.0), spread(0.0)
    for i in range(0, rows.shape[1] - LANES, LANES):
        n, m = load(rows, PEOPLE, i), load(rows, PEOPLE + 1, i)
        f, g = load(rows, MOVED, i), load(rows, MOVED + 1, i)
        died = died + ((n - n * load(rows, ALIVE, i)) + (m - m * load(rows, ALIVE + 1, i)))
        gone = (f * rate[0, AWAY] + g * rate[1, AWAY]) * load(profile, 4 + x, i)
        left = left + gone
        store(to_outside, row, i, gone)
        pattern = load(profile, x, i)
        f, g = f * (rate[0, OUT] * pattern), g * (rate[1, OUT] * pattern)
        moved = moved + (f + g)
        store(rows, RESTED, i, load(rows, RESTED, i) + (f + g))
        if split:
            near = (f + g) * load(rows, NEAR, i)
            store(to_near, row, i, near)
            store(to_far, row, i, (f + g) - near)
        else:
            store(to_far, row, i, f + g)
    return total(died), total(moved), total(left)


@jit
def _away_moves(rows, profile, x, rate, lost, first, guest_part):
    """Dead, returners and leavers of one origin class into the losses of its pool; returns sums.

    ``first`` is the row of the first kind of loss.
    Sums: dead, returners, returners registered in other provinces (by ``guest_part``), leavers.
    """
    died, home, abroad, left = spread(0.0), spread(0.0), spread(0.0), spread(0.0)
    for i in range(0, rows.shape[1] - LANES, LANES):
        n, m = load(rows, PEOPLE, i), load(rows, PEOPLE + 1, i)
        f, g = load(rows, MOVED, i), load(rows, MOVED + 1, i)
        dead = (n - n * load(rows, ALIVE, i)) + (m - m * load(rows, ALIVE + 1, i))
        back = (f * rate[0, HOMEWARD] + g * rate[1, HOMEWARD]) * load(profile, 2 + x, i)
        gone = (f * rate[0, AWAY] + g * rate[1, AWAY]) * load(profile, 4 + x, i)
        died, home, left = died + dead, home + back, left + gone
        abroad = abroad + back * load(guest_part, x, i)
        for kind, row in ((DEAD, dead), (BACK, back), (LEAVE, gone), (SETTLED, load(rows, SETTLERS, i))):
            at = first + 2 * kind
            store(lost, at, i, load(lost, at, i) + row)
    return total(died), total(home), total(abroad), total(left)


@jit
def _onward(rows, source, profile, x, weight, weight_rural, movers, row):
    """Movers of a class to other counties into their pool; ``source`` is the urban row of movers per unit of hazard."""
    moved = spread(0.0)
    for i in range(0, rows.shape[1] - LANES, LANES):
        some = weight * load(rows, source, i) + weight_rural * load(rows, source + 1, i)
        some = some * load(profile, x, i)
        moved = moved + some
        store(movers, row, i, load(movers, row, i) + some)
    return total(moved)


@jit
def _onward_near(rows, source, profile, x, weight, weight_rural, movers, row, far, lost, lost_row):
    """The same for people of the same prefecture: some stay in it, for the others the class widens."""
    moved = spread(0.0)
    for i in range(0, rows.shape[1] - LANES, LANES):
        pattern = load(profile, x, i)
        some = (weight * load(rows, source, i) + weight_rural * load(rows, source + 1, i)) * pattern
        store(rows, RESTED, i, load(rows, RESTED, i) + some)
        inside = some * load(rows, NEAR, i)
        outward = some - inside
        moved = moved + some
        store(movers, row, i, load(movers, row, i) + inside)
        store(movers, far, i, load(movers, far, i) + outward)
        store(lost, lost_row, i, load(lost, lost_row, i) + outward)
    return total(moved)


@inlined
def _move_on(path, t, x, pool, near, work):
    """Onward movers of one pool, with or without their residence years; returns their number."""
    keep, moved, far = path.keep_years[t], 0.0, work.whole.shape[0] // 2 - 2
    for k in range(-1, DURATIONS if keep > 0.0 else 0):
        source = MOVED if k < 0 else CHANCE + 2 * k
        part = 1.0 - keep if k < 0 else keep
        to = 0 if k < 0 else min(k + 1, DURATIONS - 1)
        row = (pool * DURATIONS + to) * 2 + x
        out, rural = work.rate[0, OUT] * part, work.rate[1, OUT] * part
        if near:
            moved += _onward_near(
                work.rows, source, work.profile, x, out, rural, work.movers, row, (far * DURATIONS + to) * 2 + x,
                work.lost, (pool * LOSSES + WIDENED) * 2 + x,
            )  # fmt: skip
        else:
            moved += _onward(work.rows, source, work.profile, x, out, rural, work.movers, row)
    return moved


@inlined
def _away(fixed, path, t, c, x, o, kinds, work, flow):
    """One origin class of a county and sex."""
    rows, states = work.rows, 2 + DURATIONS * kinds
    top = halvings(_rates(fixed, path, t, c, 2 + o, work))
    settles = _settle(fixed, path, t, c, 2 + o, DURATIONS, work)
    urban = (2 * c + x) * 2 * states + 2 + DURATIONS * o
    at, keep = (urban, urban + states), path.keep_years[t] > 0.0
    flow[4] += carry(
        work.people, at, DURATIONS, work.pending[c, 0], rows, work.profile, x, work.rate, top,
        work.settle, settles, keep,
    )  # fmt: skip
    last = fixed.profile.shape[2] - 1
    for u in range(2):
        for k in range(1, DURATIONS):
            fold(work.people, at[u] + k, last)
        add_older(work.migrants, 2 * c + u, rows, STAYED + u, last)
        work.women[0, c, u, 2 + o] += dot(work.pattern, x, rows, PEOPLE + u)
        work.women[1, c, u, 2 + o] += dot_older(work.pattern, x, rows, STAYED + u)
    add(rows, TOWN, rows, SETTLERS)
    pool = pool_of(fixed, c, o, kinds)
    died, home, abroad, left = _away_moves(
        rows, work.profile, x, work.rate, work.lost, pool * LOSSES * 2 + x, work.guest_part
    )
    if kinds == 3:
        abroad = home if o == 2 else 0.0
    flow[1] += died
    flow[3] += home - abroad + _move_on(path, t, x, pool, kinds == 3 and o == 0, work)
    flow[6] += sum_of(rows, SETTLERS)
    flow[7] -= left + abroad


@inlined
def _local(fixed, path, t, c, x, h, kinds, work, flow):
    """People of a county and sex who are registered there at an urban (0) or rural (1) address."""
    rows, states = work.rows, 2 + DURATIONS * kinds
    top = halvings(_rates(fixed, path, t, c, h, work))
    settles = _settle(fixed, path, t, c, h, 1, work)
    urban = (2 * c + x) * 2 * states + h
    flow[4] += carry(
        work.people, (urban, urban + states), 1, 0.0, rows, work.profile, x, work.rate, top,
        work.settle, settles, False,
    )  # fmt: skip
    last, row = fixed.profile.shape[2] - 1, (c * 2 + h) * 2 + x
    fold(work.people, urban, last)
    fold(work.people, urban + states, last)
    for u in range(2):
        work.women[0, c, u, h] += dot(work.pattern, x, rows, PEOPLE + u)
    died, moved, left = _local_moves(
        rows, work.profile, x, work.rate, kinds == 3, work.to_near, work.to_far, work.to_outside, row
    )
    add(work.movers, fixed.first.shape[0] * DURATIONS * 2 + x, work.to_far, row)
    if kinds == 3:
        add(work.movers, fixed.prefecture[c] * DURATIONS * 2 + x, work.to_near, row)
    if settles:
        add(rows, TOWN, rows, SETTLERS)
        flow[6] += sum_of(rows, SETTLERS)
    flow[1] += died
    flow[3] += moved
    flow[7] -= left


@jit
def leave_all(fixed: Fixed, path: Path, t: int, near: Array, work: Work, flows: Array) -> None:
    """Run survival, moves and settlement of all counties in place; fills pools and movers.

    ``near`` (g, c): share of movers who stay in the prefecture.
    """
    kinds = work.women.shape[3] - 2
    states, last, rows = 2 + DURATIONS * kinds, fixed.profile.shape[2] - 1, work.rows
    for c in range(fixed.prefecture.shape[0]):
        fill_bands(near, c, fixed.band, rows, NEAR)
        clear(rows, RESTED)
        for u in range(2):
            clear(work.migrants, 2 * c + u)
        for x in range(2):
            for u in range(2):
                index, part = level_of(fixed, fixed.e0[c, u, x] + path.e0[t, x])
                survival_row(work.survival, index, part, x, rows, ALIVE + u)
            clear(rows, TOWN)
            for o in range(kinds):
                _away(fixed, path, t, c, x, o, kinds, work, flows[c])
            for h in range(1, -1, -1):
                _local(fixed, path, t, c, x, h, kinds, work, flows[c])
            add_older(work.people, (2 * c + x) * 2 * states, rows, TOWN, last)
        sum_bands(rows, RESTED, fixed.band, work.origin, c)
