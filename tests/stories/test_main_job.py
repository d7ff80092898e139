"""The main job: facts, mechanisms, indicators, status and the report, from an empty folder to the printed line."""

import datetime as dt
import json

import polars as pl
import pytest
from typer.testing import CliRunner

from renben.cli import app
from renben.core.period import Period
from renben.core.workspace import Workspace
from tests.plain_words import codes_in

RUN = CliRunner()


def call(*words: str) -> str:
    result = RUN.invoke(app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("story") / "demo"
    return folder, call("demo", str(folder))


def test_the_demo_prints_the_rate_its_forecast_the_probability_and_where_the_report_is(demo):
    folder, said = demo
    line = next(line for line in said.splitlines() if "Urbanization rate (resident population)" in line)
    for part in ("66.32 % (2024, vintage", "2029: median ", "80 % interval ", "P(>= 69.5 %) = "):
        assert part in line
    for kind in ("html", "pdf", "docx", "xlsx"):
        path = folder / "reports" / f"monitoring-140000-2024.{kind}"
        assert str(path) in said and path.stat().st_size > 10_000


def test_the_drift_line_is_the_published_one(demo):
    folder, _ = demo
    status = pl.DataFrame(
        json.loads(
            call("status", "--region", "140000", "--period", "2024", "--workspace", str(folder), "--json")
        )
    )
    row = status.filter(pl.col("indicator") == "urban_rate_resident").to_dicts()[0]
    assert row["value"] == pytest.approx(66.32, abs=0.005)
    assert row["drift_median"] == pytest.approx(70.8, abs=0.05)
    assert row["drift_probability"] == pytest.approx(0.84, abs=0.01)


def test_a_second_run_makes_nothing_and_says_so(demo):
    folder, _ = demo
    again = call("run", "--period", "2024", "--workspace", str(folder))
    assert "0 made" in again and "Nothing to do" in again


def test_a_changed_provision_makes_only_what_depends_on_it(demo):
    folder, _ = demo
    space = Workspace(folder)
    provision = space.catalogue.laws["evaluation.trajectory.green"]
    dated = provision.values[min(provision.values)]
    overlay = folder / "catalogue" / "laws"
    overlay.mkdir(exist_ok=True)
    text = (
        "trajectory:\n  green:\n    zh: 试\n    en: Trial\n    unit: share\n    values:\n"
        f"      {min(provision.values)}: {{value: 0.85, ref: a test, trust: D}}\n"
    )
    assert dated.value != 0.85
    (overlay / "evaluation.yaml").write_text(text, encoding="utf-8")
    try:
        result = json.loads(call("run", "--period", "2024", "--workspace", str(folder), "--json"))
    finally:
        (overlay / "evaluation.yaml").unlink()
    made = {step["name"] for step in result[0]["steps"] if step["outcome"] == "made"}
    assert "target_status" in made
    assert made <= {"target_status", "midterm_verdict", "findings_early_warning", "findings_data_not_sent"}
    call("run", "--period", "2024", "--workspace", str(folder))


def test_no_finding_of_any_check_shows_a_code_where_words_belong(demo):
    folder, _ = demo
    found = json.loads(call("findings", "--period", "2024", "--workspace", str(folder), "--json"))
    assert len(found) > 50
    seen = {(f["kind"], code) for f in found for code in codes_in(f["text_zh"], f["text_en"])}
    assert not seen


def test_facts_are_not_synthetic_and_what_rests_on_examples_is(demo):
    folder, _ = demo
    space = Workspace(folder)
    assert not space.latest("elements", Period("2024")).provenance.synthetic
    assert space.latest("settlement_reward", Period("2024")).provenance.synthetic
    rows = space.read("indicator_values", "2024").filter(
        (pl.col("region") == "140000") & pl.col("value").is_not_null()
    )
    rate = rows.filter(pl.col("indicator") == "urban_rate_resident").to_dicts()[0]
    assert rate["state"] != "synthetic"


def test_what_was_known_earlier_can_be_rebuilt(demo, tmp_path):
    folder, _ = demo
    day = dt.date(2024, 6, 30)
    call("run", "--period", "2023", "--as-of", day.isoformat(), "--workspace", str(folder))
    version = Workspace(folder).latest("indicator_values", Period("2023"), day)
    assert version is not None and version.day <= day
    assert all(read.vintage[:10] <= day.isoformat() for read in version.provenance.reads)


def test_every_indicator_has_a_value_or_a_reason_in_every_region(demo):
    folder, _ = demo
    space = Workspace(folder)
    values = space.read("indicator_values", "2024")
    indicators = [i.id for i in space.catalogue.indicators.values() if not i.reserve]
    regions = [
        r.code for r in space.catalogue.regions.values() if r.level in ("province", "prefecture", "county")
    ]
    assert len(indicators) == 103 and len(regions) == 129
    have = values.filter(pl.col("indicator").is_in(indicators) & pl.col("region").is_in(regions))
    assert have.select("region", "indicator").n_unique() == 103 * 129
    assert have.filter(pl.col("value").is_null() == pl.col("value_reason").is_null()).height == 0
