"""A better forecast is used where it exists, and the drift line is kept beside it."""

import polars as pl
import pytest

from renben.catalogue import Catalogue
from renben.cli.steps import STEPS
from renben.core.period import Period
from renben.core.run import run
from renben.core.schema import empty
from renben.core.table import table
from renben.core.workspace import Workspace
from renben.evaluation.facts import store_facts
from renben.evaluation.outlook import GRAINS, Outlook, outlook
from renben.evaluation.sources import projected
from tests.core.conftest import now

ROWS = {
    "region": ["140000", "140000", "140000"],
    "rate": ["resident", "hukou", "gap"],
    "year": [2029, 2029, 2029],
    "median": [71.0, 47.0, 24.0],
    "p5": [69.0, 45.0, 23.0],
    "p10": [69.5, 45.5, 23.2],
    "p90": [72.5, 48.5, 25.0],
    "p95": [73.0, 49.0, 25.3],
    "centre": [0.8954, -0.1201, None],
    "spread": [0.055, 0.05, None],
    "synthetic": [False, False, False],
}
GIVEN = pl.LazyFrame(ROWS).drop("synthetic")


def test_rates_of_the_projection_become_forecasts_of_their_indicators():
    found = projected(pl.LazyFrame(ROWS))
    assert found["indicator"].to_list() == ["urban_rate_resident", "urban_rate_hukou"]
    assert found["median"].to_list() == [71.0, 47.0] and found["freedom"].min() > 1000


def test_no_projection_is_no_forecast():
    assert projected(pl.LazyFrame(ROWS).head(0)) is None


def test_the_chance_follows_the_projection_and_the_drift_is_kept(run_space):
    before, after = run_space(nothing), run_space(given)
    assert before["forecast_by"] == "drift" and after["forecast_by"] == "projection"
    assert after["forecast_median"] == pytest.approx(71.0)
    assert after["drift_median"] == pytest.approx(before["forecast_median"])
    assert after["drift_probability"] == pytest.approx(before["probability"])
    assert 0.85 < after["probability"] < 0.95


def no_rows(cat: Catalogue) -> Outlook:
    return Outlook(*(empty(cat.datasets[name]) for name in Outlook._fields))


@table(grain=GRAINS)
def nothing(cat: Catalogue) -> Outlook:
    return no_rows(cat)


@table(grain=GRAINS)
def given(cat: Catalogue) -> Outlook:
    return no_rows(cat)._replace(projection_rates=GIVEN)


@pytest.fixture
def run_space(tmp_path):
    """Status of the province's resident rate from the facts, with a projection or without."""
    space = Workspace.create(tmp_path / "space")
    store_facts(space, now)

    def status(maker) -> dict:
        steps = [step for step in STEPS if step is not outlook]
        run(space, [*steps, maker], Period("2024"), now=now)
        mine = (pl.col("region") == "140000") & (pl.col("indicator") == "urban_rate_resident")
        return space.read("target_status", "2024").filter(mine).to_dicts()[0]

    return status
