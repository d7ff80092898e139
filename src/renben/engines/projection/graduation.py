"""Single ages from five-year groups.

For people: school places need children by single year; the census prints five-year groups.
Formulas: Sprague (1881) fifth-difference osculatory multipliers; monotone cumulative curve; stationary split of
the open group.
"""

import numpy as np
from numpy.typing import ArrayLike

from renben.engines.projection.schedules import monotone
from renben.engines.projection.states import Array

_FIRST = np.array(
    [
        [0.3616, -0.2768, 0.1488, -0.0336, 0.0],
        [0.2640, -0.0960, 0.0400, -0.0080, 0.0],
        [0.1840, 0.0400, -0.0320, 0.0080, 0.0],
        [0.1200, 0.1360, -0.0720, 0.0160, 0.0],
        [0.0704, 0.1968, -0.0848, 0.0176, 0.0],
    ]
)
_SECOND = np.array(
    [
        [0.0336, 0.2272, -0.0752, 0.0144, 0.0],
        [0.0080, 0.2320, -0.0480, 0.0080, 0.0],
        [-0.0080, 0.2160, -0.0080, 0.0, 0.0],
        [-0.0160, 0.1840, 0.0400, -0.0080, 0.0],
        [-0.0176, 0.1408, 0.0912, -0.0144, 0.0],
    ]
)
_MIDDLE = np.array(
    [
        [-0.0128, 0.0848, 0.1504, -0.0240, 0.0016],
        [-0.0016, 0.0144, 0.2224, -0.0416, 0.0064],
        [0.0064, -0.0336, 0.2544, -0.0336, 0.0064],
        [0.0064, -0.0416, 0.2224, 0.0144, -0.0016],
        [0.0016, -0.0240, 0.1504, 0.0848, -0.0128],
    ]
)


def sprague(groups: ArrayLike) -> Array:
    """Single-age counts from equal five-year groups (persons); group sums are kept, values may be negative.

    Args:
        groups: (n,) counts of consecutive five-year groups, n >= 5, without the open group.

    Raises:
        ValueError: fewer than five groups.
    """
    g = np.asarray(groups, float)
    if len(g) < 5:
        raise ValueError(f"Sprague multipliers need five groups or more; found {len(g)}")
    panels = [_FIRST @ g[:5], _SECOND @ g[:5]]
    panels += [_MIDDLE @ g[i - 2 : i + 3] for i in range(2, len(g) - 2)]
    panels += [_SECOND[::-1, ::-1] @ g[-5:], _FIRST[::-1, ::-1] @ g[-5:]]
    return np.concatenate(panels)


def graduate(starts: ArrayLike, counts: ArrayLike, stationary: ArrayLike, ages: int = 101) -> Array:
    """Single ages 0..ages-1 from groups with an open end; never negative, every group sum kept.

    Args:
        starts: (n,) first age of each group; the last group is open.
        counts: (n,) persons.
        stationary: (ages,) person-years L by single age, which split the open group; its last entry is T.
        ages: number of single ages, the last open.
    """
    start, count = np.asarray(starts, float), np.asarray(counts, float)
    if np.any(count < 0):
        raise ValueError(f"counts must not be negative; found {count.min()!r}")
    limits, closed = start, np.append(0.0, np.cumsum(count[:-1]))
    single = np.zeros(ages)
    first_open = int(start[-1])
    single[:first_open] = np.maximum(monotone(limits, closed, ages)[:first_open], 0.0)
    tail = np.asarray(stationary, float)[first_open:]
    single[first_open:] = count[-1] * tail / tail.sum()
    return single


def group(single: ArrayLike, starts: ArrayLike) -> Array:
    """Add single ages up to groups that start at ``starts``; the last is open (any leading axes)."""
    s = np.asarray(single, float)
    return np.add.reduceat(s, np.asarray(starts, int), axis=-1)
