"""Baselines that a forecast must stand beside: no model may be shown without them.

For people: if a ruler drawn through four points is as good, say so.
B0 constant share; B1 random walk with drift on the logit; B2 the UN's urban-rural growth difference; B3 a common
drift with local deviations; B4 cohort change ratios (Hamilton-Perry); B5 the mean of B1 to B3.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from renben.engines.projection.drift import logit, share
from renben.engines.projection.states import Array


class Forecast(NamedTuple):
    """Forecast by year ahead: median share and logit standard deviation (0 where the method gives none)."""

    median: Array  # (h,)
    spread: Array  # (h,)


def constant(series: ArrayLike, ahead: int) -> Forecast:
    """B0: the last share stays."""
    last = float(np.asarray(series, float)[-1])
    return Forecast(np.full(ahead, last), np.zeros(ahead))


def random_walk(series: ArrayLike, ahead: int) -> Forecast:
    """B1: random walk with drift on the logit; the spread takes in the error of the drift."""
    steps = np.diff(logit(np.asarray(series, float)))
    if len(steps) < 2:
        raise ValueError(f"a drift needs three values or more; found {len(steps) + 1}")
    drift, sd = float(steps.mean()), float(steps.std(ddof=1))
    h = np.arange(1, ahead + 1)
    middle = logit(np.asarray(series, float)[-1]) + drift * h
    return Forecast(share(middle), sd * np.sqrt(h + h**2 / len(steps)))


def un_urban(start: float, observed: float, norm: float, steps: int, step: float = 5.0) -> Array:
    """B2: UN World Urbanization Prospects with a fixed norm: shares after each step.

    Args:
        start: urban share at the start.
        observed: urban-rural growth difference of the last period, per year.
        norm: world norm of it, per year.
        steps: number of steps.
        step: years of a step; the weight of the norm rises by a fifth every five years.
    """
    value, out = float(logit(start)), []
    for k in range(1, steps + 1):
        weight = min(1.0, 0.2 * k * step / 5.0)
        value += step * ((1 - weight) * observed + weight * norm)
        out.append(float(share(value)))
    return np.array(out)


def un_norm(intercept: float, slope: float, urban: float) -> float:
    """World norm of the urban-rural growth difference at an urban share, per year."""
    return intercept + slope * urban


def common_drift(series: ArrayLike, ahead: int, common: float, common_sd: float, own_sd: float) -> Forecast:
    """B3: a common yearly logit drift for all regions, with deviations of a region (sd per root year)."""
    h = np.arange(1, ahead + 1)
    middle = logit(np.asarray(series, float)[-1]) + common * h
    return Forecast(share(middle), np.sqrt((common_sd * h) ** 2 + own_sd**2 * h))


def shrunk_drift(all_series: ArrayLike) -> Array:
    """Drift of each region (rows) shrunk towards the common mean by the share of true variance (empirical Bayes)."""
    steps = np.diff(logit(np.asarray(all_series, float)), axis=1)
    own, within = steps.mean(axis=1), steps.var(axis=1, ddof=1) / steps.shape[1]
    between = max(0.0, float(own.var(ddof=1) - within.mean()))
    weight = between / (between + within) if between > 0 else np.zeros_like(within)
    return np.asarray(own.mean() + weight * (own - own.mean()))


def hamilton_perry(before: ArrayLike, now: ArrayLike, women: slice, children: int = 2) -> Array:
    """B4: the next population by cohort change ratios, one step as wide as between two age structures.

    Args:
        before: (n,) persons by five-year group, ten years (two groups) earlier.
        now: (n,) persons now; the last group is open.
        women: groups of childbearing age for the child-woman ratio.
        children: number of youngest groups born in between.
    """
    old, new = np.asarray(before, float), np.asarray(now, float)
    steps = children
    out = np.zeros_like(new)
    closed = len(new) - 1
    ratio = new[steps:closed] / old[: closed - steps]
    out[steps:closed] = ratio * new[: closed - steps]
    out[closed] = new[closed] / old[closed - steps :].sum() * new[closed - steps :].sum()
    for g in range(children):
        out[g] = new[g] / new[women].sum() * out[women].sum()
    return out


def combined(forecasts: list[Forecast]) -> Forecast:
    """B5: the mean of several on the logit scale; the spread is the mean spread."""
    middle = np.mean([logit(f.median) for f in forecasts], axis=0)
    return Forecast(share(middle), np.mean([f.spread for f in forecasts], axis=0))


def reach(forecast: Forecast, target: float) -> Array:
    """Probability of reaching a share in each year ahead, normal on the logit; 0 or 1 where there is no spread."""
    gap = logit(forecast.median) - logit(target)
    safe = np.where(forecast.spread > 0, forecast.spread, 1.0)
    normal = ndtr(gap / safe)
    return np.asarray(np.where(forecast.spread > 0, normal, (gap >= 0).astype(float)))


def draws(forecast: Forecast, noise: Array) -> Array:
    """Draws (n, h) of a forecast from standard normal noise (n,): one path per draw."""
    return share(logit(forecast.median)[None] + noise[:, None] * forecast.spread[None])
