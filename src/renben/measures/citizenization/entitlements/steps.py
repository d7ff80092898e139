"""Counts of entitlements, and what follows: uptake gaps, money per region, items that still ask for hukou.

Carries out: the plan (services by residence, money follows people); indicator C2-06 (share of hukou-based items).
Not modelled: take-up over time, who pays which part.
"""

import datetime as dt

import polars as pl

from renben.catalogue import Catalogue
from renben.core.law import Law
from renben.core.table import Table, table
from renben.engines.rules import load
from renben.engines.rules.engine import DuckDB
from renben.engines.rules.population import Population
from renben.measures.citizenization.entitlements.counts import GROUPS, as_dataset, cite, provisions_of
from renben.measures.citizenization.entitlements.register import register_frame
from renben.measures.citizenization.entitlements.rulebook import BOOK, SOURCE

NOBODY = "nobody_entitled"
UNDECIDED = "undecided"


@table(grain=("region", "origin", "rule"))
def entitlement_counts(population: Table, cat: Catalogue, law: Law) -> Table:
    """How many residents each active decision grants, refuses or cannot decide (persons; yuan per payment).

    Read county by county; no person's row leaves it. Facts without a column are unknown, and so are the answers
    that depend on them.

    Args:
        population: one row per person, in the layout of the synthetic population.
        cat: for the regions above each county.
        law: for the provisions in force on the last day of the period.
    """
    book = load(BOOK, provisions_of(law, cat))
    cite(book, law)
    people = Population(book, DuckDB(), register_frame(population, book.book.facts), law.on)
    return as_dataset(book, people.counts(GROUPS)).lazy().with_columns(rule_book=pl.lit(SOURCE))


@table(grain=("region", "rule"))
def uptake_gap(entitlement_counts: Table, service_users: Table) -> Table:
    """People entitled to a service who do not use it, per region and decision (persons; uptake as a ratio).

    Args:
        entitlement_counts: people granted each decision (one row per region, origin and rule).
        service_users: people who use it, as departments report (one row per region and rule).
    """
    entitled = entitlement_counts.group_by("region", "rule").agg(pl.col("granted").sum())
    both = entitled.join(service_users, on=["region", "rule"])
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
        entitlement_counts: sums per payment and payments a year (one row per region, origin and rule).
    """
    paid = entitlement_counts.filter(pl.col("amount").is_not_null() & pl.col("payments").is_not_null())
    return paid.group_by("region", "rule").agg(
        persons=pl.col("granted").sum(),
        undecided=pl.col("undecided").sum(),
        amount=(pl.col("amount") * pl.col("payments")).sum(),
    )


@table(grain=("region",))
def hukou_based_items(entitlement_counts: Table) -> Table:
    """Service items of each region and how many still rest on household registration (items; share).

    Args:
        entitlement_counts: decisions with what each rests on (one row per region, origin and rule).
    """
    services = entitlement_counts.filter(pl.col("basis") != "other")
    counted = services.group_by("region").agg(
        items=pl.col("rule").n_unique().cast(pl.Int64),
        hukou_items=pl.col("rule").filter(pl.col("basis") == "hukou").n_unique().cast(pl.Int64),
    )
    return counted.with_columns(share=pl.col("hukou_items") / pl.col("items"))


@table(grain=("region",), basis=("population_concepts",))
def entitlement_data(
    hukou_based_items: Table, entitlement_counts: Table, population: Table, law: Law
) -> Table:
    """Data elements of the indicators: service items, those by hukou, permits, residents registered elsewhere.

    Permits are missing where it is not known of everybody whether they hold one; residents registered elsewhere,
    where it is not known of everybody since when they live here.

    Args:
        hukou_based_items: items by region.
        entitlement_counts: for the people who hold a permit in force (persons).
        population: for the people who live here half a year and are registered elsewhere (persons).
        law: for the months that make a resident.
    """
    permits = entitlement_counts.filter(pl.col("rule") == "permit_holder").group_by("region")
    held = permits.agg(held=pl.col("granted").sum(), unknown=pl.col("undecided").sum())
    elsewhere = _elsewhere(population, law.on, law.value("population_concepts.half_year_months"))
    both = hukou_based_items.join(held, on="region", how="left").join(elsewhere, on="region", how="left")
    permits_known = (pl.col("unknown") == 0).fill_null(False)
    stays_known = (pl.col("stay_unknown") == 0).fill_null(False)
    return both.select(
        "region",
        service_items="items",
        service_items_hukou="hukou_items",
        residence_permit_valid=pl.when(permits_known).then("held"),
        residence_permit_valid_reason=pl.when(~permits_known).then(pl.lit(UNDECIDED)),
        pop_nonlocal_over_6m=pl.when(stays_known).then("stay"),
        pop_nonlocal_over_6m_reason=pl.when(~stays_known).then(pl.lit(UNDECIDED)),
    )


def _elsewhere(population: Table, on: dt.date, months: int) -> Table:
    """Persons by county who are registered elsewhere: with the months of residence, and of whom it is not known."""
    stays = pl.col("resident_since").dt.offset_by(f"{months}mo") <= on
    local = pl.col("hukou_region") == pl.col("county")
    return population.group_by(region="county").agg(
        stay=(~local & stays).sum().cast(pl.Int64),
        stay_unknown=pl.when(local).then(False).otherwise((~local & stays).is_null()).sum().cast(pl.Int64),
    )
