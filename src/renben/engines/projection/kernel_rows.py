"""Rows of single ages: the small steps of the compiled kernel, each a few vector instructions long."""

# mypy: disallow-untyped-defs=False, disallow-incomplete-defs=False, disallow-untyped-calls=False, warn-return-any=False

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.polynomial import Chebyshev, Polynomial

from renben.engines.projection.kernel_cache import forget_outdated
from renben.engines.projection.kernel_lanes import FAST, LANES, load, spread, store, total
from renben.engines.projection.states import Array, Fixed

TINY = 1e-30
"""Stands for a hazard of zero in a division: six of them may be multiplied."""
OPTIONS: Any = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": set(FAST), "_nrt": False}
"""No function here allocates, so none needs to count references (_nrt): in loops that costs more than the work."""
forget_outdated()
jit: Any = njit(**OPTIONS)
inlined: Any = njit(forceinline=True, **OPTIONS)
"""For the insides of loops over ages."""


def _gone_per_hazard(degree: int) -> tuple[float, ...]:
    """Coefficients of (1 - exp(-y)) / y on 0..1 by powers of y; of degree 11 they are exact to 3e-15."""

    def exact(y: Array) -> Array:
        return np.asarray(-np.expm1(-y) / np.where(y > 0, y, 1.0) + (y == 0))

    found = Chebyshev.interpolate(exact, degree, domain=[0.0, 1.0]).convert(kind=Polynomial)
    return tuple(float(c) for c in found.coef)


GONE_PER_HAZARD = _gone_per_hazard(11)
P0, P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11 = GONE_PER_HAZARD


@inlined
def gone_per_hazard(y, z):
    """(1 - exp(-y)) / y for hazards 0..1, of two at once: neither has to wait for the other."""
    r, q = y * P11 + P10, z * P11 + P10
    r, q = r * y + P9, q * z + P9
    r, q = r * y + P8, q * z + P8
    r, q = r * y + P7, q * z + P7
    r, q = r * y + P6, q * z + P6
    r, q = r * y + P5, q * z + P5
    r, q = r * y + P4, q * z + P4
    r, q = r * y + P3, q * z + P3
    r, q = r * y + P2, q * z + P2
    r, q = r * y + P1, q * z + P1
    return r * y + P0, q * z + P0


@jit
def halvings(top: float) -> int:
    """How often a hazard must be halved to be at most one."""
    times = 0
    while top > 1.0:
        top *= 0.5
        times += 1
    return times


@inlined
def _total(profile, x, rate, u, i):
    """A vector of ages of a place: total hazard, and that of the move inside the county."""
    over = rate[u, 3] * load(profile, 2 * (4 - u) + x, i)  # pattern 4 leaves an urban place, 3 a rural one
    eta = rate[u, 0] * load(profile, x, i) + over
    eta = rate[u, 1] * load(profile, 2 + x, i) + eta
    return rate[u, 2] * load(profile, 4 + x, i) + eta, over


@inlined
def hazards(profile, x, rate, times, scale, i):
    """A vector of ages of both places: total hazard, probability of no move, moves per unit of hazard, move in the county.

    ``rate`` (u, 4) multiplies the age patterns; ``times`` and ``scale`` = 0.5**times halve the hazard so that the
    polynomial holds; each doubling is exact: p(2y) = p(y)^2.
    """
    eta, over = _total(profile, x, rate, 0, i)
    eta_rural, over_rural = _total(profile, x, rate, 1, i)
    y, z = eta * scale, eta_rural * scale
    gone, gone_rural = gone_per_hazard(y, z)
    keep, keep_rural = 1.0 - y * gone, 1.0 - z * gone_rural
    for _ in range(times):
        gone, gone_rural = gone * (0.5 * keep + 0.5), gone_rural * (0.5 * keep_rural + 0.5)
        keep, keep_rural = keep * keep, keep_rural * keep_rural
    return (eta, keep, gone, over), (keep_rural, gone_rural, over_rural)


@inlined
def close(table: Array, row: int, last: int) -> None:
    """The open group of a row takes in those beyond it."""
    table[row, last] += table[row, last + 1]
    table[row, last + 1] = 0.0


@inlined
def fold(table: Array, row: int, last: int) -> None:
    """Finish a row written an age older: the open group takes in those beyond it and nobody is of age 0."""
    close(table, row, last)
    table[row, 0] = 0.0


@inlined
def level_of(fixed: Fixed, e0: float) -> tuple[int, float]:
    """Place of a life expectancy (years) among the survival tables: the lower one and the part of the next."""
    at = (e0 - fixed.e0_range[0]) / fixed.e0_range[1]
    at = min(max(at, 0.0), fixed.survival.shape[0] - 1.000001)
    index = int(at)
    return index, at - index


@inlined
def pool_of(fixed: Fixed, c: int, o: int, kinds: int) -> int:
    """Pool of the people of origin class ``o`` who live in county ``c``, see ``Work``."""
    if kinds == 1:
        return fixed.first.shape[0]
    return fixed.prefecture[c] if o == 0 else fixed.first.shape[0] - 1 + o


@jit
def survival_row(survival: Array, index: int, part: float, x: int, rows: Array, row: int) -> None:
    """Survival of one year by age into a scratch row."""
    low = 2 * index + x
    for i in range(0, rows.shape[1] - LANES, LANES):
        store(rows, row, i, load(survival, low, i) * (1.0 - part) + load(survival, low + 2, i) * part)


@jit
def fill_bands(shares: Array, unit: int, band: Array, rows: Array, row: int) -> None:
    """A scratch row by age of shares (g, unit) by band."""
    for g in range(shares.shape[0]):
        share = shares[g, unit]
        for a in range(band[g], band[g + 1]):
            rows[row, a] = share


@jit
def clear(table: Array, row: int) -> None:
    for i in range(0, table.shape[1] - LANES, LANES):
        store(table, row, i, spread(0.0))


@jit
def add(table: Array, row: int, source: Array, other: int) -> None:
    """Add a row of one table to a row of another."""
    for i in range(0, table.shape[1] - LANES, LANES):
        store(table, row, i, load(table, row, i) + load(source, other, i))


@jit
def add_older(table: Array, row: int, source: Array, other: int, last: int) -> None:
    """Add a row of starting ages to a row one year older, whose age 0 is empty."""
    for i in range(0, table.shape[1] - LANES, LANES):
        store(table, row, i + 1, load(table, row, i + 1) + load(source, other, i))
    fold(table, row, last)


@jit
def sum_of(table: Array, row: int) -> float:
    """Sum of a row."""
    found = spread(0.0)
    for i in range(0, table.shape[1] - LANES, LANES):
        found = found + load(table, row, i)
    return float(total(found))


@jit
def dot(one: Array, row: int, two: Array, other: int) -> float:
    """Sum of the products of two rows."""
    found = spread(0.0)
    for i in range(0, one.shape[1] - LANES, LANES):
        found = found + load(one, row, i) * load(two, other, i)
    return float(total(found))


@jit
def chance_to_stay(hazard_: float) -> float:
    """exp(-hazard)."""
    return math.exp(-hazard_)


@jit
def dot_older(one: Array, row: int, two: Array, other: int) -> float:
    """The same with the second row at starting ages and the first a year older."""
    found = spread(0.0)
    for i in range(0, one.shape[1] - LANES, LANES):
        found = found + load(one, row, i + 1) * load(two, other, i)
    return float(total(found))


@jit
def sum_bands(rows: Array, row: int, band: Array, out: Array, unit: int) -> None:
    """Sums of a scratch row by band into a column of a table (g, unit)."""
    for g in range(out.shape[0]):
        found = 0.0
        for a in range(band[g], band[g + 1]):
            found += rows[row, a]
        out[g, unit] = found
