"""`renben synth` as a user calls it."""

import json

import polars as pl
from typer.testing import CliRunner

from renben.cli import app

RUN = CliRunner()


def test_a_small_share_is_written_with_a_json_report_and_a_second_call_keeps_it(tmp_path):
    call = ["synth", "--share", "0.002", "--out", str(tmp_path), "--seed", "2", "--json"]
    first = RUN.invoke(app, call)
    assert first.exit_code == 0, first.output
    report = json.loads(first.stdout)
    assert report["persons"] == 69_831 and report["synthetic"] and report["counties_kept_from_before"] == 0
    assert {row["kind"] for row in report["fit"]} == {"published", "estimated", "assumed"}
    again = json.loads(RUN.invoke(app, call).stdout)
    assert again["counties_kept_from_before"] == 117 and again["fit"] == report["fit"]


def test_a_number_of_persons_is_taken_as_a_share(tmp_path):
    result = RUN.invoke(app, ["synth", "--persons", "50000", "--out", str(tmp_path), "--json"])
    assert json.loads(result.stdout)["persons"] == 50_000


def test_a_demonstration_sample_is_one_file_marked_synthetic(tmp_path):
    result = RUN.invoke(app, ["synth", "--demo", "300", "--out", str(tmp_path)])
    assert result.exit_code == 0 and "invented persons" in result.output
    path = tmp_path / "demo_persons.parquet"
    assert pl.read_parquet(path).height in range(280, 301)
    assert pl.read_parquet_metadata(path)["renben.synthetic"] == "true"


def test_help_shows_examples_and_a_wrong_number_says_what_to_write(tmp_path):
    assert "renben synth --persons all --out population" in RUN.invoke(app, ["synth", "--help"]).output
    result = RUN.invoke(app, ["synth", "--persons", "many", "--out", str(tmp_path)])
    assert result.exit_code != 0 and "write `all` or a number" in str(result.exception or result.output)
