"""The hindcast: from one census to the next, fitted on nothing after the first but the province's totals.

For people: had this model stood in 2010, how wrong would it have been in 2020, county by county?
The gates come from the engine's specification; the baselines stand in the same table.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from renben.engines.projection import scores
from renben.engines.projection.assumptions import Assumptions, default_assumptions
from renben.engines.projection.calibration import GLOBAL, Target, solve_year
from renben.engines.projection.course import lean, neutral, one_year
from renben.engines.projection.drift import logit, share, un_path
from renben.engines.projection.hindcast_data import Hindcast, load
from renben.engines.projection.rates import assemble
from renben.engines.projection.states import Array, Fixed, Ints, Result, Stock
from renben.engines.projection.states import Path as Course

GATES = {
    "city urban MAE": 3.0,
    "county urban MAE": 5.0,
    "city population MAPE": 6.0,
    "county population MAPE": 13.0,
}
"""Largest allowed errors: percentage points, and percent."""


@dataclass(frozen=True)
class Outcome:
    """Residents and urban residents by unit at the later census, as forecast."""

    name: str
    residents: Array  # (c,)
    urban: Array  # (c,)


def changed(data: Hindcast) -> dict[str, Any]:
    """Assumptions that belong to the earlier census: its life expectancy, and province totals of the later one.

    National vital rates are taken as known. The growth of people away from their hukou county is a province total.
    """
    before = float(data.inputs.census.away[:, 1].sum())
    growth = float(np.log(data.away_after / before)) / (data.after - data.before)
    return {
        "away_growth": growth,
        "e0_china": {2010: [72.87, 77.28], 2020: [75.25, 81.0]},
        "sex_ratio_at_birth": {2010: 117.0, 2020: 111.2},
        "hukou_by_address": 0,
    }


def engine(data: Hindcast, assume: Assumptions | None = None) -> tuple[Outcome, Result]:
    """Run the engine from the earlier census to the later one."""
    inputs = data.inputs
    rules = assume or default_assumptions(dt.date(2024, 12, 31), changed(data))
    base, fixed = assemble(inputs, rules, 3)
    years = inputs.observed.years[1:].astype(float)
    path = neutral(inputs, rules, base.stock, years)
    stock, x = base.stock, np.zeros(GLOBAL + len(fixed.first))
    part = rules.row("reclassified_share")
    moves = float(part[0] / part.sum())
    result = None
    for t in range(len(years)):
        stock, x, result = _year(stock, fixed, path, t, data, moves, x)
    if result is None:
        raise ValueError("the hindcast covers no year")
    residents = result.residents[-1].sum(axis=2)
    return Outcome("engine", residents.sum(axis=1), residents[:, 0]), result


def _year(
    stock: Stock, fixed: Fixed, path: Course, t: int, data: Hindcast, moves: float, x: Array
) -> tuple[Stock, Array, Result]:
    observed = data.inputs.observed
    people, urban = float(observed.residents[t + 1]), float(observed.urban[t + 1])
    nothing = np.full(len(fixed.first), np.nan)
    target = Target(np.nan, np.nan, people, urban / people, np.nan, nothing)
    free = np.zeros(len(x), bool)
    free[2:4] = True
    lean(path, t, stock)
    year = solve_year(stock, fixed, one_year(path, t), target, moves, x, free)
    return year.stock, year.x, year.result


REASONS = (
    (
        "B4 cohort ratios",
        "needs two age structures of each unit before the later census; none before the earlier census is in the tables",
    ),
)
"""Baselines that cannot be run on the reference tables, and why."""


def baselines(data: Hindcast, assume: Assumptions | None = None) -> list[Outcome]:
    """B0 constant shares; B1 the province's drift before; B2 the UN's method; B3 the shift that came; B5 mean of B1 to B3.

    No unit has a series of its own before the earlier census, so B1 and B2 take the province's pace of the years before
    it. B3 adds the province's own shift up to the later census to every unit: like the engine it knows that total.
    People are shared out as in the earlier census, since none of these methods moves them.
    """
    census, observed = data.inputs.census, data.inputs.observed
    people = census.residents / census.residents.sum() * observed.residents[-1]
    start = logit(np.clip(census.urban / census.residents, 1e-6, 1 - 1e-9))
    span = data.after - data.before
    pace = float(np.diff(logit(data.earlier)).mean())
    came = float(
        logit(observed.urban[-1] / observed.residents[-1]) - logit(observed.urban[0] / observed.residents[0])
    )
    rules = assume or default_assumptions(dt.date(2024, 12, 31), changed(data))
    shifts = {
        "B1 province's drift": np.full_like(start, span * pace),
        "B2 UN": _un(start, pace, rules.row("un_norm"), rules.row("un_weights"), span),
        "B3 common shift": np.full_like(start, came),
    }
    shifts["B5 mean of B1 to B3"] = np.mean(list(shifts.values()), axis=0)
    rows = {"B0 constant share": np.zeros_like(start), **shifts}
    return [Outcome(name, people, people * share(start + shift)) for name, shift in rows.items()]


def _un(start: Array, pace: float, norm: Array, weights: Array, span: int) -> Array:
    """Logit shift of each unit (c,) under the UN's convergence of the growth difference to the world norm."""
    return np.array([un_path(float(s), pace, norm, weights, span).sum() for s in start])


def cities(values: Array, first: Ints) -> Array:
    """Sum units into prefectures."""
    return np.add.reduceat(values, first)


def errors(data: Hindcast, outcome: Outcome) -> dict[str, float]:
    """The four gated errors of one forecast; counties are the matched ones, cities all."""
    truth, first = data.truth, data.inputs.regions.first
    kept = truth.matched
    pairs = {
        "city": (
            cities(outcome.residents, first),
            cities(outcome.urban, first),
            cities(truth.residents, first),
            cities(truth.urban, first),
        ),
        "county": (outcome.residents[kept], outcome.urban[kept], truth.residents[kept], truth.urban[kept]),
    }
    out = {}
    for level, (people, urban, people_true, urban_true) in pairs.items():
        out[f"{level} urban MAE"] = scores.mae(100 * urban / people, 100 * urban_true / people_true)
        out[f"{level} urban bias"] = scores.bias(100 * urban / people, 100 * urban_true / people_true)
        out[f"{level} population MAPE"] = scores.mape(people, people_true)
    return out


def table(reference: Path, facts: Path) -> list[dict[str, Any]]:
    """One row for each forecast: its errors, and for the engine whether each gate is met."""
    data = load(reference, facts)
    rows = []
    for outcome in [engine(data)[0], *baselines(data)]:
        row: dict[str, Any] = {"forecast": outcome.name, **errors(data, outcome)}
        if outcome.name == "engine":
            row["gates"] = {name: row[name] <= limit for name, limit in GATES.items()}
        rows.append(row)
    return rows
