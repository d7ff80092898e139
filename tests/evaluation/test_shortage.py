"""Shortage of services: probability between quantiles, unknown supply, newest figure, through a whole run."""

import numpy as np
import polars as pl
import pytest

from renben.core.period import Period
from renben.core.run import run
from renben.engines.projection.service import COLUMNS, SHARES, chance_of_more
from renben.evaluation import outlook
from renben.evaluation.shortage import newest_supply, service_shortage
from tests.command import renben
from tests.core.conftest import now
from tests.evaluation.test_outlook import workspace

COUNTY, OTHER = "140105", "140106"


def demand(
    median: float, spread: float = 100.0, service: str = "seats_primary", region: str = COUNTY
) -> dict:
    points = {name: median + spread * (share - 0.5) for name, share in zip(COLUMNS, SHARES, strict=True)}
    return {"region": region, "year": 2029, "service": service, "group": "all"} | points


def supply(service: str, period: str, value: float | None) -> dict:
    return {"region": COUNTY, "service": service, "supply": value, "period": period}


@pytest.mark.parametrize(
    ("has", "chance"), [(1000, 0.5), (975, 0.75), (1050, 0.0), (950, 1.0), (5, 1.0), (9000, 0.0)]
)
def test_the_chance_lies_on_the_line_between_the_quantiles(has, chance):
    points = np.array([[demand(1000.0)[name] for name in COLUMNS]])
    assert chance_of_more(points, np.array([has]))[0] == pytest.approx(chance)


def test_more_supply_never_makes_a_shortage_likelier():
    draws = np.random.default_rng(3).lognormal(7, 0.3, 400)
    points = np.quantile(draws, SHARES)
    levels = np.linspace(0, draws.max() * 1.1, 200)
    chances = chance_of_more(np.repeat(points[None], len(levels), axis=0), levels)
    assert (np.diff(chances) <= 0).all() and chances[0] == 1.0 and chances[-1] == 0.0
    exact = np.array([(draws > level).mean() for level in levels])
    assert np.abs(chances - exact).max() < 0.06, "quantiles tell the share of draws above a level"


def test_an_unknown_figure_is_no_shortage_and_an_old_one_says_its_year():
    told = [
        supply("seats_primary", "2024", 900.0),
        supply("seats_primary", "2025", None),
        supply("beds", "2025", 40.0),
    ]
    found = service_shortage(
        pl.LazyFrame([demand(1000.0), demand(50.0, 10.0, "beds"), demand(80.0, region=OTHER)]),
        pl.LazyFrame(told),
    ).collect()
    assert found.select("service", "supply_year").rows() == [("beds", 2025), ("seats_primary", 2024)]
    assert found["gap"].to_list() == [10.0, 100.0] and found["probability"].to_list() == [1.0, 1.0]
    assert OTHER not in found["region"], "a county without a figure has no row"


def test_newest_supply_of_nothing_is_nothing():
    schema = {"region": pl.String, "service": pl.String, "supply": pl.Float64, "year": pl.Int64}
    assert newest_supply(pl.DataFrame(schema=schema)).is_empty()


def test_a_run_holds_the_projection_against_what_the_counties_reported(tmp_path):
    space = workspace(tmp_path / "ws", 8)
    parts = [outlook.outlook, service_shortage]
    first = run(space, parts, Period("2024"), now=now)
    assert first.names("waiting") == ["service_shortage"], (
        "nobody reported a supply, and the outlook is there"
    )
    file = tmp_path / "supply.csv"
    lines = (
        "140105,seats_primary,100,",
        "140105,beds,,no_data",
        "140106,seats_primary,9000000,",
        "140106,beds,5,",
    )
    file.write_text("\n".join(("region,service,supply,supply_reason", *lines)), encoding="utf-8")
    renben("data", "add", "service_supply", str(file), "--period", "2024", "--workspace", str(space.root))
    run(space, parts, Period("2024"), now=now)
    rows = space.read("service_shortage", "2024").filter(pl.col("year") == 2029)
    chances = {(r, s): p for r, s, p in rows.select("region", "service", "probability").iter_rows()}
    assert chances == {(COUNTY, "seats_primary"): 1.0, (OTHER, "seats_primary"): 0.0, (OTHER, "beds"): 1.0}
