"""`renben entitle` and `renben rules` from the command line: what is printed, in which shape, and what is refused."""

import json
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from renben.cli import app
from renben.cli.rules_books import day_of, opened
from renben.core.errors import RenbenError
from renben.core.workspace import Workspace
from renben.engines.rules.adversarial import adversarial
from renben.engines.rules.engine import DuckDB
from renben.engines.rules.nightly import differing

KEYS = ["rule", "answer", "amount", "place", "since", "until", "from", "because", "missing", "receipt"]
REASON = ["condition", "value", "threshold", "provision", "article", "zh", "en"]
NEWCOMER = """
id: applicant-7
county: 140105
hukou_county: 141002
resident_since: 2024-07-09
registered_since: 2024-07-12
stable_job_since: 2024-07-05
stable_home_since: never
study_since: never
permit_issued: never
"""
runner = CliRunner()


@pytest.fixture
def person(tmp_path: Path) -> Path:
    path = tmp_path / "person.yaml"
    path.write_text(NEWCOMER, encoding="utf-8")
    return path


def called(*arguments: object, code: int = 0) -> str:
    result = runner.invoke(app, [str(argument) for argument in arguments])
    if code == 0 and result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def test_json_has_exactly_the_columns_agreed(person):
    rows = json.loads(called("entitle", "--person", person, "--on", "2024-11-15", "--why", "--json"))
    assert len(rows) >= 40
    assert all(list(row) == KEYS for row in rows)
    assert {row["answer"] for row in rows} == {"grant", "deny", "need_info"}
    assert all(list(reason) == REASON for row in rows for reason in row["because"])
    (row,) = [row for row in rows if row["rule"] == "residence_permit"]
    assert (row["answer"], row["from"], row["place"]) == (
        "deny",
        "2025-01-09",
        {"basis": "residence", "region": "140105"},
    )
    assert row["because"][0]["provision"] == "residence_permit.min_months"


def test_a_refusal_on_the_screen_says_why_in_both_languages_and_from_which_day(person):
    text = called("entitle", "--person", person, "--on", "2024-11-15", "--why", "--rule", "residence_permit")
    assert "不予办理" in text and "deny" in text
    assert "到达居住地日期（2024-07-09）起满6个月，2025-01-09满（不符合）" in text
    assert (
        "at least 6 months since arrival at the place of residence (2024-07-09), complete on 2025-01-09 (not met)"
        in text
    )
    assert "国务院令第663号" in text and "自2025-01-09起可办理" in text and "granted from 2025-01-09" in text


def test_a_kept_receipt_can_be_verified_and_an_altered_one_is_refused(person, tmp_path):
    folder = tmp_path / "receipts"
    called(
        "entitle",
        "--person",
        person,
        "--on",
        "2024-11-15",
        "--rule",
        "residence_permit",
        "--receipts",
        folder,
    )
    (path,) = folder.glob("*.json")
    assert json.loads(path.read_text(encoding="utf-8"))["subject"] == "applicant-7"
    assert path.stem in called("rules", "reproduce", path)
    path.write_text(path.read_text(encoding="utf-8").replace('"deny"', '"grant"'), encoding="utf-8")
    with pytest.raises(RenbenError, match="gives other answer"):
        called("rules", "reproduce", path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--person", "nowhere.yaml"], "no such file"),
        ([], "say either --person FILE or --population FOLDER"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_next_step(arguments, message):
    with pytest.raises(RenbenError, match=message):
        called("entitle", *arguments)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("birth: soon", r"person.yaml: birth: 'soon' is no date"),
        ("registerd_since: 2024-01-01", "Did you mean registered_since"),
        ("employed: maybe", "neither yes nor no"),
        ("sex: 3", "is not one of male, female"),
        ("county: 1401", "'1401' is no region code; write its six digits"),
        ("household: 3", "household: 3 is no list of people"),
        ("household_size: 2.5", "finer than the engine keeps"),
        ("- a", "give facts as NAME: VALUE"),
        ("a: [", r"person.yaml: is no YAML that can be read.*line 2"),
    ],
)
def test_bad_facts_are_refused_with_file_name_value_and_cure(person, written, message):
    person.write_text(written + "\n", encoding="utf-8")
    with pytest.raises(RenbenError, match=message):
        called("entitle", "--person", person, "--on", "2025-03-01")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (
            "provisions: {residence_permit.min_month: {2025-01-01: 3}}",
            "Did you mean residence_permit.min_months",
        ),
        ("provisions: {residence_permit.min_months: three}", "'three' has no day"),
        ("provisions: {residence_permit.min_months: {2025-01-01: soon}}", "neither a number"),
        ("provisions: {residence_permit.min_months: {spring: 3}}", "'spring' is no day"),
        ("provisions: [", "is no YAML that can be read"),
    ],
)
def test_bad_scenarios_are_refused(population, tmp_path, written, message):
    path = tmp_path / "s.yaml"
    path.write_text(written + "\n", encoding="utf-8")
    with pytest.raises(RenbenError, match=message):
        called("entitle", "--population", population, "--on", "2025-03-01", "--scenario", path)


def test_a_day_before_the_law_a_column_of_another_type_and_a_rule_misspelt_are_refused(person, tmp_path):
    with pytest.raises(RenbenError, match="nothing in force on 2010-01-01; the first is 2016-01-01"):
        called("entitle", "--person", person, "--on", "2010-01-01", "--rule", "residence_permit")
    with pytest.raises(RenbenError, match="Did you mean residence_permit"):
        called("entitle", "--person", person, "--rule", "residence_permi")
    pl.DataFrame({"birth": ["soon"], "county": [140105]}).write_parquet(tmp_path / "people.parquet")
    with pytest.raises(RenbenError, match="the population cannot be read: Binder Error"):
        called("entitle", "--population", tmp_path, "--on", "2025-03-01", "--rule", "compulsory_school")


def test_an_unknown_rule_and_an_inactive_rule_are_refused(person):
    with pytest.raises(RenbenError, match="no such decision"):
        called("entitle", "--person", person, "--rule", "free_lunch")
    with pytest.raises(RenbenError, match="from memory"):
        called("entitle", "--person", person, "--rule", "home_at_cost", "--on", "2025-03-01")


def test_a_rule_from_memory_becomes_active_once_an_operator_has_confirmed_its_value(tmp_path):
    Workspace.create(tmp_path / "ws")
    listed = json.loads(called("rules", "list", "home_at_cost", "-w", tmp_path / "ws", "--json"))
    assert listed[0]["active"] == "no"
    called("law", "confirm", "housing.sale_offered", "--by", "Li", "--ref", "gazette", "-w", tmp_path / "ws")
    listed = json.loads(called("rules", "list", "home_at_cost", "-w", tmp_path / "ws", "--json"))
    assert listed[0]["active"] == "yes"


def test_a_wrong_day_is_refused():
    with pytest.raises(RenbenError, match="write YYYY-MM-DD"):
        day_of("tomorrow")


@pytest.fixture(scope="module")
def population(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("people")
    book = opened(None)
    pq.write_table(adversarial(book, day_of("2025-03-01"), 3_000, seed=1), folder / "people.parquet")
    return folder


def test_a_population_is_counted_by_county(population):
    rows = json.loads(
        called("entitle", "--population", population, "--on", "2025-03-01", "--by", "county", "--json")
    )
    frame = pl.DataFrame(rows, infer_schema_length=None)
    assert (frame["grant"] + frame["deny"] + frame["need_info"] == frame["people"]).all()
    assert frame.filter(rule="residence_permit")["people"].sum() == 3_000


def test_scenarios_show_gains_losses_and_the_base(population, tmp_path):
    path = tmp_path / "three.yaml"
    path.write_text(
        "name: three\nprovisions:\n  residence_permit.min_months: {2020-01-01: 3}\n", encoding="utf-8"
    )
    rows = json.loads(
        called("entitle", "--population", population, "--on", "2025-03-01", "--scenario", path, "--json")
    )
    permit = [row for row in rows if row["rule"] == "residence_permit"]
    assert sum(row["gains"] for row in permit) > 0 == sum(row["losses"] for row in permit)
    assert all(row["after"] - row["before"] == row["gains"] - row["losses"] for row in rows)
    assert {row["rule"] for row in rows} == {"residence_permit", "first_permit_free"}


def test_why_over_a_population_names_the_condition_that_alone_stops_people(population):
    arguments = [
        "--population",
        population,
        "--on",
        "2025-03-01",
        "--rule",
        "residence_permit",
        "--why",
        "--json",
    ]
    rows = json.loads(called("entitle", *arguments))
    assert any(row["zh"] == "到达居住地日期起满6个月" and row["people"] > 0 for row in rows)


def test_decisions_are_written_as_parquet_and_never_overwritten(population, tmp_path):
    arguments = ["entitle", "--population", population, "--on", "2025-03-01", "--decisions", tmp_path / "out"]
    called(*arguments)
    frame = pl.read_parquet(tmp_path / "out" / "*.parquet")
    assert frame.height == 3_000 and {"person", "residence_permit", "next_change"} <= set(frame.columns)
    with pytest.raises(RenbenError, match="nothing is overwritten"):
        called(*arguments)


def test_a_nightly_run_decides_again_only_for_people_due(population, tmp_path):
    people = ["entitle", "--population", population]
    called(*people, "--on", "2025-03-01", "--decisions", tmp_path / "day1")
    said = called(
        *people, "--on", "2025-03-02", "--decisions", tmp_path / "day2", "--refresh", tmp_path / "day1"
    )
    again = int(said.split(";")[1].split()[0].replace(",", ""))
    assert 0 < again < 3_000
    called(*people, "--on", "2025-03-02", "--decisions", tmp_path / "full")
    assert differing(DuckDB(), tmp_path / "full", tmp_path / "day2") == 0


def test_a_cube_is_written_without_small_cells(population, tmp_path):
    arguments = [
        "--population",
        population,
        "--on",
        "2025-03-01",
        "--by",
        "county,sex",
        "--rule",
        "residence_permit",
    ]
    assert "cells in" in called("entitle", *arguments, "--cube", tmp_path / "cube.parquet")
    assert pl.read_parquet(tmp_path / "cube.parquet")["people"].min() >= 10


def test_a_book_of_ones_own_is_used_with_the_laws_beside_it(tmp_path):
    (tmp_path / "laws").mkdir()
    (tmp_path / "laws" / "meals.yaml").write_text(
        "until_years:\n  zh: 年龄\n  en: Age\n  unit: year\n  values:\n    2020-01-01: {value: 12, ref: 示例, trust: D}\n",
        encoding="utf-8",
    )
    (tmp_path / "mine.py").write_text(OWN_BOOK, encoding="utf-8")
    (tmp_path / "kid.yaml").write_text("birth: 2016-05-01\ncounty: 140105\n", encoding="utf-8")
    arguments = [
        "entitle",
        "--person",
        tmp_path / "kid.yaml",
        "--on",
        "2025-03-01",
        "--book",
        tmp_path / "mine.py",
        "--json",
    ]
    (row,) = json.loads(called(*arguments))
    assert (row["rule"], row["answer"], row["until"]) == ("school_meal", "grant", "2028-05-01")


OWN_BOOK = '''
from renben.engines.rules import DATE, Bool, Date, Fact, Facts, Parameters, RuleBook, code_type, entitlement, younger_than

FACTS = Facts([Fact("birth", DATE, "出生日期", "date of birth"), Fact("county", code_type("region"), "居住地", "residence")])


@entitlement(zh="免费校餐", en="free school meal", law="示例办法第一条")
def school_meal(birth: Date, P: Parameters) -> Bool:
    """Children below the set age."""
    return younger_than(birth, years=P.meals.until_years)


BOOK = RuleBook("meals", FACTS, [school_meal], {"residence": "county"})
'''
