"""Findings about the network: data that cannot be true, places cut off, single roads, gains that miss those behind."""

import polars as pl

from renben.core.finding import check
from renben.core.law import Law
from renben.core.table import Table

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
    shown = pl.coalesce(speed.round(0).cast(pl.String), pl.lit("?"))
    return road_edge.filter(fast.fill_null(False) | loop).select(
        kind=pl.lit("road_edge_not_credible"),
        subject="edge",
        severity=pl.lit("warning"),
        owner=pl.lit(OWNER),
        text_zh=pl.format(
            "路段 {} → {} 速度 {} 公里/小时；请核对时间单位(秒)、长度和端点。", "from_node", "to_node", shown
        ),
        text_en=pl.format(
            "Edge {} to {} runs at {} km/h; check the time (seconds), length and ends.",
            "from_node",
            "to_node",
            shown,
        ),
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
        text_zh=pl.format("小区(节点 {})只能到达 {} / {} 个小区；请核对路网连通性。", "node", "n", "of"),
        text_en=pl.format(
            "The zone (node {}) reaches {} of {} zones; check how its roads connect.", "node", "n", "of"
        ),
    )


@check
def network_hangs_on_one_road(network_bridge: Table) -> Table:
    """One finding for each road whose loss would cut people off.

    Args:
        network_bridge: Persons cut off by road.
    """
    return network_bridge.filter(pl.col("persons_cut_off") > 0).select(
        kind=pl.lit("single_road"),
        subject=pl.format("{}/{}", "from_node", "to_node"),
        severity=pl.lit("info"),
        owner=pl.lit(OWNER),
        text_zh=pl.format("唯一通道：中断后 {} 人无法通达。", "persons_cut_off"),
        text_en=pl.format("Single road: without it {} people are cut off.", "persons_cut_off"),
    )


@check
def gains_reach_those_who_reach_least(project_effect: Table, law: Law) -> Table:
    """One finding for each project of whose gain the people who reach fewest jobs get less than their share.

    Args:
        project_effect: Part of the gain (share) by project.
        law: For the share of people called lowest.
    """
    share = float(law.value("link_evaluation.lowest_share"))
    behind = project_effect.filter(pl.col("lowest_share") < share)
    got = (pl.col("lowest_share") * 100).round(1)
    part = round(share * 100)
    return behind.select(
        kind=pl.lit("gain_misses_lowest"),
        subject="project",
        severity=pl.lit("info"),
        owner=pl.lit(OWNER),
        text_zh=pl.format("可达岗位最少的 {}% 人口只得到新增可达岗位的 {}%。", pl.lit(part), got),
        text_en=pl.format(
            "The {} % of people who reach fewest jobs get {} % of the gain.", pl.lit(part), got
        ),
    )


@check
def zones_have_people(zone: Table, zone_group: Table) -> Table:
    """One finding for each zone whose people nobody has reported: it is left out of every mean and every reach.

    Args:
        zone: Zones.
        zone_group: Persons by zone and group.
    """
    known = zone_group.filter(pl.col("group") == "all")
    return zone.join(known, on="zone", how="anti").select(
        kind=pl.lit("zone_without_people"),
        subject="zone",
        severity=pl.lit("error"),
        owner=pl.lit(OWNER),
        text_zh=pl.lit("缺少该小区总人口(group = all)，未纳入计算；无人居住请填 0。"),
        text_en=pl.lit("No row of group all: the zone is left out; write 0 if nobody lives there."),
    )
