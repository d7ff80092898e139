"""Rolling origins: stand at the end of each year, look one to five years ahead, see what came.

For people: are the bands honest, and is the model better than a line through the last years?
The engine starts from the earlier census, is calibrated to the province and its cities up to the origin and knows
nothing after it; as in a projection every calibrated year counts. Urban shares of cities are not published by year, so cities are scored on residents.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.special import logit

from renben.catalogue.fact_tables import FactTables
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
from renben.engines.projection.rolling_scores import Origin, random_walk
from renben.engines.projection.run import Draws, run
from renben.engines.projection.states import Array, Fixed
from renben.engines.projection.states import Path as Course

MOVES = 0.6
"""Part of the urban gain taken for moves; rates do not depend on it."""
KNOWN_THEN = (2017,)
"""Origins of the run on first-published series: three years of all cities and the province's urban share are needed."""


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
    people = np.add.reduceat(result.residents.sum(axis=(3, 4), dtype=np.float64), model.fixed.first, axis=2)
    people *= series.cities[known] / people[:, 0].mean(axis=0)
    draws = np.concatenate([logit(result.resident[:, 1:, None]), np.log(people[:, 1:])], axis=2)
    history = _scaled(series)[: known + 1]
    walks = [random_walk(part, ahead) for part in (history[:, :1], history[:, 1:])]
    mean, sd = (np.concatenate(parts, axis=1) for parts in zip(*walks, strict=True))
    return Origin(origin, draws, mean, sd, _scaled(truth)[later])


def _scaled(series: Series) -> Array:
    """Logit of the province's urban share and log residents of its cities by year (t, 1 + p)."""
    urban = logit(series.urban / series.residents)
    return np.column_stack([urban, np.log(series.cities)])
