"""Compiled destinations: attraction of places and the shares of movers that arrive in each."""

from renben.engines.projection.kernel_rows import jit
from renben.engines.projection.kernel_work import Work
from renben.engines.projection.states import Array, Fixed, Path


@jit
def attract(fixed: Fixed, path: Path, split: bool, norm: Array, near: Array) -> None:
    """Sum of attracted weights by year, band and origin (t, g, 2c), and the share that stays in the prefecture.

    All years at once, so that the weights are read once; ``near`` is zero unless movers are ``split``.
    """
    years, bands, units = norm.shape
    for g in range(bands):
        for o in range(units):
            p = fixed.prefecture[o // 2]
            lo, hi = 2 * fixed.first[p], 2 * fixed.last[p]
            weight = fixed.pull[g, o]
            for t in range(years):
                pull, total, inside = path.attraction[t], 0.0, 0.0
                for d in range(units):
                    total += weight[d] * pull[d]
                norm[t, g, o] = total
                if split and total > 0.0:
                    for d in range(lo, hi):
                        inside += weight[d] * pull[d]
                    near[t, g, o] = inside / total


@jit
def destinations(fixed: Fixed, path: Path, t: int, split: bool, norm: Array, work: Work) -> None:
    """Shares of each destination (g, 2c) among a year's movers of its prefecture, of the others, and of all."""
    bands, units = norm.shape
    work.inside[:] = 0.0
    work.across[:] = 0.0
    for g in range(bands):
        inside, across = work.inside[g], work.across[g]
        for o in range(units):
            if norm[g, o] <= 0.0 or work.origin[g, o] <= 0.0:
                continue
            p = fixed.prefecture[o // 2]
            lo, hi = (2 * fixed.first[p], 2 * fixed.last[p]) if split else (0, 0)
            _scatter(fixed.pull[g, o], work.origin[g, o] / norm[g, o], lo, hi, inside, across)
        for d in range(units):
            inside[d] *= path.attraction[t, d]
            across[d] *= path.attraction[t, d]
        for d in range(units):
            work.anywhere[g, d] = inside[d] + across[d]
        for p in range(fixed.first.shape[0]):
            _normalise(inside, 2 * fixed.first[p], 2 * fixed.last[p])
        _normalise(across, 0, units)
        _normalise(work.anywhere[g], 0, units)


@jit
def _scatter(weight: Array, movers: float, lo: int, hi: int, inside: Array, across: Array) -> None:
    """Spread an origin's movers over destinations; those from ``lo`` to ``hi`` are in its own prefecture."""
    for d in range(lo):
        across[d] += movers * weight[d]
    for d in range(lo, hi):
        inside[d] += movers * weight[d]
    for d in range(hi, weight.shape[0]):
        across[d] += movers * weight[d]


@jit
def _normalise(values: Array, lo: int, hi: int) -> None:
    whole = 0.0
    for d in range(lo, hi):
        whole += values[d]
    for d in range(lo, hi):
        values[d] = values[d] / whole if whole > 0.0 else 0.0
