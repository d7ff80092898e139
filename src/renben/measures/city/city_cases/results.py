"""Filing, on-time, closing and rework rates of city cases by county, city and unit."""

import polars as pl

from renben.catalogue import Catalogue
from renben.core.table import Table, table
from renben.engines.statistics.steady import steady_sum

SUMS = ("reported", "rejected", "joined", "filed", "due", "done", "in_time", "closed", "failed", "reopened")
ALL = "all"
"""Unit of the rows that count everything of a region."""


@table(grain=("region", "unit"))
def city_case_result(city_cases: Table, cat: Catalogue) -> Table:
    """Cases and rates (shares) and mean hours of handling (by the clock), by county or city, and by unit.

    Args:
        city_cases: Counts by county, month, unit and subclass.
        cat: For the city above a county.
    """
    above = {code: one.parent for code, one in cat.regions.items() if one.parent}
    hours = city_cases.with_columns(hours=pl.col("hours_mean") * pl.col("done"))
    city = pl.col("region").replace_strict(above, default=None, return_dtype=pl.String)
    both = pl.concat([hours, hours.with_columns(region=city).filter(pl.col("region").is_not_null())])
    everything = pl.concat([both, both.with_columns(unit=pl.lit(ALL))])
    cells = everything.group_by("region", "unit").agg(
        *(pl.col(name).sum() for name in SUMS), hours=steady_sum(pl.col("hours"))
    )
    return _rates(cells).sort("region", "unit")


def _rates(cells: Table) -> Table:
    valid = pl.col("reported") - pl.col("rejected") - pl.col("joined")
    of_all = pl.col("unit") == ALL
    rates = {
        "filing_rate": (pl.col("filed"), pl.when(of_all).then(valid)),
        "on_time_rate": (pl.col("in_time"), pl.col("due")),
        "closing_rate": (pl.col("closed"), pl.col("due")),
        "rework_rate": (pl.col("failed"), pl.col("closed")),
        "hours_mean": (pl.col("hours"), pl.col("done")),
    }
    values = {name: pl.when(below > 0).then(above / below) for name, (above, below) in rates.items()}
    reasons = {
        f"{name}_reason": pl.when(value.is_null()).then(
            pl.when(below.is_null()).then(pl.lit("not_applicable")).otherwise(pl.lit("undefined_denominator"))
        )
        for (name, value), (_, below) in zip(values.items(), rates.values(), strict=True)
    }
    kept = ("reported", "filed", "due", "in_time", "closed", "failed", "reopened")
    return cells.select("region", "unit", *kept, **values, **reasons)


@table(grain=("region",))
def city_case_data(city_cases: Table) -> Table:
    """Data elements of the indicators (cases), by county.

    Args:
        city_cases: Counts by county, month, unit and subclass.
    """
    return (
        city_cases.group_by("region")
        .agg(
            city_cases_due=pl.col("due").sum(),
            city_cases_in_time=pl.col("in_time").sum(),
            city_cases_closed=pl.col("closed").sum(),
            city_cases_reworked=pl.col("failed").sum(),
        )
        .sort("region")
    )
