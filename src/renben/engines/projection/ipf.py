"""Iterative proportional fitting: a table that keeps its pattern and meets its margins.

For people: what the census printed for a county is met to the person; only what it did not print is assumed.
Formulas: Deming and Stephan (1940). Cross-product ratios of the seed survive; structural zeros stay zero.
"""

from typing import NamedTuple

import numpy as np

from renben.engines.projection.states import Array

Margin = tuple[tuple[int, ...], Array]


class Fitted(NamedTuple):
    """The table and how far its margins still are from the wanted ones."""

    table: Array
    error: float  # largest absolute difference of a margin, in the table's unit
    rounds: int


def fit(seed: Array, margins: list[Margin], tolerance: float = 1e-8, rounds: int = 1000) -> Fitted:
    """Scale a seed until its sums meet every margin.

    Args:
        seed: any shape, not negative; zeros stay zero.
        margins: (axes, target): the axes that are kept, in rising order, and the wanted sums over all others.
        tolerance: largest error relative to the largest margin.
        rounds: largest number of rounds.

    Raises:
        ValueError: margins disagree in total, or the table did not converge (a margin is positive where the seed
            is zero, or the margins contradict one another).
    """
    table = np.array(seed, float)
    totals = [float(np.sum(target)) for _, target in margins]
    scale = max(float(np.max(target)) for _, target in margins)
    if max(totals) - min(totals) > 1e-6 * max(*totals, 1.0):
        raise ValueError(f"margins have different totals: {totals}; make them agree before fitting")
    error = np.inf
    for done in range(1, rounds + 1):
        for axes, target in margins:
            table *= _factor(table, axes, target)
        error = max(float(np.max(np.abs(_sum(table, axes) - target))) for axes, target in margins)
        if error <= tolerance * max(scale, 1.0):
            return Fitted(table, error, done)
    raise ValueError(
        f"no table meets these margins after {rounds} rounds: largest error {error:.6g} of {scale:.6g}"
    )


def _sum(table: Array, axes: tuple[int, ...]) -> Array:
    others = tuple(i for i in range(table.ndim) if i not in axes)
    return np.asarray(table.sum(axis=others))


def _factor(table: Array, axes: tuple[int, ...], target: Array) -> Array:
    now = _sum(table, axes)
    ratio = np.divide(target, now, out=np.zeros_like(now), where=now > 0)
    shape = [table.shape[i] if i in axes else 1 for i in range(table.ndim)]
    return ratio.reshape(shape)


def constrain(seed: Array, out: Array, into: Array, tolerance: float = 1e-8) -> Fitted:
    """Doubly constrained origin-destination matrix F = A_o B_d O_o D_d f: row sums ``out``, column sums ``into``."""
    return fit(seed, [((0,), np.asarray(out, float)), ((1,), np.asarray(into, float))], tolerance)
