"""What follows from the counts of entitlements: uptake gaps, money per region, items that still ask for hukou.

Carries out: the plan (services by residence, money follows people); indicator C2-06 (share of hukou-based items).
Not modelled: take-up over time, who pays which part.
"""

import polars as pl

from renben.core.table import Table, table

NOBODY = "nobody_entitled"


@table(grain=("region", "rule"))
def uptake_gap(entitlement_counts: Table, service_users: Table) -> Table:
    """People entitled to a service who do not use it, per region and decision (persons; uptake as a ratio).

    Args:
        entitlement_counts: people granted each decision (one row per region and rule).
        service_users: people who use it, as departments report (one row per region and rule).
    """
    both = entitlement_counts.select("region", "rule", "granted").join(service_users, on=["region", "rule"])
    nobody = pl.col("granted") == 0
    return both.select(
        "region",
        "rule",
        "granted",
        "users",
        gap=pl.col("granted") - pl.col("users"),
        uptake=pl.when(~nobody).then(pl.col("users") / pl.col("granted")),
        uptake_reason=pl.when(nobody).then(pl.lit(NOBODY)),
    )


@table(grain=("region", "rule"))
def entitlement_money(entitlement_counts: Table) -> Table:
    """Money a year that the granted amounts come to, per region and decision (yuan).

    Args:
        entitlement_counts: sums per payment and payments a year (one row per region and rule).
    """
    paid = entitlement_counts.filter(pl.col("amount").is_not_null() & pl.col("payments").is_not_null())
    return paid.select("region", "rule", persons="granted", amount=pl.col("amount") * pl.col("payments"))


@table(grain=("region",))
def hukou_based_items(entitlement_counts: Table) -> Table:
    """Service items of each region and how many still rest on household registration (items; share).

    Args:
        entitlement_counts: decisions with what each rests on (one row per region and rule).
    """
    services = entitlement_counts.filter(pl.col("basis") != "other")
    counted = services.group_by("region").agg(
        items=pl.col("rule").n_unique().cast(pl.Int64),
        hukou_items=pl.col("rule").filter(pl.col("basis") == "hukou").n_unique().cast(pl.Int64),
    )
    return counted.with_columns(share=pl.col("hukou_items") / pl.col("items"))
