"""Documents of invented places in other shapes: articles, nested items, flat lists, tables; nothing is lost."""

from pathlib import Path

import pytest

from renben.engines.plan_reader import Reading, read
from tests.engines.plan_reader.made import HERE, forest_plan


def owners(measure) -> list[tuple[str, str]]:
    return [(owner.name, owner.role) for owner in measure.owners]


def lost(reading: Reading) -> str:
    """Characters of the source that stand in no segment."""
    text = list(reading.source.text)
    for segment in reading.segments:
        for index in range(*segment.span):
            text[index] = " "
    return "".join("".join(text).split())


@pytest.fixture(scope="module")
def articles() -> Reading:
    return read(HERE / "qinghe_articles.txt")


@pytest.fixture(scope="module")
def flat(tmp_path_factory) -> Reading:
    path = tmp_path_factory.mktemp("flat") / "haiyan.html"
    path.write_bytes((HERE / "haiyan_flat.html").read_text(encoding="utf-8").encode("gb18030"))
    return read(path)


@pytest.fixture(scope="module")
def forest(tmp_path_factory) -> Reading:
    path = tmp_path_factory.mktemp("forest") / "forest.docx"
    path.write_bytes(forest_plan())
    return read(path)


@pytest.mark.parametrize("name", ["articles", "flat", "forest"])
def test_nothing_is_lost_and_nothing_unread(name, request):
    reading = request.getfixturevalue(name)
    assert lost(reading) == ""
    assert reading.unread == []


def test_a_document_of_articles_is_read(articles):
    head = articles.head
    assert head.title == "青禾省农村供水保障提升若干措施"
    assert (head.document_no, head.issuer) == ("青禾政办发〔2026〕7号", "青禾省人民政府办公厅")
    assert (head.issued_on, head.period) == ("2026-03-05", (2026, 2028))
    assert [(r.title, r.document_no) for r in articles.references] == [
        ("青禾省水利发展规划（2026—2030年）", "青禾政发〔2025〕31号"),
        ("", "青禾发〔2024〕9号"),
    ]
    assert [(a.title, [m.label for m in a.measures]) for a in articles.actions] == [
        ("工程建设", ["第三条", "第四条"]),
        ("运行管理", ["第五条", "第六条"]),
    ]
    assert [len(m.commitments) for m in articles.measures] == [2, 3, 2, 1]
    assert len(articles.safeguards) == 2


def test_owners_are_read_from_brackets_labels_and_closing_sentences(articles):
    third, fourth, fifth, sixth = articles.measures
    assert owners(third) == [
        ("省水利厅", "lead"), ("省财政厅", "responsible"), ("省发展改革委", "responsible"),
    ]  # fmt: skip
    assert third.owners_open and not sixth.owners_open
    assert owners(fourth) == [
        ("省生态环境厅", "responsible"),
        ("省应急厅", "lead"),
        ("省水利厅", "support"),
    ]
    assert [[o.name for o in c.owners] for c in fourth.commitments] == [
        [],
        ["省生态环境厅"],
        ["省应急厅", "省水利厅"],
    ]
    assert owners(fifth) == [
        ("省水利厅", "responsible"), ("望川市人民政府", "support"), ("石桥市人民政府", "support"),
        ("云溪县人民政府", "support"),
    ]  # fmt: skip
    assert owners(sixth) == [
        ("省发展改革委", "lead"), ("省水利厅", "support"), ("省民政厅", "support"), ("各市人民政府", "support"),
        ("各县（市、区）人民政府", "support"),
    ]  # fmt: skip


def test_offices_of_a_region_outside_the_catalogue_are_not_taken_for_ours(articles):
    assert {o.office for m in articles.measures for o in m.owners} == {None}


def test_targets_with_years_strength_and_shares_are_read(articles):
    assert [(t.value, t.unit, t.comparison, t.vague, t.year) for t in articles.targets] == [
        (95, "%", "at_least", None, 2028),
        (70, "%", "above", "strive_for", 2028),
        (90, "%", "at_least", None, 2028),
        (95, "%", "at_least", None, 2028),
        (60, "升", "at_least", None, 2028),
    ]
    assert [t.subject[:3] for t in articles.targets[2:4]] == ["山区（", "平原区"]


def test_quantities_deadlines_places_and_programmes_of_a_sentence_are_read(articles):
    works, money = articles.measures[0].commitments
    assert [(q.value, q.unit, q.comparison) for q in works.quantities] == [
        (12, "座", "equals"), (1200, "公里", "equals"), (3_560_000_000, "元", "about"),
    ]  # fmt: skip
    assert [(q.value, q.comparison, q.per) for q in money.quantities] == [(200_000_000, "at_least", "每年")]
    assert [(p.name, p.code) for p in money.places] == [("望川市", None), ("石桥市", None)]
    assert money.deadline.every == "year"
    survey, stations, pilot = articles.measures[1].commitments
    assert (survey.deadline.date, survey.under) == ("2026-12-31", "分散供水工程")
    assert [(q.value, q.comparison) for q in survey.quantities] == [(300, "at_least")]
    assert [(q.value, q.comparison) for q in stations.quantities] == [(80, "about")]
    assert ([p.name for p in pilot.programmes], pilot.kind) == (["一村一策应急供水试点"], "pilot")
    tariff = articles.measures[3].commitments[0]
    assert [(q.value, q.to, q.comparison) for q in tariff.quantities] == [(30, 50, "between")]


def test_a_flat_page_in_gb18030_with_menus_is_read(flat):
    assert (flat.source.format, flat.source.encoding) == ("html", "gb18030")
    assert flat.head.title == "海堰市养老服务提质三年行动计划（2027—2029年）"
    assert (flat.head.document_no, flat.head.issued_on) == ("海堰政办〔2027〕8号", "2027-01-18")
    assert [m.title for m in flat.measures] == [
        "增加床位供给",
        "发展社区食堂",
        "培养护理人员",
        "推动智慧养老",
    ]
    assert [[o.name for o in m.owners] for m in flat.measures] == [
        ["市民政局", "市卫生健康委"],
        ["市民政局", "市财政局", "东港区人民政府", "西岭区人民政府"],
        ["市人力资源社会保障局"],
        ["市数据局", "市民政局"],
    ]
    assert flat.measures[0].deadline.date == "2028-12-31"
    assert [f.reason[:4] for f in flat.source.furniture] == ["menu", "menu"]
    assert [(t.value, t.unit) for t in flat.targets[:3]] == [(45, "张"), (60, "%"), (0.666667, "share")]


def test_automatic_numbers_of_word_are_part_of_the_text(forest):
    assert [(m.label, m.title) for m in forest.actions[0].measures] == [
        ("（一）", "培育优质森林"),
        ("（二）", "发展林下经济"),
    ]


def test_an_owner_line_after_the_last_item_belongs_to_the_whole_measure(forest):
    first, second = forest.actions[0].measures
    assert owners(first) == [
        ("省林草局", "lead"), ("省财政厅", "support"), ("省农业农村厅", "support"), ("黑松市人民政府", "support"),
        ("白桦市人民政府", "support"),
    ]  # fmt: skip
    assert [c.under for c in first.commitments] == ["营造林工程", "种苗提升"]
    assert [c.owners for c in first.commitments] == [None, None]
    assert [o.name for o in second.owners] == ["省林草局", "省自然资源厅", "省地方金融监管局"]
    assert second.owners_open


def test_a_table_of_tasks_gives_measures_and_merged_rows_more_commitments(forest):
    table = forest.actions[1]
    assert table.title == "年度重点任务清单"
    roads, fire = table.measures
    assert (roads.title, [c.text for c in roads.commitments]) == (
        "林区道路",
        ["新建林区道路60公里。", "改造危桥12座。"],
    )
    assert [c.deadline.date for c in roads.commitments] == ["2026-12-31", "2027-06-30"]
    assert [[o.name for o in c.owners] for c in roads.commitments] == [
        ["省交通运输厅", "省林草局", "黑松市人民政府"],
        ["省交通运输厅"],
    ]
    assert [(q.value, q.unit) for q in fire.commitments[0].quantities] == [(20, "座"), (15, "架")]
    assert (fire.commitments[0].deadline.date, fire.commitments[0].deadline.text) == (None, "长期坚持")


def test_a_table_of_targets_gives_one_target_for_each_year_but_the_present(forest):
    rows = [(t.subject, t.value, t.unit, t.comparison, t.year) for t in forest.targets[-2:]]
    assert rows == [
        ("森林覆盖率", 38, "%", "at_least", 2030),
        ("林场道路里程", 1200, "公里", "about", 2030),
    ]


def test_the_page_header_of_word_is_set_aside_and_told(forest):
    assert [f.text for f in forest.source.furniture] == ["云岭省林草局文件"]


def test_big5_is_told_from_gb18030(tmp_path):
    path = Path(tmp_path / "plan.txt")
    path.write_bytes("一、主要任務\n(一)推進供水改革。建設水廠三座。(責任單位:省水利廳)\n".encode("big5"))
    reading = read(path)
    assert reading.source.encoding == "big5hkscs"
    assert [(m.title, [o.name for o in m.owners]) for m in reading.measures] == [
        ("推进供水改革", ["省水利厅"])
    ]
