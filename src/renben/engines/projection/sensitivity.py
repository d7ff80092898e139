"""Which unknown the spread comes from: first-order Sobol indices of one year's rates, from the draws themselves.

For people: what would have to be known better for a narrower forecast.
Method: given-data estimator (conditional means over equally full bins of each unknown, Plischke et al. 2013) with the
bias of the bin means taken out. Unknowns of many dimensions stand as the weighted sum that the province feels; what
neither explains alone (local luck, interactions) is the rest.
"""

import numpy as np
import polars as pl

from renben.engines.projection.draws import Theta
from renben.engines.projection.model import Model
from renben.engines.projection.run import Draws
from renben.engines.projection.states import Array

BINS = 16
REST = "rest"


def unknowns(luck: Theta, model: Model, years: int) -> dict[str, Array]:
    """The unknowns as single numbers by draw (n,), over the first ``years`` projected years."""
    weight = model.central.residents[0].sum(axis=(1, 2))
    cities = np.add.reduceat(weight, model.fixed.first)
    upto = slice(0, years)
    return {
        "drift": luck.drift[:, 0],
        "yearly_innovations": luck.innovation[:, upto, 0].sum(axis=1),
        "net_migration_level": luck.mobility_level,
        "net_migration_years": luck.mobility[:, upto].sum(axis=1),
        "exit_hazard": luck.exit,
        "moves_or_reclassified": luck.split,
        "settlement_response": luck.settle,
        "fertility_nation": luck.fertility,
        "fertility_province": luck.factor[:, upto].sum(axis=1),
        "life_expectancy": luck.life,
        "city_deviations": luck.prefecture @ cities / cities.sum(),
        "county_deviations": luck.county @ weight / weight.sum(),
        "attraction": luck.attraction @ weight / weight.sum(),
    }


def first_order(unknown: Array, value: Array, bins: int = BINS) -> float:
    """Share of the variance of ``value`` (n,) that knowing ``unknown`` (n,) alone would take away.

    >>> import numpy as np
    >>> x = np.random.default_rng(1).normal(size=(4096, 2))
    >>> round(first_order(x[:, 0], 3 * x[:, 0] + x[:, 1]), 1)
    0.9
    """
    if len(value) < 8 * bins:
        raise ValueError(f"{len(value)} draws are too few for {bins} bins; take {8 * bins} or more")
    groups = np.array_split(value[np.argsort(unknown, kind="stable")], bins)
    size = len(value) / bins
    within = float(np.mean([group.var(ddof=1) for group in groups]))
    between = float(np.var([group.mean() for group in groups])) - within / size * (1 - 1 / bins)
    return max(0.0, between / float(value.var(ddof=1)))


def indices(draws: Draws, model: Model, luck: Theta, year: int) -> pl.DataFrame:
    """First-order index of each unknown for both rates and their gap in a year, the most important first.

    Args:
        draws: of the model, by the same numbers.
        model: what was run.
        luck: the numbers of the draws (`draws.theta` with the same count and seed).
        year: year end.
    """
    at = int(np.flatnonzero(draws.years == year)[0])
    rates = {"resident": draws.resident[:, at], "hukou": draws.hukou[:, at]}
    rates["gap"] = rates["resident"] - rates["hukou"]
    rows = [
        {"unknown": name, **{rate: first_order(numbers, value) for rate, value in rates.items()}}
        for name, numbers in unknowns(luck, model, at).items()
    ]
    table = pl.DataFrame(rows).sort("resident", descending=True)
    rest = table.select(
        pl.lit(REST).alias("unknown"), *((1 - pl.col(rate).sum()).alias(rate) for rate in rates)
    )
    return pl.concat([table, rest])
