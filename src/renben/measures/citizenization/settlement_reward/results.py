"""What the reward means: per settler, per further settler, under other weights, beside the published amounts."""

from decimal import Decimal

import polars as pl

from renben.core.law import Law
from renben.core.table import Maybe, Table, table
from renben.engines.statistics.steady import steady_sum

AMOUNT = pl.Decimal(18, 2)


@table(grain=("region", "origin", "change"), basis=("settlement_reward",))
def reward_sensitivity(settlement_score: Table, reward_share: Table, law: Law) -> Table:
    """Share (0-1) of the settlement part when the weight of one origin is a fifth higher or lower.

    Args:
        settlement_score: Weighted persons by region, origin and lag.
        reward_share: For payers and shares; only parts that could be shared have rows here.
        law: For the size of the change (share).
    """
    size = float(law.value("settlement_reward.sensitivity"))
    base = reward_share.filter(pl.col("part") == "settlement", pl.col("share").is_not_null())
    by_origin = settlement_score.group_by("region", "origin").agg(steady_sum(pl.col("score")))
    changed = (
        base.join(by_origin, on="region")
        .join(pl.LazyFrame({"change": [-size, size]}), how="cross")
        .with_columns(raw=pl.col("raw") + pl.col("change") * pl.col("score"))
    )
    total = steady_sum(pl.col("raw")).over("payer", "origin", "change")
    return changed.with_columns(new=pl.col("raw") / total).select(
        "region", "origin", "change", share="new", share_difference=pl.col("new") - pl.col("share")
    )


@table(grain=("region", "unit"), basis=("settlement_reward",))
def reward_marginal(
    settlement_score: Table, fiscal_factor: Table, reward_share: Table, reward_pool: Table
) -> Table:
    """Reward (yuan) that one more settler of each origin, or one more pupil, would have brought this year.

    Difference of pool * raw / total with one more person, before rounding to steps; other regions unchanged.
    Origins without any settler give no row: their score per person cannot be read from the scores.

    Args:
        settlement_score: Weighted persons by region, origin and lag.
        fiscal_factor: Hardship by region.
        reward_share: Raw scores by region and part.
        reward_pool: Amounts by payer and part.
    """
    settlers = settlement_score.filter(pl.col("lag") == 0, pl.col("persons") > 0).select(
        "region", part=pl.lit("settlement"), unit="origin", weight=pl.col("score") / pl.col("persons")
    )
    pupils = fiscal_factor.select("region", part=pl.lit("pupils"), unit=pl.lit("pupil"), weight="difficulty")
    total = steady_sum(pl.col("raw")).over("payer", "part")
    raw, more = pl.col("raw"), pl.col("weight")
    gain = pl.col("amount").cast(pl.Float64) * (
        (raw + more) / (pl.col("total") + more) - raw / pl.col("total")
    )
    return (
        reward_share.filter(pl.col("share").is_not_null())
        .with_columns(total=total)
        .join(reward_pool, on=["payer", "part"])
        .join(pl.concat([settlers, pupils]), on=["region", "part"])
        .select("region", "unit", yuan=gain.round(2).cast(AMOUNT))
    )


@table(grain=("region",), basis=("settlement_reward",))
def citizenization_fund_data(settlement_reward: Table, settlement_score: Table, reward_share: Table) -> Table:
    """Reward (yuan) and settlers (persons) of each region, and the part of the money that origins across provinces earned.

    Args:
        settlement_reward: Amounts by region and part.
        settlement_score: Persons and scores by region, origin and lag.
        reward_share: For the raw score of the settlement part.
    """
    whole = pl.col("amount").is_not_null().all()
    is_settlement = pl.col("part") == "settlement"
    money = settlement_reward.group_by("region").agg(
        citizenization_fund=pl.when(whole).then(pl.col("amount").sum()),
        settlement_part=pl.col("amount").filter(is_settlement).first(),
    )
    now = pl.col("lag") == 0
    known = pl.col("persons").filter(now).is_not_null().all()
    people = settlement_score.group_by("region").agg(
        hukou_settled=pl.when(known).then(pl.col("persons").filter(now).sum()),
        crossed=steady_sum(pl.col("score").filter(pl.col("origin") == "cross_province")),
    )
    raw = reward_share.filter(pl.col("part") == "settlement", pl.col("raw") > 0).select("region", "raw")
    cross = (
        (pl.col("settlement_part").cast(pl.Float64) * pl.col("crossed") / pl.col("raw")).round(2).cast(AMOUNT)
    )
    columns = ("citizenization_fund", "hukou_settled", "settlement_part", "cross_province_part")
    reasons = ("part_withheld", "missing_settlements", "part_withheld", "part_withheld")
    cells = money.join(people, on="region", how="left").join(raw, on="region", how="left")
    return (
        cells.with_columns(cross_province_part=cross)
        .select("region", *columns)
        .with_columns(
            pl.when(pl.col(c).is_null()).then(pl.lit(r)).alias(f"{c}_reason")
            for c, r in zip(columns, reasons, strict=True)
        )
    )


@table(grain=("region",), basis=("settlement_reward",))
def reward_comparison(settlement_reward: Table, elements: Maybe) -> Table:
    """Computed beside published amounts (yuan), shares (0-1) and ranks (1 = most) among regions of one payer.

    Args:
        settlement_reward: Amounts by region and part.
        elements: Reported data elements; `citizenization_fund` is what the payer has published (yuan).
    """
    whole = pl.col("amount").is_not_null().all()
    computed = settlement_reward.group_by("region", "payer").agg(
        computed=pl.when(whole).then(pl.col("amount").sum())
    )
    published = elements.filter(
        pl.col("element") == "citizenization_fund", pl.col("value").is_not_null()
    ).select("region", published=pl.col("value").round(2).cast(AMOUNT))
    return (
        _beside(computed.join(published, on="region"))
        .with_columns(
            pl.when(pl.col(c).is_null()).then(pl.lit("part_withheld")).alias(f"{c}_reason")
            for c in ("computed", "share_computed", "rank_computed")
        )
        .select(
            "region",
            "payer",
            "computed",
            "computed_reason",
            "published",
            "share_computed",
            "share_computed_reason",
            "share_published",
            "rank_computed",
            "rank_computed_reason",
            "rank_published",
        )
    )


def _beside(both: Table) -> Table:
    """Shares and ranks of both amounts among regions of one payer; the computed ones where every amount is known."""
    columns = ("computed", "published")
    share = {c: pl.col(c).cast(pl.Float64) / pl.col(c).sum().over("payer").cast(pl.Float64) for c in columns}
    rank = {c: pl.col(c).rank("min", descending=True).over("payer").cast(pl.Int64) for c in columns}
    known = pl.col("computed").is_not_null().all().over("payer") & (
        pl.col("published").sum().over("payer") > Decimal(0)
    )
    return both.with_columns(known=known).with_columns(
        share_computed=pl.when("known").then(share["computed"]),
        share_published=share["published"],
        rank_computed=pl.when("known").then(rank["computed"]),
        rank_published=rank["published"],
    )
