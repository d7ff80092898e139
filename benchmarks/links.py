"""New links: the exact update from times before, beside computing the network anew for each project."""

import numpy as np

from benchmarks.harness import Row, wall_seconds
from renben.engines.accessibility import Network, with_link

SIDE, ZONES = 450, 400


def _grid(rng: np.random.Generator) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    """A grid of 202,500 nodes with random times."""
    node = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    tail = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    head = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    return SIDE * SIDE, tail, head, rng.uniform(10, 60, len(tail))


def rows() -> list[Row]:
    """One link on a grid of 202,500 nodes and 400 zones: update against recomputation, with the largest difference."""
    rng = np.random.default_rng(7)
    size, tail, head, seconds = _grid(rng)
    network = Network.both_ways(size, tail, head, seconds)
    zones = rng.choice(size, ZONES, replace=False)
    u, v = (int(n) for n in rng.choice(size, 2, replace=False))
    places = np.unique(np.concatenate([zones, [u, v]]))
    at = {int(node): i for i, node in enumerate(places)}
    rows_of = np.array([at[int(z)] for z in zones])
    before = network.times(places, places)
    anew = Network.both_ways(size, np.append(tail, u), np.append(head, v), np.append(seconds, 30.0))
    found: dict[str, np.ndarray] = {}

    def update() -> None:
        ends = network.times([u, v], places)
        known = before.copy()
        known[[at[u], at[v]]], known[:, [at[u], at[v]]] = ends, ends.T
        found["update"] = with_link(known, at[u], at[v], 30.0)[np.ix_(rows_of, rows_of)]

    def recompute() -> None:
        found["anew"] = anew.times(zones, zones)

    ours, peer = wall_seconds(update), wall_seconds(recompute, repeat=1)
    gap = float(np.abs(found["update"] - found["anew"]).max())
    return [
        Row(
            "one new link, 400 zones, 202,500 nodes",
            f"{ours * 1000:.0f} ms",
            f"all times anew {peer:.1f} s; largest difference {gap:.1e} s",
            f"{peer / ours:.0f} times quicker",
            "at least 50 times",
            peer / ours >= 50 and gap < 1e-6,
        )
    ]
