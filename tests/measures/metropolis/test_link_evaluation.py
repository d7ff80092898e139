"""Projects of the commuting circle: the worked network first, then properties, then bad input."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.measures.metropolis import link_evaluation as links
from tests.tables import CATALOGUE, frame, law, made

REGION = dict(zip("TYGQX", ("140105", "140702", "140728", "140727", "141182"), strict=True))
PEOPLE = {"T": 400_000, "Y": 90_000, "G": 28_000, "Q": 35_000, "X": 55_000}
ROADS = {"TY": 30, "YG": 35, "TQ": 40, "QG": 50, "TX": 75}
PROJECT = {"TY": 22, "TX": 40, "YX": 60}


def edges(roads=ROADS):
    return frame(
        "road_edge",
        [
            {
                "edge": k,
                "from_node": k[0],
                "to_node": k[1],
                "seconds": 60.0 * v,
                "metres": 1000.0 * v,
                "oneway": False,
            }
            for k, v in roads.items()
        ],
    )


def zones(core="T", people=None):
    people = people or PEOPLE
    return frame(
        "zone",
        [
            {"zone": z, "region": REGION[z], "node": z, "jobs": n, "core": z == core}
            for z, n in people.items()
        ],
    )


def groups(people=None, extra=()):
    rows = [{"zone": z, "group": "all", "persons": n} for z, n in (people or PEOPLE).items()]
    return frame("zone_group", [*rows, *extra])


def project_links(roads=PROJECT, name="P1", oneway=False):
    return frame(
        "project_link",
        [
            {
                "project": name,
                "seq": i + 1,
                "from_node": k[0],
                "to_node": k[1],
                "seconds": 60.0 * v,
                "oneway": oneway,
            }
            for i, (k, v) in enumerate(roads.items())
        ],
    )


def stops(rows=()):
    return frame(
        "project_stop",
        [
            {
                "project": "L1",
                "seq": i + 1,
                "node": n,
                "run_seconds": 60.0 * run,
                "board_seconds": 60.0 * board,
            }
            for i, (n, run, board) in enumerate(rows)
        ],
    )


def effects(project=None, line=None, roads=ROADS, group=None, cost=60_000_000, people=None):
    project = project_links() if project is None else project
    line = stops() if line is None else line
    group = groups(people) if group is None else group
    result = links.link_effect(edges(roads), zones(people=people), group, project, line, law())
    effect = made(links.link_effect, result, "link_effect")
    time = made(links.link_effect, result, "link_time")
    costs = frame("project", [{"project": p, "name": p, "cost": cost} for p in time["project"].unique()])
    whole = made(links.project_effect, links.project_effect(time.lazy(), effect.lazy(), group, costs, law()))
    return effect, time, whole


def test_the_worked_project_saves_the_worked_time_and_opens_the_worked_reach():
    effect, _, whole = effects()
    row = whole.row(0, named=True)
    assert row["mean_before"] / 60 == pytest.approx(51.6658, abs=5e-5)
    assert row["mean_after"] / 60 == pytest.approx(36.8141, abs=5e-5)
    reach = effect.filter(pl.col("minutes") == 45)
    cells = {r["zone"]: (r["persons_before"], r["persons_after"]) for r in reach.iter_rows(named=True)}
    assert cells["T"] == (525_000, 580_000)
    assert cells["X"] == (55_000, 455_000)
    saved = (51.66578715 - 36.81406424) * sum(PEOPLE.values())
    assert row["saved"] == pytest.approx(saved, rel=1e-6)
    assert row["cost_per_saved"] == pytest.approx(60_000_000 / saved, rel=1e-6)


def test_the_people_who_reached_least_get_their_part_of_the_gain_shown():
    row = effects()[2].row(0, named=True)
    # The lowest fifth of 608 000 people is 121 600: X, G, Q and 3 600 of Y. Within 60 minutes X gains 490 000 jobs,
    # G 400 000, Q none, Y 55 000 and T 83 000.
    lowest = 55_000 * 490_000 + 28_000 * 400_000 + 3_600 * 55_000
    whole = lowest + 86_400 * 55_000 + 400_000 * 83_000
    assert row["lowest_share"] == pytest.approx(lowest / whole)
    assert row["jobs_gained"] == pytest.approx(whole / 608_000)


def test_gains_that_pass_the_lowest_fifth_by_are_reported():
    cell = {"project": "P1", "minutes": 60, "persons_before": 0, "persons_after": 0, "region": REGION["T"]}
    reach = [
        cell | {"zone": "A", "jobs_before": 10, "jobs_after": 10},
        cell | {"zone": "B", "jobs_before": 20, "jobs_after": 30},
    ]
    time = [{"project": "P1", "zone": z, "before": 60.0, "after": 60.0, "newly_connected": 0} for z in "AB"]
    people = frame("zone_group", [{"zone": z, "group": "all", "persons": 100} for z in "AB"])
    costs = frame("project", [{"project": "P1", "name": "x", "cost": 1}])
    whole = links.project_effect(frame("link_time", time), frame("link_effect", reach), people, costs, law())
    assert made(links.project_effect, whole).select("lowest_share", "jobs_gained").row(0) == (0.0, 5.0)
    findings = made(
        links.gains_reach_those_who_reach_least, links.gains_reach_those_who_reach_least(whole, law())
    )
    assert findings["subject"].to_list() == ["P1"]


def test_a_project_without_gain_has_no_share_of_it():
    assert effects(project_links({"TY": 30}))[2]["lowest_share_reason"].to_list() == ["no_gain"]


def test_projects_are_compared_each_by_itself():
    both = pl.concat([project_links(), project_links({"TY": 22}, "P2")])
    _, _, whole = effects(both)
    alone = effects(project_links({"TY": 22}, "P2"))[2]
    assert whole.filter(pl.col("project") == "P2").equals(alone)


def test_a_line_saves_time_only_where_waiting_is_worth_it():
    _, _, whole = effects(project_links({}), stops([("X", 0, 5), ("T", 20, 5), ("Y", 10, 5)]))
    effect, _, _ = effects(project_links({}), stops([("X", 0, 5), ("T", 20, 5), ("Y", 10, 5)]))
    got = effect.filter(pl.col("minutes") == 45, pl.col("zone") == "X").row(0, named=True)
    # X to T is 5 + 20 minutes, X to Y 5 + 30; beyond T it goes on by road to Q in 25 + 40.
    assert got["persons_after"] == 55_000 + 400_000 + 90_000
    assert whole["saved"][0] > 0
    slow = effects(project_links({}), stops([("X", 0, 60), ("T", 20, 60)]))[2]
    assert slow["saved"].to_list() == [0.0]


def test_a_link_to_an_island_is_counted_as_newly_connected_and_not_as_time_saved():
    roads = {k: v for k, v in ROADS.items() if "X" not in k}
    _, time, whole = effects(project_links({"TX": 40}), roads=roads)
    assert whole["newly_connected"].to_list() == [8]
    assert time.filter(pl.col("zone") == "X")["before_reason"].to_list() == ["no_path_before"]
    assert whole["saved"].to_list() == [0.0]


def test_a_one_way_link_helps_in_its_direction_only():
    effect, _, _ = effects(project_links({"XT": 30}, oneway=True))
    got = {
        r["zone"]: r["persons_after"] - r["persons_before"]
        for r in effect.filter(pl.col("minutes") == 45).iter_rows(named=True)
    }
    assert got["X"] == 400_000
    assert got["T"] == 0


def test_without_projects_there_are_no_effects():
    effect, time, whole = effects(project_links({}))
    assert effect.is_empty()
    assert time.is_empty()
    assert whole.is_empty()


def times(roads=ROADS):
    return links.travel_time(edges(roads), zones())


def test_access_by_zone_and_group_on_the_worked_network():
    checked = made(links.travel_time, times())
    assert checked.height == 25
    access = links.zone_access(checked.lazy(), zones(), groups(), law())
    got = made(links.zone_access, access).filter(pl.col("minutes") == 45)
    assert dict(got.select("zone", "persons").iter_rows())["T"] == 525_000
    extra = [
        {"zone": "X", "group": "elderly", "persons": 1000},
        {"zone": "T", "group": "elderly", "persons": 3000},
    ]
    by_group = made(links.group_access, links.group_access(access, groups(extra=extra)))
    row = by_group.filter(pl.col("group") == "elderly", pl.col("minutes") == 45).row(0, named=True)
    assert row["jobs"] == pytest.approx((1000 * 55_000 + 3000 * 525_000) / 4000)
    everyone = by_group.filter(pl.col("group") == "all", pl.col("minutes") == 45).row(0, named=True)
    assert everyone["mean_seconds"] / 60 == pytest.approx(51.6658, abs=5e-5)


def test_people_within_the_hour_of_the_core_become_the_indicator_data():
    data = made(links.core_reach_data, links.core_reach_data(times(), zones(), groups(), law()))
    got = {
        r["region"]: (r["pop_within_60min"], r["persons"], r["core_minutes"])
        for r in data.iter_rows(named=True)
    }
    assert got[REGION["X"]] == (0, 55_000, 75.0)
    assert got[REGION["G"]] == (0, 28_000, 65.0)
    assert got[REGION["Q"]] == (35_000, 35_000, 40.0)
    assert got[REGION["T"]] == (400_000, 400_000, 0.0)


def test_a_place_without_a_path_is_not_within_the_hour_and_has_no_time():
    roads = {k: v for k, v in ROADS.items() if "X" not in k}
    checked = made(links.travel_time, times(roads))
    lost = checked.filter(pl.col("origin") == "X", pl.col("destination") == "T").row(0, named=True)
    assert (lost["seconds"], lost["seconds_reason"]) == (None, "unreachable")
    data = made(links.core_reach_data, links.core_reach_data(checked.lazy(), zones(), groups(), law()))
    row = data.filter(pl.col("region") == REGION["X"]).row(0, named=True)
    assert (row["pop_within_60min"], row["core_minutes_reason"]) == (0, "unreachable")
    findings = made(links.zones_are_connected, links.zones_are_connected(checked.lazy(), zones()))
    assert findings["subject"].to_list() == ["X"]


def test_the_single_road_of_the_worked_network_is_found_with_the_people_it_serves():
    bridge = made(links.network_bridge, links.network_bridge(edges(), zones(), groups()))
    assert bridge.rows() == [("T", "X", 55_000)]
    findings = made(links.network_hangs_on_one_road, links.network_hangs_on_one_road(bridge.lazy()))
    assert "55,000" in findings["text_en"][0]


def test_the_worked_unconnected_roads_are_found():
    at = [(0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (0, 1), (0, 2)]
    nodes = frame(
        "road_node", [{"node": str(i), "x": float(x), "y": float(y)} for i, (x, y) in enumerate(at)]
    )
    roads = frame(
        "road_edge",
        [
            {"edge": e, "from_node": e[0], "to_node": e[1], "seconds": 60.0, "metres": 1.0, "oneway": False}
            for e in ("01", "12", "23", "34", "05", "56")
        ],
    )
    got = made(
        links.unconnected_road,
        links.unconnected_road(roads, nodes, law(link_evaluation__unconnected_metres=1.0)),
    )
    assert got.select("from_node", "to_node", "ratio", "dead_ends").rows() == [
        ("1", "4", 3.0, 1),
        ("4", "5", 5.0, 1),
    ]


def test_edges_that_are_too_fast_or_lead_nowhere_and_zones_without_people_are_reported():
    fast = edges({"TY": 30}).with_columns(metres=pl.lit(500_000.0))
    loop = edges({"TT": 30})
    findings = made(
        links.network_data_are_credible, links.network_data_are_credible(pl.concat([fast, loop]), law())
    )
    assert findings["subject"].to_list() == ["TT", "TY"]
    missing = made(
        links.zones_have_people,
        links.zones_have_people(zones(), groups({k: v for k, v in PEOPLE.items() if k != "G"}), CATALOGUE),
    )
    assert missing["subject"].to_list() == ["G"]


def test_region_and_group_effects_add_up_to_everyone():
    group = groups(extra=[{"zone": "X", "group": "child", "persons": 100}])
    effect, _, _ = effects(group=group)
    region = made(links.project_region_effect, links.project_region_effect(effect.lazy(), group))
    by_group = made(links.project_group_effect, links.project_group_effect(effect.lazy(), group))
    whole = by_group.filter(pl.col("group") == "all", pl.col("minutes") == 60).row(0, named=True)
    parts = region.filter(pl.col("minutes") == 60)
    mean = (parts["persons"] * parts["jobs_after"]).sum() / parts["persons"].sum()
    assert whole["jobs_after"] == pytest.approx(mean)
    child = by_group.filter(pl.col("group") == "child", pl.col("minutes") == 45).row(0, named=True)
    assert (child["jobs_before"], child["jobs_after"]) == (55_000, 455_000)


PAIRS = st.sampled_from(["TY", "TG", "TQ", "TX", "YG", "YQ", "YX", "GQ", "GX", "QX"])


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(PAIRS, st.integers(1, 120), min_size=1, max_size=5))
def test_no_project_takes_anything_away_and_the_last_network_agrees_with_one_computed_anew(project):
    effect, time, _ = effects(project_links(project))
    assert (effect["jobs_after"] >= effect["jobs_before"]).all()
    assert (time["after"] <= time["before"] + 1e-9).all()
    roads = pl.concat([edges(), edges(project).with_columns(edge=pl.col("edge") + "*")])
    anew = made(links.travel_time, links.travel_time(roads, zones()))
    matrix = anew.sort("origin", "destination")["seconds"].to_numpy().reshape(5, 5)
    people = np.array([PEOPLE[z] for z in sorted(PEOPLE)], dtype=np.float64)
    expected = [(matrix[i] @ people) / (people.sum() - people[i]) for i in range(5)]
    assert time.sort("zone")["after"].to_list() == pytest.approx(expected)


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_digit(rng):
    def shuffled(table):
        rows = table.collect()
        order = list(range(rows.height))
        rng.shuffle(order)
        return rows[order].lazy()

    group = groups(
        extra=[{"zone": z, "group": "elderly", "persons": 7 * n // 100} for z, n in PEOPLE.items()]
    )
    tables = edges(), zones(), group, project_links(), stops([("X", 0, 5), ("G", 20, 5)])
    first, second = (links.link_effect(*t, law()) for t in (tables, tuple(map(shuffled, tables))))
    for result in (first, second):
        assert made(links.link_effect, result, "link_time").equals(
            made(links.link_effect, first, "link_time")
        )
    costs = frame("project", [{"project": p, "name": p, "cost": 1} for p in ("P1", "L1")])
    wholes = [
        made(
            links.project_effect,
            links.project_effect(shuffled(r.link_time), shuffled(r.link_effect), group, costs, law()),
        )
        for r in (first, second)
    ]
    assert wholes[0].equals(wholes[1])


def test_waiting_counts_at_the_station_where_one_boards():
    effect, _, _ = effects(project_links({}), stops([("X", 0, 30), ("T", 20, 1)]))
    got = {r["zone"]: r for r in effect.filter(pl.col("minutes") == 45).iter_rows(named=True)}
    # From T the train takes 1 + 20 minutes; from X it takes 30 + 20.
    assert got["T"]["persons_after"] - got["T"]["persons_before"] == 55_000
    assert got["X"]["persons_after"] == got["X"]["persons_before"]
