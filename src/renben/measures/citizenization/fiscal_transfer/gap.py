"""The equalization transfer: each payer's pool over the gaps of the regions directly below it."""

from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl

from renben.catalogue import Catalogue
from renben.core.law import Law
from renben.core.table import Table, table
from renben.engines.allocation import apportion_money

AMOUNT = pl.Decimal(18, 2)
CELL = (
    ("region", pl.String),
    ("payer", pl.String),
    ("gap", AMOUNT),
    ("gap_reason", pl.String),
    ("amount", AMOUNT),
    ("amount_reason", pl.String),
)
KEPT = (
    ("payer", pl.String),
    ("pool", AMOUNT),
    ("gaps", AMOUNT),
    ("coefficient", pl.Float64),
    ("returned", AMOUNT),
)


class Transferred(NamedTuple):
    """What each region gets, and what each payer keeps."""

    fiscal_transfer: Table
    transfer_returned: Table


@table(grain={"fiscal_transfer": ("region",), "transfer_returned": ("payer",)}, basis=("fiscal_transfer",))
def fiscal_transfer(
    expenditure_need: Table, fiscal_revenue: Table, transfer_pool: Table, cat: Catalogue, law: Law
) -> Transferred:
    """Transfer (yuan) = (need - revenue) x coefficient where need exceeds revenue; tied exactly to the pool.

    Source of formula: 财预〔2022〕58号. A region whose need or revenue is missing is missing, not without a gap: then
    nothing of its payer's pool is shared.

    Args:
        expenditure_need: Need by region.
        fiscal_revenue: Standard revenue by region.
        transfer_pool: Money by payer.
        cat: For the regions directly below each payer.
        law: For the step of an amount (yuan).
    """
    step = Decimal(str(law.value("fiscal_transfer.rounding_yuan")))
    both = expenditure_need.select("region", "need").join(
        fiscal_revenue, on="region", how="full", coalesce=True
    )
    known = {row["region"]: row for row in both.collect().to_dicts()}
    cells: list[dict[str, Any]] = []
    kept: list[dict[str, Any]] = []
    for pool in transfer_pool.sort("payer").collect().to_dicts():
        below = [code for code, region in sorted(cat.regions.items()) if region.parent == pool["payer"]]
        mine = [
            _cell(code, pool["payer"], known.get(code, {}))
            for code in below
            if cat.regions[code].level != "zone"
        ]
        kept.append(_share(pool, mine, step))
        cells += mine
    return Transferred(pl.LazyFrame(cells, schema=dict(CELL)), pl.LazyFrame(kept, schema=dict(KEPT)))


def _cell(region: str, payer: str, known: dict[str, Any]) -> dict[str, Any]:
    need, revenue = known.get("need"), known.get("revenue")
    gap = None if need is None or revenue is None else max(need - revenue, Decimal(0))
    reason = "need_not_known" if need is None else "revenue_not_known" if revenue is None else None
    return {
        "region": region,
        "payer": payer,
        "gap": gap,
        "gap_reason": reason,
        "amount": None,
        "amount_reason": None,
    }


def _share(pool: dict[str, Any], cells: list[dict[str, Any]], step: Decimal) -> dict[str, Any]:
    """Write the amounts of one payer into its cells; what is shared out is the pool, or the gaps if they are less."""
    known: list[Decimal] = [cell["gap"] for cell in cells if cell["gap"] is not None]
    whole = 0 < len(known) == len(cells)
    total = sum(known, Decimal(0)) if whole else None
    spent = min(pool["amount"], total) if total else Decimal(0)
    parts: list[Decimal] = apportion_money(spent, known, step) if total else []
    nothing = Decimal(0) if whole else None
    for number, cell in enumerate(cells):
        cell["amount"] = parts[number] if parts else nothing
        cell["amount_reason"] = None if whole else "part_withheld"
    return {
        "payer": pool["payer"],
        "pool": pool["amount"],
        "gaps": total,
        "coefficient": float(spent / total) if total else None,
        "returned": pool["amount"] - sum(parts, Decimal(0)),
    }
