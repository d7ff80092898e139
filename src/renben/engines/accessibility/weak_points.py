"""Where a network is weak: bridges that cut places off, roads that do not meet, dead ends.

Sources: bridges by lowest reachable depth (Tarjan 1974, without recursion).
Not modelled: flows and capacity.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from renben.engines.accessibility.network import CHUNK, Network

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
SLACK = 1e-12


class Bridge(NamedTuple):
    """An edge without which its network falls into two parts, and what lies on its far side."""

    tail: int
    head: int
    beyond: float
    """Weight (unit of the weights) on the side of `head`."""
    before: float
    """Weight on the side of `tail`."""


class MissingLink(NamedTuple):
    """Two nodes near each other in a straight line but far over the network; times infinity where no path exists."""

    a: int
    b: int
    straight: float
    network: float


def _neighbours(network: Network) -> list[list[int]]:
    """Neighbours of each node, directions left aside; a pair of nodes counts as joined twice if two edges join it."""
    pairs = sorted(
        {
            (min(a, b), max(a, b))
            for a, b in zip(network.tail.tolist(), network.head.tolist(), strict=True)
            if a != b
        }
    )
    near: list[list[int]] = [[] for _ in range(network.size)]
    for a, b in pairs:
        near[a].append(b)
        near[b].append(a)
    return near


def bridges(network: Network, weights: Floats) -> list[Bridge]:
    """Bridges of a network with the weight (unit of the weights) on either side, parallel edges taken as one road.

    Args:
        network: Directions are left aside.
        weights: Weight of each node, for example its people.
    """
    near = _neighbours(network)
    order: list[int] = []
    parent, depth = [-1] * network.size, [-1] * network.size
    for root in range(network.size):
        if depth[root] < 0:
            _visit(root, near, parent, depth, order)
    beneath = weights.astype(np.float64).tolist()
    low, joints = list(depth), []
    for node in reversed(order):
        for other in near[node]:
            if other != parent[node]:
                low[node] = min(low[node], low[other] if parent[other] == node else depth[other])
        up = parent[node]
        if up >= 0:
            beneath[up] += beneath[node]
            if low[node] > depth[up]:
                joints.append((up, node))
    labels = network.components()
    whole = np.bincount(labels, weights, minlength=int(labels.max(initial=0)) + 1)
    return sorted(Bridge(a, b, beneath[b], float(whole[labels[a]]) - beneath[b]) for a, b in joints)


def _visit(root: int, near: list[list[int]], parent: list[int], depth: list[int], order: list[int]) -> None:
    """Depth-first order from a root, with a stack of its own instead of recursion."""
    depth[root] = 0
    stack = [(root, iter(near[root]))]
    order.append(root)
    while stack:
        node, rest = stack[-1]
        following = next((other for other in rest if depth[other] < 0), None)
        if following is None:
            stack.pop()
            continue
        parent[following], depth[following] = node, depth[node] + 1
        order.append(following)
        stack.append((following, iter(near[following])))


def dead_ends(network: Network) -> list[int]:
    """Nodes that one road only leads to (no unit)."""
    return [node for node, others in enumerate(_neighbours(network)) if len(others) == 1]


def missing_links(network: Network, points: Floats, near: float, ratio: float) -> list[MissingLink]:
    """Pairs of nodes that are not adjacent, near in a straight line, and far over the network.

    Args:
        network: Its `seconds` are lengths here, in the unit of the points.
        points: Coordinates of each node in a metric projection, nodes by 2.
        near: Longest straight distance looked at.
        ratio: Least network length over straight distance.
    """
    pairs = cKDTree(points).query_pairs(near * (1 + SLACK), output_type="ndarray").astype(np.int64)
    straight = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    edges = {(int(a), int(b)) for a, b in zip(network.tail, network.head, strict=True)}
    apart = np.array([(a, b) not in edges and (b, a) not in edges for a, b in pairs.tolist()], dtype=bool)
    pairs, straight = pairs[apart & (straight > 0)], straight[apart & (straight > 0)]
    # A search that ends at the longest way that could still be short tells the far pairs; only these are measured.
    short = _lengths(network, pairs, limit=ratio * near * (1 + SLACK))
    far = np.isnan(short) | (short >= ratio * straight * (1 - SLACK))
    pairs, straight = pairs[far], straight[far]
    way = np.nan_to_num(_lengths(network, pairs, limit=np.inf), nan=np.inf)
    found = zip(pairs.tolist(), straight.tolist(), way.tolist(), strict=True)
    return sorted(MissingLink(a, b, direct, length) for (a, b), direct, length in found)


def _lengths(network: Network, pairs: Ints, limit: float) -> Floats:
    """Length over the network of each pair, NaN beyond the limit."""
    result = np.full(len(pairs), np.nan)
    sources, row = np.unique(pairs[:, 0], return_inverse=True)
    for at in range(0, len(sources), CHUNK):
        mine = np.flatnonzero((row >= at) & (row < at + CHUNK))
        ends, column = np.unique(pairs[mine, 1], return_inverse=True)
        times = network.times(sources[at : at + CHUNK], ends, limit=limit)
        result[mine] = times[row[mine] - at, column]
    return result
