"""Findings about the air: days without an index, warnings to decide on, episodes missed, too small an emergency list."""

import polars as pl

from renben.core.finding import check
from renben.core.table import Table

OWNER = "ecology"


@check
def air_days_have_an_index(aqi_day: Table) -> Table:
    """One finding for each region with days whose index could not be published.

    Args:
        aqi_day: Daily index by region and day.
    """
    lacking = aqi_day.group_by("region").agg(n=pl.col("aqi").is_null().sum(), days=pl.len())
    return lacking.filter(pl.col("n") > 0).select(
        kind=pl.lit("air_index_missing"),
        subject="region",
        severity=pl.when(pl.col("n") * 10 > pl.col("days")).then(pl.lit("warning")).otherwise(pl.lit("info")),
        owner=pl.lit(OWNER),
        text_zh=pl.format("{} 天中有 {} 天因污染物缺测无法发布指数。", "days", "n"),
        text_en=pl.format(
            "On {} of {} days no index could be published because a pollutant is missing.", "n", "days"
        ),
    )


@check
def warning_is_to_be_decided(air_warning: Table) -> Table:
    """One finding for each day on which a warning should be issued, upgraded, lowered or lifted.

    Args:
        air_warning: Recommended level and change by region and day.
    """
    changes = air_warning.filter(~pl.col("action").is_in(["none", "hold"]))
    heavy = pl.col("action").is_in(["issue", "upgrade"])
    doubt = pl.coalesce(pl.col("doubt"), pl.lit("-"))
    return changes.select(
        kind=pl.lit("air_warning_recommended"),
        subject=pl.format("{}/{}", "region", "day"),
        severity=pl.when(heavy & (pl.col("level") == "red"))
        .then(pl.lit("major"))
        .when(heavy)
        .then(pl.lit("error"))
        .otherwise(pl.lit("info")),
        owner=pl.lit(OWNER),
        text_zh=pl.format("建议 {} 预警（{}），由人民政府决定并发布；存疑：{}。", "action", "level", doubt),
        text_en=pl.format(
            "Recommended: {} a warning ({}); the government decides and issues. In doubt: {}.",
            "action",
            "level",
            doubt,
        ),
    )


@check
def warnings_come_in_time(air_warning_review: Table) -> Table:
    """One finding for each polluted episode that was warned of late or not at all, and each false alarm.

    Args:
        air_warning_review: Outcome by region and first day.
    """
    wrong = air_warning_review.filter(pl.col("outcome") != "hit")
    return wrong.select(
        kind=pl.format("air_warning_{}", "outcome"),
        subject=pl.format("{}/{}", "region", "start"),
        severity=pl.when(pl.col("outcome") == "miss").then(pl.lit("error")).otherwise(pl.lit("warning")),
        owner=pl.lit(OWNER),
        text_zh=pl.format(
            "{} 至 {}：实况等级 {}，预警等级 {}（{}）。", "start", "end", "observed", "warned", "outcome"
        ),
        text_en=pl.format(
            "{} to {}: observed {}, warned {} ({}).", "start", "end", "observed", "warned", "outcome"
        ),
    )


@check
def emergency_list_cuts_enough(emergency_cut: Table) -> Table:
    """One finding for each region whose emergency list cuts less than a level asks for, or cannot be judged.

    Args:
        emergency_cut: Share cut and share asked for by region, pollutant and level.
    """
    short = emergency_cut.filter(pl.col("met").is_null() | ~pl.col("met")).sort("pollutant", "level")
    share = pl.coalesce((pl.col("share") * 100).round(1).cast(pl.String), pl.lit("?"))
    each = pl.format("{} {}: {} % < {} %", "pollutant", "level", share, (pl.col("target") * 100).round(1))
    return (
        short.group_by("region")
        .agg(each=each.sort().str.join("; "))
        .select(
            kind=pl.lit("emergency_cut_too_small"),
            subject="region",
            severity=pl.lit("warning"),
            owner=pl.lit(OWNER),
            text_zh=pl.format("应急减排不足：{}；请补充应急减排清单。", "each"),
            text_en=pl.format("The emergency list cuts too little: {}; extend it.", "each"),
        )
    )
