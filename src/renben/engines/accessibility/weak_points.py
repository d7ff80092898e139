"""Where a network is weak: bridges that cut places off, roads that do not meet, dead ends.

Sources: bridges by lowest reachable depth (Tarjan 1974, without recursion).
Not modelled: flows and capacity.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from renben.engines.accessibility.network import Network

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


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
    pairs = cKDTree(points).query_pairs(near * (1 + 1e-12), output_type="ndarray")
    matrix = network.matrix
    found = []
    for a in sorted({int(a) for a, _ in pairs}):
        mates = sorted(int(b) for first, b in pairs if first == a)
        lengths = network.times([a], mates)[0]
        for b, length in zip(mates, lengths, strict=True):
            straight = float(np.hypot(*(points[a] - points[b])))
            joined = matrix[a, b] > 0 or matrix[b, a] > 0
            way = float("inf") if np.isnan(length) else float(length)
            if straight > 0 and not joined and way >= ratio * straight * (1 - 1e-12):
                found.append(MissingLink(a, b, straight, way))
    return found
