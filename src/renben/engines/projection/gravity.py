"""Where movers go: a gravity pattern, fitted on both sides to what is known.

For people: most moves are short, into towns, and stay in the prefecture.
Formulas: engine specification 2.5; the doubly constrained matrix keeps the cross-product ratios of the pattern.
"""

from itertools import pairwise

import numpy as np

from renben.engines.projection.assumptions import Assumptions
from renben.engines.projection.inputs import Regions
from renben.engines.projection.ipf import balance
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


def pulls(friction: Array, out: Array, into: Array, bands: Ints) -> Array:
    """Weights of the destinations (g, 2c) by age band, fitted to band totals on both sides.

    With the friction they are the doubly constrained origin-destination matrix; an origin without movers in a band
    has the destinations of the others, so a later mover has somewhere to go.

    Args:
        friction: (c, c) see ``pattern``.
        out: (c, u, a) movers by origin and age.
        into: (c, u, a) arrivals by destination and age, any scale.
        bands: (g+1,) age limits.
    """
    result = []
    for lo, hi in pairwise(bands):
        origin = out[:, :, lo:hi].sum(axis=(1, 2))
        target = into[:, :, lo:hi].sum(axis=2)
        whole = target.sum(axis=1)
        _, factor = balance(friction, origin, whole * (origin.sum() / whole.sum()))
        share = np.divide(target, whole[:, None], out=np.zeros_like(target), where=whole[:, None] > 0)
        found = (factor[:, None] * share).ravel()
        result.append(found / found.sum())
    return np.stack(result)
