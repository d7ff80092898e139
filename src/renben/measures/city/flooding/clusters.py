"""Places near each other are one: chains of places, each no further from the next than a distance."""

import math
from collections.abc import Sequence

EARTH = 6_371_000.0
"""Mean radius of the earth (m)."""
Place = tuple[float, float]
"""Longitude and latitude (degrees)."""


def metres(one: Place, other: Place) -> float:
    """Distance of two places on the ground (m), by the haversine formula.

    >>> round(metres((112.5, 37.8), (112.5, 37.801)))
    111
    """
    lat, lat2 = math.radians(one[1]), math.radians(other[1])
    up, aside = math.sin((lat2 - lat) / 2), math.sin(math.radians(other[0] - one[0]) / 2)
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(up**2 + math.cos(lat) * math.cos(lat2) * aside**2)))


def clustered(places: Sequence[Place], near: float) -> list[int]:
    """For each place the number of the first place of its chain.

    Args:
        places: in the order that says which is first.
        near: distance (m) up to which two places belong together.

    >>> clustered([(112.5, 37.8), (112.6, 37.8), (112.5, 37.8002)], 50)
    [0, 1, 0]
    """
    first = list(range(len(places)))
    order = sorted(range(len(places)), key=lambda n: places[n][1])
    band = math.degrees(near / EARTH) * 1.000001
    for at, one in enumerate(order):
        for other in order[at + 1 :]:
            if places[other][1] - places[one][1] > band:
                break
            if metres(places[one], places[other]) <= near:
                _join(first, one, other)
    return [_root(first, n) for n in range(len(places))]


def _root(first: Sequence[int], n: int) -> int:
    while first[n] != n:
        n = first[n]
    return n


def _join(first: list[int], one: int, other: int) -> None:
    low, high = sorted((_root(first, one), _root(first, other)))
    first[high] = low
