"""What each project changes: for zones, groups, regions and everyone, and how it is shared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from renben.core.law import Law
from renben.core.table import Maybe, Table, table
from renben.engines.accessibility import mean_time, with_directed_link, with_line, with_link, within
from renben.engines.statistics.steady import steady_sum
from renben.measures.metropolis.link_evaluation.places import Ints, Places, Zones, places, zones

BASIS = ("link_evaluation.reach_minutes",)
Floats = npt.NDArray[np.float64]


class Effects(NamedTuple):
    """Reach and mean time of each zone before and after each project."""

    link_effect: Table
    link_time: Table


@table(grain={"link_effect": ("project", "zone", "minutes"), "link_time": ("project", "zone")}, basis=BASIS)
def link_effect(
    road_edge: Table, zone: Table, zone_group: Table, project_link: Maybe, project_stop: Maybe, law: Law
) -> Effects:
    """Jobs and persons in reach, and mean time (s), of each zone before and after each project by itself.

    Links of a project are added one after the other, then its line; each step is exact.

    Args:
        road_edge: Edges with travel time (s).
        zone: Node, region and jobs by zone.
        zone_group: Persons by zone and group.
        project_link: Links that each project adds or speeds up (s).
        project_stop: Stations of each project's line in order (s).
        law: For the minutes.
    """
    ground = zones(zone, zone_group)
    links, stops = (
        project_link.sort("project", "seq").collect(),
        project_stop.sort("project", "seq").collect(),
    )
    nodes = {*links["from_node"], *links["to_node"], *stops["node"]}
    net = places(road_edge, {*ground.frame["node"], *nodes})
    minutes = [int(m) for m in law.value("link_evaluation.reach_minutes")]
    at = net.at(ground.frame["node"])
    base = net.network.times(at, at)
    tracked = _Tracked.of(net, at, base, net.at(sorted(nodes)))
    reach, means = [], []
    for project in sorted({*links["project"], *stops["project"]}):
        after = _after(tracked, links.filter(project=project), stops.filter(project=project))
        reach.append(_reach(project, ground, base, after, minutes))
        means.append(_means(project, ground, base, after))
    empty = _reach(
        "",
        Zones(ground.frame.clear(), ground.jobs[:0], ground.people[:0]),
        base[:0, :0],
        base[:0, :0],
        minutes,
    )
    empty_mean = _means(
        "", Zones(ground.frame.clear(), ground.jobs[:0], ground.people[:0]), base[:0, :0], base[:0, :0]
    )
    return Effects(pl.concat([empty, *reach]).lazy(), pl.concat([empty_mean, *means]).lazy())


@dataclass(frozen=True)
class _Tracked:
    """Times (s) before any project among the nodes of zones and projects."""

    net: Places
    place: dict[int, int]
    """Node number -> row and column."""
    times: Floats
    zones: Ints
    """Row of each zone; zones may share a node."""

    @staticmethod
    def of(net: Places, at: Ints, base: Floats, own: Ints) -> "_Tracked":
        """From the times among zones, with runs from and to the projects' further nodes only."""
        known, first, rows = np.unique(at, return_index=True, return_inverse=True)
        added = np.setdiff1d(own, known)
        times = net.network.times_among(known, base[np.ix_(first, first)], added)
        place = {int(node): i for i, node in enumerate([*known, *added])}
        return _Tracked(net, place, times, rows)

    def rows(self, nodes: Iterable[str]) -> Ints:
        """Rows of named nodes."""
        return np.array([self.place[self.net.number[node]] for node in nodes], dtype=np.int64)


def _after(tracked: _Tracked, links: pl.DataFrame, stops: pl.DataFrame) -> Floats:
    """Times between zones (s) after one project."""
    ends = tracked.rows(links["from_node"]), tracked.rows(links["to_node"])
    line = tracked.rows(stops["node"])
    used = np.unique(np.concatenate([tracked.zones, *ends, line]))
    times = tracked.times[np.ix_(used, used)]
    start, end, stations, rows = (np.searchsorted(used, of) for of in (*ends, line, tracked.zones))
    for i, (seconds, oneway) in enumerate(links.select("seconds", "oneway").iter_rows()):
        update = with_directed_link if oneway else with_link
        times = update(times, int(start[i]), int(end[i]), seconds)
    if len(stations) > 1:
        ride = _ride(stops["run_seconds"].to_numpy(), stops["board_seconds"].to_numpy())
        times = with_line(times, stations, ride)
    result: Floats = times[np.ix_(rows, rows)]
    return result


def _ride(run: Floats, board: Floats) -> Floats:
    """Time (s) from the platform of one station to that of another, waiting at the first included."""
    place = np.concatenate([[0.0], np.cumsum(run[1:])])
    ride: Floats = np.abs(place[:, None] - place[None, :]) + board[:, None]
    return ride


def _reach(
    project: str, ground: Zones, before: Floats, after: Floats, minutes: Sequence[int]
) -> pl.DataFrame:
    frames = []
    for limit in minutes:
        columns: dict[str, Any] = {
            f"{name}_{when}": within(times, size, 60.0 * limit).round().astype(np.int64)
            for name, size in (("jobs", ground.jobs), ("persons", ground.people))
            for when, times in (("before", before), ("after", after))
        }
        frames.append(
            ground.frame.select("zone", "region").with_columns(
                project=pl.lit(project),
                minutes=pl.lit(limit, dtype=pl.Int64),
                **{k: pl.Series(v) for k, v in columns.items()},
            )
        )
    return pl.concat(frames)


def _means(project: str, ground: Zones, before: Floats, after: Floats) -> pl.DataFrame:
    """Mean times over pairs that had a path before: a first path has no time before to compare with."""
    new = (np.isnan(before) & ~np.isnan(after)).sum(axis=1)
    same = np.where(np.isnan(before), np.nan, after)
    values = {"before": mean_time(before, ground.people), "after": mean_time(same, ground.people)}
    frame = ground.frame.select("zone").with_columns(
        project=pl.lit(project),
        newly_connected=pl.Series(new, dtype=pl.Int64),
        **{k: pl.Series(v, dtype=pl.Float64) for k, v in values.items()},
    )
    return frame.with_columns(pl.col("before", "after").fill_nan(None)).with_columns(
        pl.when(pl.col(c).is_null()).then(pl.lit("no_path_before")).alias(f"{c}_reason") for c in values
    )


@table(grain=("project",), basis=BASIS)
def project_effect(
    link_time: Table, link_effect: Table, zone_group: Table, project: Table, law: Law
) -> Table:
    """People-weighted mean time (s) before and after, person-minutes saved, jobs gained and who gains, cost per saving.

    Means are over pairs of zones that had a path before; pairs that only the project connects are counted apart.

    Args:
        link_time: Mean times by project and zone (s).
        link_effect: Reach by project, zone and minutes.
        zone_group: Persons by zone and group.
        project: Cost (yuan).
        law: For the minutes and the share of people called lowest.
    """
    everyone = zone_group.filter(pl.col("group") == "all").select("zone", "persons")
    longest = max(law.value("link_evaluation.reach_minutes"))
    gains = _gains(
        link_effect.filter(pl.col("minutes") == longest).join(everyone, on="zone"),
        float(law.value("link_evaluation.lowest_share")),
    )
    cost = pl.col("cost").cast(pl.Float64) / pl.when(pl.col("saved") > 0).then(pl.col("saved"))
    cells = (
        _times(link_time.join(everyone, on="zone"))
        .join(gains, on="project")
        .join(project.select("project", "cost"), on="project", how="left")
        .with_columns(cost_per_saved=cost)
    )
    reasons = {
        "mean_before": "no_path_before",
        "mean_after": "no_path_before",
        "saved": "no_path_before",
        "lowest_share": "no_gain",
        "cost_per_saved": "undefined_denominator",
    }
    return cells.with_columns(
        pl.when(pl.col(c).is_null()).then(pl.lit(r)).alias(f"{c}_reason") for c, r in reasons.items()
    ).drop("people", "cost")


def _times(cells: Table) -> Table:
    """Mean times of the people whose zones had a path before (s), and what they save together (person-minutes)."""
    known = pl.col("before").is_not_null() & pl.col("after").is_not_null()
    people = pl.col("persons").filter(known)
    mean = {
        c: steady_sum((pl.col(c) * pl.col("persons")).filter(known)) / people.sum()
        for c in ("before", "after")
    }
    return (
        cells.group_by("project")
        .agg(
            people=people.sum(),
            newly_connected=pl.col("newly_connected").sum(),
            mean_before=pl.when(people.sum() > 0).then(mean["before"]),
            mean_after=pl.when(people.sum() > 0).then(mean["after"]),
        )
        .with_columns(saved=(pl.col("mean_before") - pl.col("mean_after")) * pl.col("people") / 60)
    )


def _gains(cells: Table, lowest: float) -> Table:
    """Further jobs of the mean person, and the part of the gain that goes to the people who reached fewest."""
    upto = pl.col("persons").cum_sum().over("project")
    quota = lowest * pl.col("persons").sum().over("project")
    inside = (quota - (upto - pl.col("persons"))).clip(0, pl.col("persons"))
    gain = (pl.col("jobs_after") - pl.col("jobs_before")).cast(pl.Float64)
    shared = cells.sort("project", "jobs_before", "zone").with_columns(inside=inside, gain=gain)
    whole = steady_sum(pl.col("gain") * pl.col("persons"))
    people = pl.col("persons").sum()
    return shared.group_by("project").agg(
        jobs_gained=pl.when(people > 0).then(whole / people).otherwise(0.0),
        lowest_share=pl.when(whole > 0).then(
            (steady_sum(pl.col("gain") * pl.col("inside")) / whole).clip(0, 1)
        ),
    )


@table(grain=("project", "group", "minutes"), basis=BASIS)
def project_group_effect(link_effect: Table, zone_group: Table) -> Table:
    """Jobs that the mean person of each group reaches before and after each project.

    Args:
        link_effect: Reach by project, zone and minutes.
        zone_group: Persons by zone and group.
    """
    both = link_effect.drop("region").join(zone_group, on="zone")
    return _mean_jobs(both, ["project", "group", "minutes"]).drop("persons")


@table(grain=("project", "region", "minutes"), basis=BASIS)
def project_region_effect(link_effect: Table, zone_group: Table) -> Table:
    """Jobs that the mean person of each region reaches before and after each project.

    Args:
        link_effect: Reach by project, zone and minutes.
        zone_group: Persons by zone and group.
    """
    everyone = zone_group.filter(pl.col("group") == "all").select("zone", "persons")
    return _mean_jobs(link_effect.join(everyone, on="zone"), ["project", "region", "minutes"])


def _mean_jobs(cells: Table, keys: list[str]) -> Table:
    people = pl.col("persons").sum()
    columns = ("jobs_before", "jobs_after")
    return (
        cells.group_by(keys)
        .agg(
            persons=people,
            **{c: pl.when(people > 0).then((pl.col(c) * pl.col("persons")).sum() / people) for c in columns},
        )
        .with_columns(
            pl.when(pl.col(c).is_null()).then(pl.lit("undefined_denominator")).alias(f"{c}_reason")
            for c in columns
        )
    )
