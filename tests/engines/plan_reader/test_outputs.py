"""What the reader writes: JSON with the promised keys, a proposal the catalogue accepts, a ledger people can use."""

import datetime as dt
import io
import json

import openpyxl
import pytest
import yaml

from renben.catalogue import load
from renben.catalogue.plan import Plan
from renben.engines.plan_reader import PlanFileError, Reading, read
from renben.engines.plan_reader.as_json import as_json
from renben.engines.plan_reader.compare import differences
from renben.engines.plan_reader.ledger import STATES, ledger, task_rows
from renben.engines.plan_reader.plain import read_plain
from renben.engines.plan_reader.proposal import proposal
from renben.engines.plan_reader.reader import read_source
from tests.engines.plan_reader.made import HERE, forest_plan

PLAN = """太原市人民政府
关于印发太原市绿道建设行动方案（2026—2028年）的通知
并政发〔2026〕3号
一、总体要求
到2028年，绿道服务人口覆盖率达到80%以上。
二、重点任务
（一）建设绿道。2027年底前在小店区、迎泽区新建绿道120公里以上。推进“口袋公园”建设。（责任单位：省住建厅、太原市人民政府）
（二）加强管护。探索市场化管护。（责任单位：绿道建设专班）
三、保障措施
市政府每年评估进展。
太原市人民政府
2026年1月15日
"""


def of(text: str) -> Reading:
    return read_source(read_plain(text, "made.txt", "utf-8"))


@pytest.fixture(scope="module")
def reading() -> Reading:
    return of(PLAN)


@pytest.fixture(scope="module")
def articles() -> Reading:
    return read(HERE / "qinghe_articles.txt")


def test_json_has_the_promised_keys(reading):
    told = json.loads(json.dumps(as_json(reading), ensure_ascii=False))
    top = {
        "title",
        "document_no",
        "issuer",
        "issued_on",
        "period",
        "references",
        "targets",
        "actions",
        "unread",
    }
    assert top <= set(told)
    assert told["period"] == {"from": 2026, "to": 2028}
    assert {"text", "value", "unit", "vague", "comparison", "year"} <= set(told["targets"][0])
    measure = told["actions"][0]["measures"][0]
    assert {"number", "title", "owners", "commitments"} <= set(measure)
    assert {"name", "role"} <= set(measure["owners"][0])
    first = measure["commitments"][0]
    assert {"id", "text", "kind", "places", "quantities", "deadline", "programmes"} <= set(first)
    assert [(p["name"], p["code"]) for p in first["places"]] == [("小店区", "140105"), ("迎泽区", "140106")]
    assert {k: first["quantities"][0][k] for k in ("value", "unit", "comparison")} == {
        "value": 120, "unit": "公里", "comparison": "at_least",
    }  # fmt: skip
    assert (first["deadline"], first["deadline_text"]) == ("2027-12-31", "2027年底前")
    assert (first["line"], first["page"]) == (7, None)


def test_json_says_where_unread_text_stands():
    told = as_json(of("给同事\n一、任务\n（一）修路。修路三公里。\n附件：\n"))["unread"]
    assert [(u["text"], u["line"], u["offset"]) for u in told] == [("给同事", 1, 0), ("附件：", 4, 22)]


def test_the_head_is_read_from_a_title_without_book_marks(reading):
    assert reading.plan_id == "taiyuan-2026"
    assert reading.head.title == "太原市绿道建设行动方案（2026—2028年）"
    assert (reading.head.document_no, reading.head.issuer, reading.head.issued_on) == (
        "并政发〔2026〕3号",
        "太原市人民政府",
        "2026-01-15",
    )


def test_the_region_of_an_office_of_a_government_is_that_governments():
    reading = of(PLAN.replace("太原市人民政府\n", "山西省太原市人民政府办公室\n"))
    assert (reading.head.issuer, reading.region) == ("山西省太原市人民政府办公室", "140100")
    assert of(PLAN.replace("太原市人民政府\n", "太原市人民政府办公室\n")).region == "140100"


def test_a_proposal_fits_the_catalogue_and_says_what_is_open(reading):
    text, missing = proposal(reading)
    assert missing == []
    assert "不" not in text.splitlines()[0] and "绿道建设专班" in text.splitlines()[2]
    written = yaml.safe_load(text)
    plan = Plan.model_validate({**written["taiyuan-2026"], "id": "taiyuan-2026"})
    assert (plan.region, plan.issuer, plan.issued_on) == ("140100", "gov_140100", dt.date(2026, 1, 15))
    assert [m.owners for m in plan.measures] == [("housing", "gov_140100"), ("绿道建设专班",)]
    first = plan.commitments[0]
    assert (first.places, first.deadline) == (("140105", "140106"), dt.date(2027, 12, 31))
    assert (first.quantities[0].value, first.quantities[0].unit) == (120, "km")
    assert all(c.mechanisms == () and c.reason for c in plan.duties)
    assert [g.reason for g in plan.goals.values()] == ["proposal, not reviewed"]


def test_a_proposal_lists_what_the_document_does_not_say(articles):
    text, missing = proposal(articles)
    assert missing == ["region"]
    assert "# Fill in: region" in text
    assert list(yaml.safe_load(text)) == ["plan-2026"]


def test_a_proposal_read_back_does_not_differ_from_its_document(reading):
    written = yaml.safe_load(proposal(reading)[0])
    plan = Plan.model_validate({**written["taiyuan-2026"], "id": "taiyuan-2026"})
    assert differences(reading, plan, load()) == []


def test_a_document_without_measures_gives_no_proposal():
    with pytest.raises(PlanFileError, match="no numbered measure was found"):
        proposal(of("今天天气很好。"))


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("省住建厅、太原市", "太原市", "owner"),
        ("120公里", "130公里", "quantity"),
        ("小店区、", "", "place"),
        ("迎泽区", "杏花岭区", "place"),
        ("推进“口袋公园”建设。", "", "number of commitments"),
        ("2027年底", "2026年底", "deadline"),
        ("80%", "85%", "target"),
        ("〔2026〕3号", "〔2026〕4号", "document number"),
        ("加强管护。", "加强养护。", "title"),
        ("（二）加强管护。探索市场化管护。（责任单位：绿道建设专班）\n", "", "measure"),
    ],
)
def test_every_change_of_the_document_is_told(reading, before, after, what):
    written = yaml.safe_load(proposal(reading)[0])
    plan = Plan.model_validate({**written["taiyuan-2026"], "id": "taiyuan-2026"})
    assert before in PLAN
    changed = read_source(read_plain(PLAN.replace(before, after), "made.txt", "utf-8"), plan_id=plan.id)
    assert what in {difference.what for difference in differences(changed, plan, load())}


def sheet(reading: Reading, name: str):
    return openpyxl.load_workbook(io.BytesIO(ledger(reading)))[name]


def test_the_ledger_has_one_row_for_each_commitment_and_owner(reading):
    rows = list(sheet(reading, "任务分工台账").iter_rows(values_only=True))
    header = {name: index for index, name in enumerate(rows[0])}
    told = [(row[header["任务编号"]], row[header["责任单位"]], row[header["角色"]]) for row in rows[1:]]
    assert told == [
        ("taiyuan-2026/1/1", "省住建厅", "责任单位"),
        ("taiyuan-2026/1/1", "太原市人民政府", "责任单位"),
        ("taiyuan-2026/1/2", "省住建厅", "责任单位"),
        ("taiyuan-2026/1/2", "太原市人民政府", "责任单位"),
        ("taiyuan-2026/2/1", "绿道建设专班", "责任单位"),
        ("taiyuan-2026/safeguards/1", None, None),
    ]
    assert rows[1][header["量化要求"]] == "≥120公里"
    assert rows[1][header["完成时限"]] == "2027-12-31"
    assert rows[6][header["备注"]] == "原文未写明责任单位"


def test_the_ledger_is_filtered_frozen_and_wide_enough(reading):
    found = sheet(reading, "任务分工台账")
    assert found.freeze_panes == "A2"
    assert found.auto_filter.ref == "A1:S7"
    assert found.column_dimensions["F"].width >= 50
    assert found.print_title_rows == "$1:$1"
    (rule,) = found.data_validations.dataValidation
    assert rule.formula1 == f'"{",".join(STATES)}"'


def test_the_ledger_counts_the_tasks_of_every_unit(articles):
    rows = list(sheet(articles, "责任单位").iter_rows(min_row=2, values_only=True))
    assert sum(row[-1] for row in rows) == sum(row[8] is not None for row in task_rows(articles))
    assert rows[0] == ("省水利厅", None, 2, 2, 2, 6)


def test_words_that_look_like_formulas_stay_words():
    reading = of("一、任务\n（一）修路。=1+1。\n（责任单位：省交通厅）\n")
    assert sheet(reading, "任务分工台账")["F2"].value == "=1+1。"
    assert sheet(reading, "任务分工台账")["F2"].data_type == "s"


def test_the_same_reading_gives_the_same_bytes(tmp_path):
    (tmp_path / "forest.docx").write_bytes(forest_plan())
    first, second = (read(tmp_path / "forest.docx") for _ in range(2))
    assert ledger(first) == ledger(second)
    assert proposal(first) == proposal(second)
