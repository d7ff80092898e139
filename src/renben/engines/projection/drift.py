"""How fast the urban share drifts: estimated from the revised series, damped towards the world norm.

For people: the trend of four years is fragile, so the census decade and the UN's convergence temper it.
Formulas: precision-weighted mean of the yearly logit increments and of the census decade; UN World Urbanization
Prospects: the urban-rural growth difference equals the yearly increment of the logit and converges to a norm.
"""

from typing import NamedTuple

import numpy as np

from renben.engines.projection.assumptions import Assumptions
from renben.engines.projection.inputs import Observed
from renben.engines.projection.states import Array


class Drift(NamedTuple):
    """Yearly logit increments of the urban share."""

    recent: Array  # observed increments
    mean: float  # combined mean, per year
    error: float  # standard error of the mean
    innovation: float  # standard deviation of one year
    path: Array  # (t,) damped mean by year ahead
    start: float  # logit of the last observation
    base_share: float  # urban share at the base year end


def logit(share: float | Array) -> Array:
    """ln(u / (1 - u))."""
    u = np.asarray(share, float)
    return np.asarray(np.log(u / (1 - u)))


def share(value: float | Array) -> Array:
    """Inverse of the logit."""
    return np.asarray(1 / (1 + np.exp(-np.asarray(value, float))))


def observed_shares(observed: Observed) -> tuple[Array, Array]:
    """Year ends and urban shares of the current vintage; the census share, carried to the year end, starts it.

    The census counts on 1 November: of the fourteen months to the next year end two have passed at the first.
    """
    known = np.isfinite(observed.urban)
    years = observed.years[known].astype(float)
    shares = observed.urban[known] / observed.residents[known]
    base = int(years[0]) - 1
    if base in observed.decade_rate:
        census = logit(observed.decade_rate[base])
        year_end = census + (logit(shares[0]) - census) * 2 / 14
        years, shares = np.append(base, years), np.append(share(year_end), shares)
    return years, shares


def un_path(start: float, recent: float, norm: Array, weights: Array, years: int) -> Array:
    """Logit increments (t,) under the UN's convergence: the weight of the norm rises by a fifth each five years."""
    rate = np.empty(years)
    value = start
    for j in range(years):
        target = norm[0] + norm[1] * share(value)
        weight = float(
            np.interp(j + 1, np.append(0.0, 5.0 * np.arange(1, len(weights) + 1)), np.append(0.0, weights))
        )
        rate[j] = (1 - weight) * recent + weight * target
        value += rate[j]
    return rate


def estimate(observed: Observed, assume: Assumptions, years: int) -> Drift:
    """Estimate the drift for ``years`` years ahead of the last observation."""
    at, shares = observed_shares(observed)
    logits = logit(shares)
    recent = np.diff(logits) / np.diff(at)
    innovation = float(np.std(recent, ddof=1))
    error = innovation / np.sqrt(len(recent))
    mean, precision = float(recent.mean()), 1 / error**2
    census = observed.decade_rate
    if len(census) > 1:
        first, last = min(census), max(census)
        decade = float(logit(census[last]) - logit(census[first])) / (last - first)
        weight = 1 / assume.number("drift_decade_sd") ** 2
        mean = (mean * precision + decade * weight) / (precision + weight)
        precision += weight
    start = float(logits[-1])
    path = un_path(start, mean, assume.row("un_norm"), assume.row("un_weights"), years)
    return Drift(recent, mean, float(precision**-0.5), innovation, path, start, float(shares[0]))
