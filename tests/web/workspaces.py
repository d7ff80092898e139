"""Workspaces for tests of the exchange: findings written by hand."""

import datetime as dt
from typing import Any

import polars as pl

from renben.core.finding import dataset_of
from renben.core.workspace import Provenance, Version, Workspace

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
COLUMNS = ("kind", "subject", "severity", "owner", "text_zh", "text_en")
CHECKS = "renben.measures.citizenization.settlement_reward.checks"


def write_findings(
    space: Workspace,
    rows: list[tuple[str, ...]],
    period: str = "2025",
    day: dt.date = dt.date(2026, 3, 1),
    **more: Any,
) -> Version:
    """A version of findings of one check."""
    name = more.pop("name", "reward_is_paid_out")
    provenance = Provenance(
        dataset=f"findings_{name}",
        period=period,
        made_by=more.pop("made_by", f"{CHECKS}.{name}"),
        created_at=NOW,
        **more,
    )
    frame = pl.LazyFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    return space.write_checked(frame, dataset_of(name), provenance, day)
