"""The catalogue, the facts as base data, and small worlds of regions for the tests of the evaluation."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from renben.catalogue import Catalogue, load
from renben.catalogue.facts_map import as_known, mapped
from renben.evaluation.indicators import Limits, evaluate
from renben.evaluation.panel import Frame, frame
from tests.catalogue.conftest import shared_folder

LATER = dt.date(2026, 1, 1)
LIMITS = Limits(publish=0.9, small=10)
PROVINCE = "140000"


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder of reference tables that are never part of the repository."""
    folder = shared_folder()
    if folder is None or not (folder / "reference").is_dir():
        pytest.skip("no shared folder beside the checkout and RENBEN_SHARED is not set")
    return folder / "reference"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="session")
def base(catalogue) -> Frame:
    return frame(catalogue, range(2010, 2025))


def known_on(catalogue: Catalogue, day: dt.date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Base data and published rates as the facts gave them on a day."""
    known = as_known(mapped(catalogue), day)
    return tuple(
        known.filter(pl.col("use") == use).rename({"id": name}).with_columns(synthetic=pl.lit(False))
        for use, name in (("element", "element"), ("indicator", "indicator"))
    )


def rows(*given, year=2024, series=None, key="element") -> pl.DataFrame:
    """Base data from (region, element, value[, year[, series]]) tuples; a string value is a reason."""
    return pl.DataFrame(
        [
            {
                "region": region,
                key: name,
                "value": None if isinstance(value, str) else float(value),
                "value_reason": value if isinstance(value, str) else None,
                "year": (*more, year)[0] if more else year,
                "series": more[1] if len(more) > 1 else series,
                "quality": "reported",
                "revised": False,
                "published": None,
                "sources": "test",
                "synthetic": False,
            }
            for region, name, value, *more in given
        ],
        schema={
            "region": pl.String,
            key: pl.String,
            "value": pl.Float64,
            "value_reason": pl.String,
            "year": pl.Int64,
            "series": pl.String,
            "quality": pl.String,
            "revised": pl.Boolean,
            "published": pl.Date,
            "sources": pl.String,
            "synthetic": pl.Boolean,
        },
    )


def history(catalogue, elements, published=None, years=None) -> pl.DataFrame:
    """All indicators from a few rows of base data."""
    published = rows(key="indicator") if published is None else published
    every = sorted({*elements["year"], *published["year"]})
    years = years or range(every[0], every[-1] + 1)
    return evaluate(elements, published, catalogue, frame(catalogue, years), LIMITS)


def cell(found: pl.DataFrame, region: str, indicator: str, year: int = 2024) -> dict:
    """One row of the history."""
    return found.filter(
        (pl.col("region") == region) & (pl.col("indicator") == indicator) & (pl.col("year") == year)
    ).to_dicts()[0]


@pytest.fixture(scope="session")
def facts_history(catalogue, base) -> pl.DataFrame:
    return evaluate(*known_on(catalogue, LATER), catalogue, base, LIMITS)
