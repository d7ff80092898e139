"""A ready model: base population, rates, calibration to the last observation and the central course after it.

For people: one object that answers "what if nothing changes", from the facts to the last wanted year.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from renben.catalogue import FACTS
from renben.catalogue.fact_tables import FactTables
from renben.engines.projection import kernel
from renben.engines.projection.assumptions import Assumptions, default_assumptions
from renben.engines.projection.base import Base
from renben.engines.projection.calibration import (
    GAIN,
    LIFE,
    OUTSIDE,
    SETTLED,
    TFR,
    Calibrated,
    Target,
    apply,
    calibrate,
    simulate,
    solve_year,
)
from renben.engines.projection.course import copy, lean, neutral, one_year
from renben.engines.projection.drift import Drift, estimate, share
from renben.engines.projection.inputs import Inputs, Observed, read
from renben.engines.projection.rates import assemble
from renben.engines.projection.states import Array, Fixed, Path, Result, Stock


@dataclass(frozen=True)
class Model:
    """Everything that draws, levers and questions need."""

    inputs: Inputs
    assume: Assumptions
    base: Base
    fixed: Fixed
    calibrated: Calibrated
    drift: Drift
    start: Stock  # at the last observed year end
    path: Path  # central course after it
    central: Result  # its deterministic run
    years: Array  # year ends: the last observed, then the projected ones
    moves_share: float
    gain: Array  # (t,) intensity of the urban gain

    @property
    def counties(self) -> int:
        """Number of counties."""
        return len(self.fixed.prefecture)


def to_year_end(base: Base, observed: Observed, drift: Drift) -> Stock:
    """Carry the census stock to its year end: total residents and urban share of that day.

    All stocks are scaled alike and a share of the rural places turns urban, so that the ledger still closes.
    """
    stock = base.stock
    held = float(base.students.sum())
    total = (
        float(observed.residents[0])
        if np.isfinite(observed.residents[0])
        else float(stock.people.sum()) + held
    )
    scale = (total - held) / float(stock.people.sum())
    people = stock.people * scale
    urban = float(people[:, :, 0].sum()) + float(base.students[:, :, 0].sum())
    part = (drift.base_share * total - urban) / float(people[:, :, 1].sum())
    moved = people[:, :, 1] * max(0.0, part)
    people[:, :, 1] -= moved
    people[:, :, 0] += moved
    base.note(
        "census to year end",
        True,
        scale - 1,
        "two months: all stocks scaled alike; share of rural people moved",
    )
    return Stock(people, stock.near * scale, stock.far * scale, stock.outside * scale, stock.guests * scale)


def targets(observed: Observed) -> list[Target]:
    """Observations of the years after the base; the hukou rate goes on as it went where none was published."""
    rate = observed.hukou_rate
    last = max(y for y in rate if y <= observed.years[0])
    before = [y for y in sorted(rate) if last - 4 < y <= last]
    slope = (rate[before[-1]] - rate[before[0]]) / (before[-1] - before[0])
    out = []
    for t in range(1, len(observed.years)):
        year = int(observed.years[t])
        out.append(
            Target(
                float(observed.births[t]),
                float(observed.deaths[t]),
                float(observed.residents[t]),
                float(observed.urban[t] / observed.residents[t]),
                rate.get(year, rate[last] + slope * (year - last)),
                observed.prefecture[t],
            )
        )
    return out


def prepare(
    until: int = 2035,
    kinds: int = 3,
    facts: FilePath | None = None,
    changed: Mapping[str, Any] | None = None,
    moves_share: float | None = None,
) -> Model:
    """Build and calibrate a model from a facts folder.

    Args:
        until: last year end wanted.
        kinds: 3 origin classes (full) or 1 (pooled, faster).
        facts: folder of facts tables; the shipped facts by default.
        changed: assumptions replaced for this run.
        moves_share: part of the urban gain that is moves; by default the mean of its prior.
    """
    inputs = read(FactTables(facts or FACTS))
    last = int(inputs.observed.years[-1])
    return assembled(inputs, default_assumptions(dt.date(last, 12, 31), changed), until, kinds, moves_share)


def assembled(
    inputs: Inputs, assume: Assumptions, until: int, kinds: int = 3, moves_share: float | None = None
) -> Model:
    """Build and calibrate a model from inputs and assumptions (see `prepare`).

    Raises:
        ValueError: nothing is left to project, or observations and schedules do not fit each other.
    """
    observed = inputs.observed
    last = int(observed.years[-1])
    if until <= last:
        raise ValueError(f"until {until}: the last observed year is {last}; ask for a later year")
    base, fixed = assemble(inputs, assume, kinds)
    drift = estimate(observed, assume, until - last)
    stock = to_year_end(base, observed, drift)
    moves, rest = assume.row("reclassified_share")
    part = moves / (moves + rest) if moves_share is None else moves_share
    seen = neutral(inputs, assume, stock, observed.years[1:].astype(float))
    fitted = calibrate(stock, fixed, seen, targets(observed), part)
    ahead = neutral(inputs, assume, fitted.stock, np.arange(last + 1, until + 1, dtype=float))
    path, central, gain = central_course(
        fitted, fixed, ahead, drift, part, assume.number("city_growth_damping")
    )
    years = np.arange(last, until + 1, dtype=float)
    return Model(inputs, assume, base, fixed, fitted, drift, fitted.stock, path, central, years, part, gain)


def net_external(fitted: Calibrated) -> float:
    """Mean yearly net migration of the province in the calibrated years, persons."""
    return float(np.mean([year.result.flows[0, :, 7].sum() for year in fitted.years]))


def city_growth(fitted: Calibrated, fixed: Fixed) -> Array:
    """Mean yearly log growth of each prefecture in the calibrated years (p,)."""
    first = np.add.reduceat(fitted.years[0].result.residents[0].sum(axis=(1, 2)), fixed.first)
    last = np.add.reduceat(fitted.years[-1].result.residents[1].sum(axis=(1, 2)), fixed.first)
    return np.asarray(np.log(last / first) / len(fitted.years))


def central_course(
    fitted: Calibrated, fixed: Fixed, ahead: Path, drift: Drift, part: float, damping: float
) -> tuple[Path, Result, Array]:
    """The central course: mean multipliers of the observed years, then three things are led.

    The urban gain follows the drift, the province's net migration its accounts, and the cities' growth their own
    recent trend, which fades by ``damping`` a year; city totals are scaled to the province's.
    """
    x = _settled(np.stack([y.x for y in fitted.years]))
    path, stock = copy(ahead), fitted.stock
    free = np.ones(len(x), bool)
    free[[TFR, LIFE, SETTLED]] = False
    goal, gains, net, growth = drift.start, [], net_external(fitted), city_growth(fitted, fixed)
    jacobian = None
    for t in range(len(path.tfr)):
        goal += drift.path[t]
        growth = growth * damping
        lean(path, t, stock)
        year = one_year(path, t)
        first = simulate(stock, fixed, year, x, part)[1]
        flows = first.flows[0].sum(axis=0)
        people = float(first.residents[0].sum() + flows[0] - flows[1]) + net
        cities = np.add.reduceat(first.residents[0].sum(axis=(1, 2)), fixed.first) * np.exp(growth)
        cities = cities * (people / cities.sum())
        target = Target(np.nan, np.nan, people, float(share(goal)), np.nan, cities)
        solved = solve_year(stock, fixed, year, target, part, x, free, jacobian=jacobian)
        apply(path, t, solved.x, fixed.prefecture, part)
        gains.append(float(np.exp(solved.x[GAIN])))
        x, stock, jacobian = solved.x, solved.stock, solved.jacobian
    _, central = kernel.project(fitted.stock, fixed, path)
    return path, central, np.array(gains)


def _settled(solved: Array) -> Array:
    """Multipliers carried forward: means of the observed years; gain and pull of the last."""
    x = np.array(solved[-1], float)
    for i in (TFR, LIFE, OUTSIDE, SETTLED):
        x[i] = solved[:, i].mean()
    return np.asarray(x)
