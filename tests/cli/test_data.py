"""Data commands as a county officer uses them: form, check, add, correct, trace."""

import json

import openpyxl
import pytest
from typer.testing import CliRunner

from renben.cli import app
from renben.core.period import Period
from renben.core.workspace import Workspace
from renben.engines.intake import FileError

RUN = CliRunner()
HEAD = "region,element,value,quality,revised\n"


@pytest.fixture
def space(tmp_path):
    return Workspace.create(tmp_path / "work")


def call(space: Workspace, *words: str, code: int = 0) -> str:
    result = RUN.invoke(app, [*words, "--workspace", str(space.root)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def sheet(tmp_path, text: str, name: str = "x.csv") -> str:
    path = tmp_path / name
    path.write_text(HEAD + text, encoding="utf-8")
    return str(path)


def test_a_good_file_becomes_a_version_and_a_correction_another(space, tmp_path):
    good = sheet(tmp_path, "140000,pop_resident,34450000,reported,false\n")
    said = call(space, "data", "add", "elements", good, "--period", "2024", "--vintage", "2025-03-01")
    assert "1 rows added as vintage 2025-03-01" in said
    better = sheet(tmp_path, "140000,pop_resident,34455000,reported,true\n", "y.csv")
    call(space, "data", "add", "elements", better, "--period", "2024", "--vintage", "2025-06-01")
    history = json.loads(call(space, "data", "history", "elements", "--json"))
    assert [(v["vintage"], v["rows"], v["synthetic"]) for v in history] == [
        ("2025-03-01", 1, False),
        ("2025-06-01", 1, False),
    ]
    assert history[0]["sources"][0].startswith("x.csv#")


def test_one_bad_cell_keeps_the_whole_file_out(space, tmp_path):
    bad = sheet(
        tmp_path, "140000,pop_resident,many,reported,false\n140100,pop_resident,5000000,reported,false\n"
    )
    said = call(space, "data", "add", "elements", bad, "--period", "2024", code=1)
    assert "not_a_number" in said and "Nothing was added" in said
    assert space.versions("elements") == []


def test_good_rows_are_kept_and_rejects_are_filed_where_asked(space, tmp_path):
    bad = sheet(
        tmp_path, "140000,pop_resident,many,reported,false\n140100,pop_resident,5000000,reported,false\n"
    )
    said = call(space, "data", "add", "elements", bad, "--period", "2024", "--accept-valid")
    assert "1 rows added" in said and "1 rows rejected" in said
    rejects = next((space.root / "rejects" / "elements" / "2024").glob("*.csv")).read_text(
        encoding="utf-8-sig"
    )
    assert "many" in rejects and "not_a_number" in rejects and ",2," in rejects.replace("2,140000", ",2,")


def test_nothing_at_all_is_added_where_every_row_is_bad(space, tmp_path):
    bad = sheet(tmp_path, "140000,pop_resident,many,reported,false\n")
    call(space, "data", "add", "elements", bad, "--period", "2024", "--accept-valid", code=1)
    assert space.versions("elements") == []


def test_check_says_what_is_wrong_as_json_and_adds_nothing(space, tmp_path):
    bad = sheet(tmp_path, "149999,pop_resident,1,reported,false\n")
    found = json.loads(call(space, "data", "check", "elements", bad, "--json", code=1))
    assert [(f["row"], f["column"], f["rule"]) for f in found] == [(2, "region", "unknown_region")]
    good = sheet(tmp_path, "140000,pop_resident,1,reported,false\n", "y.csv")
    assert json.loads(call(space, "data", "check", "elements", good, "--json")) == []
    assert space.versions("elements") == []


def test_a_made_dataset_cannot_be_added(space, tmp_path):
    good = sheet(tmp_path, "140000,pop_resident,1,reported,false\n")
    with pytest.raises(Exception, match="is made by renben run and cannot be added"):
        call(space, "data", "add", "indicator_values", good, "--period", "2024")


def test_a_file_that_is_not_there_says_so(space):
    with pytest.raises(FileError, match="no such file"):
        call(space, "data", "add", "elements", "nowhere.csv", "--period", "2024")


def test_synthetic_data_are_marked(space, tmp_path):
    good = sheet(tmp_path, "140000,pop_resident,1,reported,false\n")
    call(space, "data", "add", "elements", good, "--period", "2024", "--synthetic")
    assert space.latest("elements", Period("2024")).provenance.synthetic


def test_a_form_can_be_filled_in_and_added(space, tmp_path):
    form = tmp_path / "form.xlsx"
    call(space, "data", "template", "elements", "--to", str(form))
    book = openpyxl.load_workbook(form)
    header = [cell.value for cell in book.worksheets[0][1]]
    filled = {
        "地区": "140100",
        "数据项": "pop_resident",
        "数值": "missing_late",
        "数据质量": "reported",
        "已修订": "否",
    }
    for at, name in enumerate(header, start=1):
        book.worksheets[0].cell(row=2, column=at, value=filled.get(name))
    book.save(form)
    call(space, "data", "add", "elements", str(form), "--period", "2024")
    row = space.read("elements", "2024").to_dicts()[0]
    assert (row["value"], row["value_reason"]) == (None, "missing_late")


def test_every_dataset_can_be_listed_and_described(space, monkeypatch):
    monkeypatch.setattr(
        "renben.cli.data.workspace", lambda _: space
    )  # the catalogue is read once for all of them
    listed = json.loads(call(space, "data", "list", "--json"))
    assert {d["name"] for d in listed} == set(space.catalogue.datasets)
    for name in space.catalogue.datasets:
        assert name in call(space, "data", "describe", name)
