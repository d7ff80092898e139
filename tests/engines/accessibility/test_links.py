"""Travel times, new links and lines: worked values first, then equality with recomputation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.accessibility import (
    Network,
    NetworkError,
    bridges,
    dead_ends,
    mean_time,
    missing_links,
    with_directed_link,
    with_line,
    with_link,
    within,
)

TOWNS = "TYGQX"
PEOPLE = np.array([400.0, 90.0, 28.0, 35.0, 55.0])
ROADS = {"TY": 30, "YG": 35, "TQ": 40, "QG": 50, "TX": 75}


def graph(edges, size, both=True):
    tail, head = (np.array([e[i] for e in edges], dtype=np.int64) for i in (0, 1))
    seconds = np.array([e[2] for e in edges], dtype=np.float64)
    return Network.both_ways(size, tail, head, seconds) if both else Network(size, tail, head, seconds)


def towns():
    return graph(
        [
            (TOWNS.index(a), TOWNS.index(b), 60.0 * m)
            for (a, b), m in ((tuple(k), v) for k, v in ROADS.items())
        ],
        5,
    )


def overall(times):
    return float(mean_time(times, PEOPLE) @ PEOPLE / PEOPLE.sum()) / 60


def test_the_worked_network_before_and_after_three_links():
    everyone = range(5)
    before = towns().times(everyone, everyone)
    reach = dict(zip(TOWNS, within(before, PEOPLE, 45 * 60), strict=True))
    assert (reach["T"], reach["X"], round(overall(before), 4)) == (525, 55, 51.6658)
    after = before
    for a, b, minutes in (("T", "Y", 22), ("T", "X", 40), ("Y", "X", 60)):
        after = with_link(after, TOWNS.index(a), TOWNS.index(b), 60.0 * minutes)
    reach = dict(zip(TOWNS, within(after, PEOPLE, 45 * 60), strict=True))
    assert (reach["T"], reach["X"], round(overall(after), 4)) == (580, 455, 36.8141)
    assert round(100 * (overall(after) / overall(before) - 1), 1) == -28.7


def test_the_only_bridge_of_the_worked_network_leads_to_x():
    found = bridges(towns(), PEOPLE)
    assert [(TOWNS[b.tail], TOWNS[b.head], b.beyond, b.before) for b in found] == [("T", "X", 55.0, 553.0)]


def test_the_worked_unconnected_roads_and_dead_ends():
    points = np.array([(0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (0, 1), (0, 2)], dtype=np.float64)
    roads = graph([(0, 1, 1), (1, 2, 1), (2, 3, 1), (3, 4, 1), (0, 5, 1), (5, 6, 1)], 7)
    assert [(m.a, m.b, m.network / m.straight) for m in missing_links(roads, points, 1.0, 3.0)] == [
        (1, 4, 3),
        (4, 5, 5),
    ]
    assert dead_ends(roads) == [4, 6]


def test_places_without_a_path_have_no_time_and_nothing_in_reach_but_themselves():
    network = graph([(0, 1, 60.0)], 3)
    times = network.times(range(3), range(3))
    assert np.isnan(times[0, 2])
    assert within(times, np.array([1.0, 2.0, 4.0]), 1e9).tolist() == [3.0, 3.0, 4.0]
    assert np.isnan(mean_time(times, np.ones(3))[2])
    assert network.components().tolist() == [0, 0, 1]


def test_a_link_to_an_island_connects_it():
    times = with_link(graph([(0, 1, 60.0)], 3).times(range(3), range(3)), 1, 2, 30.0)
    assert times[0, 2] == 90.0


def test_of_parallel_edges_the_quickest_counts_and_one_way_is_one_way():
    network = graph([(0, 1, 50.0), (0, 1, 20.0), (1, 1, 5.0)], 2, both=False)
    times = network.times([0, 1], [0, 1])
    assert times[0, 1] == 20.0
    assert np.isnan(times[1, 0])


def test_a_limit_leaves_longer_times_open():
    times = towns().times([0], range(5), limit=45 * 60)
    assert np.isnan(times[0]).tolist() == [False, False, True, False, True]


@pytest.mark.parametrize(
    ("seconds", "says"), [(0.0, "takes 0.0 s"), (float("nan"), "check speed"), (-5.0, "above 0")]
)
def test_a_time_that_is_not_above_zero_is_refused(seconds, says):
    with pytest.raises(NetworkError, match=says):
        graph([(0, 1, seconds)], 2)


def test_an_edge_to_an_unknown_node_is_refused():
    with pytest.raises(NetworkError, match="there are 2 nodes"):
        graph([(0, 7, 1.0)], 2)


@st.composite
def cases(draw):
    n = draw(st.integers(4, 14))
    edge = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), st.integers(1, 900).map(float))
    edges = draw(st.lists(edge, min_size=n, max_size=3 * n))
    link = draw(edge.filter(lambda e: e[0] != e[1]))
    return n, edges, link


@settings(max_examples=120, deadline=None)
@given(cases(), st.booleans())
def test_a_new_link_gives_the_times_of_a_network_computed_anew(case, both):
    n, edges, link = case
    before = graph(edges, n, both).times(range(n), range(n))
    anew = graph([*edges, link], n, both).times(range(n), range(n))
    update = with_link if both else with_directed_link
    got = update(before, *link)
    np.testing.assert_allclose(got, anew, rtol=1e-12, atol=1e-9)
    assert np.all(np.isnan(before) | (got <= before))


@settings(max_examples=60, deadline=None)
@given(cases())
def test_times_obey_the_triangle_inequality_before_and_after(case):
    n, edges, link = case
    times = with_link(graph(edges, n).times(range(n), range(n)), *link)
    filled = np.where(np.isnan(times), np.inf, times)
    over = np.min(filled[:, :, None] + filled[None, :, :], axis=1)
    assert np.all(filled <= over + 1e-9)


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(2, 5), st.integers(10, 300), st.integers(0, 120))
def test_a_line_equals_a_network_with_platforms_for_paths_that_board_once(case, stops, run, board):
    n, edges, _ = case
    stations = np.arange(min(stops, n))
    k = len(stations)
    ride = board + run * np.abs(np.subtract.outer(np.arange(k), np.arange(k))).astype(np.float64)
    before = graph(edges, n).times(range(n), range(n))
    got = with_line(before, stations, ride)
    # Boarding once: from any node over one ride to any node, by a copy of the network reached only by riding.
    twin = [(a + n, b + n, s) for a, b, s in edges]
    rides = [
        (int(stations[a]), int(stations[b]) + n, ride[a, b]) for a in range(k) for b in range(k) if a != b
    ]
    both = [*edges, *twin]
    directed = [*both, *[(b, a, s) for a, b, s in both], *rides, *[(i, i + n, 1e-9) for i in range(n)]]
    anew = graph(directed, 2 * n, both=False).times(range(n), range(n, 2 * n))
    np.testing.assert_allclose(got, np.where(np.eye(n) > 0, 0.0, anew), atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_taking_a_bridge_away_cuts_off_exactly_what_lies_beyond(case):
    n, edges, _ = case
    names = 2.0 ** np.arange(n)  # so that a sum tells which nodes it is made of
    found = bridges(graph(edges, n), names)
    for bridge in found:
        rest = [e for e in edges if {e[0], e[1]} != {bridge.tail, bridge.head}]
        parts = graph(rest, n).components() if rest else np.arange(n)
        assert bridge.beyond == names[parts == parts[bridge.head]].sum()
        assert bridge.before == names[parts == parts[bridge.tail]].sum()
    pairs = {(min(a, b), max(a, b)) for a, b, _ in edges if a != b}
    parts = graph(edges, n).components().max()
    cuts = [
        p
        for p in pairs
        if graph([e for e in edges if {e[0], e[1]} != set(p)] or [(0, 0, 1.0)], n).components().max() > parts
    ]
    assert len(found) == len(cuts)


@settings(max_examples=60, deadline=None)
@given(cases(), st.booleans(), st.integers(1, 6))
def test_times_among_known_and_added_nodes_equal_one_run_over_all(case, both, known):
    n, edges, _ = case
    network = graph(edges, n, both)
    every = np.arange(n)
    k = min(known, n - 1)
    got = network.times_among(every[:k], network.times(every[:k], every[:k]), every[k:])
    np.testing.assert_allclose(got, network.times(every, every))


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(1, 8), st.floats(1.0, 4.0))
def test_unconnected_pairs_are_exactly_those_a_full_search_finds(case, near, ratio):
    n, edges, _ = case
    points = np.array([(7 * i % 5, 3 * i % 4) for i in range(n)], dtype=np.float64)
    network = graph([(a, b, s / 100) for a, b, s in edges], n)
    whole = np.nan_to_num(network.times(range(n), range(n)), nan=np.inf)
    joined = {(a, b) for a, b, _ in edges} | {(b, a) for a, b, _ in edges}
    expected = []
    for a in range(n):
        for b in range(a + 1, n):
            direct = float(np.hypot(*(points[a] - points[b])))
            if 0 < direct <= near and (a, b) not in joined and whole[a, b] >= ratio * direct * (1 - 1e-12):
                expected.append((a, b, whole[a, b]))
    got = [(m.a, m.b, m.network) for m in missing_links(network, points, near, ratio)]
    assert got == expected
