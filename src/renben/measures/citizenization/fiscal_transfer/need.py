"""What services cost a region, by the people who are entitled to them."""

import polars as pl

from renben.catalogue import Catalogue
from renben.core.table import Maybe, Table, table

AMOUNT = pl.Decimal(18, 2)
LEVELS = ("province", "prefecture", "county")


@table(grain=("region",), basis=("fiscal_transfer",))
def expenditure_need(
    entitlement_counts: Table,
    entitlement_money: Table,
    service_price: Maybe,
    fiscal_factor: Maybe,
    cat: Catalogue,
) -> Table:
    """Yearly need (yuan): persons entitled x price x index of service costs, and the money granted itself.

    People of whom it cannot be said count in `need_most` and not in `need_least`; `need` has a value where the two
    are one. A region above counties has a need where all its counties have one.

    Args:
        entitlement_counts: Persons granted and undecided, by region, origin and decision.
        entitlement_money: Money a year of decisions that pay.
        service_price: Yuan per person and year of each decision that is a priced service.
        fiscal_factor: Index of service costs by region (1: the mean).
        cat: For the counties below each region.
    """
    counties = _counties(cat).join(
        _cells(entitlement_counts, entitlement_money, service_price), on="county", how="left"
    )
    priced = counties.join(
        fiscal_factor.select(county="region", index="service_cost"), on="county", how="left"
    )
    index = pl.when(pl.col("served_most") == 0).then(1.0).otherwise(pl.col("index"))
    by_county = priced.select(
        "region",
        least=(pl.col("served_least") * index + pl.col("paid")).round(2),
        most=(pl.col("served_most") * index + pl.col("paid")).round(2),
        open=pl.col("paid_open"),
    )
    known = pl.col("least").is_not_null().all()
    needs = by_county.group_by("region").agg(
        need_least=pl.when(known).then(pl.col("least").sum().round(2)),
        need_most=pl.when(known & (pl.col("open").sum() == 0)).then(pl.col("most").sum().round(2)),
        counties=pl.len(),
        lacking=pl.col("least").is_null().sum(),
    )
    return _told(needs)


def _told(needs: Table) -> Table:
    sure = (pl.col("need_least") == pl.col("need_most")).fill_null(False)
    why = (
        pl.when(pl.col("need_least").is_null()).then(pl.lit("need_not_known")).otherwise(pl.lit("undecided"))
    )
    return needs.filter(pl.col("lacking") < pl.col("counties")).select(
        "region",
        need=pl.when(sure).then("need_least").cast(AMOUNT),
        need_reason=pl.when(~sure).then(why),
        need_least=pl.col("need_least").cast(AMOUNT),
        need_most=pl.col("need_most").cast(AMOUNT),
    )


def _cells(counts: Table, money: Table, price: Table) -> Table:
    """Cost of priced services before the index, and money paid, by county (yuan)."""
    paid_rules = money.select("rule").unique()
    services = counts.join(price.select("rule", "price"), on="rule", how="inner")
    served = (
        services.join(paid_rules, on="rule", how="anti")
        .group_by(county="region")
        .agg(
            served_least=(pl.col("granted") * pl.col("price").cast(pl.Float64)).sum(),
            served_most=((pl.col("granted") + pl.col("undecided")) * pl.col("price").cast(pl.Float64)).sum(),
        )
    )
    paid = money.group_by(county="region").agg(
        paid=pl.col("amount").cast(pl.Float64).sum(), paid_open=pl.col("undecided").sum()
    )
    everywhere = counts.select(county="region").unique()
    filled = everywhere.join(served, on="county", how="left").join(paid, on="county", how="left")
    return filled.with_columns(pl.col("served_least", "served_most", "paid", "paid_open").fill_null(0))


def _counties(cat: Catalogue) -> pl.LazyFrame:
    """Every region with each county in it; a county is in itself."""
    rows = []
    for county in (r for r in cat.regions.values() if r.level == "county"):
        at: str | None = county.code
        while at in cat.regions and cat.regions[at].level in LEVELS:
            rows.append((at, county.code))
            at = cat.regions[at].parent
    return pl.LazyFrame(rows, {"region": pl.String, "county": pl.String}, orient="row")
