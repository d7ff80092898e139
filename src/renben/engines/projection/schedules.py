"""Age schedules: migration (Rogers-Castro), fertility shapes, and what links flows to stocks.

For people: at which ages people move, return and have children.
Formulas: Rogers and Castro (1981); spec of the engine for the stock-flow link.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import least_squares
from scipy.stats import gamma

from renben.engines.projection.states import Array


@dataclass(frozen=True)
class RogersCastro:
    """Parameters of the model schedule: children, labour force and, if wanted, retirement; plus a constant."""

    a1: float
    alpha1: float
    a2: float
    alpha2: float
    mu2: float
    lambda2: float
    c: float
    a3: float = 0.0
    alpha3: float = 0.0
    mu3: float = 0.0
    lambda3: float = 0.0

    def rates(self, age: ArrayLike) -> Array:
        """Migration rate at each age (per person-year, in the scale of a1, a2, a3 and c)."""
        x = np.asarray(age, float)
        labour = x - self.mu2
        out = self.a1 * np.exp(-self.alpha1 * x) + self.c
        out = out + self.a2 * np.exp(-self.alpha2 * labour - np.exp(-self.lambda2 * labour))
        if self.a3 > 0:
            old = x - self.mu3
            out = out + self.a3 * np.exp(-self.alpha3 * old - np.exp(-self.lambda3 * old))
        return np.asarray(out)

    def labour_peak(self) -> float:
        """Age at which the labour-force component alone is highest, years: mu2 - ln(alpha2 / lambda2) / lambda2."""
        return float(self.mu2 - np.log(self.alpha2 / self.lambda2) / self.lambda2)


def fit_rogers_castro(
    age: ArrayLike, rates: ArrayLike, start: RogersCastro | None = None, hold: float = 0.05
) -> RogersCastro:
    """Fit a gross schedule by penalised least squares on log parameters.

    Only gross rates have this shape: fitted to net rates, lambda2 runs to its bound. Parts that are zero at the start
    stay out, so a start without retirement gives seven parameters.

    Args:
        age: (n,) ages, years.
        rates: (n,) gross rates; their scale is taken out and put back.
        start: where to start and what the penalty holds to; the fundamental set by default.
        hold: weight of the penalty, relative to the fit, on the squared log distance from the start.
    """
    x, y = np.asarray(age, float), np.asarray(rates, float)
    if np.any(y < 0) or y.sum() <= 0:
        raise ValueError(
            "gross migration rates are not negative and not all zero; net rates cannot be fitted"
        )
    first = start or FUNDAMENTAL
    given = np.array([getattr(first, name) for name in _NAMES])
    used = given > 0
    scale = y.sum() / first.rates(x).sum()

    def schedule(logs: Array) -> RogersCastro:
        values = given.copy()
        values[used] = np.exp(logs)
        return RogersCastro(*values)

    def misfit(logs: Array) -> Array:
        near = (schedule(logs).rates(x) - y / scale) / float(np.max(y / scale))
        return np.asarray(np.concatenate([near, hold * (logs - np.log(given[used])) / np.sqrt(len(x))]))

    found = schedule(least_squares(misfit, np.log(given[used])).x)
    return replace(found, a1=found.a1 * scale, a2=found.a2 * scale, a3=found.a3 * scale, c=found.c * scale)


def net_profile(inward: ArrayLike, outward: ArrayLike, years: int) -> Array:
    """Net rate over a span of years by age at its end: arrivals less departures of a cohort as it ages through it.

    Args:
        inward: (n,) single-age rates of arrival.
        outward: (n,) single-age rates of departure.
        years: length of the span, 10 between censuses.
    """
    yearly = np.asarray(inward, float) - np.asarray(outward, float)
    total = np.concatenate([np.zeros(1), np.cumsum(yearly)])
    ends = np.arange(1, len(yearly) + 1)
    return np.asarray(total[ends] - total[np.maximum(0, ends - years)])


FUNDAMENTAL = RogersCastro(0.02, 0.1, 0.06, 0.1, 20.0, 0.4, 0.003)
"""The fundamental set of Rogers and Castro (1981)."""
_NAMES = tuple(field.name for field in fields(RogersCastro))


def gross_rate(rates: ArrayLike) -> float:
    """Gross migraproduction rate: the sum of single-age rates (moves per life)."""
    return float(np.sum(np.asarray(rates, float)))


def normalised(rates: ArrayLike) -> Array:
    """The same schedule with a gross rate of one."""
    r = np.asarray(rates, float)
    return np.asarray(r / r.sum())


def stock_of_flow(inflow: float, exit_rate: float) -> Array:
    """People by completed years 0..4 and 5+ under a constant inflow (persons a year) and exit hazard (per year).

    M0 = I (1 - e^-h) / h, Mk = M0 e^-hk, M5+ = M0 e^-5h / (1 - e^-h).
    """
    if exit_rate <= 0:
        raise ValueError(f"exit rate {exit_rate!r} must be above zero: with no exit the 5+ group never ends")
    first = inflow * (1 - np.exp(-exit_rate)) / exit_rate
    years = np.arange(5)
    last = first * np.exp(-5 * exit_rate) / (1 - np.exp(-exit_rate))
    return np.append(first * np.exp(-exit_rate * years), last)


def fertility_from_groups(starts: ArrayLike, shares: ArrayLike, ages: int = 101) -> Array:
    """Single-age fertility pattern (sums to one) from shares of five-year groups, by a monotone cumulative curve."""
    from_age, part = np.asarray(starts, float), np.asarray(shares, float)
    limits = np.append(from_age, from_age[-1] + 5)
    total = np.append(0.0, np.cumsum(part / part.sum()))
    return monotone(limits, total, ages)


def monotone(limits: Array, cumulative: Array, ages: int) -> Array:
    """Single-age counts from a cumulative curve at age limits; never negative, group sums kept exactly.

    Monotone cubic (Fritsch-Carlson) through the cumulative points.
    """
    slopes = _monotone_slopes(limits, cumulative)
    points = np.arange(ages + 1, dtype=float)
    inside = np.clip(points, limits[0], limits[-1])
    return np.diff(_hermite(limits, cumulative, slopes, inside))


def _monotone_slopes(x: Array, y: Array) -> Array:
    width, rise = np.diff(x), np.diff(y) / np.diff(x)
    slopes = np.zeros_like(y)
    for i in range(1, len(x) - 1):
        if rise[i - 1] * rise[i] > 0:
            w1, w2 = 2 * width[i] + width[i - 1], width[i] + 2 * width[i - 1]
            slopes[i] = (w1 + w2) / (w1 / rise[i - 1] + w2 / rise[i])
    slopes[0] = _end_slope(width[0], width[1], rise[0], rise[1])
    slopes[-1] = _end_slope(width[-1], width[-2], rise[-1], rise[-2])
    return slopes


def _end_slope(h0: float, h1: float, d0: float, d1: float) -> float:
    slope = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1)
    if np.sign(slope) != np.sign(d0):
        return 0.0
    return float(3 * d0 if abs(slope) > 3 * abs(d0) and np.sign(d0) != np.sign(d1) else slope)


def _hermite(x: Array, y: Array, slopes: Array, at: Array) -> Array:
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    h = x[i + 1] - x[i]
    t = (at - x[i]) / h
    t2, t3 = t * t, t * t * t
    start = (2 * t3 - 3 * t2 + 1) * y[i] + (t3 - 2 * t2 + t) * h * slopes[i]
    return np.asarray(start + (-2 * t3 + 3 * t2) * y[i + 1] + (t3 - t2) * h * slopes[i + 1])


def fertility_gamma(mean: float, sd: float, youngest: float = 14.0, ages: int = 101) -> Array:
    """Gamma-shaped single-age fertility (sums to one) with a mean age and a standard deviation, years."""
    shape = ((mean - youngest) / sd) ** 2
    scale = sd**2 / (mean - youngest)
    curve = gamma.cdf(np.arange(ages + 1) - youngest, shape, scale=scale)
    out = np.diff(curve)
    out[50:] = 0.0
    return np.asarray(out / out.sum())


def mean_age(pattern: ArrayLike) -> float:
    """Mean age of a single-age schedule, years (ages are lived through their middle)."""
    p = np.asarray(pattern, float)
    return float(np.sum((np.arange(len(p)) + 0.5) * p) / p.sum())
