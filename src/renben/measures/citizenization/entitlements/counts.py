"""Counts of the rule book as the dataset `entitlement_counts`: by county, origin of people and decision."""

import polars as pl

from renben.catalogue import Catalogue
from renben.core.law import Law
from renben.engines.rules import from_catalogue
from renben.engines.rules.loading import LoadedBook
from renben.engines.rules.provisions import Provisions
from renben.engines.rules.select import active

GROUPS = ("county", "origin")
MONEY = pl.Decimal(18, 2)


def payments_a_year(unit: str) -> int | None:
    """How often a year an amount of this unit is paid; None where the unit names no period we know."""
    return {"month": 12, "year": 1, "course": 1}.get(unit.partition("/")[2])


def provisions_of(law: Law, cat: Catalogue) -> Provisions:
    """The provisions of a run as the rule book reads them, by the regions of its catalogue."""
    parents = {code: region.parent for code, region in cat.regions.items()}
    return from_catalogue(law.every(), law.confirmed, parents)


def cite(book: LoadedBook, law: Law) -> None:
    """Record every provision the active decisions rest on, with its local values."""
    written = law.every()
    for name in sorted({name for rule in active(book) for name in book.rules[rule].provisions}):
        for region in (None, *written[name].regions):
            law.has(name, region)


def as_dataset(book: LoadedBook, counts: pl.DataFrame) -> pl.DataFrame:
    """Counts by county, origin and decision as rows of `entitlement_counts` (persons; yuan per payment).

    Args:
        book: the rule book counted.
        counts: columns county, origin, rule, people, grant, deny, need_info, amount; without county: left out.
    """
    basis = {name: loaded.rule.about.get("basis", "other") for name, loaded in book.decisions.items()}
    paid = {name: payments_a_year(loaded.rule.unit) for name, loaded in book.decisions.items()}
    rule = pl.col("rule")
    known = counts.filter(pl.col("county").is_not_null())
    return known.select(
        region=pl.col("county").cast(pl.String),
        origin=pl.col("origin").cast(pl.String),
        rule=rule,
        basis=rule.replace_strict(basis, return_dtype=pl.String),
        persons="people",
        granted="grant",
        refused="deny",
        undecided="need_info",
        amount=pl.col("amount").round(2).cast(MONEY),
        payments=rule.replace_strict(paid, return_dtype=pl.Int64),
    )
