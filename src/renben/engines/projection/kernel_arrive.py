"""Compiled second half of a year: destinations, returners, the ledger, newcomers, births, reclassification."""

import math

from renben.engines.projection.kernel_leave import BACK, DEAD, LEAVE, SETTLED, WIDENED, Work
from renben.engines.projection.kernel_rows import add, add_older, jit, survival_row, total_of
from renben.engines.projection.states import DURATIONS, Array, Fixed, Path, Stock

KEPT, HOME, GONE, WIDER = range(4)


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
    bands, rows = work.inside.shape[0], work.rows
    for p in range(fixed.first.shape[0]):
        lo, hi = 2 * fixed.first[p], 2 * fixed.last[p]
        for d in range(lo, hi):
            for g in range(bands):
                inside, across = work.inside[g, lo:hi].sum(), work.across[g].sum()
                whole = across + work.inside[g].sum()
                near = _share(inside, work.inside[g, d])
                far = _share(across, work.across[g, d])
                all_ = _share(whole, work.across[g, d] + work.inside[g, d])
                for a in range(fixed.band[g], fixed.band[g + 1]):
                    rows[0, a] = near
                    rows[1, a] = far
                    rows[2, a] = all_
            for x in range(2):
                target = new.people[d // 2, x, d % 2]
                arrived = 0.0
                for k in range(top):
                    arrived += _put(target[2 + wide * DURATIONS + k], rows[1], work.far[k, x], rows[3])
                    if kinds == 3:
                        arrived += _put(target[2 + k], rows[0], work.near[p, k, x], rows[3])
                        arrived += _put(target[2 + 2 * DURATIONS + k], rows[2], work.guest[k, x], rows[3])
                flows[d // 2, 2] += arrived


@jit
def _put(target: Array, share: Array, pool: Array, row: Array) -> float:
    total = 0.0
    for a in range(row.shape[0]):
        row[a] = share[a] * pool[a]
        total += row[a]
    add_older(target, row)
    return total


@jit
def pool_rates(stock: Stock, fixed: Fixed, work: Work, kinds: int) -> None:
    """Shares of the away pools that stay, return, leave or widen: each prefecture's own, the provincial one last."""
    provinces = work.home.shape[0] - 1
    wide = 1 if kinds == 3 else 0
    rows = work.rows
    for x in range(2):
        rows[0][:] = 0.0
        for c in range(stock.far.shape[0]):
            for h in range(2):
                add(rows[0], stock.far[c, h, x])
        if kinds == 1:
            add(rows[0], stock.guests[x])
        _rates(work.home[provinces, :, x], work.lost[wide, :, 0, x], rows[0], False)
        for p in range(provinces if kinds == 3 else 0):
            rows[0][:] = 0.0
            for c in range(fixed.first[p], fixed.last[p]):
                for h in range(2):
                    add(rows[0], stock.near[c, h, x])
            _rates(work.home[p, :, x], work.lost[0, :, p, x], rows[0], True)


@jit
def _rates(home: Array, lost: Array, whole: Array, widened: bool) -> None:
    for a in range(whole.shape[0]):
        back, leave = _share(whole[a], lost[BACK, a]), _share(whole[a], lost[LEAVE, a])
        wider = _share(whole[a], lost[WIDENED, a]) if widened else 0.0
        dead, settled = _share(whole[a], lost[DEAD, a]), _share(whole[a], lost[SETTLED, a])
        home[KEPT, a] = 1.0 - (dead + back + leave + settled) - wider
        home[HOME, a] = back
        home[GONE, a] = leave
        home[WIDER, a] = wider


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
            for h in range(2):
                rows[14][:] = 0.0
                if kinds == 3:
                    _near_pool(stock.near[c, h, x], new, c, h, x, work.home[fixed.prefecture[c], :, x], rows)
                _far_pool(stock.far[c, h, x], new, c, h, x, wide[:, x], rows)
                flows[c, 2] += total_of(rows[14])
                flows[c, 7] += _outside_pool(stock.outside[c, h, x], new.outside[c, h, x], rows)
                _come_home(new, fixed.back_urban[c], c, h, x, rows)
        _guest_ledger(stock, new, work, kinds, x, wide)


@jit
def _scaled_older(target: Array, source: Array, share: Array, row: Array) -> None:
    for a in range(row.shape[0]):
        row[a] = source[a] * share[a]
    add_older(target, row)


@jit
def _near_pool(near: Array, new: Stock, c: int, h: int, x: int, home: Array, rows: Array) -> None:
    _scaled_older(new.near[c, h, x], near, home[KEPT], rows[15])
    _scaled_older(new.far[c, h, x], near, home[WIDER], rows[15])
    _scaled_older(new.outside[c, h, x], near, home[GONE], rows[15])
    back, row = home[HOME], rows[14]
    for a in range(near.shape[0]):
        row[a] += near[a] * back[a]


@jit
def _far_pool(far: Array, new: Stock, c: int, h: int, x: int, home: Array, rows: Array) -> None:
    _scaled_older(new.far[c, h, x], far, home[KEPT], rows[15])
    _scaled_older(new.outside[c, h, x], far, home[GONE], rows[15])
    back, row = home[HOME], rows[14]
    for a in range(far.shape[0]):
        row[a] += far[a] * back[a]


@jit
def _outside_pool(outside: Array, target: Array, rows: Array) -> float:
    home, stay, alive, keep = rows[14], rows[15], rows[0], rows[1]
    returned = 0.0
    for a in range(outside.shape[0]):
        living = outside[a] * alive[a]
        stay[a] = living * keep[a]
        home[a] += living - stay[a]
        returned += living - stay[a]
    add_older(target, stay)
    return returned


@jit
def _come_home(new: Stock, urban: float, c: int, h: int, x: int, rows: Array) -> None:
    home = rows[14]
    if h == 0:
        add_older(new.people[c, x, 0, 0], home)
        return
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
            left[a] = stock.guests[x, a] * wide[KEPT, x, a]
        else:
            gone = work.lost[2, :, 0, x, a]
            left[a] = stock.guests[x, a] - gone[DEAD] - gone[BACK] - gone[LEAVE] - gone[SETTLED]
    add_older(new.guests[x], left)
