"""What is to come: both urbanization rates, the chance of the plan's target, and the services people will need.

For people: the forecast that the status, the report and the planners of schools, homes and care read is one forecast.
It is made anew in every period in which a target year is in force, from what the workspace knows by then: totals of the
series of the base census and the hukou rates. Structure of the base census and births and deaths come from the facts.
Not modelled: see the assumption sheet, which travels with the tables as provisions.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import polars as pl

from renben.catalogue import Catalogue
from renben.core.law import Law
from renben.core.schema import empty
from renben.core.table import History, Table, table
from renben.engines.projection.assumptions import Assumptions
from renben.engines.projection.inputs import Inputs, Observed, read
from renben.engines.projection.model import Model, assembled
from renben.engines.projection.run import Draws, run
from renben.engines.projection.service import by_county
from renben.engines.projection.service import table as demand_table
from renben.engines.projection.tables import rate_frame, target_frame
from renben.evaluation.sources import by_year

RESIDENTS, URBAN, HUKOU_RATE = "pop_resident", "pop_urban_resident", "urban_rate_hukou"
FEWEST = 2
"""Years after the base census with a known urban share, below which there is no drift to project."""


class Outlook(NamedTuple):
    """Tables of a projection."""

    projection_rates: Table
    projection_targets: Table
    service_demand: Table


GRAINS = {
    "projection_rates": ("region", "rate", "year"),
    "projection_targets": ("region", "year", "target"),
    "service_demand": ("region", "year", "service", "group"),
}


@table(grain=GRAINS, basis=("projection_run.draws", "projection_run.until"))
def outlook(elements: History, indicator_published: History, cat: Catalogue, law: Law, seed: int) -> Outlook:
    """Rates (percent), chances of the target and demand of services, as quantiles over draws of the projection.

    Empty where no target year is in force, where draws are set to none, or where the series is too short.
    """
    nothing = Outlook(*(empty(cat.datasets[name]) for name in Outlook._fields))
    if not law.has("projection.target_year") or law.value("projection_run.draws") < 1:
        return nothing
    inputs = known(read(cat.facts), by_year(elements), by_year(indicator_published), law.on.year)
    if np.isfinite(inputs.observed.urban[1:]).sum() < FEWEST:
        return nothing
    until = max(int(law.value("projection_run.until")), int(inputs.observed.years[-1]) + 1)
    classes = int(law.value("projection_run.origin_classes"))
    model = by_county(assembled(inputs, Assumptions(law), until, classes))
    done = run(model, int(law.value("projection_run.draws")), seed)
    return tables(done, model, int(law.value("projection.target_year")))


def tables(done: Draws, model: Model, year: int) -> Outlook:
    """The three tables of a finished run.

    Args:
        done: draws with service bands of every county.
        model: the model they come from.
        year: target year; there are no chances where the run does not cover it.
    """
    regions = model.inputs.regions
    rates = rate_frame(done, model, [regions.province, *regions.prefectures])
    shares = model.assume.row("target_shares") if done.years[0] < year <= done.years[-1] else ()
    chances = target_frame(done, model, year, [float(s) for s in shares])
    by_group = demand_table(done, model, split=["group"])
    every = demand_table(done, model, split=[])
    ahead = pl.col("year") > int(done.years[0])
    demand = pl.concat([by_group, every]).filter(ahead).drop("place")
    return Outlook(rates.lazy(), chances.lazy(), demand.lazy())


def known(inputs: Inputs, elements: pl.DataFrame, published: pl.DataFrame, year: int) -> Inputs:
    """Inputs whose yearly totals after the base census are those the workspace knows, up to a year.

    Args:
        inputs: from the facts; their census and schedules stay.
        elements: rows of the data elements with a year.
        published: rows of published indicators with a year.
        year: last year that may be known.
    """
    mine = pl.col("series") == f"population@census{inputs.base_year}"
    after = pl.col("year").is_between(inputs.base_year + 1, year) & pl.col("value").is_not_null()
    rows = elements.filter(mine & after)
    found = {(r, e, y): v for r, e, y, v in rows.select("region", "element", "year", "value").iter_rows()}
    code = inputs.regions.province
    whole = {y for r, e, y in found if r == code and e == URBAN and (code, RESIDENTS, y) in found}
    years = np.arange(inputs.base_year, max(whole, default=inputs.base_year) + 1)
    rate = pl.col("indicator") == HUKOU_RATE
    hukou = published.filter(rate & (pl.col("region") == code) & (pl.col("year") <= year))
    told = {int(y): v / 100 for y, v in hukou.select("year", "value").iter_rows() if v is not None}
    return replace(inputs, observed=_observed(inputs, found, years, told))


def _observed(
    inputs: Inputs, found: dict[tuple[str, str, int], float], years: np.ndarray, hukou: dict[int, float]
) -> Observed:
    facts, regions = inputs.observed, inputs.regions
    at = {int(y): i for i, y in enumerate(facts.years)}

    def kept(values: np.ndarray) -> np.ndarray:
        return np.array(
            [values[at[int(y)]] if int(y) in at else np.full(values.shape[1:], np.nan) for y in years]
        )

    def told(code: str, element: str) -> np.ndarray:
        return np.array([found.get((code, element, int(y)), np.nan) for y in years[1:]])

    def totals(start: np.ndarray, element: str) -> np.ndarray:
        return np.append(start[0], told(regions.province, element))

    def cities(start: np.ndarray, element: str) -> np.ndarray:
        later = np.stack([told(code, element) for code in regions.prefectures], axis=1)
        return np.concatenate([start[:1], later])

    return replace(
        facts,
        years=years.astype(np.int64),
        residents=totals(facts.residents, RESIDENTS),
        urban=totals(facts.urban, URBAN),
        births=kept(facts.births),
        deaths=kept(facts.deaths),
        prefecture=cities(facts.prefecture, RESIDENTS),
        prefecture_urban=cities(facts.prefecture_urban, URBAN),
        hukou_rate=hukou or facts.hukou_rate,
    )
