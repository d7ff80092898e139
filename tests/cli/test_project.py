"""`renben project` as it is typed: keys of the JSON, refusals in words, the store."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from renben.catalogue import FACTS
from renben.cli import app
from renben.cli.project import read_scenario
from renben.engines.projection import hindcast
from renben.engines.projection.hindcast_data import InputError, load

runner = CliRunner()
ROOT = Path(__file__).resolve()


def reference():
    """The operator's reference folder, if there is one."""
    named = os.environ.get("RENBEN_SHARED")
    folders = [Path(named)] if named else [p / "shared" for p in ROOT.parents]
    return next((f / "reference" for f in folders if (f / "reference" / "migration.csv").is_file()), None)


def test_json_has_the_promised_keys_and_the_store_is_filled(tmp_path):
    space = tmp_path / "work"
    assert runner.invoke(app, ["init", str(space)]).exit_code == 0
    done = runner.invoke(
        app,
        [
            "project",
            "--until",
            "2029",
            "--draws",
            "8",
            "--fast",
            "--json",
            "--store",
            "--workspace",
            str(space),
            "--out",
            str(tmp_path / "out"),
            "--set",
            "to_urban=1.1",
        ],
    )
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert {"resident_rate", "hukou_rate", "gap", "p_target", "assumptions"} <= set(result)
    assert set(result["p_target"]) == {"69", "69.5", "70", "national"}
    assert result["scenario"]["levers"] == {"to_urban": 1.1}
    assert list((space / "data" / "projection_rates" / "2024").glob("*.parquet"))
    assert list((space / "data" / "projection_targets" / "2024").glob("*.parquet"))
    assert json.loads((tmp_path / "out" / "projection.json").read_text(encoding="utf-8"))["draws"] == 8


def test_every_help_shows_examples():
    for command in ([], ["inverse"], ["backtest"], ["service"]):
        shown = runner.invoke(app, ["project", *command, "--help"])
        assert shown.exit_code == 0 and "Examples" in shown.output


def test_a_backtest_without_reference_tables_says_what_is_missing(tmp_path):
    with pytest.raises(InputError, match="not shipped"):
        load(tmp_path, tmp_path)


def test_a_scenario_file_is_a_mapping(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("levers: {settle: 2}\n", encoding="utf-8")
    assert read_scenario(path) == {"levers": {"settle": 2}}


@pytest.mark.skipif(
    reference() is None, reason="the operator's reference tables are not here (RENBEN_SHARED)"
)
def test_the_hindcast_meets_its_gates_beside_the_baselines():
    rows = {row["forecast"]: row for row in hindcast.table(reference(), FACTS)}
    assert all(rows["engine"]["gates"].values()), rows["engine"]
    assert rows["engine"]["city population MAPE"] < rows["B0 constant share"]["city population MAPE"]
    assert rows["B0 constant share"]["city urban MAE"] == pytest.approx(13.5, abs=0.1)
    assert rows["B3 common shift"]["county urban MAE"] == pytest.approx(3.11, abs=0.05)
