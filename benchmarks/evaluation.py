"""Evaluates 100 indicators x 129 regions x 10 years, next to one plain formula computed row by row in Python.

Run: python -m benchmarks.evaluation
"""

import time

import numpy as np
import polars as pl

from renben.catalogue import load
from renben.evaluation.indicators import Limits, evaluate
from renben.evaluation.panel import frame

YEARS = range(2015, 2025)


def full_data() -> pl.DataFrame:
    """A value for every reported element, region and year (about 240,000 rows)."""
    catalogue = load()
    base = frame(catalogue, YEARS)
    reported = [e.id for e in catalogue.elements.values() if e.from_element is None]
    keys = pl.DataFrame({"region": base.regions}).join(pl.DataFrame({"element": reported}), how="cross")
    rows = keys.join(pl.DataFrame({"year": list(YEARS)}, schema={"year": pl.Int64}), how="cross")
    random = np.random.default_rng(1)
    return rows.with_columns(
        value=pl.Series(random.uniform(50, 100, rows.height)),
        value_reason=pl.lit(None, pl.String),
        series=pl.lit(None, pl.String),
        quality=pl.lit("reported"),
        revised=pl.lit(False),
        published=pl.lit(None, pl.Date),
        sources=pl.lit("benchmark"),
        synthetic=pl.lit(True),
    )


def row_by_row(data: pl.DataFrame) -> int:
    """One ratio per region and year with plain dictionaries, the reference."""
    have = {(r, e, y): v for r, e, y, v in data.select("region", "element", "year", "value").iter_rows()}
    regions = data["region"].unique().to_list()
    return sum(
        100 * have[r, "pop_urban_resident", y] / have[r, "pop_resident", y] > 0 for r in regions for y in YEARS
    )


def main() -> None:
    catalogue, data = load(), full_data()
    base = frame(catalogue, YEARS)
    rates = data.head(0).rename({"element": "indicator"})
    times = []
    for _ in range(3):
        start = time.perf_counter()
        found = evaluate(data, rates, catalogue, base, Limits(0.9, 10))
        times.append(time.perf_counter() - start)
    start = time.perf_counter()
    row_by_row(data)
    plain = time.perf_counter() - start
    print(f"{data.height:,} rows of base data -> {found.height:,} cells: {min(times):.2f} s")
    print(f"plain Python, one indicator of 100: {plain:.2f} s; ratio for 100: {100 * plain / min(times):.0f} x")


if __name__ == "__main__":
    main()
