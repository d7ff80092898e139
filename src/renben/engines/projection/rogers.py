"""Multistate life tables and projection matrices (Rogers), Leslie matrices and stable quantities.

For people: the exact algebra on a few regions, against which the yearly engine is checked.
Formulas: Rogers (1975); Willekens and Rogers (1978), option 3; Preston et al. (2001), chapters 6 and 7.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import expm

from renben.engines.projection.states import Array


class Stable(NamedTuple):
    """What a projection matrix tends to."""

    growth: float  # dominant eigenvalue, per step
    rate: float  # intrinsic rate per year
    shares: Array  # stable distribution, sums to one


def rate_matrices(deaths: ArrayLike, moves: ArrayLike) -> Array:
    """M(a) by age: exit and death on the diagonal, minus the rate from j to i at (i, j).

    Args:
        deaths: (a, r) death rates per person-year.
        moves: (a, r, r) migration rates, [a, from, to].
    """
    d, m = np.asarray(deaths, float), np.array(moves, float)
    regions = d.shape[1]
    m[:, range(regions), range(regions)] = 0.0
    matrices = -np.transpose(m, (0, 2, 1))
    matrices[:, range(regions), range(regions)] = d + m.sum(axis=2)
    return matrices


def transfer(rates: Array, step: float, exponential: bool = False) -> Array:
    """Probabilities of being in region i after ``step`` years, from region j: linear or exponential."""
    if exponential:
        return np.stack([expm(-step * m) for m in rates])
    unit = np.eye(rates.shape[1])
    return np.stack([np.linalg.solve(unit + step / 2 * m, unit - step / 2 * m) for m in rates])


def multistate_table(rates: Array, step: float, exponential: bool = False) -> tuple[Array, Array, Array]:
    """Survivors l, person-years L (by age, region, region of birth; radix 1) and survivorship S = L' L^-1.

    The last age group is open: L = M^-1 l.
    """
    p = transfer(rates, step, exponential)
    ages, regions = rates.shape[:2]
    alive = np.empty((ages, regions, regions))
    alive[0] = np.eye(regions)
    for a in range(1, ages):
        alive[a] = p[a - 1] @ alive[a - 1]
    years = np.empty_like(alive)
    years[:-1] = step / 2 * (alive[:-1] + alive[1:])
    years[-1] = np.linalg.solve(rates[-1], alive[-1])
    survivorship = np.stack([years[a + 1] @ np.linalg.inv(years[a]) for a in range(ages - 1)])
    return alive, years, survivorship


def birth_blocks(fertility: ArrayLike, first: Array, survivorship: Array, step: float) -> Array:
    """Blocks of births surviving to the end of the step: step/4 (P0 + I)(F(a) + F(a+step) S(a))."""
    f = np.asarray(fertility, float)
    unit = np.eye(first.shape[0])
    blocks = [
        step / 4 * (first + unit) @ (np.diag(f[a]) + np.diag(f[a + 1]) @ survivorship[a])
        for a in range(len(survivorship))
    ]
    return np.stack(blocks)


def block_leslie(births: Array, survivorship: Array) -> Array:
    """Generalised Leslie matrix; regions are nested in ages. The open group is left by death only."""
    steps, regions = survivorship.shape[:2]
    size = (steps + 1) * regions
    matrix = np.zeros((size, size))
    for a in range(steps):
        columns = slice(a * regions, (a + 1) * regions)
        matrix[:regions, columns] = births[a]
        matrix[(a + 1) * regions : (a + 2) * regions, columns] = survivorship[a]
    return matrix


def leslie(fertility: ArrayLike, survival: ArrayLike, infant: float, step: float, girls: float) -> Array:
    """Leslie matrix of one sex.

    Args:
        fertility: (n,) births per woman-year by group, both sexes.
        survival: (n,) survival into the next group; the last two entries lead into the open group.
        infant: person-years lived in the first group for one birth, divided by the step: L0 / (step * l0).
        step: width of groups and of the projection step, years.
        girls: share of girls among births.
    """
    f, s = np.asarray(fertility, float), np.asarray(survival, float)
    size = len(f)
    matrix = np.zeros((size, size))
    later = np.append(f[1:] * s[:-1], f[-1] * s[-1])
    matrix[0] = girls * infant * step * 0.5 * (f + later)
    matrix[range(1, size), range(size - 1)] = s[:-1]
    matrix[-1, -1] = s[-1]
    return matrix


def stable(matrix: Array, step: float) -> Stable:
    """Dominant growth factor per step, intrinsic rate per year and stable distribution of a projection matrix."""
    values, vectors = np.linalg.eig(matrix)
    at = int(np.argmax(values.real))
    growth = float(values[at].real)
    vector = np.abs(vectors[:, at].real)
    return Stable(growth, float(np.log(growth) / step), vector / vector.sum())


def net_reproduction(fertility: ArrayLike, years: ArrayLike, girls: float) -> float:
    """Daughters of a newborn girl under fertility by age (per woman-year) and person-years L (radix 1)."""
    return float(girls * np.sum(np.asarray(fertility, float) * np.asarray(years, float)))
