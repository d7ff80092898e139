"""Findings about the reward: money that could not be shared, claims that the registry does not know, another order."""

import polars as pl

from renben.core.finding import check
from renben.core.table import Table


@check
def reward_is_paid_out(reward_returned: Table) -> Table:
    """One finding for each payer with parts of its pool that could not be shared in full.

    Args:
        reward_returned: What stays with the payer, why, and what is missing.
    """
    missing = pl.coalesce(pl.col("missing").str.slice(0, 200), pl.lit("-"))
    each = pl.format("{}: {} ({}; {})", "part", "returned", "reason", missing)
    kept = reward_returned.filter(pl.col("returned") > 0, pl.col("reason") != "no_region_below")
    return (
        kept.group_by("payer")
        .agg(each=each.sort().str.join(" | "))
        .select(
            kind=pl.lit("reward_not_shared"),
            subject="payer",
            severity=pl.lit("error"),
            owner=pl.lit("finance"),
            text_zh=pl.format(
                "以下部分未能分配，退回分配主体(元)：{}。补报数据或在本地法规目录写明权重后重算。", "each"
            ),
            text_en=pl.format(
                "Parts that stay with the payer (yuan): {}. Send the data, or write the weights in your overlay's "
                "laws/settlement_reward.yaml, and run again.",
                "each",
            ),
        )
    )


@check
def reward_pools_have_recipients(reward_returned: Table) -> Table:
    """One finding for all payers below which there is no region to share a pool among.

    Args:
        reward_returned: What stays with the payer, and why.
    """
    alone = reward_returned.filter(pl.col("reason") == "no_region_below")
    named = alone.select(n=pl.col("payer").n_unique(), each=pl.col("payer").unique().sort().str.join(", "))
    return named.filter(pl.col("n") > 0).select(
        kind=pl.lit("reward_pool_without_recipients"),
        subject=pl.lit("reward_pool"),
        severity=pl.lit("warning"),
        owner=pl.lit("finance"),
        text_zh=pl.format(
            "{} 个分配主体没有下级地区，资金池无人可分：{}。", "n", pl.col("each").str.slice(0, 200)
        ),
        text_en=pl.format(
            "{} payers have no region below them to share a pool among: {}.",
            "n",
            pl.col("each").str.slice(0, 200),
        ),
    )


@check
def reward_claims_match_the_registry(settlements: Table, settlement_claims: Table) -> Table:
    """One finding for each region whose claimed settlers (persons) differ from those in the registry.

    Args:
        settlements: Persons by region and origin, from the registry.
        settlement_claims: Persons claimed by region.
    """
    registered = settlements.group_by("region").agg(registered=pl.col("persons").sum())
    both = settlement_claims.join(registered, on="region", how="left").filter(
        pl.col("registered").is_null() | (pl.col("registered") != pl.col("persons"))
    )
    known = pl.coalesce(pl.col("registered").cast(pl.String), pl.lit("?"))
    return both.select(
        kind=pl.lit("settlers_claimed_differ"),
        subject="region",
        severity=pl.when(pl.col("persons") > pl.col("registered"))
        .then(pl.lit("error"))
        .otherwise(pl.lit("warning")),
        owner=pl.lit("finance"),
        text_zh=pl.format("申报落户 {} 人，登记 {} 人，不一致；请核对后更正。", "persons", known),
        text_en=pl.format(
            "{} settlers claimed, {} registered; find the difference and correct one.", "persons", known
        ),
    )


@check
def reward_follows_the_published_order(reward_comparison: Table) -> Table:
    """One finding for each region whose computed rank or amount differs from the published one.

    Args:
        reward_comparison: Computed and published amounts (yuan) and ranks.
    """
    differs = (pl.col("rank_computed") != pl.col("rank_published")) | (
        pl.col("computed") != pl.col("published")
    )
    order = pl.col("rank_computed") != pl.col("rank_published")
    return reward_comparison.filter(differs).select(
        kind=pl.lit("reward_differs_from_published"),
        subject="region",
        severity=pl.when(order).then(pl.lit("warning")).otherwise(pl.lit("info")),
        owner=pl.lit("finance"),
        text_zh=pl.format(
            "计算 {} 元（第 {} 位），公布 {} 元（第 {} 位）；权重未公布，仅供核对。",
            "computed",
            "rank_computed",
            "published",
            "rank_published",
        ),
        text_en=pl.format(
            "Computed {} yuan (rank {}), published {} yuan (rank {}); the weights are not published, compare only.",
            "computed",
            "rank_computed",
            "published",
            "rank_published",
        ),
    )
