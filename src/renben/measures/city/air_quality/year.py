"""What a year of days adds up to: good and heavy days, PM2.5, composite index."""

import polars as pl

from renben.core.law import Law
from renben.core.table import Table, table
from renben.engines.statistics.steady import steady_mean, steady_sum
from renben.measures.city.air_quality.breakpoints import POLLUTANTS


@table(grain=("region",), basis=("air_quality.category",))
def air_year_data(aqi_day: Table, air_day: Table, law: Law) -> Table:
    """Valid, good and heavily polluted days, and the sum and number of PM2.5 daily means (ug/m3, days).

    Good days have an index of at most 100, heavy days above 200; heavy days are also given without approved
    exceptional events, so that both can be shown.

    Args:
        aqi_day: Daily index by region and day.
        air_day: For PM2.5.
        law: For categories and the fewest valid hours.
    """
    limits = law.value("air_quality.category")
    heavy = pl.col("aqi") > limits["moderate"]
    days = aqi_day.group_by("region").agg(
        days_valid=pl.col("aqi").is_not_null().sum().cast(pl.Int64),
        days_good_air=(pl.col("aqi") <= limits["good"]).sum().cast(pl.Int64),
        days_heavy_pollution=heavy.sum().cast(pl.Int64),
        days_heavy_without_events=(heavy & ~pl.col("exceptional")).sum().cast(pl.Int64),
    )
    pm25 = pl.when(pl.col("valid_hours") >= law.value("air_quality.min_valid_hours")).then(pl.col("pm25"))
    sums = air_day.group_by("region").agg(
        pm25_sum=steady_sum(pm25), pm25_days=pm25.is_not_null().sum().cast(pl.Int64)
    )
    return days.join(sums, on="region").sort("region")


@table(grain=("region",), basis=("air_quality.annual_limit",))
def air_composite(air_day: Table, law: Law) -> Table:
    """Composite index (ratio): sum over six pollutants of concentration over its grade II limit.

    CO and ozone enter with a percentile of their days, the others with their mean. Null where a pollutant has
    no valid day.

    Args:
        air_day: Daily concentrations by region and day.
        law: For limits, percentiles and the fewest valid hours.
    """
    limits = law.cite("air_quality.annual_limit")
    percentiles = law.value("air_quality.composite_percentile")
    valid = air_day.filter(pl.col("valid_hours") >= law.value("air_quality.min_valid_hours"))
    parts = {
        p: (
            pl.col(p).quantile(percentiles[p] / 100, "linear") if p in percentiles else steady_mean(pl.col(p))
        )
        / float(limits.value[p])
        for p in POLLUTANTS
    }
    whole = valid.group_by("region").agg(days=pl.len().cast(pl.Int64), **parts)
    known = pl.all_horizontal(pl.col(POLLUTANTS).is_not_null())
    cells = air_day.select("region").unique().join(whole, on="region", how="left")
    ranked = pl.concat_list(POLLUTANTS).list.arg_max()
    names = pl.lit(pl.Series([list(POLLUTANTS)]))
    return cells.select(
        "region",
        composite=pl.when(known).then(pl.sum_horizontal(POLLUTANTS)),
        composite_reason=pl.when(~known).then(pl.lit("pollutant_missing")),
        largest=pl.when(known).then(names.list.get(ranked)),
        days=pl.col("days").fill_null(0),
        limits_since=pl.lit(limits.since),
    ).sort("region")
