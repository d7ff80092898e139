"""What the rolling origins read: revised series, and the series as they stood before the census revised them.

For people: a forecast of 2017 could only know what had been published by 2017. Scoring it against the revised
totals mostly tests the revision, so both runs are shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from renben.engines.projection.hindcast_data import Hindcast
from renben.engines.projection.states import Array, Ints

REVISED, THEN = "year_end_revised", "year_end_pre_census_revision"
THEN_FACTS = "year-end, before the 2020 census revision"


@dataclass(frozen=True)
class Series:
    """Yearly totals of one vintage, persons; NaN where nothing was published."""

    years: Ints
    residents: Array  # (t,) province
    urban: Array  # (t,)
    cities: Array  # (t, p)
    births: Array  # (t,)
    deaths: Array  # (t,)


def revised(reference: Path, data: Hindcast) -> Series:
    """The series after the later census."""
    observed, regions = data.inputs.observed, data.inputs.regions
    births, deaths = births_deaths(reference, regions.province, observed.years)
    cities = cities_of(reference, regions.prefectures, observed.years, REVISED)
    return Series(observed.years, observed.residents, observed.urban, cities, births, deaths)


def as_known_then(reference: Path, facts: Mapping[str, pl.DataFrame], data: Hindcast) -> Series:
    """The series as first published; the earlier census at its start."""
    observed, regions, census = data.inputs.observed, data.inputs.regions, data.inputs.census
    births, deaths = births_deaths(reference, regions.province, observed.years)
    cities = cities_of(reference, regions.prefectures, observed.years, THEN)
    cities[0] = np.add.reduceat(census.residents, regions.first)
    rows = facts["province_series"].filter(pl.col("code") == regions.province, pl.col("basis") == THEN_FACTS)
    residents, urban = (
        by_year(rows, "indicator", name, "year", observed.years) for name in ("resident_pop", "urban_pop")
    )
    residents[0], urban[0] = observed.residents[0], observed.urban[0]
    return Series(observed.years, residents, urban, cities, births, deaths)


def cities_of(reference: Path, prefectures: tuple[str, ...], years: Ints, basis: str) -> Array:
    """Year-end residents (t, p) of the cities in one basis, persons."""
    table = pl.read_csv(reference / "population_prefecture.csv", infer_schema_length=0)
    rows = table.filter(pl.col("basis") == basis, pl.col("indicator") == "resident_pop")
    columns = [by_year(rows, "code", code, "year", years) for code in prefectures]
    return np.stack(columns, axis=1)


def births_deaths(reference: Path, province: str, years: Ints) -> tuple[Array, Array]:
    """Published births and deaths of the province in each year, persons."""
    table = pl.read_csv(reference / "vital_rates.csv", infer_schema_length=0)
    rows = table.filter(pl.col("code") == province)
    births, deaths = (
        by_year(rows, "indicator", name, "year_or_period", years) for name in ("births", "deaths")
    )
    return births, deaths


def by_year(table: pl.DataFrame, column: str, wanted: str, year: str, years: Ints) -> Array:
    """Values (t,) of the rows with a word in a column; NaN where there is no row."""
    rows = table.filter(pl.col(column) == wanted)
    found = {int(y): float(v) for y, v in rows.select(year, "value").iter_rows()}
    return np.array([found.get(int(y), np.nan) for y in years])
