"""Last year's stocks and this year's registered moves give this year's stocks, county by county and above."""

import polars as pl

from renben.catalogue import Catalogue
from renben.core.law import Law
from renben.core.table import History, Maybe, Previous, Table, table

STOCKS = ("pop_resident", "pop_urban_resident", "pop_hukou", "pop_urban_hukou")
LEVELS = ("county", "prefecture", "province")
GAINED = ("residents_gained", "registered_gained")
LEDGERS = (("resident", *STOCKS[:2], GAINED[0]), ("hukou", *STOCKS[2:], GAINED[1]))


@table(grain=("region",))
def population_ledger(
    registry_moves: Maybe, elements: History, population_ledger: Previous, cat: Catalogue, law: Law
) -> Table:
    """Stocks (persons) at the year's end or now: the stock a year before and the net registered moves.

    A stock is missing where none was known a year before, where moves of a county below are kept elsewhere, and,
    if it is an urban one, where somebody moved to or from a place that is neither urban nor rural.

    Args:
        registry_moves: Persons by county and ledger.
        elements: Reported stocks; those of the year before open the ledger.
        population_ledger: What was carried to the end of the year before; opens it where nothing was reported.
        cat: For the counties below each region.
        law: For the year.
    """
    above = _above(cat)
    moves = above.join(_net(registry_moves), on=["county"], how="left")
    by_region = moves.group_by("region", maintain_order=True).agg(
        *(_whole(name) for name in STOCKS), *(_whole(name) for name in GAINED)
    )
    moved = by_region.filter(pl.any_horizontal(pl.col(*GAINED).is_not_null()))
    opening = _opening(elements, population_ledger, law.on.year - 1)
    both = moved.join(opening, on="region", how="left", suffix="_before")
    return both.select(
        "region",
        *(each for name in STOCKS for each in _carried(name)),
        *GAINED,
        quality=pl.lit("estimated"),
    )


def _above(cat: Catalogue) -> pl.LazyFrame:
    """Every region with each county in it; a county is in itself."""
    rows = []
    for county in (r for r in cat.regions.values() if r.level == "county"):
        at: str | None = county.code
        while at in cat.regions and cat.regions[at].level in LEVELS:
            rows.append((at, county.code))
            at = cat.regions[at].parent
    return pl.LazyFrame(rows, {"region": pl.String, "county": pl.String}, orient="row")


def _net(moves: pl.LazyFrame) -> pl.LazyFrame:
    """Net moves of each county by stock; null where they are not all known."""
    told = pl.when("complete")
    net = {s: pl.col(f"arrived_{s}") - pl.col(f"left_{s}") for s in ("urban", "rural", "unknown")}
    placed = (pl.col("arrived_unknown") == 0) & (pl.col("left_unknown") == 0)
    each = []
    for ledger, whole, urban, gained in LEDGERS:
        mine = moves.filter(pl.col("ledger") == ledger)
        every = told.then(net["urban"] + net["rural"] + net["unknown"])
        in_towns = pl.when(pl.col("complete") & placed).then(net["urban"])
        each.append(mine.select(county="region", **{whole: every, urban: in_towns, gained: every}))
    return each[0].join(each[1], on="county", how="full", coalesce=True)


def _whole(name: str) -> pl.Expr:
    """The sum over counties, null where one is."""
    return pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).sum()).alias(name)


def _opening(elements: pl.LazyFrame, carried: pl.LazyFrame, year: int) -> pl.LazyFrame:
    """Stocks a year before: reported, else carried."""
    reported = (
        elements.filter(pl.col("period") == str(year), pl.col("element").is_in(STOCKS))
        .group_by("region")
        .agg(pl.col("value").filter(pl.col("element") == name).first().alias(name) for name in STOCKS)
    )
    return reported.join(
        carried.select("region", *STOCKS), on="region", how="full", coalesce=True, suffix="_c"
    ).select(
        "region", *(pl.coalesce(name, f"{name}_c").round().cast(pl.Int64).alias(name) for name in STOCKS)
    )


def _carried(name: str) -> tuple[pl.Expr, pl.Expr]:
    value = pl.col(f"{name}_before") + pl.col(name)
    told = value >= 0
    reason = (
        pl.when(pl.col(f"{name}_before").is_null())
        .then(pl.lit("no_opening_stock"))
        .when(pl.col(name).is_null())
        .then(pl.lit("moves_not_known"))
        .when(~told)
        .then(pl.lit("more_left_than_lived_here"))
    )
    return pl.when(told).then(value).alias(name), reason.alias(f"{name}_reason")
