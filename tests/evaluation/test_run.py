"""The evaluation in a workspace: facts in, everything made once, as-of runs, findings, command line."""

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from renben.cli import app
from renben.cli.steps import STEPS
from renben.core.finding import with_keys
from renben.core.period import Period
from renben.core.run import run
from renben.core.workspace import Workspace
from renben.evaluation.facts import store_facts
from tests.evaluated import clock, evaluated

MADE = {"indicator_history", "indicator_values", "indicator_forecasts", "target_status"}
PROVINCE = "140000"


@pytest.fixture(scope="module")
def space(tmp_path_factory) -> Workspace:
    return evaluated(tmp_path_factory.mktemp("work") / "ws")


def row(space, name, indicator, region=PROVINCE, period="2024", as_of=None):
    found = space.read(name, period, as_of).to_dicts()
    return next(r for r in found if (r["region"], r["indicator"]) == (region, indicator))


def test_facts_are_stored_once(space):
    assert store_facts(space, clock) == 0
    assert len(space.versions("elements", Period("2018"))) >= 2


def test_the_headline_is_made_with_its_forecast_probability_and_sources(space):
    value = row(space, "indicator_values", "urban_rate_resident")
    assert round(value["value"], 2) == 66.32 and round(value["previous_value"], 2) == 64.97
    assert (value["sources"], value["published"], value["synthetic"]) == (
        "gov2024",
        dt.date(2025, 12, 31),
        False,
    )
    status = row(space, "target_status", "urban_rate_resident")
    assert (status["status"], status["forecast_by"]) == ("green", "projection")
    assert 0.8 < status["probability"] < 0.95 and round(status["drift_probability"], 2) == 0.84


def test_the_change_is_split_between_people_in_towns_and_people_in_all(space):
    value = row(space, "indicator_values", "urban_rate_resident")
    parts = value["change_numerator"], value["change_denominator"]
    assert sum(parts) == pytest.approx(value["change"]) and round(value["change"], 2) == 1.35
    assert [round(part, 2) for part in parts] == [0.97, 0.38], "part of the rise is a shrinking total"


def test_a_second_run_makes_nothing_anew(space):
    again = run(space, STEPS, Period("2024"), now=clock)
    assert again.names("made") == [] and set(again.names("unchanged")) >= MADE


def test_provisions_of_our_own_travel_with_the_status(space):
    uncertain = {c.name for c in space.latest("target_status", Period("2024")).provenance.uncertain()}
    assert "evaluation.trajectory.green" in uncertain


def test_an_as_of_run_knows_only_what_was_known(tmp_path):
    early = Workspace.create(tmp_path / "early")
    store_facts(early, clock)
    run(early, STEPS, Period("2019"), as_of=dt.date(2020, 12, 31), now=clock)
    assert round(row(early, "indicator_values", "urban_rate_resident", period="2019")["value"], 2) == 59.55
    history = early.read("indicator_history", "2019")
    known = history.filter((history["region"] == PROVINCE) & (history["indicator"] == "urban_rate_resident"))
    assert known.filter(known["year"] == 2018)["value"].round(2).to_list() == [58.41]


def test_findings_name_offices_with_what_they_have_not_sent(space):
    found = with_keys(space.latest("findings_data_not_sent", Period("2024")).scan(), "2024")
    assert found["owner"].is_in(list(space.catalogue.offices)).all()
    police = found.filter(found["owner"] == "police")["text_zh"][0]
    assert "公安厅" in police and "居住登记" in police


def invoke(space, *words):
    result = CliRunner().invoke(app, [*words, "--workspace", str(space.root)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_line_shows_indicators_as_json(space):
    found = json.loads(invoke(space, "indicators", "--region", PROVINCE, "--period", "2024", "--json"))
    assert len(found) == 103
    first = found[0]
    assert (first["indicator"], first["unit"], round(first["value"], 2)) == (
        "urban_rate_resident",
        "%",
        66.32,
    )
    assert all(r["value"] is not None or r["value_reason"] for r in found)


def test_the_command_line_shows_status_by_name_of_the_region(space):
    found = json.loads(invoke(space, "status", "--region", "山西省", "--period", "2024", "--json"))
    assert found[0]["indicator"] == "urban_rate_resident" and round(found[0]["drift_median"], 1) == 70.8
    text = invoke(space, "status", "--period", "2024")
    assert "66.32" in text and "84%" in text and "档位为系统建议" in text


def test_a_missing_value_is_never_printed_as_zero(space):
    text = invoke(space, "indicators", "--period", "2024")
    assert "无数据" in text and " 0.00" not in text


def test_an_unknown_region_gets_a_hint(space):
    with pytest.raises(Exception, match="Did you mean 太原市"):
        invoke(space, "status", "--region", "太原", "--period", "2024")


def test_what_one_office_sends_is_laid_beside_what_others_sent(tmp_path):
    made = Workspace.create(tmp_path / "ws")
    store_facts(made, clock)
    before = made.read("elements", "2024")
    file = tmp_path / "roads.csv"
    header = "region,element,value,value_reason,series,quality,revised,published,sources,note"
    file.write_text(f"{header}\n140100,road_length,1500,,,reported,false,,,\n", encoding="utf-8")
    invoke(made, "data", "add", "elements", str(file), "--period", "2024", "--vintage", "2026-01-02")
    after = made.read("elements", "2024")
    assert after.height == before.height + 1
    file.write_text(f"{header}\n140100,road_length,1600,,,reported,false,,,\n", encoding="utf-8")
    invoke(made, "data", "add", "elements", str(file), "--period", "2024", "--vintage", "2026-01-03")
    latest = made.read("elements", "2024")
    assert latest.height == after.height
    assert latest.filter(latest["element"] == "road_length")["value"].to_list() == [1600]
    sources = made.latest("elements", Period("2024")).provenance.sources
    assert "gov2024" in sources and sum(source.startswith("roads.csv#") for source in sources) == 2
