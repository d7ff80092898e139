"""The second half of the reference year: who is registered where, newcomers, births and reclassified places.

For people: somebody who lives elsewhere stays in the ledger of the hukou county until they return or settle.
The away pools lose each flow in proportion, by sex and age, so residents and ledger agree person for person.
"""

from typing import TYPE_CHECKING

import numpy as np

from renben.engines.projection.states import DURATIONS, Array, Fixed, Path, Stock, classes

if TYPE_CHECKING:
    from renben.engines.projection.reference import Moved, Work


def shift(values: Array) -> Array:
    """Move everybody one year up on the last axis; the open group keeps its own and takes in the one below."""
    out = np.zeros_like(values)
    out[..., 1:] = values[..., :-1]
    out[..., -1] += values[..., -1]
    return out


def _ratio(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _by_class(values: Array) -> Array:
    """(c, x, u, s, a) of all states -> (o, c, x, a) of the people registered elsewhere."""
    counties, sexes, places, _, ages = values.shape
    away = values[:, :, :, 2:].reshape(counties, sexes, places, -1, DURATIONS, ages)
    return np.moveaxis(away.sum(axis=(2, 4)), 2, 0)


def ledger(
    stock: Stock,
    fixed: Fixed,
    path: Path,
    t: int,
    work: "Work",
    moved: "Moved",
    settled: Array,
    people: Array,
    flows: Array,
) -> Stock:
    """Book deaths, returns, departures and settlers of everybody who lives away from the hukou county."""
    kinds = classes(stock.people.shape[3])
    chance = work.chance
    of_state = np.array([0, 1] + [2 + s // DURATIONS for s in range(stock.people.shape[3] - 2)])
    dead = _by_class(stock.people - work.survivors)
    back = _by_class(chance * work.hazard[1][:, :, :, of_state])
    leave_all = chance * work.hazard[2][:, :, :, of_state]
    leave = _by_class(leave_all)
    here = np.moveaxis(leave_all[:, :, :, :2].sum(axis=2), 2, 1)  # c h x a
    settlers = np.moveaxis(_by_class(np.stack([settled, np.zeros_like(settled)], axis=2)), 0, 0)
    flows[:, 7] -= leave_all.sum(axis=(1, 2, 3, 4))

    pooled = kinds == 1
    wide = 0 if pooled else 1
    guests = stock.guests
    whole = stock.far.sum(axis=(0, 1)) + (guests if pooled else 0.0)
    rate = {k: _ratio(v[wide].sum(axis=0), whole) for k, v in _named(dead, back, leave, settlers)}
    far = stock.far * (1 - rate["dead"] - rate["back"] - rate["leave"] - rate["settled"]) + moved.to_far
    gone_out = here + stock.far * rate["leave"]
    home = stock.far * rate["back"]
    near = moved.to_near.copy()
    if not pooled:
        near, far, gone_out, home = _near(
            stock, fixed, moved, (dead, back, leave, settlers), (near, far, gone_out, home)
        )
    guests, guest_back = _remaining_guests(guests, (dead, back, leave, settlers), rate, whole)
    inside_back = back.sum(axis=0) - guest_back
    flows[:, 3] += inside_back.sum(axis=(1, 2))
    flows[:, 7] -= guest_back.sum(axis=(1, 2))
    outside, returned = _outside(stock, fixed, path, t)
    flows[:, 2] += home.sum(axis=(1, 2, 3))
    flows[:, 7] += returned.sum(axis=(1, 2, 3))
    _arrive_home(people, shift(home + returned), fixed)
    return Stock(people, shift(near), shift(far), shift(outside + gone_out), shift(guests))


def _named(dead: Array, back: Array, leave: Array, settlers: Array) -> tuple[tuple[str, Array], ...]:
    return (("dead", dead), ("back", back), ("leave", leave), ("settled", settlers))


def _near(
    stock: Stock, fixed: Fixed, moved: "Moved", lost: tuple[Array, ...], kept: tuple[Array, ...]
) -> tuple[Array, ...]:
    """The pool of each prefecture: its people in other counties of the same prefecture."""
    near, far, gone_out, home = (k.copy() for k in kept)
    for p, (lo, hi) in enumerate(zip(fixed.first, fixed.last, strict=True)):
        mine = stock.near[lo:hi]
        whole = mine.sum(axis=(0, 1))
        dead, back, leave, settlers = (_ratio(v[0, lo:hi].sum(axis=0), whole) for v in lost)
        wider = _ratio(moved.widened[p], whole)
        near[lo:hi] += mine * (1 - dead - back - leave - settlers - wider)
        far[lo:hi] += mine * wider
        gone_out[lo:hi] += mine * leave
        home[lo:hi] += mine * back
    return near, far, gone_out, home


def _remaining_guests(
    guests: Array, lost: tuple[Array, ...], rate: dict[str, Array], whole: Array
) -> tuple[Array, Array]:
    """Residents registered in other provinces after the year's losses, and who of them went home (c, x, a)."""
    dead, back, leave, settlers = lost
    if len(dead) == 1:
        left = guests * (1 - rate["dead"] - rate["back"] - rate["leave"] - rate["settled"])
        return left, back[0] * _ratio(guests, whole)
    gone = dead[2] + back[2] + leave[2] + settlers[2]
    return guests - gone.sum(axis=0), back[2]


def _outside(stock: Stock, fixed: Fixed, path: Path, t: int) -> tuple[Array, Array]:
    from_level = (fixed.e0_outside + path.e0[t] - fixed.e0_range[0]) / fixed.e0_range[1]
    at = np.clip(from_level, 0.0, len(fixed.survival) - 1.000001)
    index = at.astype(np.int64)
    part, sexes = (at - index)[:, None], np.arange(2)
    alive = fixed.survival[index, sexes] * (1 - part) + fixed.survival[index + 1, sexes] * part
    living = stock.outside * alive
    stay = living * np.exp(-path.home_from_outside[t] * fixed.profile[1])
    return stay, living - stay


def _arrive_home(people: Array, home: Array, fixed: Fixed) -> None:
    """Returners (c, h, x, a): urban registrants to the urban part, rural ones by the county's share."""
    urban = fixed.back_urban[:, None, None]
    people[:, :, 0, 0] += home[:, 0]
    people[:, :, 0, 1] += home[:, 1] * urban
    people[:, :, 1, 1] += home[:, 1] * (1 - urban)


def newcomers(after: Stock, fixed: Fixed, path: Path, t: int, alive: Array, flows: Array) -> None:
    """Add arrivals from other provinces, half before and half after survival."""
    state = after.people.shape[3] - DURATIONS
    arrivals = path.guests[t] * fixed.guest_age[None, :, None] * fixed.guest_place[:, None, :, None]
    early = 0.5 * arrivals * alive[:, :, :, 0]
    added = shift(early) + 0.5 * arrivals
    after.people[:, :, :, state] += added
    after.guests[...] += added.sum(axis=(0, 2))
    flows[:, 1] += (0.5 * arrivals - early).sum(axis=(1, 2, 3))
    flows[:, 7] += arrivals.sum(axis=(1, 2, 3))


def births(stock: Stock, after: Stock, fixed: Fixed, path: Path, t: int, birth: Array, flows: Array) -> None:
    """Bear the children of the year and register them with the mother or, by the share, where they are born."""
    pattern, rate, here = path.births_by_age[t], path.tfr[t], path.newborn_here[t]
    boys = path.sex_ratio[t] / (1 + path.sex_ratio[t])
    by_sex = np.array([boys, 1 - boys])
    women = 0.5 * (stock.people[:, 1] + after.people[:, 1]) @ pattern  # c u s
    kinds = classes(women.shape[2])
    away = women[:, :, 2:].reshape(*women.shape[:2], kinds, DURATIONS).sum(axis=3)
    born = rate * fixed.fertility * np.concatenate([women[:, :, :2], away], axis=2)  # c u L
    infants = born[..., None] * by_sex * birth[:, :, None]  # c u L x
    flows[:, 0] = born.sum(axis=(1, 2))
    flows[:, 1] += born.sum(axis=(1, 2)) - infants.sum(axis=(1, 2, 3))
    shares = _ledger_births(stock, after, fixed, pattern, (1 - here) * infants[:, :, 2:])
    new = np.moveaxis(infants, 3, 1)  # c x u L
    after.people[:, :, :, 0, 0] = new[..., 0]
    after.people[:, :, :, 1, 0] = new[..., 1]
    local = here * new[..., 2:].sum(axis=3)
    after.people[:, :, 0, 0, 0] += local[:, :, 0]
    after.people[:, :, 1, 1, 0] += local[:, :, 1]
    after.people[:, :, :, 2::DURATIONS, 0] += (1 - here) * new[..., 2:]
    near, far, guests = shares
    after.near[..., 0], after.far[..., 0] = near, far
    after.guests[:, 0] += guests
    mothers = 0.5 * (stock.outside[:, :, 1] + after.outside[:, :, 1]) @ pattern
    _, survive = _outside_birth(fixed, path, t)
    after.outside[..., 0] = rate * fixed.fertility_outside * mothers[..., None] * by_sex * survive


def _outside_birth(fixed: Fixed, path: Path, t: int) -> tuple[Array, Array]:
    at = (fixed.e0_outside + path.e0[t] - fixed.e0_range[0]) / fixed.e0_range[1]
    at = np.clip(at, 0.0, len(fixed.survival) - 1.000001)
    index, sexes = at.astype(np.int64), np.arange(2)
    part = at - index
    return part, fixed.infant[index, sexes] * (1 - part) + fixed.infant[index + 1, sexes] * part


def _ledger_births(
    stock: Stock, after: Stock, fixed: Fixed, pattern: Array, infants: Array
) -> tuple[Array, Array, Array]:
    """Children of migrants by the hukou counties of women who are away: near, far (c, h, x), guests (x)."""
    near = 0.5 * (stock.near[:, :, 1] + after.near[:, :, 1]) @ pattern  # c h
    far = 0.5 * (stock.far[:, :, 1] + after.far[:, :, 1]) @ pattern
    by_class = infants.sum(axis=1)  # c o x
    to_near = np.zeros((*near.shape, 2))
    if by_class.shape[1] == 1:
        visiting = 0.5 * (stock.guests[1] + after.guests[1]) @ pattern
        whole = far.sum() + visiting
        total = by_class[:, 0].sum(axis=0)
        share = far / whole if whole > 0 else far
        return to_near, share[..., None] * total, (visiting / whole if whole > 0 else 0.0) * total
    for lo, hi in zip(fixed.first, fixed.last, strict=True):
        share = _ratio(near[lo:hi], np.full_like(near[lo:hi], near[lo:hi].sum()))
        to_near[lo:hi] = share[..., None] * by_class[lo:hi, 0].sum(axis=0)
    share = _ratio(far, np.full_like(far, far.sum()))
    return to_near, share[..., None] * by_class[:, 1].sum(axis=0), by_class[:, 2].sum(axis=0)


def reclassify(after: Stock, path: Path, t: int, flows: Array) -> Stock:
    """Turn a share of the rural places urban; with ``by_address`` the registrations follow."""
    share = path.reclassified[t][:, None, None]
    people = after.people
    moved = people[:, :, 1] * share[..., None]
    flows[:, 5] = moved.sum(axis=(1, 2, 3))
    people[:, :, 1] -= moved
    if path.by_address[t] > 0:
        written = people[:, :, 0, 1] * share
        people[:, :, 0, 1] -= written
        people[:, :, 0, 0] += written + moved[:, :, 1]
        moved[:, :, 1] = 0.0
        for pool in (after.near, after.far, after.outside):
            part = pool[:, 1] * share
            pool[:, 1] -= part
            pool[:, 0] += part
    people[:, :, 0] += moved
    return after
