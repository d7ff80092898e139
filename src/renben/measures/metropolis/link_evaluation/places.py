"""Tables of roads and zones as a network with numbered nodes."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from renben.core.table import Table
from renben.engines.accessibility import Network

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Places:
    """A network and the number of each named node."""

    network: Network
    number: dict[str, int]

    def at(self, nodes: Iterable[str]) -> Ints:
        """Numbers of named nodes."""
        return np.array([self.number[node] for node in nodes], dtype=np.int64)


@dataclass(frozen=True)
class Zones:
    """Zones in order, with their people and jobs."""

    frame: pl.DataFrame
    jobs: Floats
    people: Floats


def places(road_edge: Table, also: Iterable[str] = (), weight: str = "seconds") -> Places:
    """Network of the road table; other named nodes are added without roads.

    Args:
        road_edge: Edges with times (s) and lengths (m).
        also: Names of further nodes.
        weight: Column that an edge counts with; edges without it are left out.
    """
    roads = road_edge.filter(pl.col(weight) > 0).sort("edge").collect()
    names = sorted({*roads["from_node"], *roads["to_node"], *also})
    number = {name: i for i, name in enumerate(names)}
    tail, head = (np.array([number[n] for n in roads[c]], dtype=np.int64) for c in ("from_node", "to_node"))
    size = roads[weight].to_numpy().astype(np.float64)
    back = ~roads["oneway"].to_numpy().astype(bool)
    network = Network(
        len(names),
        np.concatenate([tail, head[back]]),
        np.concatenate([head, tail[back]]),
        np.concatenate([size, size[back]]),
    )
    return Places(network, number)


def zones(zone: Table, zone_group: Table) -> Zones:
    """Zones in name order with all their people (persons) and jobs; a zone without people has 0 only if written.

    Args:
        zone: Node, region and jobs by zone.
        zone_group: Persons by zone and group; zones without group all are left out.
    """
    everyone = zone_group.filter(pl.col("group") == "all").select("zone", "persons")
    frame = zone.join(everyone, on="zone").sort("zone").collect()
    return Zones(
        frame, frame["jobs"].to_numpy().astype(np.float64), frame["persons"].to_numpy().astype(np.float64)
    )
