"""Travel times between zones, what each zone and group reaches, and who lives within the hour of the core."""

import polars as pl

from renben.core.law import Law
from renben.core.table import Table, table
from renben.engines.statistics.steady import steady_sum
from renben.measures.metropolis.link_evaluation.places import places

BASIS = ("link_evaluation.reach_minutes",)
CIRCLE = "link_evaluation.commuting_circle_minutes"


@table(grain=("origin", "destination"), basis=BASIS)
def travel_time(road_edge: Table, zone: Table) -> Table:
    """Quickest travel time (s) between zones over the roads; null where there is no path.

    Args:
        road_edge: Edges with travel time in the peak (s).
        zone: Node of each zone.
    """
    ordered = zone.sort("zone").collect()
    net = places(road_edge, ordered["node"])
    at = net.at(ordered["node"])
    names = ordered["zone"]
    n = len(names)
    grid = pl.LazyFrame(
        {
            "origin": [name for name in names for _ in range(n)],
            "destination": names.to_list() * n,
            "seconds": net.network.times(at, at).ravel(),
        },
        schema={"origin": pl.String, "destination": pl.String, "seconds": pl.Float64},
    )
    return grid.with_columns(pl.col("seconds").fill_nan(None)).with_columns(
        seconds_reason=pl.when(pl.col("seconds").is_null()).then(pl.lit("unreachable"))
    )


@table(grain=("zone", "minutes"), basis=BASIS)
def zone_access(travel_time: Table, zone: Table, zone_group: Table, law: Law) -> Table:
    """Jobs and persons within so many minutes of each zone, and the mean time (s) to the people of other zones.

    Args:
        travel_time: Times between zones (s).
        zone: Region and jobs by zone.
        zone_group: Persons by zone and group.
        law: For the minutes.
    """
    everyone = zone_group.filter(pl.col("group") == "all").select("zone", "persons")
    there = zone.select("zone", "jobs").join(everyone, on="zone").rename({"zone": "destination"})
    trips = travel_time.join(there, on="destination")
    others = trips.filter(pl.col("origin") != pl.col("destination"), pl.col("seconds").is_not_null())
    mean = others.group_by("origin").agg(
        mean_seconds=pl.when(pl.col("persons").sum() > 0).then(
            steady_sum(pl.col("seconds") * pl.col("persons")) / pl.col("persons").sum()
        )
    )
    limits = pl.LazyFrame({"minutes": list(law.value("link_evaluation.reach_minutes"))})
    inside = pl.col("seconds") <= pl.col("minutes") * 60
    reach = (
        trips.join(limits, how="cross")
        .group_by("origin", "minutes")
        .agg(jobs=pl.col("jobs").filter(inside).sum(), persons=pl.col("persons").filter(inside).sum())
    )
    return (
        zone.select(origin="zone", region="region")
        .join(reach, on="origin")
        .join(mean, on="origin", how="left")
        .select(
            "region",
            "minutes",
            "jobs",
            "persons",
            "mean_seconds",
            zone="origin",
            mean_seconds_reason=pl.when(pl.col("mean_seconds").is_null()).then(pl.lit("unreachable")),
        )
    )


@table(grain=("group", "minutes"), basis=BASIS)
def group_access(zone_access: Table, zone_group: Table) -> Table:
    """Jobs that the mean person of each group reaches, and the mean time (s), over all zones.

    Args:
        zone_access: Reach and mean time by zone and minutes.
        zone_group: Persons by zone and group.
    """
    both = zone_group.join(zone_access.drop("persons"), on="zone").with_columns(
        timed=pl.when(pl.col("mean_seconds").is_not_null()).then(pl.col("persons"))
    )
    people, timed = pl.col("persons").sum(), pl.col("timed").sum()
    return (
        both.group_by("group", "minutes")
        .agg(
            persons=people,
            jobs=pl.when(people > 0).then((pl.col("jobs") * pl.col("persons")).sum() / people),
            mean_seconds=pl.when(timed > 0).then(
                steady_sum(pl.col("mean_seconds") * pl.col("timed")) / timed
            ),
        )
        .with_columns(
            jobs_reason=pl.when(pl.col("jobs").is_null()).then(pl.lit("undefined_denominator")),
            mean_seconds_reason=pl.when(pl.col("mean_seconds").is_null()).then(pl.lit("unreachable")),
        )
    )


@table(grain=("region",), basis=(CIRCLE,))
def core_reach_data(travel_time: Table, zone: Table, zone_group: Table, law: Law) -> Table:
    """People of each region within the commuting circle's minutes of the core, and all its people (persons).

    A person counts as within when the quickest core zone is; a zone without a path to the core is not within.

    Args:
        travel_time: Times between zones (s).
        zone: Region by zone, and which zones are the core.
        zone_group: Persons by zone and group.
        law: For the minutes.
    """
    core = zone.filter("core").select(destination="zone")
    nearest = travel_time.join(core, on="destination").group_by("origin").agg(pl.col("seconds").min())
    everyone = zone_group.filter(pl.col("group") == "all").select("zone", "persons")
    people = zone.join(everyone, on="zone").join(nearest, left_on="zone", right_on="origin", how="left")
    seconds = pl.col("seconds")
    inside = seconds <= law.value(CIRCLE) * 60
    timed = pl.col("persons").filter(seconds.is_not_null())
    spent = steady_sum((seconds * pl.col("persons")).filter(seconds.is_not_null()))
    return (
        people.group_by("region")
        .agg(
            pop_within_60min=pl.col("persons").filter(inside).sum(),
            persons=pl.col("persons").sum(),
            core_minutes=pl.when(timed.sum() > 0).then(spent / timed.sum() / 60),
        )
        .with_columns(
            core_minutes_reason=pl.when(pl.col("core_minutes").is_null()).then(pl.lit("unreachable"))
        )
    )
