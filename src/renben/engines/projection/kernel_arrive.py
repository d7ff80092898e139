"""Compiled second half of a year: destinations, returners, the ledger, newcomers, births, reclassification."""

import math

from renben.engines.projection.kernel_leave import (
    BACK,
    DEAD,
    LEAVE,
    SETTLED,
    WIDENED,
    Work,
    add_older,
    jit,
    survival_row,
)
from renben.engines.projection.states import DURATIONS, Array, Fixed, Path, Stock


@jit
def attract(fixed: Fixed, path: Path, t: int, split: bool, work: Work) -> None:
    """Sum of attracted weights by band and origin, and the share that stays in the prefecture."""
    bands, units = work.norm.shape
    for g in range(bands):
        for o in range(units):
            p = fixed.prefecture[o // 2]
            lo, hi = 2 * fixed.first[p], 2 * fixed.last[p]
            row = fixed.pull[g, o]
            inside, total = 0.0, 0.0
            for d in range(units):
                total += row[d] * path.attraction[t, d]
            for d in range(lo, hi):
                inside += row[d] * path.attraction[t, d]
            work.norm[g, o] = total
            work.stay_near[g, o] = inside / total if (split and total > 0.0) else 0.0


@jit
def destinations(fixed: Fixed, path: Path, t: int, split: bool, work: Work) -> None:
    """Arrivals by band and destination, then normalised to shares of the prefecture and of the province."""
    bands, units = work.norm.shape
    work.inside[:] = 0.0
    work.across[:] = 0.0
    for g in range(bands):
        inside, across = work.inside[g], work.across[g]
        for o in range(units):
            if work.norm[g, o] <= 0.0 or work.origin[g, o] <= 0.0:
                continue
            p = fixed.prefecture[o // 2]
            lo, hi = (2 * fixed.first[p], 2 * fixed.last[p]) if split else (0, 0)
            row, w = fixed.pull[g, o], work.origin[g, o] / work.norm[g, o]
            for d in range(lo):
                across[d] += w * row[d]
            for d in range(lo, hi):
                inside[d] += w * row[d]
            for d in range(hi, units):
                across[d] += w * row[d]
        for d in range(units):
            inside[d] *= path.attraction[t, d]
            across[d] *= path.attraction[t, d]


@jit
def _share(total: float, part: float) -> float:
    return part / total if total > 0.0 else 0.0


@jit
def arrive(new: Stock, fixed: Fixed, work: Work, kinds: int, flows: Array, keep: float) -> None:
    """Put the pooled movers into their destination counties."""
    top = DURATIONS if keep > 0.0 else 1
    wide = 1 if kinds == 3 else 0
    for g in range(work.norm.shape[0]):
        across, whole = 0.0, 0.0
        for d in range(work.norm.shape[1]):
            across += work.across[g, d]
            whole += work.across[g, d] + work.inside[g, d]
        for p in range(fixed.first.shape[0]):
            inside = 0.0
            for d in range(2 * fixed.first[p], 2 * fixed.last[p]):
                inside += work.inside[g, d]
            for d in range(2 * fixed.first[p], 2 * fixed.last[p]):
                shares = (
                    _share(inside, work.inside[g, d]),
                    _share(across, work.across[g, d]),
                    _share(whole, work.across[g, d] + work.inside[g, d]),
                )
                for k in range(top):
                    if kinds == 3:
                        _put(new, fixed, g, d, 2 + k, shares[0], work.near[p, k], flows)
                        _put(new, fixed, g, d, 2 + 2 * DURATIONS + k, shares[2], work.guest[k], flows)
                    _put(new, fixed, g, d, 2 + wide * DURATIONS + k, shares[1], work.far[k], flows)


@jit
def _put(new: Stock, fixed: Fixed, g: int, d: int, s: int, share: float, pool: Array, flows: Array) -> None:
    if share <= 0.0:
        return
    last = new.people.shape[4] - 1
    lo, hi = fixed.band[g], fixed.band[g + 1]
    arrived = 0.0
    for x in range(2):
        target = new.people[d // 2, x, d % 2, s]
        source = pool[x]
        for a in range(lo, min(hi, last)):
            target[a + 1] += share * source[a]
        if hi > last:
            target[last] += share * source[last]
        for a in range(lo, hi):
            arrived += share * source[a]
    flows[d // 2, 2] += arrived


@jit
def pool_rates(stock: Stock, fixed: Fixed, work: Work, kinds: int) -> None:
    """Loss rates of the away pools: each prefecture's own, and the provincial one in the last row."""
    provinces = work.home.shape[0] - 1
    ages = stock.guests.shape[1]
    wide = 1 if kinds == 3 else 0
    for x in range(2):
        for a in range(ages):
            far = 0.0
            for c in range(stock.far.shape[0]):
                far += stock.far[c, 0, x, a] + stock.far[c, 1, x, a]
            if kinds == 1:
                far += stock.guests[x, a]
            for f in range(4):
                work.home[provinces, f, x, a] = _share(far, work.lost[wide, f, 0, x, a])
            for p in range(provinces):
                near = 0.0
                for c in range(fixed.first[p], fixed.last[p]):
                    near += stock.near[c, 0, x, a] + stock.near[c, 1, x, a]
                for f in range(5):
                    lost = work.lost[0, f, p, x, a] if kinds == 3 else 0.0
                    work.home[p, f, x, a] = _share(near, lost)


@jit
def guest_part(stock: Stock, work: Work) -> None:
    """Share of the pooled class that is registered in other provinces, by sex and age."""
    for x in range(2):
        for a in range(stock.guests.shape[1]):
            far = stock.guests[x, a]
            for c in range(stock.far.shape[0]):
                far += stock.far[c, 0, x, a] + stock.far[c, 1, x, a]
            work.guest_part[x, a] = _share(far, stock.guests[x, a])


@jit
def ledger(
    stock: Stock, new: Stock, fixed: Fixed, path: Path, t: int, work: Work, kinds: int, flows: Array
) -> None:
    """Carry the away pools and send returners home."""
    wide, rows = work.home[work.home.shape[0] - 1], work.rows
    for x in range(2):
        survival_row(fixed, fixed.e0_outside[x] + path.e0[t, x], x, rows[0])
        for a in range(rows.shape[1]):
            rows[1][a] = math.exp(-path.home_from_outside[t] * fixed.profile[1, x, a])
        for c in range(stock.near.shape[0]):
            near_rate = work.home[fixed.prefecture[c]]
            for h in range(2):
                _pools(stock, new, c, h, x, near_rate, wide, rows, flows)
                _come_home(new, fixed, c, h, x, rows)
        _guest_ledger(stock, new, work, kinds, x, wide)


@jit
def _pools(
    stock: Stock, new: Stock, c: int, h: int, x: int, near_rate: Array, wide: Array, rows: Array, flows: Array
) -> None:
    near, far, outside = stock.near[c, h, x], stock.far[c, h, x], stock.outside[c, h, x]
    home, stay_near, stay_far, stay_out = rows[14], rows[15], rows[16], rows[17]
    arrived, returned = 0.0, 0.0
    for a in range(near.shape[0]):
        lost = (
            near_rate[DEAD, x, a] + near_rate[BACK, x, a] + near_rate[LEAVE, x, a] + near_rate[SETTLED, x, a]
        )
        stay_near[a] = near[a] * (1.0 - lost - near_rate[WIDENED, x, a])
        lost = wide[DEAD, x, a] + wide[BACK, x, a] + wide[LEAVE, x, a] + wide[SETTLED, x, a]
        stay_far[a] = far[a] * (1.0 - lost) + near[a] * near_rate[WIDENED, x, a]
        living = outside[a] * rows[0][a]
        stay = living * rows[1][a]
        stay_out[a] = stay + near[a] * near_rate[LEAVE, x, a] + far[a] * wide[LEAVE, x, a]
        inside = near[a] * near_rate[BACK, x, a] + far[a] * wide[BACK, x, a]
        home[a] = inside + living - stay
        arrived += inside
        returned += living - stay
    add_older(new.near[c, h, x], stay_near)
    add_older(new.far[c, h, x], stay_far)
    add_older(new.outside[c, h, x], stay_out)
    flows[c, 2] += arrived
    flows[c, 7] += returned


@jit
def _come_home(new: Stock, fixed: Fixed, c: int, h: int, x: int, rows: Array) -> None:
    home = rows[14]
    if h == 0:
        add_older(new.people[c, x, 0, 0], home)
        return
    urban = fixed.back_urban[c]
    for a in range(home.shape[0]):
        rows[15][a] = home[a] * urban
        rows[16][a] = home[a] - rows[15][a]
    add_older(new.people[c, x, 0, 1], rows[15])
    add_older(new.people[c, x, 1, 1], rows[16])


@jit
def _guest_ledger(stock: Stock, new: Stock, work: Work, kinds: int, x: int, wide: Array) -> None:
    left = work.rows[15]
    for a in range(left.shape[0]):
        if kinds == 1:
            lost = wide[DEAD, x, a] + wide[BACK, x, a] + wide[LEAVE, x, a] + wide[SETTLED, x, a]
            left[a] = stock.guests[x, a] * (1.0 - lost)
        else:
            gone = work.lost[2, :, 0, x, a]
            left[a] = stock.guests[x, a] - gone[DEAD] - gone[BACK] - gone[LEAVE] - gone[SETTLED]
    add_older(new.guests[x], left)


@jit
def newcomers(new: Stock, fixed: Fixed, path: Path, t: int, work: Work, flows: Array) -> None:
    """Arrivals from other provinces, half before and half after survival."""
    state, rows = new.people.shape[3] - DURATIONS, work.rows
    for c in range(new.people.shape[0]):
        for u in range(2):
            place = path.guests[t] * fixed.guest_place[c, u]
            if place <= 0.0:
                continue
            for x in range(2):
                survival_row(fixed, fixed.e0[c, u, x] + path.e0[t, x], x, rows[0])
                early, late = rows[14], rows[15]
                dead, came = 0.0, 0.0
                for a in range(early.shape[0]):
                    late[a] = 0.5 * place * fixed.guest_age[x, a]
                    early[a] = late[a] * rows[0][a]
                    dead += late[a] - early[a]
                    came += 2.0 * late[a]
                add_older(new.people[c, x, u, state], early)
                add_older(new.guests[x], early)
                for a in range(early.shape[0]):
                    new.people[c, x, u, state, a] += late[a]
                    new.guests[x, a] += late[a]
                flows[c, 1] += dead
                flows[c, 7] += came


@jit
def reclassify(new: Stock, path: Path, t: int, flows: Array) -> None:
    """Turn a share of the rural places urban; with ``by_address`` the registrations follow."""
    people, follow = new.people, path.by_address[t] > 0.0
    for c in range(people.shape[0]):
        share = path.reclassified[t, c]
        if share <= 0.0:
            continue
        total = 0.0
        for x in range(2):
            if follow:
                _rewrite(people[c, x, 0, 1], people[c, x, 0, 0], share)
            for s in range(people.shape[3]):
                to = 0 if (follow and s == 1) else s
                total += _rewrite(people[c, x, 1, s], people[c, x, 0, to], share)
            if follow:
                _rewrite(new.near[c, 1, x], new.near[c, 0, x], share)
                _rewrite(new.far[c, 1, x], new.far[c, 0, x], share)
                _rewrite(new.outside[c, 1, x], new.outside[c, 0, x], share)
        flows[c, 5] += total


@jit
def _rewrite(source: Array, target: Array, share: float) -> float:
    total = 0.0
    for a in range(source.shape[0]):
        part = source[a] * share
        source[a] -= part
        target[a] += part
        total += part
    return total
