"""The year step in plain NumPy: slow, short, and the judge of the compiled kernel.

For people: nothing is lost; whoever leaves one cell arrives in another, or dies, or leaves the province.
Order of a year: survival, one move, ageing and duration, arrivals, births, settlement booked, reclassification.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from renben.engines.projection.reference_ledger import births, ledger, newcomers, reclassify, shift
from renben.engines.projection.states import (
    DURATIONS,
    FLOWS,
    Array,
    Fixed,
    Ints,
    Path,
    Result,
    Stock,
    classes,
)

TINY = 1e-300


class Work(NamedTuple):
    """Flows of one year by starting age; o = origin class, L = hazard class."""

    survivors: Array  # (c, x, u, s, a) survival probability applied
    gone: Array  # (c, x, u, s, a) persons who do something other than stay
    hazard: Array  # (5, c, x, u, L, a)
    settle: Array  # (c, u, s)
    chance: Array  # (c, x, u, s, a) gone per unit of hazard


def project(stock: Stock, fixed: Fixed, path: Path) -> tuple[Stock, Result]:
    """Project a stock over the years of a path, persons at year ends.

    Args:
        stock: persons at the start.
        fixed: rates shared by all draws.
        path: multipliers by year.
    """
    years = path.tfr.shape[0]
    shape = _shapes(fixed, years)
    result = Result(*(np.zeros(s) for s in shape))
    _record(result, 0, stock, fixed)
    for t in range(years):
        stock, flows = step(stock, fixed, path, t)
        result.flows[t] = flows
        _record(result, t + 1, stock, fixed)
    return stock, result


def _shapes(fixed: Fixed, years: int) -> tuple[tuple[int, ...], ...]:
    counties, areas, bands = len(fixed.prefecture), int(fixed.area.max()) + 1, len(fixed.weights)
    return (
        (years + 1, counties, 2, 3),
        (years + 1, counties, 2),
        (years + 1, areas, 2, 3, bands),
        (years, counties, len(FLOWS)),
    )


def _record(result: Result, t: int, stock: Stock, fixed: Fixed) -> None:
    people = stock.people
    groups = np.stack([people[:, :, :, 0], people[:, :, :, 1], people[:, :, :, 2:].sum(axis=3)], axis=3)
    groups = groups.sum(axis=1)  # c u 3 a
    groups[:, :, 2] += fixed.students.sum(axis=1)
    result.residents[t] = groups.sum(axis=-1)
    here = people[:, :, :, :2].sum(axis=(1, 2, 4))
    away = (stock.near + stock.far + stock.outside).sum(axis=(2, 3))
    result.registered[t] = here + away + fixed.students_hukou
    by_band = np.einsum("cuga,ba->cugb", groups, fixed.weights)
    np.add.at(result.bands[t], fixed.area, by_band)


def _levels(fixed: Fixed, e0: Array) -> tuple[Ints, Array]:
    low, width = fixed.e0_range
    at = np.clip((e0 - low) / width, 0.0, len(fixed.survival) - 1.000001)
    index = at.astype(np.int64)
    return index, at - index


def survival(fixed: Fixed, e0: Array) -> tuple[Array, Array]:
    """Survival of one year and from birth, by the levels ``e0`` (..., x) -> (..., x, a) and (..., x)."""
    index, part = _levels(fixed, e0)
    sexes = np.arange(2)
    whole = fixed.survival[index, sexes] * (1 - part)[..., None]
    whole = whole + fixed.survival[index + 1, sexes] * part[..., None]
    birth = fixed.infant[index, sexes] * (1 - part) + fixed.infant[index + 1, sexes] * part
    return whole, birth


def _leave(stock: Stock, fixed: Fixed, path: Path, t: int, alive: Array) -> Work:
    groups = 2 + classes(stock.people.shape[3])
    level = fixed.level * path.moves[t, :5, :, None, None]  # 5 c u L
    hazard = level[:, :, None, :, :, None] * fixed.profile[:, None, :, None, None, :]
    of_state = np.array([0, 1] + [2 + o for o in range(groups - 2) for _ in range(DURATIONS)])
    total = hazard.sum(axis=0)[:, :, :, of_state]
    settle = np.zeros((*total.shape[:1], 2, len(of_state)))
    settle[:, 0, 1] = fixed.settle[:, 1, 0]
    settle[:, 0, 2:] = fixed.settle[:, 2:].reshape(len(settle), -1)
    settle = settle * path.moves[t, 5, :, None, None]
    whole = total + settle[:, None, :, :, None]
    survivors = stock.people * alive
    gone = survivors - survivors * np.exp(-whole)
    return Work(survivors, gone, hazard, settle, gone / np.maximum(whole, TINY))


def _destinations(fixed: Fixed, path: Path, t: int, split: bool) -> tuple[Array, Array]:
    """Destination shares (g, o, d) under this year's attraction, and the share that stays in the prefecture."""
    friction = np.repeat(np.repeat(fixed.friction, 2, axis=1), 2, axis=2)
    weighted = friction * (fixed.pull * path.attraction[t])[:, None, :]
    norm = weighted.sum(axis=2, keepdims=True)
    share = np.divide(weighted, norm, out=np.zeros_like(weighted), where=norm > 0)
    unit = np.repeat(fixed.prefecture, 2)
    near = share * (unit[:, None] == unit[None, :]) if split else np.zeros_like(share)
    return near, share - near


def _by_band(values: Array, fixed: Fixed) -> Array:
    """Sum the last axis into the bands."""
    limits = fixed.band
    parts = [values[..., lo:hi].sum(axis=-1) for lo, hi in pairwise(limits)]
    return np.stack(parts, axis=-1)


def _spread(share: Array, fixed: Fixed) -> Array:
    """Turn (g, ...) into (..., a) by repeating each band over its ages."""
    return np.moveaxis(np.repeat(share, np.diff(fixed.band), axis=0), 0, -1)


def _normal(total: Array) -> Array:
    whole = total.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(total, whole, out=np.zeros_like(total), where=whole > 0))


class Moved(NamedTuple):
    """Movers between counties."""

    arrivals: Array  # (c, u, class, 6, x, a) by starting age
    to_near: Array  # (c, h, x, a) newly away in the prefecture
    to_far: Array  # (c, h, x, a) newly away elsewhere in the province
    widened: Array  # (p, x, a) from the prefecture to elsewhere in the province
    departed: Array  # (c,)


def _pool(movers: Array, keep: float) -> Array:
    """Movers (..., 6, x, a) by years on arrival: all start at 0 except the recognised share."""
    out = np.zeros_like(movers)
    out[..., 0, :, :] = movers.sum(axis=-3) * (1 - keep)
    out[..., 1:, :, :] += keep * movers[..., :-1, :, :]
    out[..., -1, :, :] += keep * movers[..., -1, :, :]
    return out


def _move(work: Work, fixed: Fixed, path: Path, t: int) -> Moved:
    counties, _, _, states, ages = work.gone.shape
    kinds = classes(states)
    split, keep = kinds == 3, path.keep_years[t]
    near, far = _destinations(fixed, path, t, split)
    stay_near = _spread(near.sum(axis=2), fixed).reshape(counties, 2, 1, ages)  # c u x a
    here = np.moveaxis(work.chance[:, :, :, :2] * work.hazard[0][:, :, :, :2], 1, 3)  # c u s x a
    away = work.chance[:, :, :, 2:].reshape(counties, 2, 2, kinds, DURATIONS, ages)
    away = away * work.hazard[0][:, :, :, 2:, None]
    away = np.moveaxis(away, 1, 4)  # c u o k x a
    to_near = (here * stay_near[:, :, None]).sum(axis=1)
    to_far = here.sum(axis=1) - to_near
    widened = np.zeros((len(fixed.first), 2, ages))
    pools = np.zeros((counties, 2, 2, DURATIONS, 2, ages))  # near, far movers by origin, by years
    pools[:, :, 0, 0] = (here * stay_near[:, :, None]).sum(axis=2)
    pools[:, :, 1, 0] = (here * (1 - stay_near[:, :, None])).sum(axis=2)
    origin = here.sum(axis=2).sum(axis=2)  # c u a
    if split:
        first = away[:, :, 0]
        pools[:, :, 0] += _pool(first * stay_near[:, :, None], keep)
        outward = first * (1 - stay_near[:, :, None])
        pools[:, :, 1] += _pool(outward, keep)
        origin = origin + first.sum(axis=(2, 3))
        for p, (lo, hi) in enumerate(zip(fixed.first, fixed.last, strict=True)):
            widened[p] = outward[lo:hi].sum(axis=(0, 1, 2))
    pools[:, :, 1] += _pool(away[:, :, min(1, kinds - 1)], keep)
    guests = _pool(away[:, :, 2], keep) if split else None
    arrivals = _arrive(pools, guests, _by_band(origin, fixed), (near, far), fixed, kinds)
    departed = here.sum(axis=(1, 2, 3, 4)) + away.sum(axis=(1, 2, 3, 4, 5))
    return Moved(arrivals, to_near, to_far, widened, departed)


def _arrive(
    pools: Array, guests: Array | None, origin: Array, shares: tuple[Array, Array], fixed: Fixed, kinds: int
) -> Array:
    counties, ages = len(fixed.prefecture), pools.shape[-1]
    out = np.zeros((counties, 2, kinds, DURATIONS, 2, ages))
    by_origin = origin.reshape(2 * counties, -1)  # o g
    inside, across = (np.einsum("og,god->gd", by_origin, share) for share in shares)
    if kinds == 3:
        for lo, hi in zip(fixed.first, fixed.last, strict=True):
            share = _spread(_normal(inside[:, 2 * lo : 2 * hi]), fixed).reshape(hi - lo, 2, 1, 1, ages)
            out[lo:hi, :, 0] = share * pools[lo:hi, :, 0].sum(axis=(0, 1))
    share = _spread(_normal(across), fixed).reshape(counties, 2, 1, 1, ages)
    out[:, :, min(1, kinds - 1)] = share * pools[:, :, 1].sum(axis=(0, 1))
    if guests is not None:
        share = _spread(_normal(inside + across), fixed).reshape(counties, 2, 1, 1, ages)
        out[:, :, 2] = share * guests.sum(axis=(0, 1))
    return out


def step(stock: Stock, fixed: Fixed, path: Path, t: int) -> tuple[Stock, Array]:
    """Carry the stock over year ``t`` of the path; returns it with the flows (c, 8), persons."""
    counties, _, _, states, ages = stock.people.shape
    kinds = classes(states)
    alive, birth = survival(fixed, fixed.e0 + path.e0[t])  # c u x a
    alive = np.moveaxis(alive, 2, 1)[:, :, :, None]  # c x u 1 a
    work = _leave(stock, fixed, path, t, alive)
    moved = _move(work, fixed, path, t)
    flows = np.zeros((counties, len(FLOWS)))
    flows[:, 1] = (stock.people - work.survivors).sum(axis=(1, 2, 3, 4))
    new, settled = _stay(work, flows)
    arrivals = np.moveaxis(moved.arrivals, 4, 1)  # c x u o k a
    new[:, :, :, 2:] += shift(arrivals.reshape(counties, 2, 2, kinds * DURATIONS, ages))
    flows[:, 2] = moved.arrivals.sum(axis=(1, 2, 3, 4, 5))
    flows[:, 3] = moved.departed
    after = ledger(stock, fixed, path, t, work, moved, settled, new, flows)
    newcomers(after, fixed, path, t, alive, flows)
    births(stock, after, fixed, path, t, birth, flows)
    return reclassify(after, path, t, flows), flows


def _stay(work: Work, flows: Array) -> tuple[Array, Array]:
    """Who stays in the county, a year older; returns the new stock and the settlers (c, x, s, a)."""
    counties, sexes, _, states, ages = work.gone.shape
    of_state = np.array([0, 1] + [2 + s // DURATIONS for s in range(states - 2)])
    cross = (
        work.chance * np.stack([work.hazard[4][:, :, 0], work.hazard[3][:, :, 1]], axis=2)[:, :, :, of_state]
    )
    settled = work.chance[:, :, 0] * work.settle[:, None, 0, :, None]
    kept = work.survivors - work.gone
    kept = kept + cross[:, :, ::-1]
    flows[:, 4] = cross[:, :, 1].sum(axis=(1, 2, 3)) - cross[:, :, 0].sum(axis=(1, 2, 3))
    flows[:, 6] = settled.sum(axis=(1, 2, 3))
    kept = shift(kept)
    new = np.zeros_like(kept)
    new[:, :, :, :2] = kept[:, :, :, :2]
    by_years = kept[:, :, :, 2:].reshape(counties, sexes, 2, -1, DURATIONS, ages)
    older = new[:, :, :, 2:].reshape(by_years.shape)
    older[..., 1:, :] += by_years[..., :-1, :]
    older[..., -1, :] += by_years[..., -1, :]
    new[:, :, :, 2:] = older.reshape(kept[:, :, :, 2:].shape)
    new[:, :, 0, 0] += shift(settled.sum(axis=2))
    return new, settled
