"""Where the road network hangs on one road, and where roads that should meet do not."""

import numpy as np
import polars as pl

from renben.core.law import Law
from renben.core.table import Table, table
from renben.engines.accessibility import bridges, dead_ends, missing_links
from renben.measures.metropolis.link_evaluation.places import places


@table(grain=("from_node", "to_node"), basis=("link_evaluation",))
def network_bridge(road_edge: Table, zone: Table, zone_group: Table) -> Table:
    """Roads without which a part of the network is cut off, with the people (persons) on its smaller side.

    Args:
        road_edge: Edges; directions are left aside.
        zone: Node by zone.
        zone_group: Persons by zone and group.
    """
    everyone = zone_group.filter(pl.col("group") == "all").select("zone", "persons")
    people = zone.join(everyone, on="zone").group_by("node").agg(pl.col("persons").sum()).collect()
    net = places(road_edge, people["node"])
    weights = np.zeros(net.network.size)
    weights[net.at(people["node"])] = people["persons"].to_numpy()
    names = list(net.number)
    rows = [
        (*sorted((names[b.tail], names[b.head])), round(min(b.beyond, b.before)))
        for b in bridges(net.network, weights)
    ]
    schema = {"from_node": pl.String, "to_node": pl.String, "persons_cut_off": pl.Int64}
    return pl.LazyFrame(rows, schema=schema, orient="row")


@table(grain=("from_node", "to_node"), basis=("link_evaluation.unconnected_metres",))
def unconnected_road(road_edge: Table, road_node: Table, law: Law) -> Table:
    """Pairs of road nodes near each other (m) that the network joins only by a long way round, or not at all.

    Args:
        road_edge: Edges with length (m); edges without a length are left out.
        road_node: Place of each node in a metric projection (m); nodes without a place are left out.
        law: For the longest straight distance and the least ratio.
    """
    placed = {n: (x, y) for n, x, y in road_node.select("node", "x", "y").collect().iter_rows()}
    known = road_edge.filter(pl.col("from_node").is_in(list(placed)), pl.col("to_node").is_in(list(placed)))
    net = places(known, weight="metres")
    names = list(net.number)
    points = np.array([placed[name] for name in names], dtype=np.float64).reshape(-1, 2)
    near = float(law.value("link_evaluation.unconnected_metres"))
    ratio = float(law.value("link_evaluation.unconnected_ratio"))
    ends = frozenset(dead_ends(net.network))
    rows = [
        (names[m.a], names[m.b], m.straight, m.network, m.network / m.straight, (m.a in ends) + (m.b in ends))
        for m in missing_links(net.network, points, near, ratio)
    ]
    number = dict.fromkeys(("straight_m", "network_m", "ratio"), pl.Float64)
    schema = {"from_node": pl.String, "to_node": pl.String, **number, "dead_ends": pl.Int64}
    finite = [pl.when(pl.col(c).is_finite()).then(pl.col(c)).alias(c) for c in ("network_m", "ratio")]
    reasons = [
        pl.when(pl.col(c).is_null()).then(pl.lit("unreachable")).alias(f"{c}_reason")
        for c in ("network_m", "ratio")
    ]
    return pl.LazyFrame(rows, schema=schema, orient="row").with_columns(finite).with_columns(reasons)
