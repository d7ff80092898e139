"""Counts of the rule book in the layout of the dataset `entitlement_counts`."""

import polars as pl

from renben.engines.rules.loading import LoadedBook

PAYMENTS = {"month": 12, "year": 1, "course": 1}


def payments_a_year(unit: str) -> int | None:
    """How often a year an amount of this unit is paid; None where the unit names no period we know."""
    return PAYMENTS.get(unit.partition("/")[2])


def as_dataset(book: LoadedBook, counts: pl.DataFrame) -> pl.DataFrame:
    """Counts by county and decision as rows of `entitlement_counts` (persons; yuan per payment).

    Args:
        book: the rule book counted.
        counts: columns county, rule, people, grant, deny, need_info, amount; people without a county are left out.
    """
    basis = {name: loaded.rule.about.get("basis", "other") for name, loaded in book.decisions.items()}
    paid = {name: payments_a_year(loaded.rule.unit) for name, loaded in book.decisions.items()}
    rule = pl.col("rule")
    known = counts.filter(pl.col("county").is_not_null())
    return known.select(
        region=pl.col("county").cast(pl.String),
        rule=rule,
        basis=rule.replace_strict(basis, return_dtype=pl.String),
        persons="people",
        granted="grant",
        refused="deny",
        undecided="need_info",
        amount=pl.col("amount").round(2),
        payments=rule.replace_strict(paid, return_dtype=pl.Int64),
    )
