"""Compiled destinations: attraction of places and the shares of movers that arrive in each.

Where somebody goes depends on the county he leaves, not on the part of it, so origins are counties here.
"""

from renben.engines.projection.kernel_rows import jit
from renben.engines.projection.kernel_work import Work
from renben.engines.projection.states import Array, Fixed, Path


@jit
def attract(fixed: Fixed, path: Path, split: bool, work: Work, norm: Array, near: Array) -> None:
    """Sum of attracted weights by year, band and origin (t, g, c), and the share that stays in the prefecture.

    ``near`` is zero unless movers are ``split``.
    """
    years, bands, counties = norm.shape
    weight = work.came[0]
    for t in range(years):
        for g in range(bands):
            friction = fixed.friction[min(g, fixed.friction.shape[0] - 1)]
            for d in range(counties):
                urban, rural = fixed.pull[g, 2 * d], fixed.pull[g, 2 * d + 1]
                weight[d] = urban * path.attraction[t, 2 * d] + rural * path.attraction[t, 2 * d + 1]
            for o in range(counties):
                p = fixed.prefecture[o]
                norm[t, g, o] = _attracted(friction[o], weight, 0, counties)
                if split and norm[t, g, o] > 0.0:
                    near[t, g, o] = (
                        _attracted(friction[o], weight, fixed.first[p], fixed.last[p]) / norm[t, g, o]
                    )


@jit
def _attracted(friction: Array, weight: Array, lo: int, hi: int) -> float:
    """Sum of ``weight`` by ``friction`` over the counties ``lo`` to ``hi``."""
    found = 0.0
    for d in range(lo, hi):
        found += friction[d] * weight[d]
    return found


@jit
def destinations(fixed: Fixed, path: Path, t: int, split: bool, norm: Array, work: Work) -> None:
    """Shares of each destination (g, 2c) among a year's movers of its prefecture, of the others, and of all.

    All come from others unless movers are ``split``.
    """
    bands, counties = norm.shape
    for g in range(bands):
        inside, across, anywhere = work.inside[g], work.across[g], work.anywhere[g]
        _come(
            fixed,
            work.towards[min(g, fixed.friction.shape[0] - 1)],
            split,
            norm[g],
            work.origin[g],
            work.came,
        )
        for d in range(counties):
            for at in range(2 * d, 2 * d + 2):
                weight = fixed.pull[g, at] * path.attraction[t, at]
                inside[at], across[at] = work.came[0, d] * weight, work.came[1, d] * weight
        if split:
            for d in range(2 * counties):
                anywhere[d] = inside[d] + across[d]
            for p in range(fixed.first.shape[0]):
                _normalise(inside, 2 * fixed.first[p], 2 * fixed.last[p])
            _normalise(anywhere, 0, 2 * counties)
        _normalise(across, 0, 2 * counties)


@jit
def _come(fixed: Fixed, towards: Array, split: bool, norm: Array, origin: Array, came: Array) -> None:
    """Movers of a band into each county, not yet weighted: from its prefecture if ``split``, and from elsewhere.

    Reads by destination and sums: adding to each destination in turn, origin by origin, takes four times as long.
    """
    counties, movers, others = norm.shape[0], came[2], came[3]
    for o in range(counties):
        movers[o] = origin[o] / norm[o] if norm[o] > 0.0 and origin[o] > 0.0 else 0.0
    for p in range(fixed.first.shape[0]):
        lo, hi = fixed.first[p], fixed.last[p]
        for o in range(counties):
            others[o] = 0.0 if split and lo <= o < hi else movers[o]
        for d in range(lo, hi):
            came[0, d] = _attracted(towards[d], movers, lo, hi) if split else 0.0
            came[1, d] = _attracted(towards[d], others, 0, counties)


@jit
def _normalise(values: Array, lo: int, hi: int) -> None:
    whole = 0.0
    for d in range(lo, hi):
        whole += values[d]
    part = 1.0 / whole if whole > 0.0 else 0.0
    for d in range(lo, hi):
        values[d] *= part
