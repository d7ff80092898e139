"""Fit the year multipliers so that the model meets what was observed, year by year.

For people: the projection starts from the last published totals of the province and its cities, not from guesses.
Vintages are respected: only the series consistent with the base census is fitted, never across a revision.
Method: Gauss-Newton on log multipliers with weak priors; the Jacobian comes from one-year runs of the kernel.
"""

from typing import NamedTuple

import numpy as np

from renben.engines.projection import kernel
from renben.engines.projection.course import (
    FIRST_GUESS,
    LEAVE,
    OUT,
    SETTLE,
    copy,
    lean,
    one_year,
    urban_gain,
)
from renben.engines.projection.drift import logit
from renben.engines.projection.states import (
    Array,
    Fixed,
    Ints,
    Mask,
    Path,
    Result,
    Stock,
    hukou_rate,
    resident_rate,
)

TFR, LIFE, OUTSIDE, GAIN, SETTLED = range(5)
GLOBAL = 5
ERRORS = (0.002, 0.002, 0.0002, 0.0004, 0.0004, 0.0005)
"""Tolerances: births, deaths, residents (relative), urban logit, hukou logit, residents of a city (relative)."""
HOLD = 0.5
"""A city that pulls also holds: the log multiplier of moves out is minus this times that of attraction."""
REFRESH = 4
"""Rounds after which the Jacobian is taken anew."""
LIMITS = (0.8, 1.25)
"""A factor on births outside of these says that data and schedule do not fit each other (refused)."""


class Target(NamedTuple):
    """Observations of one year; NaN where there is none."""

    births: float
    deaths: float
    residents: float
    urban_share: float
    hukou_share: float
    prefecture: Array  # (p,)


class Year(NamedTuple):
    """Result of one calibrated year."""

    x: Array  # solution: log tfr, e0 shift (years), log leave, log gain, log settle, log pull by prefecture
    residual: Array  # observed minus model, in tolerances
    stock: Stock
    result: Result
    jacobian: Array | None  # of the residuals, by unknown


def apply(path: Path, t: int, x: Array, prefecture: Ints, moves_share: float) -> None:
    """Write a solution into year ``t`` of a path."""
    path.tfr[t] *= np.exp(x[TFR])
    path.e0[t] += x[LIFE]
    path.moves[t, LEAVE] *= np.exp(x[OUTSIDE])
    path.moves[t, SETTLE] *= np.exp(x[SETTLED])
    urban_gain(path, t, FIRST_GUESS * np.exp(x[GAIN]), moves_share)
    pull = x[GLOBAL:][prefecture]
    path.attraction[t] *= np.repeat(np.exp(pull), 2)
    path.moves[t, OUT] *= np.exp(-HOLD * pull)


def simulate(stock: Stock, fixed: Fixed, year: Path, x: Array, moves_share: float) -> tuple[Stock, Result]:
    """One year under a solution."""
    path = copy(year)
    apply(path, 0, x, fixed.prefecture, moves_share)
    return kernel.project(stock, fixed, path)


def measures(result: Result, fixed: Fixed) -> Array:
    """What is compared: births, deaths, residents, urban logit, hukou logit, residents by prefecture."""
    residents, flows = result.residents[1], result.flows[0]
    by_county = residents.sum(axis=(1, 2))
    cities = np.add.reduceat(by_county, fixed.first)
    rates = (logit(resident_rate(residents)), logit(hukou_rate(result.registered[1])))
    return np.asarray(
        np.concatenate([[flows[:, 0].sum(), flows[:, 1].sum(), by_county.sum(), *rates], cities])
    )


def _residual(values: Array, target: Target) -> Array:
    births, deaths, people, urban, hukou, city = ERRORS
    out = np.concatenate(
        [
            [
                (target.births / values[0] - 1) / births,
                (target.deaths / values[1] - 1) / deaths,
                (target.residents / values[2] - 1) / people,
                (_logit(target.urban_share) - values[3]) / urban,
                (_logit(target.hukou_share) - values[4]) / hukou,
            ],
            (target.prefecture / values[5:] - 1) / city,
        ]
    )
    return np.asarray(np.where(np.isfinite(out), out, 0.0))


def _logit(share: float) -> float:
    return float(logit(share)) if np.isfinite(share) else np.nan


def seen(target: Target) -> Mask:
    """Which unknowns have an observation of their own; the others stay where they were."""
    single = [target.births, target.deaths, target.residents, target.urban_share, target.hukou_share]
    return np.asarray(np.isfinite(np.concatenate([single, target.prefecture])), bool)


def solve_year(
    stock: Stock,
    fixed: Fixed,
    year: Path,
    target: Target,
    moves_share: float,
    prior: Array,
    free: Mask | None = None,
    rounds: int = 12,
    jacobian: Array | None = None,
) -> Year:
    """Find the multipliers of one year.

    Args:
        stock: persons at its start.
        fixed: rates.
        year: neutral path of that year.
        target: observations.
        moves_share: part of the urban gain that is moves, not reclassification.
        prior: (5 + p,) solution of the year before; unobserved things stay there.
        free: which unknowns may change; by default those with an observation of their own.
        rounds: largest number of Gauss-Newton rounds.
        jacobian: of the year before for the same unknowns; taken anew when it does not lead there.
    """
    unknown = np.flatnonzero(seen(target) if free is None else free).astype(np.int64)
    spread = np.concatenate([[0.3, 1.5, 1.0, 1.0, 1.0], np.full(len(prior) - GLOBAL, 0.5)])[unknown] * 50
    x = prior.copy()
    for done in range(rounds):
        values = measures(simulate(stock, fixed, year, x, moves_share)[1], fixed)
        residual = _residual(values, target)
        if jacobian is None or (done > 0 and done % REFRESH == 0):
            jacobian = _jacobian(stock, fixed, year, x, moves_share, target, residual, unknown)
        pull = (prior - x)[unknown] / spread
        normal = jacobian.T @ jacobian + np.diag(1 / spread**2)
        step = np.linalg.solve(normal, jacobian.T @ residual + pull / spread)
        x[unknown] += np.clip(step, -1.0, 1.0)
        if np.max(np.abs(step)) < 1e-4:
            break
    after, result = simulate(stock, fixed, year, x, moves_share)
    return Year(x, _residual(measures(result, fixed), target), after, result, jacobian)


def _jacobian(
    stock: Stock,
    fixed: Fixed,
    year: Path,
    x: Array,
    share: float,
    target: Target,
    residual: Array,
    unknown: Ints,
) -> Array:
    columns = []
    for i in unknown:
        moved = x.copy()
        moved[i] += 0.02
        values = measures(simulate(stock, fixed, year, moved, share)[1], fixed)
        columns.append((residual - _residual(values, target)) / 0.02)
    return np.stack(columns, axis=1)


class Calibrated(NamedTuple):
    """Calibration of the observed years."""

    stock: Stock  # at the last observed year end
    years: list[Year]
    path: Path  # calibrated path of those years


def calibrate(
    stock: Stock, fixed: Fixed, neutral: Path, targets: list[Target], moves_share: float
) -> Calibrated:
    """Solve the observed years one after the other.

    Raises:
        ValueError: births or deaths can only be met with a factor outside of 0.8 to 1.25 of the schedule.
    """
    prior = np.zeros(GLOBAL + len(fixed.first))
    path, years = copy(neutral), []
    for t, target in enumerate(targets):
        lean(path, t, stock)
        year = solve_year(stock, fixed, one_year(path, t), target, moves_share, prior)
        factor = float(np.exp(year.x[TFR]))
        if not LIMITS[0] <= factor <= LIMITS[1]:
            raise ValueError(
                f"observed year {t + 1}: births {target.births:.0f} need fertility x {factor:.2f} of the assumed level, "
                "outside 0.8..1.25; check assumption tfr_factor, the base women, or the vintage of the births"
            )
        apply(path, t, year.x, fixed.prefecture, moves_share)
        years.append(year)
        stock, prior = year.stock, year.x
    return Calibrated(stock, years, path)
