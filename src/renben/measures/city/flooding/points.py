"""Confirmed ponding becomes waterlogging points: how severe, how often, and whether it is cured."""

import polars as pl

from renben.core.law import Law
from renben.core.table import History, Maybe, Previous, Table, table
from renben.measures.city.flooding.clusters import clustered

BASIS = ("flooding.least_depth_m", "flooding.severe_depth_m", "flooding.retests")
ANNUAL = 4
"""Characters of the name of an annual period."""
RANK = ("I", "II", "III", "light")
"""Severities, the worst first."""


@table(grain=("point",), basis=BASIS)
def ponding_point(ponding_events: History, ponding_check: Maybe, ponding_point: Previous, law: Law) -> Table:
    """Points where confirmed ponding came near to earlier ponding (depths in m, times in minutes).

    A point is named after its first event. It is closed when it has passed enough rains of the design return period since
    it was last under water; open where water stood in this period; else nobody knows.

    Args:
        ponding_events: Confirmed ponding of all periods; what has no place is left out.
        ponding_check: Looks at points during rains of this period.
        ponding_point: Points a period before, with the rains passed so far.
        law: For distances, depths, times and rains.
    """
    events = _placed(ponding_events, float(law.value("flooding.point_metres")), law)
    now = pl.col("period") == str(law.on.year)
    counts = pl.col("rank") < RANK.index("light")
    points = events.group_by("point").agg(
        pl.col("region", "lon", "lat").first(),
        rank=pl.col("rank").min(),
        unrated=pl.col("rank").is_null().any(),
        events=counts.sum().cast(pl.Int64),
        periods=pl.col("period").filter(counts).n_unique().cast(pl.Int64),
        events_now=(counts & now).sum().cast(pl.Int64),
        wet_now=(now & (counts | pl.col("rank").is_null())).any(),
        deepest_m=pl.col("depth_m").max(),
        longest_min=pl.col("duration_min").max(),
        last_day=pl.col("day").max(),
    )
    before = ponding_point.select("point", before="passed", was_closed=pl.col("status") == "closed")
    looked = points.join(before, on="point", how="left").join(
        _looks(ponding_check, points, law), on="point", how="left"
    )
    return _judged(looked, int(law.value("flooding.retests"))).sort("point")


def _placed(events: Table, near: float, law: Law) -> Table:
    """Events with a place, in order, with their severity's rank and their point."""
    annual = events.filter(pl.col("period").str.len_chars() == ANNUAL, pl.col("lon").is_not_null())
    rows = annual.filter(pl.col("lat").is_not_null()).sort("region", "day", "key").collect()
    parts = [_with_points(part, near) for part in rows.partition_by("region", maintain_order=True)]
    found = pl.concat(parts) if parts else rows.with_columns(point=pl.col("key"))
    return found.lazy().with_columns(rank=_rank(law))


def _with_points(part: pl.DataFrame, near: float) -> pl.DataFrame:
    first = clustered(list(part.select("lon", "lat").iter_rows()), near)
    return part.with_columns(point=part["key"].gather(first))


def _rank(law: Law) -> pl.Expr:
    """Rank of an event's severity; null where a depth or a time is missing that would decide it.

    Deep water is severe however short it stood; anything less counts from the least time on.
    """
    deep, long = pl.col("depth_m"), pl.col("duration_min")
    wet = deep >= law.value("flooding.least_depth_m")
    severe = (deep >= law.value("flooding.severe_depth_m")) | (
        wet & (long >= law.value("flooding.severe_minutes"))
    )
    lasting = long >= law.value("flooding.least_minutes")
    medium = (deep >= law.value("flooding.medium_depth_m")) & lasting
    rank = pl.when(severe).then(0).when(severe.is_null()).then(None)
    return rank.when(medium).then(1).when(wet & lasting).then(2).otherwise(3).cast(pl.Int64)


def _looks(checks: Table, points: Table, law: Law) -> Table:
    """Rains passed since water was last seen, and whether it was seen during a look, by point."""
    least = law.value("flooding.least_depth_m")
    wet = pl.col("depth_m") >= least
    joined = checks.join(points.select("point", "last_day"), on="point")
    last_wet = pl.max_horizontal("last_day", pl.col("day").filter(wet).max().over("point"))
    heavy = pl.col("return_years") >= law.value("flooding.retest_years")
    passes = heavy & ~wet & (pl.col("day") > last_wet)
    return joined.group_by("point").agg(fresh=passes.sum().cast(pl.Int64), seen_wet=wet.any())


def _judged(points: Table, retests: int) -> Table:
    wet = pl.col("wet_now") | pl.col("seen_wet").fill_null(False)
    carried = pl.when(wet).then(0).otherwise(pl.col("before").fill_null(0))
    severity = pl.when(~pl.col("unrated") | (pl.col("rank") == 0)).then(
        pl.col("rank").replace_strict(dict(enumerate(RANK)), default=None, return_dtype=pl.String)
    )
    return points.with_columns(
        passed=(carried + pl.col("fresh").fill_null(0)).cast(pl.Int64),
        severity=severity,
        severity_reason=pl.when(severity.is_null()).then(pl.lit("no_data")),
        was_closed=pl.col("was_closed").fill_null(False),
    ).select(
        *("point", "region", "lon", "lat", "severity", "severity_reason", "events", "periods", "events_now"),
        *("deepest_m", "longest_min", "last_day", "passed"),
        status=pl.when(pl.col("passed") >= retests)
        .then(pl.lit("closed"))
        .when(wet)
        .then(pl.lit("open"))
        .otherwise(pl.lit("unknown")),
        was_closed="was_closed",
    )
