"""Findings about the air: days without an index, warnings to decide on, episodes missed, too small an emergency list."""

from collections import defaultdict
from typing import Any

import polars as pl

from renben.catalogue import Catalogue
from renben.core.finding import check
from renben.core.table import Table
from renben.engines.wording import Finding, Text, day, findings, joined, labels, percent, region

OWNER = "ecology"


@check
def air_days_have_an_index(aqi_day: Table, cat: Catalogue) -> Table:
    """One finding for each region with days whose index could not be published.

    Args:
        aqi_day: Daily index by region and day.
        cat: For names of regions.
    """
    lacking = aqi_day.group_by("region").agg(n=pl.col("aqi").is_null().sum(), days=pl.len())
    rows = lacking.filter(pl.col("n") > 0).sort("region").collect().to_dicts()
    return findings(_without_index(row, region(cat, row["region"])) for row in rows)


def _without_index(row: dict[str, Any], place: Text) -> Finding:
    n, days = row["n"], row["days"]
    text = Text(
        f"{place.zh}{days}天中有{n}天因污染物缺测无法发布空气质量指数。",
        f"{place.en}: on {n} of {days} days no index could be published because a pollutant is missing.",
    )
    severity = "warning" if n * 10 > days else "info"
    return Finding("air_index_missing", row["region"], severity, OWNER, text)


@check
def warning_is_to_be_decided(air_warning: Table, cat: Catalogue) -> Table:
    """One finding for each day on which a warning should be issued, upgraded, lowered or lifted.

    Args:
        air_warning: Recommended level and change by region and day.
        cat: For labels and names.
    """
    changes = air_warning.filter(~pl.col("action").is_in(["none", "hold"])).sort("region", "day")
    return findings(
        Finding(
            "air_warning_recommended",
            f"{row['region']}/{row['day']}",
            _urgency(row),
            OWNER,
            _recommended(row, cat),
        )
        for row in changes.collect().to_dicts()
    )


def _urgency(row: dict[str, Any]) -> str:
    if row["action"] not in ("issue", "upgrade"):
        return "info"
    return "major" if row["level"] == "red" else "error"


def _recommended(row: dict[str, Any], cat: Catalogue) -> Text:
    place, on = region(cat, row["region"]), day(row["day"])
    action = labels(cat, "air_warning", "action")[row["action"]]
    lifted = row["action"] == "lift"
    level = Text("", "") if lifted else labels(cat, "air_warning", "level")[row["level"]]
    what = Text(f"{action.zh}{level.zh}", f"{action.en} {level.en}".strip())
    doubt = labels(cat, "air_warning", "doubt")[row["doubt"]] if row["doubt"] else None
    but = Text(f"（存疑：{doubt.zh}）", f" In doubt: {doubt.en}.") if doubt else Text("", "")
    return Text(
        f"{place.zh}{on.zh}建议{what.zh}，由人民政府决定并发布{but.zh}。",
        f"{place.en}, {on.en}: it is recommended to {what.en}; the government decides and issues.{but.en}",
    )


@check
def warnings_come_in_time(air_warning_review: Table, cat: Catalogue) -> Table:
    """One finding for each polluted episode that was warned of late or not at all, and each false alarm.

    Args:
        air_warning_review: Outcome by region and first day.
        cat: For labels and names.
    """
    wrong = air_warning_review.filter(pl.col("outcome") != "hit").sort("region", "start")
    return findings(
        Finding(
            f"air_warning_{row['outcome']}",
            f"{row['region']}/{row['start']}",
            "error" if row["outcome"] == "miss" else "warning",
            OWNER,
            _reviewed(row, cat),
        )
        for row in wrong.collect().to_dicts()
    )


def _reviewed(row: dict[str, Any], cat: Catalogue) -> Text:
    place, start, end = region(cat, row["region"]), day(row["start"]), day(row["end"])
    outcome = labels(cat, "air_warning_review", "outcome")[row["outcome"]]
    observed = labels(cat, "air_warning_review", "observed")[row["observed"]]
    warned = labels(cat, "air_warning_review", "warned")[row["warned"]]
    one = row["start"] == row["end"]
    when = Text(start.zh, start.en) if one else Text(f"{start.zh}至{end.zh}", f"{start.en} to {end.en}")
    ahead = Text("，没有提前", ", not a day ahead") if row["outcome"] == "late" else Text("", "")
    return Text(
        f"{place.zh}{when.zh}{outcome.zh}：实况对应“{observed.zh}”，预警建议为“{warned.zh}”{ahead.zh}。",
        f"{place.en}, {when.en}, {outcome.en}: level by the air: {observed.en}; "
        f"level recommended: {warned.en}{ahead.en}.",
    )


@check
def emergency_list_cuts_enough(emergency_cut: Table, cat: Catalogue) -> Table:
    """One finding for each region whose emergency list cuts less than a level asks for, or cannot be judged.

    Args:
        emergency_cut: Share cut and share asked for by region, pollutant and level.
        cat: For labels and names.
    """
    short = emergency_cut.filter(pl.col("met").is_null() | ~pl.col("met")).sort(
        "region", "pollutant", "target"
    )
    cells: defaultdict[str, list[Text]] = defaultdict(list)
    for row in short.collect().to_dicts():
        cells[row["region"]].append(_cut(row, cat))
    return findings(
        Finding(
            "emergency_cut_too_small", code, "warning", OWNER, _too_small(region(cat, code), joined(each))
        )
        for code, each in cells.items()
    )


def _too_small(place: Text, each: Text) -> Text:
    return Text(
        f"{place.zh}应急减排清单力度不足：{each.zh}；请补充清单。",
        f"{place.en}: the emergency list cuts too little: {each.en}; extend it.",
    )


def _cut(row: dict[str, Any], cat: Catalogue) -> Text:
    pollutant = labels(cat, "emergency_cut", "pollutant")[row["pollutant"]]
    level = labels(cat, "emergency_cut", "level")[row["level"]]
    share, target = percent(row["share"]), percent(row["target"])
    return Text(
        f"{level.zh}时{pollutant.zh}可减{share.zh}，要求{target.zh}",
        f"{pollutant.en} at {level.en} {share.en}, {target.en} asked for",
    )
