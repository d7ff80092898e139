"""Travel times over a network of nodes and edges, in seconds; what cannot be reached is NaN, never a large number.

Method: Dijkstra on a sparse matrix (SciPy), sources in chunks so that memory stays bounded.
Not modelled: turns, timetables, traffic that depends on flow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
CHUNK = 200


class NetworkError(ValueError):
    """A network or a place on it cannot be used; the message names edge or node and the next step."""


@dataclass(frozen=True)
class Network:
    """Nodes numbered from 0 and directed edges with a time; of parallel edges the quickest counts.

    Args:
        size: Number of nodes.
        tail: Node each edge starts from.
        head: Node each edge leads to.
        seconds: Time along each edge (s), above 0.

    Raises:
        NetworkError: Lengths differ, a node is out of range, or a time is not above 0 and finite.
    """

    size: int
    tail: Ints
    head: Ints
    seconds: Floats

    def __post_init__(self) -> None:
        if not len(self.tail) == len(self.head) == len(self.seconds):
            raise NetworkError("network: tail, head and seconds must have one entry per edge")
        ends = np.concatenate([self.tail, self.head])
        if ends.size and (ends.min() < 0 or ends.max() >= self.size):
            raise NetworkError(f"network: an edge ends at node {ends.max()}, there are {self.size} nodes")
        bad = np.flatnonzero(~((self.seconds > 0) & np.isfinite(self.seconds)))
        if bad.size:
            raise NetworkError(
                f"network: edge {bad[0]} takes {self.seconds[bad[0]]} s; a time must be above 0 (check speed and unit)"
            )

    @staticmethod
    def both_ways(size: int, tail: Ints, head: Ints, seconds: Floats) -> "Network":
        """Network whose edges can be used in both directions (seconds)."""
        return Network(
            size,
            np.concatenate([tail, head]),
            np.concatenate([head, tail]),
            np.concatenate([seconds, seconds]),
        )

    @cached_property
    def matrix(self) -> csr_array:
        """Sparse matrix of the quickest edge between two nodes (s)."""
        order = np.lexsort((self.seconds, self.head, self.tail))
        tail, head, seconds = self.tail[order], self.head[order], self.seconds[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        first &= tail != head
        return coo_array((seconds[first], (tail[first], head[first])), shape=(self.size, self.size)).tocsr()

    def times(
        self, sources: Sequence[int] | Ints, targets: Sequence[int] | Ints, limit: float = np.inf
    ) -> Floats:
        """Travel times (s) from sources (rows) to targets (columns); NaN where there is no path within the limit.

        Args:
            sources: Node numbers.
            targets: Node numbers.
            limit: Longest time looked for (s).
        """
        start, end = np.asarray(sources, dtype=np.int64), np.asarray(targets, dtype=np.int64)
        result = np.empty((len(start), len(end)))
        for at in range(0, len(start), CHUNK):
            found = dijkstra(self.matrix, directed=True, indices=start[at : at + CHUNK], limit=limit)
            result[at : at + CHUNK] = found[:, end]
        result[~np.isfinite(result)] = np.nan
        return result

    @cached_property
    def reversed(self) -> "Network":
        """The network with every edge turned round; times from a node on it are times to that node (s)."""
        return Network(self.size, self.head, self.tail, self.seconds)

    def times_among(self, known: Ints, known_times: Floats, added: Ints) -> Floats:
        """Travel times (s) among known and added nodes, with runs from and to the added nodes only.

        Args:
            known: Node numbers whose times among each other are known.
            known_times: These times (s).
            added: Further node numbers, none of them known.
        """
        every = np.concatenate([known, added])
        whole = np.empty((len(every), len(every)))
        n = len(known)
        whole[:n, :n] = known_times
        whole[n:] = self.times(added, every)
        whole[:n, n:] = self.reversed.times(added, known).T
        return whole

    def components(self) -> Ints:
        """Number of the part of the network that each node belongs to, directions left aside."""
        labels = connected_components(self.matrix, directed=True, connection="weak")[1]
        return np.asarray(labels, dtype=np.int64)
