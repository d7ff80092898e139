"""Findings about the network: data that cannot be true, places cut off, single roads, gains that miss those behind."""

from typing import Any

import polars as pl

from renben.catalogue import Catalogue
from renben.core.finding import check
from renben.core.law import Law
from renben.core.table import Table
from renben.engines.wording import Finding, Text, findings, labels, percent

OWNER = "transport"


@check
def network_data_are_credible(road_edge: Table, law: Law) -> Table:
    """One finding for each edge whose speed is beyond what is credible, or that leads from a node to itself.

    Args:
        road_edge: Edges with time (s) and length (m).
        law: For the fastest credible speed (km/h).
    """
    speed = pl.col("metres") / pl.col("seconds") * 3.6
    fast = speed > law.value("link_evaluation.fastest_kmh")
    loop = pl.col("from_node") == pl.col("to_node")
    odd = road_edge.filter(fast.fill_null(False) | loop).with_columns(speed=speed, loop=loop).sort("edge")
    return findings(
        Finding("road_edge_not_credible", row["edge"], "warning", OWNER, _odd(row))
        for row in odd.collect().to_dicts()
    )


def _odd(row: dict[str, Any]) -> Text:
    """What is wrong with an edge: it ends where it begins, or nobody drives that fast."""
    edge, start, end = row["edge"], row["from_node"], row["to_node"]
    if row["loop"]:
        return Text(
            f"路段{edge}的起点和终点都是节点{start}；请核对端点。",
            f"Road {edge} begins and ends at node {start}; check its ends.",
        )
    return Text(
        f"路段{edge}（节点{start}至{end}）行程车速{row['speed']:,.0f}公里/小时，不可信；请核对时间单位（秒）和长度。",
        f"Road {edge} (node {start} to {end}) is driven at {row['speed']:,.0f} km/h, beyond belief; "
        "check the time (seconds) and the length.",
    )


@check
def zones_are_connected(travel_time: Table, zone: Table) -> Table:
    """One finding for each zone that reaches fewer than half of all other zones.

    Args:
        travel_time: Times between zones (s), null where there is no path.
        zone: Node by zone.
    """
    reached = (
        travel_time.filter(pl.col("origin") != pl.col("destination"))
        .group_by("origin")
        .agg(n=pl.col("seconds").is_not_null().sum(), of=pl.len())
    )
    cut = reached.filter(pl.col("n") * 2 < pl.col("of")).join(zone, left_on="origin", right_on="zone")
    return cut.select(
        kind=pl.lit("zone_cut_off"),
        subject="origin",
        severity=pl.lit("warning"),
        owner=pl.lit(OWNER),
        text_zh=pl.format(
            "交通小区{}（节点{}）只能到达{}个小区中的{}个；请核对路网连通性。", "origin", "node", "of", "n"
        ),
        text_en=pl.format(
            "Zone {} (node {}) reaches {} of {} zones; check how its roads connect.",
            "origin",
            "node",
            "n",
            "of",
        ),
    )


@check
def network_hangs_on_one_road(network_bridge: Table) -> Table:
    """One finding for each road whose loss would cut people off.

    Args:
        network_bridge: Persons cut off by road.
    """
    rows = network_bridge.filter(pl.col("persons_cut_off") > 0).sort("from_node", "to_node")
    return findings(
        Finding("single_road", f"{row['from_node']}/{row['to_node']}", "info", OWNER, _single(row))
        for row in rows.collect().to_dicts()
    )


def _single(row: dict[str, Any]) -> Text:
    start, end, people = row["from_node"], row["to_node"], f"{row['persons_cut_off']:,}"
    return Text(
        f"节点{start}与{end}之间的道路是唯一通道，中断后{people}人无法通达。",
        f"The road between nodes {start} and {end} is the only one: without it {people} people are cut off.",
    )


@check
def gains_reach_those_who_reach_least(project_effect: Table, law: Law) -> Table:
    """One finding for each project of whose gain the people who reach fewest jobs get less than their share.

    Args:
        project_effect: Part of the gain (share) by project.
        law: For the share of people called lowest.
    """
    share = float(law.value("link_evaluation.lowest_share"))
    behind = project_effect.filter(pl.col("lowest_share") < share).sort("project")
    return findings(
        Finding(
            "gain_misses_lowest",
            row["project"],
            "info",
            OWNER,
            _behind(row["project"], percent(share), percent(row["lowest_share"])),
        )
        for row in behind.collect().to_dicts()
    )


def _behind(project: str, part: Text, got: Text) -> Text:
    return Text(
        f"项目{project}：可达岗位最少的{part.zh}人口只得到新增可达岗位的{got.zh}。",
        f"Project {project}: the {part.en} of people who reach fewest jobs get {got.en} of the gain.",
    )


@check
def zones_have_people(zone: Table, zone_group: Table, cat: Catalogue) -> Table:
    """One finding for each zone whose people nobody has reported: it is left out of every mean and every reach.

    Args:
        zone: Zones.
        zone_group: Persons by zone and group.
        cat: For the label of everyone.
    """
    everyone = labels(cat, "zone_group", "group")["all"]
    known = zone_group.filter(pl.col("group") == "all")
    return zone.join(known, on="zone", how="anti").select(
        kind=pl.lit("zone_without_people"),
        subject="zone",
        severity=pl.lit("error"),
        owner=pl.lit(OWNER),
        text_zh=pl.format(f"交通小区{{}}缺少“{everyone.zh}”的人数，未纳入计算；无人居住请填0。", "zone"),
        text_en=pl.format(
            f"Zone {{}} has no number of people ({everyone.en}) and is left out; write 0 if nobody lives there.",
            "zone",
        ),
    )
