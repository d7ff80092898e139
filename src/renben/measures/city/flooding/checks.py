"""Findings about ponding: cured points that are under water again, owners who are slower than the limit, lost places."""

from typing import Any

import polars as pl

from renben.catalogue import Catalogue
from renben.core.finding import check
from renben.core.table import Table
from renben.engines.wording import Finding, Text, day, findings, labels, region

OWNER = "housing"


@check
def cured_points_stay_dry(ponding_point: Table, cat: Catalogue) -> Table:
    """One finding for each point that was closed a period before and is under water again.

    Args:
        ponding_point: Points of this period.
        cat: For labels and names.
    """
    back = ponding_point.filter(pl.col("was_closed"), pl.col("status") == "open").sort("point")
    return findings(
        Finding("ponding_point_came_back", row["point"], "error", OWNER, _back(row, cat))
        for row in back.collect().to_dicts()
    )


def _back(row: dict[str, Any], cat: Catalogue) -> Text:
    place, last = region(cat, row["region"]), day(row["last_day"])
    unknown = Text("等级不明", "severity unknown")
    severity = labels(cat, "ponding_point", "severity").get(row["severity"], unknown)
    return Text(
        f"{place.zh}积水点{row['point']}（{severity.zh}）上期已销号，{last.zh}又积水；请查明原因，重新列入整治。",
        f"{place.en}: waterlogging point {row['point']} ({severity.en}) was closed a period before and is under water again, "
        f"last on {last.en}; find out why and put it back on the list.",
    )


@check
def ponding_is_cleared_in_time(ponding_clearance: Table, cat: Catalogue) -> Table:
    """One finding for each county and owner that cleared some ponding later than its limit.

    Args:
        ponding_clearance: Events handled, and in time, by county and owner.
        cat: For names.
    """
    late = ponding_clearance.filter(pl.col("in_time") < pl.col("judged")).sort("region", "unit")
    return findings(
        Finding(
            "ponding_cleared_late",
            f"{row['region']}/{row['unit']}",
            "warning",
            row["unit"] if row["unit"] in cat.offices else OWNER,
            _late(row, cat),
        )
        for row in late.collect().to_dicts()
    )


def _late(row: dict[str, Any], cat: Catalogue) -> Text:
    place, office = region(cat, row["region"]), cat.offices.get(row["unit"])
    owner = Text(office.zh, office.en) if office else Text("处置单位", "the handling unit")
    late, judged = row["judged"] - row["in_time"], row["judged"]
    hours = row["hours_longest"]
    zh = "" if hours is None else f"，最长用时{hours:.1f}小时"
    en = "" if hours is None else f"; the longest took {hours:.1f} hours"
    return Text(
        f"{place.zh}{owner.zh}处置的{judged}次积水中有{late}次超过时限{zh}；请核查原因。",
        f"{place.en}, {owner.en}: {late} of {judged} pondings were cleared later than the limit{en}; find out why.",
    )


@check
def ponding_has_a_place(ponding_events: Table, cat: Catalogue) -> Table:
    """One finding for each county with confirmed ponding that says in words only where it was.

    Args:
        ponding_events: Confirmed ponding of this period.
        cat: For names.
    """
    lost = pl.col("lon").is_null() | pl.col("lat").is_null()
    rows = ponding_events.group_by("region").agg(n=lost.sum(), of=pl.len()).filter(pl.col("n") > 0)
    return findings(
        Finding("ponding_without_place", row["region"], "info", OWNER, _lost(row, region(cat, row["region"])))
        for row in rows.sort("region").collect().to_dicts()
    )


def _lost(row: dict[str, Any], place: Text) -> Text:
    return Text(
        f"{place.zh}{row['of']}次已核实的积水中有{row['n']}次没有坐标，未计入积水点；请补充位置。",
        f"{place.en}: {row['n']} of {row['of']} confirmed pondings have no coordinates and belong to no point; add where they were.",
    )
