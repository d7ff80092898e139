"""Rows of single ages: the small loops of the compiled kernel, each a few vector instructions long."""

import math
from typing import Any

from numba import njit

from renben.engines.projection.states import Array, Fixed

TINY = 1e-300
C3, C4, C5, C6, C7, C8, C9, C10, C11 = (1.0 / math.factorial(k) for k in range(3, 12))

FAST = {"reassoc", "nsz", "contract"}
"""Sums may be taken in vectors; nothing else is relaxed."""
jit: Any = njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST)
inlined: Any = njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST, inline="always")
"""For functions that take whole tuples: a call would count references of every array in them."""


@jit
def exp_rows(hazard: Array, out: Array) -> None:
    """exp(-hazard): a polynomial of degree 11 after halving four times (below 4), else the library's."""
    top = 0.0
    for a in range(hazard.shape[0]):
        top = max(top, hazard[a])
    if top > 4.0:
        for a in range(hazard.shape[0]):
            out[a] = math.exp(-hazard[a])
        return
    for a in range(hazard.shape[0]):
        y = hazard[a] * -0.0625
        r = y * C11 + C10
        r = r * y + C9
        r = r * y + C8
        r = r * y + C7
        r = r * y + C6
        r = r * y + C5
        r = r * y + C4
        r = r * y + C3
        r = r * y + 0.5
        r = r * y + 1.0
        r = r * y + 1.0
        r = r * r
        r = r * r
        r = r * r
        out[a] = r * r


@jit
def add_older(target: Array, source: Array) -> None:
    """Add a row of starting ages to a row one year older; the open group takes in the one below."""
    last = source.shape[0] - 1
    for a in range(last):
        target[a + 1] += source[a]
    target[last] += source[last]


@jit
def survival_row(fixed: Fixed, e0: float, sex: int, out: Array) -> float:
    """Survival of one year by age at life expectancy ``e0`` (years); returns survival from birth."""
    at = (e0 - fixed.e0_range[0]) / fixed.e0_range[1]
    at = min(max(at, 0.0), fixed.survival.shape[0] - 1.000001)
    index = int(at)
    part = at - index
    low, high = fixed.survival[index, sex], fixed.survival[index + 1, sex]
    for a in range(out.shape[0]):
        out[a] = low[a] * (1.0 - part) + high[a] * part
    return float(fixed.infant[index, sex] * (1.0 - part) + fixed.infant[index + 1, sex] * part)


@jit
def scaled(source: Array, factor: float, profile: Array, out: Array) -> float:
    total = 0.0
    for a in range(out.shape[0]):
        out[a] = source[a] * (factor * profile[a])
        total += out[a]
    return total


@jit
def scaled_add(source: Array, factor: float, profile: Array, target: Array) -> float:
    total = 0.0
    for a in range(target.shape[0]):
        moved = source[a] * (factor * profile[a])
        target[a] += moved
        total += moved
    return total


@jit
def add(target: Array, source: Array) -> None:
    for a in range(source.shape[0]):
        target[a] += source[a]


@jit
def total_of(row: Array) -> float:
    total = 0.0
    for a in range(row.shape[0]):
        total += row[a]
    return total


@jit
def split(origin: Array, stay: Array, band: Array, unit: int, near: Array, far: Array) -> None:
    """Split movers (row ``far``) into those who stay in the prefecture (``near``) and the others; count them."""
    for g in range(origin.shape[0]):
        share = stay[g, unit]
        total = 0.0
        for a in range(band[g], band[g + 1]):
            total += far[a]
            near[a] = far[a] * share
            far[a] = far[a] - near[a]
        origin[g, unit] += total


@jit
def dot(one: Array, two: Array) -> float:
    total = 0.0
    for a in range(one.shape[0]):
        total += one[a] * two[a]
    return total
