"""Each part of the pool, shared exactly among the regions directly below its payer."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl

from renben.catalogue import Catalogue
from renben.core.law import Law
from renben.core.table import Maybe, Table, table
from renben.engines.allocation import apportion_money
from renben.engines.statistics.steady import steady_sum

LEVELS = ("province", "prefecture", "county")
AMOUNT = pl.Decimal(18, 2)


class Allotted(NamedTuple):
    """What each region gets, and what stays with the payer."""

    settlement_reward: Table
    reward_returned: Table


@table(grain=("region", "part"), basis=("settlement_reward",))
def reward_share(
    settlement_score: Table,
    migrant_pupils: Maybe,
    fiscal_factor: Table,
    reward_effort: Maybe,
    reward_pool: Table,
    cat: Catalogue,
) -> Table:
    """Raw score and share (0-1) of each region in each part of its payer's pool; null with a reason.

    A region without data is missing, not zero: then no share of that part is known and all are null.

    Args:
        settlement_score: Weighted persons by region, origin and lag.
        migrant_pupils: Pupils by region.
        fiscal_factor: Hardship by region.
        reward_effort: Effort score by region.
        reward_pool: Amounts by payer and part.
        cat: For the regions below each payer.
    """
    below = pl.LazyFrame(
        [(r.parent, r.code) for r in cat.regions.values() if r.parent and r.level in LEVELS],
        schema={"payer": pl.String, "region": pl.String},
        orient="row",
    )
    raw = pl.concat(
        [_settlement(settlement_score), _pupils(migrant_pupils, fiscal_factor), _effort(reward_effort)]
    )
    cells = (
        reward_pool.select("payer", "part")
        .join(below, on="payer")
        .join(raw, on=["region", "part"], how="left")
        .with_columns(
            raw_reason=pl.when(pl.col("raw").is_null()).then(pl.coalesce("raw_reason", pl.lit("missing")))
        )
    )
    total = steady_sum(pl.col("raw")).over("payer", "part")
    known = pl.col("raw").is_not_null().all().over("payer", "part")
    reason = pl.when(~known).then(pl.lit("part_withheld")).when(total == 0).then(pl.lit("nothing_to_reward"))
    return (
        cells.with_columns(share_reason=reason)
        .with_columns(share=pl.when(pl.col("share_reason").is_null()).then(pl.col("raw") / total))
        .select("region", "part", "payer", "raw", "raw_reason", "share", "share_reason")
        .sort("payer", "part", "region")
    )


def _settlement(score: Table) -> Table:
    whole = pl.col("score").is_not_null().all()
    return score.group_by("region").agg(
        part=pl.lit("settlement"),
        raw=pl.when(whole).then(steady_sum(pl.col("score"))),
        raw_reason=pl.col("score_reason").drop_nulls().sort().first(),
    )


def _pupils(pupils: Table, factor: Table) -> Table:
    raw = pl.col("pupils") * pl.col("difficulty")
    return pupils.join(factor, on="region", how="left").select(
        "region",
        part=pl.lit("pupils"),
        raw=raw,
        raw_reason=pl.when(raw.is_null()).then(pl.lit("missing_factor")),
    )


def _effort(effort: Table) -> Table:
    return effort.select("region", part=pl.lit("effort"), raw="effort", raw_reason="effort_reason")


@table(
    grain={"settlement_reward": ("region", "part"), "reward_returned": ("payer", "part")},
    basis=("settlement_reward",),
)
def settlement_reward(reward_share: Table, reward_pool: Table, law: Law) -> Allotted:
    """Amounts (yuan) by region and part, tied exactly to the pool; what cannot be shared returns to the payer.

    Args:
        reward_share: Raw scores by region and part.
        reward_pool: Amounts by payer and part.
        law: For the step of an amount (yuan).
    """
    step = Decimal(str(law.value("settlement_reward.rounding_yuan")))
    shares = reward_share.sort("payer", "part", "region").collect()
    paid: list[dict[str, Any]] = []
    kept: list[dict[str, Any]] = []
    for pool in reward_pool.sort("payer", "part").collect().to_dicts():
        rows = shares.filter(payer=pool["payer"], part=pool["part"]).to_dicts()
        amounts = _amounts(pool["amount"], rows, step)
        paid += [
            {
                "region": r["region"],
                "part": r["part"],
                "payer": r["payer"],
                "amount": a,
                "amount_reason": r["share_reason"],
            }
            for r, a in zip(rows, amounts, strict=True)
        ]
        kept.append(_returned(pool, rows, amounts))
    return Allotted(
        pl.LazyFrame(paid, schema=_schema("region", "part", "payer", amount=AMOUNT, amount_reason=pl.String)),
        pl.LazyFrame(
            kept,
            schema=_schema(
                "payer", "part", pool=AMOUNT, returned=AMOUNT, reason=pl.String, missing=pl.String
            ),
        ),
    )


def _amounts(pool: Decimal, rows: Sequence[dict[str, Any]], step: Decimal) -> list[Decimal | None]:
    if any(row["share"] is None for row in rows):
        return [None] * len(rows)
    return list(apportion_money(pool, [row["raw"] for row in rows], step)) if rows else []


def _returned(
    pool: dict[str, Any], rows: Sequence[dict[str, Any]], amounts: Sequence[Decimal | None]
) -> dict[str, Any]:
    """What stays with the payer, why, and which regions lack what."""
    spent = sum((a for a in amounts if a is not None), Decimal(0))
    reason = None if spent == pool["amount"] else rows[0]["share_reason"] if rows else "no_region_below"
    lacking = [f"{row['region']} {row['raw_reason']}" for row in rows if row["raw_reason"]]
    return {
        "payer": pool["payer"],
        "part": pool["part"],
        "pool": pool["amount"],
        "returned": pool["amount"] - spent,
        "reason": reason,
        "missing": "; ".join(lacking) or None,
    }


def _schema(*text: str, **other: Any) -> dict[str, Any]:
    return {**dict.fromkeys(text, pl.String), **other}
