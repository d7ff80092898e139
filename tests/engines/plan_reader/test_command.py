"""`renben plan`: JSON alone on standard output, files written whole, exit codes that scripts can use."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import renben
from renben.cli.plan import app
from renben.engines.plan_reader import PlanFileError
from tests.engines.plan_reader.made import HERE
from tests.engines.plan_reader.shared import needs_text, official_text

ARTICLES = str(HERE / "qinghe_articles.txt")
SOURCE = str(Path(renben.__file__).parents[1])
COMMAND = [
    sys.executable,
    "-c",
    f"import sys; sys.path.insert(0, {SOURCE!r}); from renben.cli import main; main()",
    "plan",
]


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_json_is_all_that_is_printed(tmp_path):
    result = subprocess.run(
        [*COMMAND, "read", ARTICLES, "--json", "--to", str(tmp_path / "l.xlsx")],
        capture_output=True,
        check=True,
    )
    told = json.loads(result.stdout)
    assert [len(a["measures"]) for a in told["actions"]] == [2, 2]
    assert b"task ledger" in result.stderr


def test_a_summary_names_counts_and_unread_text(tmp_path):
    path = tmp_path / "plan.txt"
    path.write_text("一、任务\n（一）修路。修路三公里。\n附件：\n", encoding="utf-8")
    result = run("read", str(path))
    assert result.exit_code == 0
    assert "1 actions, 1 measures, 1 commitments" in result.output
    assert "unread, line 3: 附件：" in result.output


def test_outputs_are_written_by_suffix_and_whole(tmp_path):
    outputs = [tmp_path / name for name in ("plan.yaml", "ledger.xlsx", "reading.json")]
    result = run("read", ARTICLES, *(part for path in outputs for part in ("--to", str(path))))
    assert result.exit_code == 0
    assert all(path.stat().st_size > 1000 for path in outputs)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ledger.xlsx", "plan.yaml", "reading.json"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("read", "none.txt"), "none.txt: no such file"),
        (("read", ARTICLES, "--to", "plan.doc"), "use .yaml, .xlsx or .json"),
        (("read", ARTICLES, "--to", "no/such/plan.yaml"), "create it first"),
        (("check", ARTICLES, "--against", "shanxi-2052"), "Did you mean shanxi-2025?"),
        (("check", ARTICLES, "--against", "none.yaml"), "none.yaml: no such file"),
    ],
)
def test_mistakes_are_told_in_one_sentence(arguments, says):
    result = run(*arguments)
    assert isinstance(result.exception, PlanFileError)
    assert says in str(result.exception)


def test_a_mistake_ends_with_2_and_no_traceback():
    result = subprocess.run([*COMMAND, "read", "none.txt"], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "no such file" in result.stderr and "Traceback" not in result.stderr


def test_another_document_differs_and_ends_with_1():
    result = run("check", ARTICLES, "--against", "shanxi-2025", "--json")
    assert result.exit_code == 1
    assert {"title", "measure", "action"} <= {d["what"] for d in json.loads(result.output)}


def test_a_proposal_checks_against_its_own_document(tmp_path):
    path = tmp_path / "plan.txt"
    path.write_text(
        "山西省人民政府\n晋政发〔2026〕1号\n2026年3月1日\n山西省道路行动方案（2026—2028年）\n一、任务\n（一）修路。修路三公里。（责任单位：省交通厅）\n",
        encoding="utf-8",
    )
    assert run("read", str(path), "--to", str(tmp_path / "plan.yaml")).exit_code == 0
    result = run("check", str(path), "--against", str(tmp_path / "plan.yaml"))
    assert (result.exit_code, "0 differences, 0 notes" in result.output) == (0, True)


@needs_text
def test_the_official_text_does_not_contradict_the_catalogue():
    result = run("check", str(official_text()), "--against", "shanxi-2025")
    assert result.exit_code == 0
    assert "0 differences" in result.output


@pytest.mark.parametrize("name", ["read", "check"])
def test_help_shows_examples(name):
    assert "renben plan " + name in run(name, "--help").output
