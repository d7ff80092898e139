"""Where a value comes from: sources, latest publication day, and whether it rests on estimates or revisions.

One row per region, indicator, year and origin: own (the region's own data), aggregated (the data of the
regions below), published (the rate as published).
"""

import polars as pl

from renben.catalogue import Catalogue
from renben.evaluation.formula import element_ids, parse
from renben.evaluation.panel import Frame

SOFT = ("estimated", "memory")


def provenance(
    elements: pl.DataFrame, published: pl.DataFrame, catalogue: Catalogue, base: Frame
) -> pl.DataFrame:
    """Sources of every indicator cell that has any data.

    Returns:
        Grain region, indicator, year, origin; columns published, estimated, revised, synthetic, sources.
    """
    known = elements.filter(pl.col("value").is_not_null())
    used = known.join(_usage(catalogue), on="element")
    members = pl.col("group").is_null() | pl.struct("group", "region").is_in(_members(catalogue).implode())
    own = used.filter(members).select(_FIELDS)
    nation = own.filter(~pl.col("region").is_in(base.regions))
    inside = own.filter(pl.col("region").is_in(base.regions))
    everywhere = nation.drop("region").join(pl.DataFrame({"region": base.regions}), how="cross")
    lifted = inside.join(_above(base), on="region").drop("region").rename({"above": "region"})
    grouped = [row["indicator"] for row in _usage(catalogue).filter("grouped").to_dicts()]
    return pl.concat(
        [
            _merged(pl.concat([inside, everywhere.select(_FIELDS), _only(lifted, grouped)]), "own"),
            _merged(lifted.select(_FIELDS), "aggregated"),
            _merged(published.filter(pl.col("value").is_not_null()).select(_FIELDS), "published"),
        ]
    )


_FIELDS = ("region", "indicator", "year", "quality", "revised", "published", "sources", "synthetic")


def _only(rows: pl.DataFrame, indicators: list[str]) -> pl.DataFrame:
    return rows.filter(pl.col("indicator").is_in(indicators)).select(_FIELDS)


def _usage(catalogue: Catalogue) -> pl.DataFrame:
    """Which indicator reads which reported element, of which group, and whether as a sum over the group."""
    rows = [
        (
            indicator.id,
            element.from_element or element.id,
            element.group,
            element.group is not None and element.space != "sum",
        )
        for indicator in catalogue.indicators.values()
        for element in (catalogue.elements[name] for name in element_ids(parse(indicator.formula)))
    ]
    schema = {"indicator": pl.String, "element": pl.String, "group": pl.String, "grouped": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row").unique(maintain_order=True)


def _members(catalogue: Catalogue) -> pl.Series:
    """Every group with each of its members, as structs."""
    rows = [(name, code) for name, group in catalogue.groups.items() for code in group.members]
    return pl.DataFrame(rows, schema={"group": pl.String, "region": pl.String}, orient="row").to_struct()


def _above(base: Frame) -> pl.DataFrame:
    """Every region with each region above it."""
    rows = []
    for row, parent in enumerate(base.parent):
        at = parent
        while at >= 0:
            rows.append((base.regions[row], base.regions[at]))
            at = base.parent[at]
    return pl.DataFrame(rows, schema={"region": pl.String, "above": pl.String}, orient="row")


def _merged(rows: pl.DataFrame, origin: str) -> pl.DataFrame:
    sources = (
        rows.lazy()
        .select("region", "indicator", "year", pl.col("sources").fill_null("").str.split(";"))
        .unique()
        .explode("sources")
        .filter(pl.col("sources") != "")
        .unique()
        .sort("sources")
        .group_by("region", "indicator", "year")
        .agg(pl.col("sources").str.join(";"))
    )
    return (
        rows.lazy()
        .group_by("region", "indicator", "year")
        .agg(
            pl.col("published").max(),
            estimated=pl.col("quality").is_in(SOFT).any(),
            revised=pl.col("revised").any(),
            synthetic=pl.col("synthetic").any(),
        )
        .join(sources, on=["region", "indicator", "year"], how="left")
        .with_columns(origin=pl.lit(origin))
        .collect()
    )
