"""Publishes the comparison of a year into the workspace: cells only, small ones withheld."""

import datetime as dt

import polars as pl
from django.db import transaction

from renben.core.period import Period
from renben.web.clock import today
from renben.web.equality.comparison import TABLE, Cell, compare
from renben.web.equality.decisions import decisions
from renben.web.equality.pages import READ
from renben.web.exchange.door import workspace
from renben.web.exchange.publish import JOB, Published, store
from renben.web.guard import scope
from renben.web.withholding import limits

NAME = "equal_treatment"
COLUMNS = {
    "kind": pl.String, "dimension": pl.String, "group": pl.String, "measure": pl.String, "state": pl.String,
    "n": pl.Int64, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "others": pl.Float64, "adjusted": pl.Float64,
}  # fmt: skip


def publish(period: str) -> list[Published]:
    """Publish the comparison of a year's decided cases; nothing where none was decided.

    Args:
        period: a year.

    Raises:
        ExchangeError: there is no workspace.
    """
    space, year = workspace(), int(period)
    with transaction.atomic(), scope.as_job("registry"):
        last = min(today(), dt.date(year, 12, 31))
        cells = compare(decisions(JOB, READ, dt.date(year, 1, 1), last), limits(TABLE, last))
        rows = [row(cell) for cell in cells]
        return [store(space, NAME, Period(period), pl.DataFrame(rows, COLUMNS, orient="row"))] if rows else []


def row(cell: Cell) -> tuple[object, ...]:
    """A cell as the dataset holds it."""
    state = "withheld" if cell.withheld else "shown"
    return (cell.kind, cell.dimension, cell.group, cell.measure, state, cell.n, cell.value, cell.low, cell.high,
            cell.others, cell.adjusted)  # fmt: skip
