"""Base data of all years in one shape: what was reported, and what mechanisms made where nothing was reported."""

import polars as pl

from renben.catalogue import Catalogue
from renben.catalogue.indicator import ReasonCode
from renben.evaluation.formula import element_ids, parse

PROJECTED = (("resident", "urban_rate_resident"), ("hukou", "urban_rate_hukou"))
"""Rates of the cohort-component projection and the indicators they forecast."""
MANY = 1e6
"""Degrees of freedom of a forecast made of draws: as good as normal on its scale."""
ANNUAL = 4
"""Characters of the name of an annual period."""


def by_year(history: pl.LazyFrame) -> pl.DataFrame:
    """Rows of annual periods with the year instead of the period."""
    annual = history.filter(pl.col("period").str.len_chars() == ANNUAL)
    return annual.with_columns(year=pl.col("period").cast(pl.Int64)).drop("period").collect()


def elements_of(name: str, table: pl.LazyFrame, catalogue: Catalogue) -> pl.LazyFrame:
    """Columns of a mechanism's table that are data elements, one row per region and element.

    A reason that is none of ours becomes no_data. A column `quality` says how the values came about; else derived.

    Args:
        name: dataset of the table.
        table: grain region, with a `synthetic` column.
        catalogue: data elements.
    """
    columns = table.collect_schema().names()
    known = [reason.code for reason in ReasonCode]
    quality = pl.col("quality") if "quality" in columns else pl.lit("derived")
    parts = []
    for element in (column for column in columns if column in catalogue.elements):
        value = pl.col(element).cast(pl.Float64)
        given = pl.col(f"{element}_reason") if f"{element}_reason" in columns else pl.lit(None, pl.String)
        said = pl.when(given.is_in(known)).then(given).otherwise(pl.lit(ReasonCode.no_data.code))
        parts.append(
            table.select(
                "region",
                pl.lit(element).alias("element"),
                value.alias("value"),
                pl.when(value.is_null()).then(said).alias("value_reason"),
                pl.lit(name).alias("made_by"),
                quality.alias("quality"),
                "synthetic",
            )
        )
    return pl.concat(parts)


def with_made(reported: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    """Reported rows, and rows of mechanisms where no value was reported."""
    keys = ["region", "element", "year"]
    have = reported.filter(pl.col("value").is_not_null()).select(keys)
    fresh = made.join(have, on=keys, how="anti").filter(pl.col("value").is_not_null())
    shaped = fresh.select(
        *("region", "element", "year", "value", "value_reason"),
        pl.lit(None, pl.String).alias("series"),
        "quality",
        pl.lit(False).alias("revised"),
        pl.lit(None, pl.Date).alias("published"),
        pl.col("made_by").alias("sources"),
        "synthetic",
    )
    return pl.concat([reported.select(shaped.columns), shaped]).unique(keys, keep="last", maintain_order=True)


def not_published(made: pl.DataFrame, published: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Made rows without the synthetic ones of which an indicator has been published for the region and year.

    A real published rate must never give way to one computed from example data.
    """
    reads = pl.DataFrame(
        [(i.id, name) for i in catalogue.indicators.values() for name in element_ids(parse(i.formula))],
        schema={"indicator": pl.String, "element": pl.String},
        orient="row",
    )
    real = published.filter(pl.col("value").is_not_null() & ~pl.col("synthetic"))
    taken = real.join(reads, on="indicator").select("region", "element", "year").unique()
    marked = made.join(taken.with_columns(taken=pl.lit(True)), on=["region", "element", "year"], how="left")
    return marked.filter(~(pl.col("synthetic") & pl.col("taken").fill_null(False))).drop("taken")


def projected(projection_rates: pl.LazyFrame) -> pl.DataFrame | None:
    """Forecasts of the projection in the columns of indicator_forecasts, or None where there is no projection.

    Args:
        projection_rates: grain region, rate, year; quantiles in percent, centre and spread on the logit scale.
    """
    rates = projection_rates.filter(pl.col("centre").is_not_null()).collect()
    if not rates.height:
        return None
    named = rates.filter(pl.col("rate").is_in([rate for rate, _ in PROJECTED]))
    indicator = pl.col("rate").replace_strict(dict(PROJECTED), return_dtype=pl.String)
    return named.with_columns(indicator=indicator, freedom=pl.lit(MANY)).drop("rate", "synthetic")
