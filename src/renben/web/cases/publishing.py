"""Publishes city cases as counts by month, county, unit and subclass, and confirmed ponding; nothing that names a person.

A year's cases are those reported in it, and what had become of them by today: a year that is over changes until its last
case is closed. Hours run by the clock from sending out to the last time the unit said it was done.
"""

import datetime as dt
from collections import defaultdict
from statistics import fmean, median
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import QuerySet

from renben.core.period import Period
from renben.web.cases.models import CityCase
from renben.web.clock import ZONE, start_of, today
from renben.web.exchange import door
from renben.web.exchange.publish import Published, store
from renben.web.flow import deadlines
from renben.web.guard import scope

CASES, PONDING = "city_cases", "ponding_events"
PERMISSION, COUNTY, NOBODY = "city.results", 6, "none"
COUNTS = (
    "reported", "rejected", "joined", "filed", "dispatched", "due", "done", "in_time", "closed", "failed", "reopened",
)  # fmt: skip
COLUMNS = (
    {name: pl.String for name in ("region", "month", "unit", "subclass")}
    | {name: pl.Int64 for name in COUNTS}
    | {"hours_mean": pl.Float64, "hours_median": pl.Float64}
)
PONDING_COLUMNS = {
    "key": pl.String, "region": pl.String, "unit": pl.String, "lon": pl.Float64, "lat": pl.Float64, "day": pl.Date,
    "depth_m": pl.Float64, "duration_min": pl.Float64, "reports": pl.Int64, "channel": pl.String,
    "hours_to_clear": pl.Float64, "in_time": pl.Boolean,
}  # fmt: skip
HOUR = dt.timedelta(hours=1)
UNTOLD = ("rejected", "joined")
"""Stages in which a report led to no case of its own."""


def publish(period: str) -> list[Published]:
    """Publish the cases reported in a year as they stand today; nothing where there are none.

    Raises:
        ExchangeError: there is no workspace.
    """
    space, year = door.workspace(), Period(period)
    with scope.reading_as("flow"):
        rows = list(_of(year))
    if not rows:
        return []
    made_up = any(row.synthetic for row in rows)
    wet = [_event(row) for row in rows if row.subclass == "ponding" and row.case.stage == "closed"]
    frames = {CASES: pl.DataFrame(_counted(rows), COLUMNS, orient="row")}
    if wet:
        frames[PONDING] = pl.DataFrame(wet, PONDING_COLUMNS, orient="row")
    with transaction.atomic(), scope.as_job("flow"):
        return [
            store(space, name, year, frame, permission=PERMISSION, synthetic=made_up)
            for name, frame in frames.items()
        ]


def daily() -> int:
    """Publish this year's cases and those of the year before, whose last ones may have been closed; new vintages."""
    if not door.is_there():
        return 0
    year = today().year
    return sum(one.fresh for each in (year - 1, year) for one in publish(str(each)))


def _of(year: Period) -> QuerySet[CityCase]:
    first, last = start_of(year.start), start_of(year.end + dt.timedelta(days=1))
    found = CityCase.objects.filter(reported_at__gte=first, reported_at__lt=last)
    return found.select_related("case").order_by("pk")


def _counted(rows: list[CityCase]) -> list[tuple[Any, ...]]:
    cells: defaultdict[tuple[str, ...], list[CityCase]] = defaultdict(list)
    for row in rows:
        month = f"{row.reported_at.astimezone(ZONE):%Y-%m}"
        cells[row.region[:COUNTY], month, row.unit or NOBODY, row.subclass].append(row)
    return [(*key, *_counts(cell), *_hours(cell)) for key, cell in sorted(cells.items())]


def _counts(cell: list[CityCase]) -> tuple[int, ...]:
    told = [_marks(row) for row in cell]
    return tuple(sum(marks[name] for marks in told) for name in COUNTS)


def _marks(row: CityCase) -> dict[str, bool]:
    """What became of a case, under the names of the counts."""
    stage, own = row.case.stage, row.case.stage not in UNTOLD
    closed, handled = stage == "closed", row.done_at is not None
    return {
        "reported": True, "rejected": stage == "rejected", "joined": stage == "joined",
        "filed": own and row.filed_at is not None, "dispatched": own and row.dispatched_at is not None,
        "due": own and (handled or _is_late(row)), "done": own and handled, "in_time": own and bool(row.in_time),
        "closed": closed, "failed": closed and row.failed > 0, "reopened": row.reopened > 0,
    }  # fmt: skip


def _is_late(row: CityCase) -> bool:
    """Whether the limit of a case that somebody handles is over; while it rests nothing runs."""
    case = row.case
    return bool(row.unit) and case.closed_on is None and case.clock == "handle" and deadlines.is_over(case)


def _hours(cell: list[CityCase]) -> tuple[float | None, float | None]:
    """Mean and median hours of handling; neither where nothing is done."""
    spans = [_span(row.dispatched_at, row.done_at) for row in cell if row.case.stage not in UNTOLD]
    hours = [span for span in spans if span is not None]
    return (fmean(hours), median(hours)) if hours else (None, None)


def _span(start: dt.datetime | None, end: dt.datetime | None) -> float | None:
    """Hours between two moments; none where one is missing, or a demo's turned day runs backwards."""
    return None if start is None or end is None or end < start else (end - start) / HOUR


def _event(row: CityCase) -> tuple[Any, ...]:
    depth, minutes = (row.measured.get(name) for name in ("depth_m", "duration_min"))
    day = row.reported_at.astimezone(ZONE).date()
    return (
        row.case.number or str(row.pk), row.region[:COUNTY], row.unit or NOBODY, row.lon, row.lat, day, depth, minutes,
        row.reports, row.channel, _span(row.reported_at, row.done_at), row.in_time,
    )  # fmt: skip
