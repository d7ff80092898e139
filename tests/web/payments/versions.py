"""Versions of payable tables written by hand."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from renben.core.workspace import Provenance, Version, Workspace

PROVINCE, CITY, OTHER = "140000", "140100", "140200"
PERIOD = "2025"
FIRST, SECOND = dt.date(2026, 2, 1), dt.date(2026, 2, 20)
Amount = str | None
ROWS = {
    (CITY, "settlement"): "100.50",
    (CITY, "pupils"): "20.25",
    (OTHER, "settlement"): None,
    (OTHER, "pupils"): "9.00",
}


def reward(
    space: Workspace, rows: dict[tuple[str, str], Amount], day: dt.date = FIRST, synthetic: bool = False
) -> Version:
    """A version of the settlement reward: (region, part) -> yuan, None where it could not be computed."""
    table = pl.LazyFrame(
        {
            "region": [region for region, _ in rows], "part": [part for _, part in rows],
            "payer": [PROVINCE] * len(rows), "amount": [None if n is None else Decimal(n) for n in rows.values()],
            "amount_reason": ["no_data" if n is None else None for n in rows.values()],
        },
        schema={"region": pl.String, "part": pl.String, "payer": pl.String, "amount": pl.Decimal(18, 2), "amount_reason": pl.String},
    )  # fmt: skip
    return _written(space, "settlement_reward", table, day, synthetic)


def transfer(
    space: Workspace,
    rows: dict[str, str],
    day: dt.date = FIRST,
    synthetic: bool = False,
    payers: Sequence[str] = (),
) -> Version:
    """A version of the equalization transfer: region -> yuan."""
    amounts = [Decimal(n) for n in rows.values()]
    table = pl.LazyFrame(
        {"region": list(rows), "payer": list(payers) or [PROVINCE] * len(rows), "gap": amounts, "amount": amounts,
         "gap_reason": [None] * len(rows), "amount_reason": [None] * len(rows)},
        schema={"region": pl.String, "payer": pl.String, "gap": pl.Decimal(18, 2), "amount": pl.Decimal(18, 2),
                "gap_reason": pl.String, "amount_reason": pl.String},
    )  # fmt: skip
    return _written(space, "fiscal_transfer", table, day, synthetic)


def _written(space: Workspace, name: str, table: pl.LazyFrame, day: dt.date, synthetic: bool) -> Version:
    made = dt.datetime.combine(day, dt.time(), dt.UTC)
    known = Provenance(dataset=name, period=PERIOD, made_by="test", synthetic=synthetic, created_at=made)
    return space.write_checked(table, space.dataset(name), known, day)
