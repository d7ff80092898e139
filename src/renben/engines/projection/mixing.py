"""The least-cost mix of levers: a linear programme on what each part of each lever brings and costs.

For people: the cheap half of every lever is used before the dear half of any, so an answer names several things to do.
A lever's range is cut into parts; what a part brings is measured by a deterministic run, and its price rises from part
to part, because the next person is harder to reach. Interactions of levers are left to the run that verifies the mix.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import linprog

from renben.engines.projection.states import Array

PARTS = 2
"""Parts into which the range of a lever is cut."""
LEAST = 1e-6
"""Share of a part below which it is not used."""


@dataclass(frozen=True)
class Part:
    """A part of a lever's range: from ``start`` to ``end`` (multipliers), what it brings and what a person costs in it."""

    lever: str
    start: float
    end: float
    points: float  # towards the goal
    persons: float
    price: float  # 10k yuan per person


def cut(
    lever: str, limit: float, points: Sequence[float], persons: Sequence[float], prices: Sequence[float]
) -> list[Part]:
    """Parts of a lever from cumulative effects at equal steps up to its limit (the first entry is no change, zero)."""
    ends = np.linspace(1.0, limit, len(points))
    spans = zip(pairwise(ends), pairwise(points), pairwise(persons), prices, strict=True)
    return [
        Part(lever, float(a), float(b), float(p1 - p0), abs(float(n1 - n0)), float(price))
        for (a, b), (p0, p1), (n0, n1), price in spans
    ]


def mix(parts: Sequence[Part], points: float) -> Array:
    """Least-cost use (0..1) of each part that yields ``points``; all that help in full where even that is too little."""
    gain = np.array([max(part.points, 0.0) for part in parts])
    price = np.array([part.price * part.persons for part in parts])
    if gain.sum() <= points:
        return np.where(gain > 0, 1.0, 0.0)
    found = linprog(price, A_ub=-gain[None], b_ub=[-points], bounds=[(0, 1)] * len(parts))
    return np.asarray(found.x)


def settings(parts: Sequence[Part], use: Array) -> dict[str, float]:
    """Lever values of a mix; levers that are not used are left out."""
    values: dict[str, float] = {}
    for part, share in zip(parts, use, strict=True):
        if share > LEAST:
            values[part.lever] = values.get(part.lever, 1.0) + float(share) * (part.end - part.start)
    return values


def totals(parts: Sequence[Part], use: Array) -> tuple[dict[str, float], dict[str, float]]:
    """Additional persons, and their cost (10k yuan), by lever that is used."""
    persons: dict[str, float] = {}
    cost: dict[str, float] = {}
    for part, share in zip(parts, use, strict=True):
        if share > LEAST:
            persons[part.lever] = persons.get(part.lever, 0.0) + float(share) * part.persons
            cost[part.lever] = cost.get(part.lever, 0.0) + float(share) * part.persons * part.price
    return persons, cost


def prices(cost: Mapping[str, float], rise: Sequence[float], lever: str) -> list[float]:
    """Price of a person in each part of a lever: its unit cost times the rise of the part."""
    return [cost[lever] * factor for factor in rise]
