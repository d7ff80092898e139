"""Scores of forecasts: errors, sharpness and honesty of the spread.

For people: a model earns trust by having been right before, and by knowing how wrong it may be.
Formulas: Gneiting and Raftery (2007); ensemble CRPS in its fair form (Ferro 2014).
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from renben.engines.projection.states import Array


def mae(forecast: ArrayLike, actual: ArrayLike) -> float:
    """Mean absolute error, in the unit of the values."""
    return float(np.mean(np.abs(np.asarray(forecast, float) - np.asarray(actual, float))))


def bias(forecast: ArrayLike, actual: ArrayLike) -> float:
    """Mean of forecast minus actual."""
    return float(np.mean(np.asarray(forecast, float) - np.asarray(actual, float)))


def mape(forecast: ArrayLike, actual: ArrayLike) -> float:
    """Mean absolute percentage error."""
    a = np.asarray(actual, float)
    return float(100 * np.mean(np.abs(np.asarray(forecast, float) / a - 1)))


def crps_normal(mean: ArrayLike, sd: ArrayLike, actual: ArrayLike) -> Array:
    """CRPS of a normal forecast: sd (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi))."""
    s = np.asarray(sd, float)
    z = (np.asarray(actual, float) - np.asarray(mean, float)) / s
    density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    return np.asarray(s * (z * (2 * ndtr(z) - 1) + 2 * density - 1 / np.sqrt(np.pi)))


def crps_draws(draws: ArrayLike, actual: ArrayLike) -> Array:
    """Fair CRPS of an ensemble, draws on the first axis: mean |x - y| minus sum |x - x'| / (2 n (n - 1))."""
    x = np.sort(np.asarray(draws, float), axis=0)
    n = len(x)
    if n < 2:
        raise ValueError(f"a fair CRPS needs two draws or more; found {n}")
    near = np.mean(np.abs(x - np.asarray(actual, float)), axis=0)
    rank = (2 * np.arange(1, n + 1) - n - 1).reshape(-1, *([1] * (x.ndim - 1)))
    return np.asarray(near - np.sum(rank * x, axis=0) / (n * (n - 1)))


def interval_score(low: ArrayLike, high: ArrayLike, actual: ArrayLike, level: float) -> Array:
    """Interval score of a central interval of the given level (0.8, 0.95); smaller is better."""
    lo, hi, y = (np.asarray(v, float) for v in (low, high, actual))
    alpha = 1 - level
    return np.asarray((hi - lo) + 2 / alpha * np.maximum(lo - y, 0) + 2 / alpha * np.maximum(y - hi, 0))


def coverage(low: ArrayLike, high: ArrayLike, actual: ArrayLike) -> int:
    """Number of actual values inside their interval."""
    y = np.asarray(actual, float)
    return int(np.sum((y >= np.asarray(low, float)) & (y <= np.asarray(high, float))))


def pit(draws: ArrayLike, actual: ArrayLike) -> Array:
    """Probability integral transform: share of draws below the actual value (ties count half)."""
    x, y = np.asarray(draws, float), np.asarray(actual, float)
    return np.asarray(np.mean(x < y, axis=0) + 0.5 * np.mean(x == y, axis=0))


def energy_score(draws: ArrayLike, actual: ArrayLike) -> float:
    """Energy score of vectors: draws (n, d) against actual (d,); the multivariate CRPS, fair form."""
    x, y = np.asarray(draws, float), np.asarray(actual, float)
    n = len(x)
    near = float(np.mean(np.linalg.norm(x - y, axis=1)))
    apart = sum(float(np.linalg.norm(x[i + 1 :] - x[i], axis=1).sum()) for i in range(n - 1))
    return near - apart / (n * (n - 1))
