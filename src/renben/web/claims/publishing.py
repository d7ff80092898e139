"""Publishes the take-up of services into the workspace: cells only, small ones withheld."""

import polars as pl
from django.db import transaction

from renben.core.period import Period
from renben.web.claims.take_up import Cell, cells, counted
from renben.web.clock import today
from renben.web.equality.comparison import TABLE
from renben.web.exchange.door import workspace
from renben.web.exchange.publish import Published, store
from renben.web.exchange.take_up import NAME
from renben.web.guard import scope
from renben.web.passage import Tell, silent
from renben.web.withholding import limits

COLUMNS = {
    "region": pl.String, "rule": pl.String, "measure": pl.String, "state": pl.String, "persons": pl.Int64,
}  # fmt: skip


def publish(period: str, tell: Tell = silent) -> list[Published]:
    """Publish the take-up as it stands today; nothing for a past year, which keeps what was published in it.

    The database is only held for the one line of the audit: a large registry is counted while others work.

    Args:
        period: a year.
        tell: told how many persons were looked at, as they are.

    Raises:
        ExchangeError: there is no workspace.
    """
    space, day = workspace(), today()
    if int(period) != day.year:
        return []
    rows = [row(cell) for cell in cells(counted(day, tell), limits(TABLE, day))]
    if not rows:
        return []
    with transaction.atomic(), scope.as_job("registry"):
        return [store(space, NAME, Period(period), pl.DataFrame(rows, COLUMNS, orient="row"))]


def row(cell: Cell) -> tuple[object, ...]:
    """A cell as the dataset holds it."""
    return (cell.city, cell.item, cell.measure, "withheld" if cell.withheld else "shown", cell.persons)
