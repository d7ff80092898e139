"""What indicators and owners learn: points that are not cured, and how fast water was cleared."""

import polars as pl

from renben.core.table import Table, table

COLUMNS = (("severe", "I"), ("medium", "II"), ("minor", "III"))


@table(grain=("region",))
def flooding_data(ponding_point: Table) -> Table:
    """Waterlogging points not closed by severity, and closed ones (points), by county.

    Args:
        ponding_point: Points of this period; those below the criterion do not count.
    """
    open_ = pl.col("status") != "closed"
    rated = {
        f"ponding_points_{name}": (open_ & (pl.col("severity") == code).fill_null(False)).sum()
        for name, code in COLUMNS
    }
    unrated = (open_ & pl.col("severity").is_null()).sum()
    closed = (~open_ & (pl.col("severity") != "light").fill_null(True)).sum()
    counts = {**rated, "ponding_points_unrated": unrated, "ponding_points_closed": closed}
    return (
        ponding_point.group_by("region")
        .agg(**{name: count.cast(pl.Int64) for name, count in counts.items()})
        .sort("region")
    )


@table(grain=("region", "unit"))
def ponding_clearance(ponding_events: Table) -> Table:
    """Hours from the first report until ponding was cleared (hours, by the clock), by county and owner.

    Args:
        ponding_events: Confirmed ponding of this period; an event without hours counts as an event only.
    """
    judged = pl.col("in_time").is_not_null().sum().cast(pl.Int64)
    in_time = pl.col("in_time").fill_null(False).sum().cast(pl.Int64)
    cells = ponding_events.group_by("region", "unit").agg(
        events=pl.len().cast(pl.Int64),
        hours_median=pl.col("hours_to_clear").median(),
        hours_longest=pl.col("hours_to_clear").max(),
        judged=judged,
        in_time=in_time,
        in_time_share=pl.when(judged > 0).then(in_time / judged),
    )
    reasons = {
        "hours_median": "no_data",
        "hours_longest": "no_data",
        "in_time_share": "undefined_denominator",
    }
    return cells.with_columns(
        pl.when(pl.col(name).is_null()).then(pl.lit(reason)).alias(f"{name}_reason")
        for name, reason in reasons.items()
    ).sort("region", "unit")
