"""Findings about the reward: money that could not be shared, claims that the registry does not know, another order."""

from collections import defaultdict
from typing import Any

import polars as pl

from renben.catalogue import Catalogue
from renben.core.finding import check
from renben.core.table import Table
from renben.engines.wording import Finding, Text, findings, joined, labels, reason, region, regions, yuan

OWNER = "finance"


@check
def reward_is_paid_out(reward_returned: Table, cat: Catalogue) -> Table:
    """One finding for each payer with parts of its pool that could not be shared in full.

    Args:
        reward_returned: What stays with the payer, why, and what is missing.
        cat: For labels and names.
    """
    kept = reward_returned.filter(pl.col("returned") > 0, pl.col("reason") != "no_region_below")
    parts: defaultdict[str, list[Text]] = defaultdict(list)
    for row in kept.sort("payer", "part").collect().to_dicts():
        parts[row["payer"]].append(_part(row, cat))
    return findings(
        Finding("reward_not_shared", payer, "error", OWNER, _not_shared(region(cat, payer), joined(each)))
        for payer, each in parts.items()
    )


def _not_shared(payer: Text, each: Text) -> Text:
    return Text(
        f"{payer.zh}奖励资金未能分配、退回本级：{each.zh}。请补报数据，或在本地法规目录写明权重后重算。",
        f"{payer.en} keeps reward money that could not be shared: {each.en}. "
        "Send the data, or write the weights in your catalogue overlay, and run again.",
    )


def _part(row: dict[str, Any], cat: Catalogue) -> Text:
    """One part of a pool: how much stays with the payer, and what which regions lack."""
    part, amount = labels(cat, "reward_returned", "part")[row["part"]], yuan(row["returned"])
    lacking: defaultdict[str, list[str]] = defaultdict(list)
    for each in row["missing"].split("; ") if row["missing"] else ():
        code, why = each.split(" ", 1)
        lacking[why].append(code)
    said = [_lacking(reason(cat, why), regions(cat, codes)) for why, codes in lacking.items()]
    why = joined(said or [reason(cat, row["reason"])], Text("，", ", "))
    return Text(f"{part.zh}{amount.zh}（{why.zh}）", f"{part.en} {amount.en} ({why.en})")


def _lacking(why: Text, where: Text) -> Text:
    return Text(f"{why.zh}：{where.zh}", f"{why.en}: {where.en}")


@check
def reward_pools_have_recipients(reward_returned: Table, cat: Catalogue) -> Table:
    """One finding for all payers below which there is no region to share a pool among.

    Args:
        reward_returned: What stays with the payer, and why.
        cat: For names of regions.
    """
    alone = reward_returned.filter(pl.col("reason") == "no_region_below")
    payers = alone.select(pl.col("payer").unique().sort()).collect()["payer"].to_list()
    names = regions(cat, payers)
    text = Text(
        f"{len(payers)}个分配主体没有下级地区，资金池无人可分：{names.zh}。",
        f"{len(payers)} payers have no region below them to share a pool among: {names.en}.",
    )
    found = [Finding("reward_pool_without_recipients", "reward_pool", "warning", OWNER, text)]
    return findings(found if payers else [])


@check
def reward_claims_match_the_registry(settlements: Table, settlement_claims: Table, cat: Catalogue) -> Table:
    """One finding for each region whose claimed settlers (persons) differ from those in the registry.

    Args:
        settlements: Persons by region and origin, from the registry.
        settlement_claims: Persons claimed by region.
        cat: For names of regions.
    """
    registered = settlements.group_by("region").agg(registered=pl.col("persons").sum())
    both = settlement_claims.join(registered, on="region", how="left").filter(
        pl.col("registered").is_null() | (pl.col("registered") != pl.col("persons"))
    )
    return findings(
        _claim(row, region(cat, row["region"])) for row in both.sort("region").collect().to_dicts()
    )


def _claim(row: dict[str, Any], place: Text) -> Finding:
    claimed, known = f"{row['persons']:,}", row["registered"]
    count = Text(f"户籍登记{known:,}人", f"{known:,} are registered") if known is not None else None
    said = count or Text("户籍登记数未报", "the registry has sent no number")
    text = Text(
        f"{place.zh}申报落户{claimed}人，{said.zh}，两数不一致；请核对后更正。",
        f"{place.en} claims {claimed} settlers, {said.en}; find the difference and correct one.",
    )
    severity = "error" if known is not None and row["persons"] > known else "warning"
    return Finding("settlers_claimed_differ", row["region"], severity, OWNER, text)


@check
def reward_follows_the_published_order(reward_comparison: Table, cat: Catalogue) -> Table:
    """One finding for each region whose computed rank or amount differs from the published one.

    Args:
        reward_comparison: Computed and published amounts (yuan) and ranks.
        cat: For names of regions.
    """
    order = pl.col("rank_computed") != pl.col("rank_published")
    differs = order | (pl.col("computed") != pl.col("published"))
    rows = reward_comparison.filter(differs).with_columns(order=order).sort("region").collect().to_dicts()
    return findings(
        Finding(
            "reward_differs_from_published",
            row["region"],
            "warning" if row["order"] else "info",
            OWNER,
            _compared(row, region(cat, row["region"])),
        )
        for row in rows
    )


def _compared(row: dict[str, Any], place: Text) -> Text:
    computed, published = yuan(row["computed"]), yuan(row["published"])
    first, second = row["rank_computed"], row["rank_published"]
    return Text(
        f"{place.zh}奖励资金计算为{computed.zh}（第{first}位），公布为{published.zh}（第{second}位）；权重未公布，仅供核对。",
        f"{place.en}: computed {computed.en} (rank {first}), published {published.en} (rank {second}); "
        "the weights are not published, compare only.",
    )
