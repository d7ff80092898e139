"""In which order the next period's works should take the points: worst first, then what comes back, then people."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import polars as pl

from renben.core.table import Maybe, Previous, Table, table

WORST = ("I", "II", "III", None)
"""Severities in order; a point of unknown severity comes after those that are known."""
TEXTS = ("point", "region", "severity", "severity_reason", "persons_reason", "status")
COUNTS = ("rank", "tied", "periods", "events", "persons")
Row = dict[str, Any]


@table(grain=("point",), basis=("flooding.severe_depth_m", "flooding.medium_depth_m"))
def drainage_priority(ponding_point: Previous, ponding_exposure: Maybe) -> Table:
    """Rank in its county (1 first) of each point that was not closed a period before; equal points share a rank.

    Order: severity, periods with ponding, events, then persons affected where they are known of all that are equal so far.

    Args:
        ponding_point: Points a period before; those below the criterion are no waterlogging points.
        ponding_exposure: Persons affected by point.
    """
    wanted = ponding_point.filter(
        pl.col("status") != "closed", pl.col("severity").is_null() | (pl.col("severity") != "light")
    )
    known = wanted.join(ponding_exposure.select("point", "persons"), on="point", how="left")
    rows = [row for _, part in known.collect().group_by("region") for row in ranked(part.to_dicts())]
    schema = dict.fromkeys(TEXTS, pl.String) | dict.fromkeys(COUNTS, pl.Int64)
    return pl.LazyFrame(rows, schema=schema).sort("region", "rank", "point")


def ranked(points: list[Row]) -> Iterator[Row]:
    """Points of one county with their rank and how many share it."""
    place = 1
    for _, equal in groupby(sorted(points, key=_urgency), key=_urgency):
        for part in _by_people(list(equal)):
            for row in sorted(part, key=lambda one: str(one["point"])):
                yield _shown(row, place, len(part))
            place += len(part)


def _urgency(row: Row) -> tuple[int, int, int]:
    return WORST.index(row["severity"]), -row["periods"], -row["events"]


def _by_people(equal: list[Row]) -> Iterator[list[Row]]:
    """Equal points by persons affected, most first; all together where one of them is unknown."""
    if any(row["persons"] is None for row in equal):
        yield equal
        return
    equal.sort(key=lambda row: -row["persons"])
    for _, part in groupby(equal, key=lambda row: row["persons"]):
        yield list(part)


def _shown(row: Row, rank: int, tied: int) -> Row:
    reason = "no_data" if row["persons"] is None else None
    return {name: row.get(name) for name in (*TEXTS, *COUNTS)} | {
        "rank": rank,
        "tied": tied,
        "persons_reason": reason,
    }
