"""The projection as a table function: made by a run, once, from what the workspace knew, with a seed and provisions."""

import datetime as dt
from dataclasses import fields

import numpy as np
import polars as pl
import pytest

from renben.catalogue import FACTS, load
from renben.catalogue.fact_tables import FactTables
from renben.core.period import Period
from renben.core.run import run
from renben.core.workspace import Workspace
from renben.engines.projection.inputs import read
from renben.evaluation.facts import store_facts
from renben.evaluation.outlook import known, outlook
from renben.evaluation.sources import by_year
from tests.core.conftest import now

PROVINCE = load().plans["shanxi-2025"].region if "shanxi-2025" in load().plans else "140000"
DRAWS = "draws: {zh: 次数, en: Draws, unit: count, values: {2020-11-01: {value: %d, ref: test, trust: D}}}\n"


def workspace(folder, draws: int) -> Workspace:
    made = Workspace.create(folder)
    (folder / "catalogue" / "laws").mkdir()
    (folder / "catalogue" / "laws" / "projection_run.yaml").write_text(DRAWS % draws, encoding="utf-8")
    store_facts(made, now)
    return made


@pytest.fixture(scope="module")
def space(tmp_path_factory) -> Workspace:
    made = workspace(tmp_path_factory.mktemp("outlook") / "ws", 16)
    run(made, [outlook], Period("2024"), now=now)
    return made


def test_a_run_makes_rates_chances_and_demand_from_the_facts(space):
    rates = space.read("projection_rates", "2024").filter(pl.col("region") == PROVINCE)
    start = rates.filter((pl.col("rate") == "resident") & (pl.col("year") == 2024))
    assert start["median"][0] == pytest.approx(66.32, abs=0.05)
    there = rates.filter((pl.col("rate") == "resident") & (pl.col("year") == 2029))
    assert 69 < there["median"][0] < 73 and there["p5"][0] < there["median"][0] < there["p95"][0]
    chances = space.read("projection_targets", "2024")
    curve = chances.filter(pl.col("target") != "national").with_columns(pl.col("target").cast(pl.Float64))
    assert curve.sort("target")["probability"].is_sorted(descending=True)
    assert set(chances["draws"]) == {16} and "national" in chances["target"]


def test_the_demand_of_groups_is_the_demand_of_all_in_every_county(space):
    demand = space.read("service_demand", "2024").filter(
        (pl.col("year") == 2029) & (pl.col("service") == "seats_primary")
    )
    by = demand.group_by("region").agg(
        parts=pl.col("median").filter(pl.col("group") != "all").sum(),
        all=pl.col("median").filter(pl.col("group") == "all").sum(),
    )
    assert by.height == 117 and (by["parts"] / by["all"] - 1).abs().max() < 0.05
    assert demand["median"].min() >= 0 and (demand["p10"] <= demand["p90"]).all()


def test_the_second_run_makes_nothing_and_another_seed_something(space):
    assert run(space, [outlook], Period("2024"), now=now).names("made") == []
    before = space.read("projection_rates", "2024")
    assert run(space, [outlook], Period("2024"), seed=7, now=now).names("made") == ["outlook"]
    assert not space.read("projection_rates", "2024").equals(before)
    run(space, [outlook], Period("2024"), now=now)
    assert space.read("projection_rates", "2024").equals(before), "the same seed gives the same rows"


def test_the_assumption_sheet_travels_as_provisions_and_facts_as_catalogue(space):
    known_by = space.latest("projection_rates", Period("2024")).provenance
    names = {c.name for c in known_by.provisions}
    assert {"projection_run.draws", "projection.exit_hazard", "projection.un_norm"} <= names
    assert "facts" in known_by.catalogue and not known_by.synthetic


def test_nothing_is_projected_without_a_target_in_force_or_with_no_draws(tmp_path, space):
    run(space, [outlook], Period("2023"), now=now)
    assert space.read("projection_rates", "2023").is_empty(), "the plan came in November 2024"
    none = workspace(tmp_path / "none", 0)
    run(none, [outlook], Period("2024"), now=now)
    assert none.read("projection_targets", "2024").is_empty()


def test_the_workspace_knows_what_the_facts_say(space):
    inputs = read(FactTables(FACTS))
    told = from_workspace(space, inputs, 2024)
    for field in fields(inputs.observed):
        ours, theirs = getattr(told.observed, field.name), getattr(inputs.observed, field.name)
        if isinstance(ours, np.ndarray):
            np.testing.assert_array_equal(ours, theirs, field.name)
    assert told.observed.hukou_rate[2020] == inputs.observed.hukou_rate[2020]


def test_a_year_not_known_yet_is_not_used(space):
    inputs = read(FactTables(FACTS))
    assert from_workspace(space, inputs, 2023).observed.years.tolist() == [2020, 2021, 2022, 2023]
    early = from_workspace(space, inputs, 2024, dt.date(2023, 6, 30))
    assert early.observed.years[-1] == 2022 and np.isfinite(early.observed.births[-1])


def from_workspace(space, inputs, year, as_of=None):
    def rows(name):
        versions = space.history(name, Period("2024"), as_of)
        frames = [
            v.scan().with_columns(period=pl.lit(str(v.period)), synthetic=pl.lit(False)) for v in versions
        ]
        return by_year(pl.concat(frames, how="vertical_relaxed"))

    return known(inputs, rows("elements"), rows("indicator_published"), year)
