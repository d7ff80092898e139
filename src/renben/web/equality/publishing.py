"""Publishes the stored snapshots of a year into the workspace: cells only, small ones withheld; nothing is counted here."""

import polars as pl
from django.db import transaction

from renben.core.period import Period
from renben.web.equality import snapshots
from renben.web.equality.comparison import Cell
from renben.web.equality.models import Snapshot
from renben.web.exchange.door import workspace
from renben.web.exchange.publish import Published, store
from renben.web.guard import scope

NAME = "equal_treatment"
COLUMNS = {
    "kind": pl.String, "dimension": pl.String, "group": pl.String, "measure": pl.String, "state": pl.String,
    "n": pl.Int64, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "others": pl.Float64, "adjusted": pl.Float64,
}  # fmt: skip


def publish(period: str) -> list[Published]:
    """Publish what was counted of the periods of a year that are over, each under its own period; nothing where none is.

    Args:
        period: a year.

    Raises:
        ExchangeError: there is no workspace.
    """
    space = workspace()
    with transaction.atomic(), scope.as_job("registry"):
        found = Snapshot.objects.filter(range=snapshots.EVERYWHERE, period__startswith=period)
        frames = [
            (one.period, [row(cell) for cell in snapshots.cells_of(one)])
            for one in snapshots.newest_of(found)
        ]
        return [
            store(space, NAME, Period(name), pl.DataFrame(rows, COLUMNS, orient="row"))
            for name, rows in reversed(frames) if rows
        ]  # fmt: skip


def row(cell: Cell) -> tuple[object, ...]:
    """A cell as the dataset holds it."""
    state = "withheld" if cell.withheld else "shown"
    return (cell.kind, cell.dimension, cell.group, cell.measure, state, cell.n, cell.value, cell.low, cell.high,
            cell.others, cell.adjusted)  # fmt: skip
