"""The evaluation: all indicators over all regions and ten years, beside one formula in plain Python."""

import numpy as np
import polars as pl

from benchmarks.harness import Row, wall_seconds
from renben.catalogue import load
from renben.evaluation.indicators import Limits, evaluate
from renben.evaluation.panel import frame

YEARS = range(2015, 2025)


def rows() -> list[Row]:
    """Measured lines."""
    catalogue, data = load(), full_data()
    base, rates = frame(catalogue, YEARS), data.head(0).rename({"element": "indicator"})
    ours = wall_seconds(lambda: evaluate(data, rates, catalogue, base, Limits(0.9, 10)))
    plain = wall_seconds(lambda: row_by_row(data), 1) * len(catalogue.indicators)
    return [
        Row(
            f"{len(catalogue.indicators)} indicators x {len(base.regions)} regions x {len(YEARS)} years (wall)",
            f"{ours:.2f} s",
            f"plain Python, one ratio, times {len(catalogue.indicators)}: {plain:.1f} s",
            f"{ours / plain:.3f}",
            "about 1 s",
            ours < 1.5,
        )
    ]


def full_data() -> pl.DataFrame:
    """A value for every reported element, region and year (about 240,000 rows)."""
    catalogue = load()
    base = frame(catalogue, YEARS)
    reported = [e.id for e in catalogue.elements.values() if e.from_element is None]
    keys = pl.DataFrame({"region": base.regions}).join(pl.DataFrame({"element": reported}), how="cross")
    every = keys.join(pl.DataFrame({"year": list(YEARS)}, schema={"year": pl.Int64}), how="cross")
    random = np.random.default_rng(1)
    return every.with_columns(
        value=pl.Series(random.uniform(50, 100, every.height)),
        value_reason=pl.lit(None, pl.String),
        series=pl.lit(None, pl.String),
        quality=pl.lit("reported"),
        revised=pl.lit(False),
        published=pl.lit(None, pl.Date),
        sources=pl.lit("benchmark"),
        synthetic=pl.lit(True),
    )


def row_by_row(data: pl.DataFrame) -> list[float]:
    """One ratio per region and year with plain dictionaries, the reference."""
    have = {(r, e, y): v for r, e, y, v in data.select("region", "element", "year", "value").iter_rows()}
    regions = data["region"].unique().to_list()
    return [
        100 * have[r, "pop_urban_resident", y] / have[r, "pop_resident", y] for r in regions for y in YEARS
    ]
