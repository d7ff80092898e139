"""Daily and hourly index, category and primary pollutant."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from renben.core.law import Law
from renben.core.table import Table, table
from renben.measures.city.air_quality.breakpoints import (
    POLLUTANTS,
    index_by_day,
    rounded_steps,
    steps_per_unit,
)

BASIS = ("air_quality.breakpoints",)


@table(grain=("region", "day", "pollutant"), basis=BASIS)
def iaqi_day(air_day: Table, law: Law) -> Table:
    """Individual index (AQI, whole number) of each pollutant and day, with the concentration as rounded.

    Args:
        air_day: Daily concentrations by region and day.
        law: For breakpoints by edition and the fewest valid hours.
    """
    rows = law.value("air_quality.breakpoints")
    hours = law.value("air_quality.min_valid_hours")
    valid = pl.col("valid_hours") >= hours
    parts = []
    for pollutant in POLLUTANTS:
        scale = steps_per_unit(pollutant)
        steps = rounded_steps(pl.when(valid).then(pl.col(pollutant)), scale)
        parts.append(
            air_day.with_columns(steps=steps).select(
                "region",
                "day",
                pollutant=pl.lit(pollutant),
                concentration=pl.col("steps") / scale,
                concentration_reason=pl.when(~valid)
                .then(pl.lit("too_few_hours"))
                .when(pl.col("steps").is_null())
                .then(pl.coalesce(f"{pollutant}_reason", pl.lit("missing"))),
                iaqi=index_by_day(pollutant, pl.col("steps"), pl.col("day"), rows),
            )
        )
    reason = pl.coalesce("concentration_reason", pl.lit("no_index_defined"))
    return pl.concat(parts).with_columns(iaqi_reason=pl.when(pl.col("iaqi").is_null()).then(reason))


@table(grain=("region", "day"), basis=BASIS)
def aqi_day(iaqi_day: Table, air_day: Table, law: Law) -> Table:
    """Daily index (AQI 1-500), category and primary pollutants; with a pollutant missing only above 100.

    Args:
        iaqi_day: Individual indices by region, day and pollutant.
        air_day: For approved exceptional events.
        law: For categories and the rule on missing pollutants.
    """
    events = air_day.select("region", "day", "exceptional")
    return _overall(iaqi_day, ["region", "day"], law).join(events, on=["region", "day"])


@table(grain=("region", "at"), basis=BASIS)
def aqi_hour(air_hour: Table, law: Law) -> Table:
    """Hourly index (AQI 1-500) from one-hour values, category and primary pollutants.

    Before the 2026 edition particles had no one-hour table; their hours then lack two pollutants.

    Args:
        air_hour: Hourly concentrations by region and time.
        law: For breakpoints, categories and the rule on missing pollutants.
    """
    rows = law.value("air_quality.breakpoints")
    parts = [
        air_hour.select(
            "region",
            "at",
            pollutant=pl.lit(pollutant),
            iaqi=index_by_day(
                f"{pollutant}_1h",
                rounded_steps(pl.col(pollutant), steps_per_unit(pollutant)),
                pl.col("at").dt.date(),
                rows,
            ),
        )
        for pollutant in POLLUTANTS
    ]
    return _overall(pl.concat(parts), ["region", "at"], law)


def _overall(parts: Table, keys: list[str], law: Law) -> Table:
    """Index, category and primary pollutants of each key from individual indices."""
    above = law.value("air_quality.publish_above_with_missing")
    highest = pl.col("iaqi").max()
    primary = pl.col("pollutant").filter(pl.col("iaqi") == highest).sort().str.join("+")
    whole = parts.group_by(keys).agg(
        highest=highest,
        complete=pl.col("iaqi").is_not_null().all() & (pl.len() == len(POLLUTANTS)),
        primary=primary,
        order=pl.len(),
    )
    known = pl.col("complete") | (pl.col("highest") > above)
    return (
        whole.with_columns(aqi=pl.when(known).then(pl.col("highest").clip(1, 500)))
        .select(
            *keys,
            "aqi",
            aqi_reason=pl.when(pl.col("aqi").is_null()).then(pl.lit("pollutant_missing")),
            category=_category(pl.col("aqi"), law.value("air_quality.category")),
            primary=pl.when(pl.col("aqi") > 50).then("primary"),
        )
        .sort(keys)
    )


def _category(aqi: pl.Expr, limits: Mapping[str, Any]) -> pl.Expr:
    category: pl.Expr = pl.lit(None, dtype=pl.String)
    for name, top in sorted(limits.items(), key=lambda item: -item[1]):
        category = pl.when(aqi <= top).then(pl.lit(name)).otherwise(category)
    return category
