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
    """Attracted weights of the counties ``lo`` to ``hi`` for one origin."""
    found = 0.0
    for d in range(lo, hi):
        found += friction[d] * weight[d]
    return found


@jit
def destinations(fixed: Fixed, path: Path, t: int, split: bool, norm: Array, work: Work) -> None:
    """Shares of each destination (g, 2c) among a year's movers of its prefecture, of the others, and of all."""
    bands, counties = norm.shape
    for g in range(bands):
        inside, across, anywhere = work.inside[g], work.across[g], work.anywhere[g]
        friction = fixed.friction[min(g, fixed.friction.shape[0] - 1)]
        work.came[:] = 0.0
        for o in range(counties):
            if norm[g, o] <= 0.0 or work.origin[g, o] <= 0.0:
                continue
            p = fixed.prefecture[o]
            lo, hi = (fixed.first[p], fixed.last[p]) if split else (0, 0)
            _scatter(friction[o], work.origin[g, o] / norm[g, o], lo, hi, work.came[0], work.came[1])
        for d in range(2 * counties):
            weight = fixed.pull[g, d] * path.attraction[t, d]
            inside[d] = work.came[0, d // 2] * weight
            across[d] = work.came[1, d // 2] * weight
            anywhere[d] = inside[d] + across[d]
        for p in range(fixed.first.shape[0]):
            _normalise(inside, 2 * fixed.first[p], 2 * fixed.last[p])
        _normalise(across, 0, 2 * counties)
        _normalise(anywhere, 0, 2 * counties)


@jit
def _scatter(friction: Array, movers: float, lo: int, hi: int, inside: Array, across: Array) -> None:
    """Spread an origin's movers over counties; those from ``lo`` to ``hi`` are in its own prefecture."""
    for d in range(lo):
        across[d] += movers * friction[d]
    for d in range(lo, hi):
        inside[d] += movers * friction[d]
    for d in range(hi, friction.shape[0]):
        across[d] += movers * friction[d]


@jit
def _normalise(values: Array, lo: int, hi: int) -> None:
    whole = 0.0
    for d in range(lo, hi):
        whole += values[d]
    for d in range(lo, hi):
        values[d] = values[d] / whole if whole > 0.0 else 0.0
