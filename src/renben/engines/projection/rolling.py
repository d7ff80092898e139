"""Rolling origins: stand at the end of each year, look one to five years ahead, see what came.

For people: are the bands honest, and is the model better than a line through the last years?
The engine starts from the earlier census, is calibrated to the province and its cities up to the origin and knows
nothing after it; as in a projection every calibrated year counts. Urban shares of cities are not published by year, so cities are scored on residents.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from renben.catalogue.fact_tables import FactTables
from renben.engines.projection import scores
from renben.engines.projection.assumptions import Assumptions, default_assumptions
from renben.engines.projection.base import Base
from renben.engines.projection.calibration import GLOBAL, Calibrated, Target, Year, solve_year
from renben.engines.projection.course import lean, neutral, one_year
from renben.engines.projection.drift import estimate
from renben.engines.projection.hindcast import changed
from renben.engines.projection.hindcast_data import Hindcast, load
from renben.engines.projection.model import Model, central_course
from renben.engines.projection.rates import assemble
from renben.engines.projection.rolling_data import Series, as_known_then, revised
from renben.engines.projection.run import Draws, run
from renben.engines.projection.states import Array, Fixed
from renben.engines.projection.states import Path as Course

MOVES = 0.6
"""Part of the urban gain taken for moves; rates do not depend on it."""
KNOWN_THEN = (2017,)
"""Origins of the run on first-published series: three years of all cities and the province's urban share are needed."""
GATES = {"crps_ratio": 0.9, "hits_low": 38, "hits_high": 50, "of": 55}


@dataclass(frozen=True)
class Origin:
    """Forecast of one origin: cities' residents at horizons 1..h, and the truth."""

    year: int
    draws: Array  # (n, h, p) persons
    walk_mean: Array  # (h, p) log of B1's median
    walk_sd: Array  # (h, p)
    truth: Array  # (h, p)
    urban: Array  # (n, h) province
    urban_truth: Array  # (h,)


def without_gap(history: Array) -> Array:
    """The last rows (years) of a table that are known without a gap."""
    known = np.isfinite(history).all(axis=1)
    gaps = np.flatnonzero(~known)
    return history[gaps[-1] + 1 :] if len(gaps) else history


def random_walk(history: Array, ahead: int) -> tuple[Array, Array]:
    """B1 on log residents of each city: mean and standard deviation (h, p), drift of the known years."""
    steps = np.diff(np.log(without_gap(history)), axis=0)
    drift, sd = steps.mean(axis=0), steps.std(axis=0, ddof=1)
    h = np.arange(1, ahead + 1)[:, None]
    return np.log(history[-1]) + drift * h, sd * np.sqrt(h + h**2 / len(steps))


def evaluate(
    reference: Path,
    facts: Path,
    origins: Sequence[int] = range(2012, 2019),
    draws: int = 200,
    seed: int = 1,
    then: bool = False,
) -> list[Origin]:
    """Run all origins (one calibration of the years up to the last origin serves them all).

    Args:
        reference: the operator's tables.
        facts: folder of facts.
        origins: last known year of each forecast.
        draws: draws of each origin.
        seed: of the draws.
        then: fit the series as first published, not the revised one; the truth is the revised one in both cases.
    """
    data = load(reference, facts)
    rules = default_assumptions(dt.date(2024, 12, 31), changed(data))
    base, fixed = assemble(data.inputs, rules, 3)
    truth = revised(reference, data)
    known = as_known_then(reference, FactTables(facts), data) if then else truth
    path = neutral(data.inputs, rules, base.stock, known.years[1:].astype(float))
    years = _calibrate(known, fixed, base, path, max(origins))
    out = []
    for origin in origins:
        ahead = min(5, int(known.years[-1]) - origin)
        model = _model(data, known, rules, base, fixed, path, years, origin, ahead)
        out.append(_origin(model, known, truth, run(model, draws, seed)))
    return out


def _calibrate(known: Series, fixed: Fixed, base: Base, path: Course, last: int) -> list[Year]:
    stock, x, years = base.stock, np.zeros(GLOBAL + len(fixed.first)), []
    for t in range(last - int(known.years[0])):
        people, urban = float(known.residents[t + 1]), float(known.urban[t + 1])
        cities = known.cities[t + 1] / known.cities[t + 1].sum() * people
        vital = float(known.births[t + 1]), float(known.deaths[t + 1])
        lean(path, t, stock)
        target = Target(*vital, people, urban / people, np.nan, cities)
        year = solve_year(stock, fixed, one_year(path, t), target, MOVES, x)
        years.append(year)
        stock, x = year.stock, year.x
    return years


def _model(
    data: Hindcast,
    series: Series,
    rules: Assumptions,
    base: Base,
    fixed: Fixed,
    path: Course,
    years: list[Year],
    origin: int,
    ahead: int,
) -> Model:
    known = origin - data.before
    upto = slice(known + 1)
    cut = replace(
        data.inputs.observed,
        years=series.years[upto],
        residents=series.residents[upto],
        urban=series.urban[upto],
        decade_rate={},
    )
    drift = estimate(cut, rules, ahead)
    recent = years[:known]
    fitted = Calibrated(recent[-1].stock, recent, path)
    course = Course(*(part[known : known + ahead] for part in path))
    future, central, gain = central_course(
        fitted, fixed, course, drift, MOVES, rules.number("city_growth_damping")
    )
    span = np.arange(origin, origin + ahead + 1, dtype=float)
    inputs = replace(data.inputs, observed=cut)
    return Model(inputs, rules, base, fixed, fitted, drift, fitted.stock, future, central, span, MOVES, gain)


def _origin(model: Model, series: Series, truth: Series, result: Draws) -> Origin:
    origin, ahead = int(model.years[0]), len(model.years) - 1
    known = origin - int(series.years[0])
    later = slice(known + 1, known + 1 + ahead)
    first = model.fixed.first
    people = np.add.reduceat(result.residents.sum(axis=(3, 4), dtype=np.float64), first, axis=2)
    scale = series.cities[known] / people[:, 0].mean(axis=0)
    mean, sd = random_walk(series.cities[: known + 1], ahead)
    urban = truth.urban[later] / truth.residents[later]
    return Origin(origin, people[:, 1:] * scale, mean, sd, truth.cities[later], result.resident[:, 1:], urban)


def summary(origins: list[Origin]) -> dict[str, Any]:
    """CRPS of log residents against B1 (ratio below 0.9 wanted), 80 % and 95 % coverage, and the province's urban share.

    Hits are counted at the longest common horizon over origins and cities, and scaled to the gate's 55.
    """
    engine, walk, hits80, hits95, count = [], [], 0, 0, 0
    urban_error, urban_hits, urban_count = [], 0, 0
    for o in origins:
        log_draws, log_truth = np.log(o.draws), np.log(o.truth)
        engine.append(scores.crps_draws(log_draws, log_truth).mean())
        walk.append(scores.crps_normal(o.walk_mean, o.walk_sd, log_truth).mean())
        low, high = np.quantile(o.draws, [0.1, 0.9], axis=0)
        hits80 += scores.coverage(low, high, o.truth)
        low, high = np.quantile(o.draws, [0.025, 0.975], axis=0)
        hits95 += scores.coverage(low, high, o.truth)
        count += o.truth.size
        urban_error.append(100 * np.abs(np.median(o.urban, axis=0) - o.urban_truth).mean())
        low, high = np.quantile(o.urban, [0.1, 0.9], axis=0)
        urban_hits += scores.coverage(low, high, o.urban_truth)
        urban_count += o.urban_truth.size
    ratio = float(np.mean(engine) / np.mean(walk))
    scaled = 55 * hits80 / count
    return {
        "crps": float(np.mean(engine)),
        "crps_b1": float(np.mean(walk)),
        "crps_ratio": ratio,
        "coverage80": hits80 / count,
        "coverage95": hits95 / count,
        "count": count,
        "urban_mae": float(np.mean(urban_error)),
        "urban_coverage80": urban_hits / urban_count,
        "gates": {
            "crps at most 0.9 x B1": ratio <= GATES["crps_ratio"],
            "80 % coverage 38 to 50 of 55": GATES["hits_low"] <= scaled <= GATES["hits_high"],
        },
    }
