"""A table function over a population, for the streaming benchmark."""

import polars as pl

from renben.core.table import Table, table


@table(grain=("region",))
def adults(persons: Table) -> Table:
    """Adults (persons) and their income (yuan) per region."""
    grown = persons.filter(pl.col("age") >= 18)
    return grown.group_by("region").agg(persons=pl.len().cast(pl.Int64), income=pl.col("income").sum())
