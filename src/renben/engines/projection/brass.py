"""Brass's relational logit: a whole life table from a standard one and a life expectancy.

For people: mortality of a county for which only the life expectancy is known or assumed.
Formulas: Brass (1971); Preston et al. (2001), chapter 9.
"""

import numpy as np
from numpy.typing import ArrayLike

from renben.engines.projection.lifetable import extend_rates, from_rates
from renben.engines.projection.states import Array

TOP = 130


def logit(alive: ArrayLike) -> Array:
    """Brass's logit of survivors, Y = 0.5 ln((1 - l) / l); l between 0 and 1."""
    share = np.asarray(alive, float)
    return np.asarray(0.5 * np.log((1 - share) / share))


def relate(alpha: ArrayLike, beta: float, standard: ArrayLike) -> Array:
    """Survivors l = 1 / (1 + exp(2 (alpha + beta Y))) from the logits of a standard (radix 1)."""
    return np.asarray(1 / (1 + np.exp(2 * (np.asarray(alpha, float) + beta * np.asarray(standard, float)))))


def standard_from_rates(age: ArrayLike, rate: ArrayLike, sex: str) -> Array:
    """Logits of the survivors at exact ages 1..130 of a grouped schedule of death rates."""
    single, rates = extend_rates(age, rate, TOP + 1)
    table = from_rates(single, rates, sex)
    return logit(np.clip(table.alive[1 : TOP + 1], 1e-12, 1 - 1e-12))


def years_lived(alive: Array, infant: float) -> Array:
    """Person-years at single ages 0..130 from survivors at exact ages 0..130 (last axis).

    ``infant`` is the share of the first year lived by those who die in it. The last year decays to nothing.
    """
    years = 0.5 * (alive + np.concatenate([alive[..., 1:], np.zeros_like(alive[..., :1])], axis=-1))
    years[..., 0] = alive[..., 1] + infant * (alive[..., 0] - alive[..., 1])
    return np.asarray(years)


def solve_alpha(standard: Array, target: ArrayLike, infant: float = 0.1, beta: float = 1.0) -> Array:
    """Level alpha that gives each target life expectancy at birth (years), by bisection to 1e-10.

    Raises:
        ValueError: a target cannot be reached with this standard.
    """
    goal = np.atleast_1d(np.asarray(target, float))
    low, high = np.full_like(goal, -8.0), np.full_like(goal, 8.0)
    if np.any(expectancy(low, standard, infant, beta) < goal) or np.any(
        expectancy(high, standard, infant, beta) > goal
    ):
        raise ValueError(f"life expectancy {goal.tolist()} cannot be reached by shifting this standard")
    for _ in range(60):
        middle = (low + high) / 2
        above = expectancy(middle, standard, infant, beta) > goal
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray((low + high) / 2)


def expectancy(alpha: Array, standard: Array, infant: float = 0.1, beta: float = 1.0) -> Array:
    """Life expectancy at birth (years) for each level alpha."""
    return np.asarray(years_lived(survivors(alpha, standard, beta), infant).sum(axis=-1))


def survivors(alpha: Array, standard: Array, beta: float = 1.0) -> Array:
    """Survivors at exact ages 0..130, one row for each level alpha (radix 1)."""
    alive = relate(np.asarray(alpha)[:, None], beta, standard[None, :])
    return np.concatenate([np.ones((len(alive), 1)), alive], axis=1)


def survival_tables(
    standard: Array, levels: ArrayLike, infant: float = 0.1, ages: int = 101
) -> tuple[Array, Array]:
    """Survival of one year by life expectancy and age, and survival from birth to the year's end.

    Args:
        standard: (130,) logits at ages 1..130.
        levels: (v,) life expectancies, years.
        infant: share of the first year lived by infants who die.
        ages: number of single ages; the last two entries hold the open ratio T(last)/T(last-1).

    Returns:
        (v, ages) survival from age a to a+1, and (v,) L(0)/l(0).
    """
    alpha = solve_alpha(standard, levels, infant)
    years = years_lived(survivors(alpha, standard), infant)
    beyond = np.cumsum(years[:, ::-1], axis=1)[:, ::-1]
    ratio = np.empty((len(years), ages))
    ratio[:, : ages - 2] = years[:, 1 : ages - 1] / years[:, : ages - 2]
    ratio[:, ages - 2 :] = (beyond[:, ages - 1] / beyond[:, ages - 2])[:, None]
    return ratio, years[:, 0]
