"""The mid-term evaluation quotes what was found and what became of it, in all formats and both languages."""

import dataclasses

import pytest
from typer.testing import CliRunner

from renben.cli import app
from renben.core.errors import RenbenError
from renben.core.period import Period
from renben.report import midterm
from renben.report.document import Document, Grid, Heading, Paragraph
from renben.report.evidence import Evidence
from renben.report.ledger import problems
from renben.report.tongue import Tongue
from tests.report.midterm_space import CLAIMED, PROVINCE, UNPAID, YEAR, prepared

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    return prepared(tmp_path_factory.mktemp("midterm") / "space")


@pytest.fixture(scope="module")
def evidence(space) -> Evidence:
    plan = space.catalogue.plans["shanxi-2025"]
    return Evidence(space, plan, PROVINCE, Period(YEAR), None, midterm.NEEDED)


@pytest.fixture(scope="module")
def documents(evidence) -> dict[str, Document]:
    return {language: midterm.build(evidence, Tongue(language)) for language in ("zh", "en")}


def table(document: Document, name: str) -> list[list[str]]:
    (grid,) = [one for one in document.grids() if name in one.caption]
    return [[cell.text for cell in row] for row in grid.rows]


def texts(document: Document) -> str:
    return "\n".join(p.text for p in document.parts if isinstance(p, Paragraph | Heading))


def test_the_chapters_are_those_of_a_mid_term_evaluation(documents):
    heads = [p.text for p in documents["zh"].parts if isinstance(p, Heading) and p.level == 1]
    assert heads == [
        "工作概况", "实施进展总体判断", "主要指标完成情况", "行动和举措实施情况", "政策效应", "存在问题及办理结果", "调整建议", "附件",
    ]  # fmt: skip
    english = [p.text for p in documents["en"].parts if isinstance(p, Heading) and p.level == 1]
    assert len(english) == len(heads)


def test_a_finding_is_quoted_as_found_with_its_task_answer_and_closing(documents):
    for language, text, closed in (
        ("zh", CLAIMED[4], "2026年5月20日经复核销号"),
        ("en", CLAIMED[5], "checked and closed 20 May 2026"),
    ):
        rows = table(
            documents[language], {"zh": "问题原文与办理结果", "en": "as found, and their outcome"}[language]
        )
        (row,) = [r for r in rows if text in r[2]]
        assert row[0] == "2025" and row[4] == "6/4" and closed in row[5]


def test_a_finding_that_came_back_is_not_settled_and_its_task_is_named(documents, evidence):
    by = {(one.kind, one.period): one for one in problems(evidence)}
    assert by[CLAIMED[0], "2025"].settled and by[UNPAID[0], "2025"].again == YEAR
    assert not by[UNPAID[0], "2025"].settled and not by[UNPAID[0], YEAR].again
    (row,) = [r for r in table(documents["en"], "as found, and their outcome") if UNPAID[5] in r[2]]
    assert "found again in 2027" in row[5]
    assert (
        "Problems of these tasks came back in later periods; consider supervising them again: 6/4."
        in texts(documents["en"])
    )


def test_the_same_finding_of_two_periods_is_two(evidence):
    unpaid = [one for one in problems(evidence) if one.kind == UNPAID[0]]
    assert [one.period for one in unpaid] == ["2025", YEAR]
    assert len({one.key for one in unpaid}) == 2


def test_the_headline_is_judged_by_pace_and_never_counted_among_real_ones_where_made_up(documents):
    (row,) = [
        r for r in table(documents["en"], "Indicators against time") if "Urbanization rate (resident" in r[0]
    ]
    assert "(synthetic)" in row[1] and "reached (synthetic)" in row[5] and row[6] == "pace"
    assert "Of 103 indicators 0 can be judged on real data" in texts(documents["en"])


def test_tasks_are_counted_by_measure_with_those_overdue(documents):
    rows = {row[0]: row for row in table(documents["en"], "Tasks by measure")}
    assert rows["6"][2:] == ["2", "1", "2", "80 %", "0"] and rows["1"][2:] == ["1", "0", "0", "—", "1"]


def test_a_group_whose_gain_stands_out_is_named_and_others_are_not_detected(documents):
    rows = {row[0]: row for row in table(documents["en"], "Effects by group")}
    named = rows["Eight counties of high urbanization potential"]
    assert named[2] == "8/8" and float(named[4].split()[0].lstrip("+")) == pytest.approx(1.41, abs=0.01)
    assert "no effect was detected" in texts(documents["en"]) and "no proof of cause" in texts(
        documents["en"]
    )


def test_without_county_data_it_says_what_is_wanting(evidence):
    bare = dataclasses.replace(evidence)
    rows = evidence.table("group_effect").clear()
    bare.__dict__.update(table=lambda name: rows if name == "group_effect" else evidence.table(name))
    assert "no group of counties" in texts(midterm.build(bare, Tongue("en")))


def test_no_survey_is_said_so_and_no_number_is_invented_for_it(documents):
    assert "no survey of residents" in texts(documents["en"]) and "没有公众满意度调查数据" in texts(
        documents["zh"]
    )


def test_both_languages_show_the_same_numbers(documents):
    zh, en = documents["zh"].grids(), documents["en"].grids()
    assert len(zh) == len(en)
    numbers = [[[c.number for c in row] for row in grid.rows] for grid in (*zh,)]
    assert numbers == [[[c.number for c in row] for row in grid.rows] for grid in (*en,)]


def test_all_formats_are_written_and_a_second_time_the_same(space, tmp_path):
    for folder in ("one", "two"):
        done = RUNNER.invoke(
            app,
            [
                "report",
                "midterm",
                "--period",
                YEAR,
                "-w",
                str(space.root),
                "--out",
                str(tmp_path / folder),
                "--language",
                "en",
            ],
        )
        assert done.exit_code == 0, done.output
    names = sorted(p.name for p in (tmp_path / "one").iterdir())
    assert names == [f"midterm-{PROVINCE}-{YEAR}-en.{kind}" for kind in ("docx", "html", "pdf", "xlsx")]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert CLAIMED[5] in (tmp_path / "one" / names[1]).read_text(encoding="utf-8")


def test_a_period_without_a_run_says_what_to_do(space, tmp_path):
    done = RUNNER.invoke(
        app, ["report", "midterm", "--period", "2026", "-w", str(space.root), "--out", str(tmp_path)]
    )
    assert done.exit_code != 0 and "renben run --period 2026" in str(done.exception or done.output)


def test_a_period_before_the_plan_has_nothing_to_evaluate(evidence):
    later = dataclasses.replace(evidence, plan=evidence.plan.model_copy(update={"first_year": 2030}))
    with pytest.raises(
        RenbenError, match=f"begins in 2030: {YEAR} has nothing to evaluate. Give --period 2030"
    ):
        midterm.build(later, Tongue("en"))


def test_every_table_fits_its_columns(documents):
    assert all(isinstance(grid, Grid) and grid.rows for one in documents.values() for grid in one.grids())
