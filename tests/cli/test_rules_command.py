"""`renben rules` and cubes of reforms: what is listed, shown, checked, tested and decided again."""

import json
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from renben.cli import app
from renben.cli.rules_books import day_of, opened
from renben.core.errors import RenbenError
from renben.engines.rules.adversarial import adversarial


def called(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if code == 0 and result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def refused(*arguments: object) -> str:
    with pytest.raises(RenbenError) as error:
        called(*arguments)
    return str(error.value)


@pytest.fixture(scope="module")
def population(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("people")
    table = adversarial(opened(None), day_of("2025-03-01"), 20_000, seed=1)
    pq.write_table(table, folder / "people.parquet")
    return folder


def test_the_cube_of_a_reform_says_from_what_to_what(population, tmp_path):
    path = tmp_path / "none.yaml"
    path.write_text("provisions:\n  residence_permit.min_months: {2020-01-01: 0}\n", encoding="utf-8")
    asked = ["entitle", "--population", population, "--on", "2025-03-01", "--by", "sex", "--scenario", path]
    cells = json.loads(called(*asked, "--transitions", "--json"))
    moved = [c for c in cells if c["after"] is not None]
    assert moved and all(cell["people"] >= 10 and cell["before"] != cell["after"] for cell in moved)
    gained = sum(c["people"] for c in moved if "residence_permit" in set(c["after"]) - set(c["before"]))
    reforms = pl.DataFrame(json.loads(called(*asked, "--json")), infer_schema_length=None)
    assert 0 < gained <= reforms.filter(rule="residence_permit")["gains"].sum()
    assert "residence_permit" in called(*asked, "--transitions")
    assert "cells in" in called(*asked, "--transitions", "--cube", tmp_path / "cube.parquet")
    assert pl.read_parquet_metadata(tmp_path / "cube.parquet")["rules"].startswith("residence_permit")


def test_a_cube_of_transitions_needs_one_reform_that_changes_something(population, tmp_path):
    asked = ["entitle", "--population", population, "--on", "2025-03-01", "--transitions"]
    assert "one --scenario FILE; 0 were given" in refused(*asked)
    path = tmp_path / "same.yaml"
    path.write_text("provisions:\n  residence_permit.min_months: {2020-01-01: 6}\n", encoding="utf-8")
    assert "changes no decision on 2025-03-01" in refused(*asked, "--scenario", path)


def test_rules_are_listed_with_what_is_inactive_and_why():
    rows = json.loads(called("rules", "list", "--json"))
    asleep = {row["rule"]: row["why_inactive"] for row in rows if row["active"] == "no"}
    assert "home_at_cost" in asleep and "trust M" in asleep["home_at_cost"][0]


def test_a_rule_is_shown_with_formula_facts_and_articles():
    found = json.loads(called("rules", "show", "residence_permit", "--on", "2025-03-01", "--json"))
    assert found["provisions"][0]["article"].endswith("第二条")
    assert "resident_since" in found["facts"] and "back_months" in found["formula"]


def test_services_of_the_standard_are_listed_with_their_decision():
    rows = json.loads(called("rules", "services", "--json"))
    (aid,) = [row for row in rows if row["zh"] == "法律援助"]
    assert (aid["rule"], aid["basis"], aid["active"], aid["trust"]) == ("legal_aid", "permit", True, "M")


def test_the_rule_book_is_checked():
    assert "sound" in called("rules", "check")


def test_cases_are_run_and_a_wrong_expectation_fails(tmp_path):
    path = tmp_path / "case.yaml"
    text = "- name: one\n  on: 2025-03-01\n  person: {employed: yes, flexible_worker: no}\n  expect: {employee_pension: %s}\n"
    path.write_text(text % "grant", encoding="utf-8")
    assert "1 checks on 2 evaluators, 0 differences" in called("rules", "test", path)
    path.write_text(text % "deny", encoding="utf-8")
    assert "expected deny" in called("rules", "test", path, code=1)


def test_without_files_the_cases_of_our_rule_book_are_run():
    said = called("rules", "test")
    assert "0 differences" in said and "residence_permit" in said and "(all)" in said


def test_cases_that_are_not_there_and_a_book_without_cases_are_refused(tmp_path):
    assert "no YAML file of cases" in refused("rules", "test", tmp_path / "none.yaml")
    assert "no YAML file of cases" in refused("rules", "test", tmp_path)
    assert "name the YAML files" in refused("rules", "test", "--book", tmp_path / "meals.py")


def test_what_is_no_receipt_is_refused(tmp_path):
    assert "no such receipt" in refused("rules", "reproduce", tmp_path / "none.json")
    (tmp_path / "other.json").write_text('{"a": 1}', encoding="utf-8")
    assert "is no receipt" in refused("rules", "reproduce", tmp_path / "other.json")


def test_diff_names_the_decisions_a_new_value_touches():
    rows = json.loads(called("rules", "diff", "2023-12-31", "2024-01-01", "--json"))
    (row,) = [row for row in rows if row["provision"] == "social_insurance.resident_subsidy"]
    assert (row["before"], row["after"], row["decisions"]) == (640, 670, ["resident_medical_subsidy"])
