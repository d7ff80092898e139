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
COMMANDS = ("inverse", "backtest", "service", "elasticities", "sensitivity", "counties", "ends")
ROOT = Path(__file__).resolve()


def reference():
    """The operator's reference folder, if there is one."""
    named = os.environ.get("RENBEN_SHARED")
    folders = [Path(named)] if named else [p / "shared" for p in ROOT.parents]
    return next((f / "reference" for f in folders if (f / "reference" / "migration.csv").is_file()), None)


def test_json_has_the_promised_keys(tmp_path):
    asked = "project --until 2029 --draws 8 --fast --json --set to_urban=1.1 --out".split()
    done = runner.invoke(app, [*asked, str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert {"resident_rate", "hukou_rate", "gap", "p_target", "assumptions"} <= set(result)
    assert set(result["p_target"]) == {"69", "69.5", "70", "national"}
    assert result["scenario"]["levers"] == {"to_urban": 1.1}
    assert json.loads((tmp_path / "out" / "projection.json").read_text(encoding="utf-8"))["draws"] == 8


def test_storing_sets_the_draws_of_the_run_and_a_later_run_keeps_them(tmp_path):
    space = str(tmp_path / "work")
    assert runner.invoke(app, ["init", space]).exit_code == 0
    done = runner.invoke(app, f"project --store --draws 8 --fast --until 2030 --json -w {space}".split())
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert {row["draws"] for row in told["p_target"]} == {8} and told["period"] == "2024"
    again = json.loads(runner.invoke(app, f"run --period 2024 --json -w {space}".split()).stdout)
    assert {s["outcome"] for s in again[0]["steps"]} <= {"unchanged", "waiting"}


def test_a_what_if_is_not_stored(tmp_path):
    assert runner.invoke(app, ["init", str(tmp_path / "w")]).exit_code == 0
    refused = runner.invoke(app, f"project --store --set settle=2 -w {tmp_path / 'w'}".split())
    assert refused.exit_code == 2 and "--set" in refused.output


def test_every_help_shows_examples():
    for command in ([], *([name] for name in COMMANDS)):
        shown = runner.invoke(app, ["project", *command, "--help"])
        assert shown.exit_code == 0 and "Examples" in shown.output


def asked(line: str) -> dict:
    done = runner.invoke(app, ["project", *line.split(), "--fast", "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_settlement_moves_the_hukou_rate_and_hardly_the_resident_rate():
    told = asked("elasticities --year 2026 --lever settle --lever to_urban")
    by = {row["lever"]: row for row in told["effects"]}
    assert by["settle"]["hukou"] > 10 * abs(by["settle"]["resident"]) > 0
    assert by["to_urban"]["persons"] > 0 and told["assumptions"]


def test_what_the_counties_carry_adds_up_to_the_change_of_the_province():
    told = asked("counties --year 2026 --draws 4")
    assert len(told["counties"]) == 117 and told["total"] == pytest.approx(told["within"] + told["between"])
    assert 0.5 < told["total"] < 4


def test_both_ends_give_one_resident_rate_and_two_hukou_rates():
    low, high = asked("ends --year 2026")["ends"]
    assert low["resident"] == pytest.approx(high["resident"], abs=0.05)
    assert abs(low["hukou"] - high["hukou"]) > 0.1 and high["moved_net"] > low["moved_net"]


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
    assert rows["engine"]["county urban MAE"] < rows["B5 mean of B1 to B3"]["county urban MAE"]
    assert rows["engine"]["city urban MAE"] < min(
        row["city urban MAE"] for name, row in rows.items() if name != "engine"
    )
    assert {"B1 province's drift", "B2 UN", "B5 mean of B1 to B3"} <= set(rows)
