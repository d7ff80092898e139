"""Where services will fall short: the projected demand of a county beside what it has.

For people: a county that will lack school places, beds, homes or care in three years has to begin building now. A figure
nobody reported is not zero: no shortage is worked out for it.
Not modelled: quality, distance inside a county, what a plan means to build unless it is reported as supply.
"""

import numpy as np
import polars as pl

from renben.core.table import History, Table, table
from renben.engines.projection.service import COLUMNS, chance_of_more
from renben.evaluation.sources import by_year

KEYS = ("region", "service")


@table(grain=("region", "year", "service"))
def service_shortage(service_demand: Table, service_supply: History) -> Table:
    """Supply, median demand, gap and probability of a shortage by county, year end and service.

    The newest supply of each county and service that is known counts; its year stands beside it.
    """
    supply = newest_supply(by_year(service_supply))
    everybody = service_demand.filter(pl.col("group") == "all").collect()
    both = everybody.join(supply, on=KEYS).sort("region", "year", "service")
    points = both.select(COLUMNS).to_numpy()
    chance = chance_of_more(points, both["supply"].to_numpy()) if both.height else np.zeros(0)
    return (
        both.with_columns(probability=pl.Series(chance, dtype=pl.Float64).clip(0.0, 1.0))
        .select(
            "region",
            "year",
            "service",
            "supply",
            "supply_year",
            demand="median",
            gap=pl.col("median") - pl.col("supply"),
            probability="probability",
        )
        .lazy()
    )


def newest_supply(rows: pl.DataFrame) -> pl.DataFrame:
    """Newest known supply, one row per region and service.

    Args:
        rows: supply by region, service and year.
    """
    known = rows.filter(pl.col("supply").is_not_null()).sort("year")
    return known.group_by(KEYS, maintain_order=True).agg(
        supply=pl.col("supply").last(), supply_year=pl.col("year").last()
    )
