"""Where movers go: a gravity pattern, fitted on both sides to what is known.

For people: most moves are short, into towns, and stay in the prefecture.
Formulas: engine specification 2.5; the doubly constrained matrix keeps the cross-product ratios of the pattern.
"""

from itertools import pairwise

import numpy as np

from renben.engines.projection.assumptions import Assumptions
from renben.engines.projection.inputs import Regions
from renben.engines.projection.ipf import constrain
from renben.engines.projection.states import Array, Ints

EARTH_KM = 6371.0088


def distances(regions: Regions) -> Array:
    """Great-circle distances between county seats (km); within a county the mean of its nearest two, halved."""
    lon, lat = np.radians(regions.lon), np.radians(regions.lat)
    a = (
        np.sin((lat[:, None] - lat) / 2) ** 2
        + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    )
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(a, 0, 1))))


def pattern(regions: Regions, assume: Assumptions) -> Array:
    """Friction (c, c): distance and same prefecture; zero inside a county (in-county moves are another hazard)."""
    far = np.maximum(distances(regions), 3.0)
    same = regions.prefecture[:, None] == regions.prefecture[None, :]
    friction = far ** assume.number("distance_exponent") * np.exp(assume.number("same_prefecture_log") * same)
    np.fill_diagonal(friction, 0.0)
    return np.asarray(friction)


def lifetime(regions: Regions, assume: Assumptions, into: Array) -> Array:
    """Where people away from a county live (rows sum to one), by gravity on the counted people away ``into``."""
    weight = pattern(regions, assume) * into
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def matrices(regions: Regions, assume: Assumptions, out: Array, into: Array, bands: Ints) -> Array:
    """Origin-destination shares (g, 2c, 2c), rows sum to one, fitted to band totals on both sides.

    Args:
        regions: counties.
        assume: distance exponent and prefecture effect.
        out: (c, u, a) movers by origin and age.
        into: (c, u, a) arrivals by destination and age, any scale.
        bands: (g+1,) age limits.
    """
    friction = np.repeat(np.repeat(pattern(regions, assume), 2, axis=0), 2, axis=1)
    result = []
    for lo, hi in pairwise(bands):
        origin = out[:, :, lo:hi].sum(axis=2).ravel()
        target = into[:, :, lo:hi].sum(axis=2).ravel()
        target = target * origin.sum() / target.sum()
        fitted = constrain(friction * np.outer(origin > 0, target > 0), origin, target, 1e-8).table
        # an origin without movers in this band keeps the pattern, so a later mover has somewhere to go
        spare = friction * target
        rows = np.where(origin[:, None] > 0, fitted, spare)
        result.append(rows / rows.sum(axis=1, keepdims=True))
    return np.stack(result)
