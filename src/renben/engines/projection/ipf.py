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
    ratio = _ratio(target, now)
    shape = [table.shape[i] if i in axes else 1 for i in range(table.ndim)]
    return ratio.reshape(shape)


def balance(
    friction: Array, out: Array, into: Array, tolerance: float = 1e-8, rounds: int = 1000
) -> tuple[Array, Array]:
    """Balancing factors (o,) and (d,) of the doubly constrained matrix F = factor_o f_od factor_d.

    Formulas: Wilson (1971), with A_o O_o and B_d D_d as one factor each.

    Args:
        friction: (o, d) f, not negative.
        out: (o,) wanted row sums; an origin of zero keeps the destinations' factors.
        into: (d,) wanted column sums, of the same total.
        tolerance: largest error of a row sum, relative to the largest.
        rounds: largest number of rounds.

    Raises:
        ValueError: no factors meet both sides (an origin or destination that nobody can reach).
    """
    target, error = np.asarray(into, float), np.inf
    for _ in range(rounds):
        origin = _ratio(np.asarray(out, float), friction @ target)
        target = _ratio(np.asarray(into, float), origin @ friction)
        error = float(np.max(np.abs(origin * (friction @ target) - out)))
        if error <= tolerance * max(float(np.max(out)), 1.0):
            return origin, target
    raise ValueError(
        f"no origin-destination matrix meets both sides after {rounds} rounds: largest error of an origin "
        f"{error:.6g} of {np.max(out):.6g}; check the origins and destinations that have no partner"
    )


def _ratio(wanted: Array, now: Array) -> Array:
    return np.divide(wanted, now, out=np.zeros_like(now), where=now > 0)
