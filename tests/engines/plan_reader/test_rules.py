"""Tables of cases for the rules: owners, numbers, quantities, deadlines, labels, places."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.engines.plan_reader.deadlines import deadline
from renben.engines.plan_reader.kinds import kind_of, strength_of
from renben.engines.plan_reader.labels import label_of
from renben.engines.plan_reader.names import split_names
from renben.engines.plan_reader.numbers import arabic_value, chinese, chinese_value
from renben.engines.plan_reader.owners import read_statement
from renben.engines.plan_reader.programmes import programmes
from renben.engines.plan_reader.quantities import quantities
from renben.engines.plan_reader.script import simplified
from renben.engines.plan_reader.targets import targets

L, S, R = "lead", "support", "responsible"


def unknown(_: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("words", "owners"),
    [
        ("责任单位：省公安厅", [("省公安厅", R)]),
        ("责任部门：市民政局 市财政局", [("市民政局", R), ("市财政局", R)]),
        ("牵头单位：省住建厅；配合单位：省财政厅", [("省住建厅", L), ("省财政厅", S)]),
        ("牵头单位：省住建厅 配合单位：省财政厅", [("省住建厅", L), ("省财政厅", S)]),
        (
            "省发展改革委牵头，省教育厅、财政厅等按职责分工负责",
            [("省发展改革委", L), ("省教育厅", R), ("省财政厅", R)],
        ),
        (
            "省教育厅、省财政厅，各市人民政府按职责分工负责",
            [("省教育厅", R), ("省财政厅", R), ("各市人民政府", R)],
        ),
        ("省委组织部、宣传部负责", [("省委组织部", R), ("省委宣传部", R)]),
        ("由省教育厅牵头，省财政厅配合", [("省教育厅", L), ("省财政厅", S)]),
        ("省工业和信息化厅会同省财政厅负责", [("省工业和信息化厅", L), ("省财政厅", S)]),
        ("省农业农村厅为牵头单位，省财政厅为配合单位", [("省农业农村厅", L), ("省财政厅", S)]),
        ("责任单位：甲阳市、乙阳市人民政府", [("甲阳市人民政府", R), ("乙阳市人民政府", R)]),
        ("责任单位：各市、县（市、区）人民政府", [("各市人民政府", R), ("各县（市、区）人民政府", R)]),
        ("责任单位：省教育厅；完成时限：2027年底", [("省教育厅", R)]),
    ],
)
def test_statements_of_owners(words, owners):
    found = read_statement(words, unknown, strict=True)
    assert found is not None
    assert [(o.name, o.role) for o in found[0]] == owners


@pytest.mark.parametrize(
    "words",
    [
        "含中医院",
        "到2028年",
        "支持企业参与",
        "鼓励企业和社会组织参与",
        "推动项目落实",
        "市、区",
        "各部门要切实履行职责，加强落实",
    ],
)
def test_ordinary_words_are_no_statement_of_owners(words):
    assert read_statement(words, unknown, strict=True) is None


def test_和_inside_a_name_does_not_cut_it():
    names, others = split_names("省住房和城乡建设厅、省发展和改革委员会和各市人民政府等", unknown)
    assert (names, others) == (["省住房和城乡建设厅", "省发展和改革委员会", "各市人民政府"], True)


def test_a_name_the_catalogue_knows_is_never_cut():
    assert split_names("甲厅和乙厅", lambda name: name == "甲厅和乙厅")[0] == ["甲厅和乙厅"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("培训不少于1.5万人次", (15000, "人次", "at_least", None)),
        ("总投资约35.6亿元", (3_560_000_000, "元", "about", None)),
        ("占比达到65%以上", (65, "%", "at_least", None)),
        ("能耗下降到0.5吨标准煤以下", (0.5, "吨标准煤", "at_most", None)),
        ("瞄准1—2个主导产业", (1, "个", "between", 2)),
        ("建设三百处以上", (300, "处", "at_least", None)),
        ("超过1,200公里", (1200, "公里", "above", None)),
        ("提高3个百分点左右", (3, "个百分点", "about", None)),
        ("接近三分之二", (0.666667, "share", "about", None)),
        ("5万余户", (50_000, "户", "above", None)),
        ("不足百分之六十", (60, "%", "below", None)),
    ],
)
def test_quantities_with_unit_and_comparison(words, expected):
    (found,) = quantities(words, (0, len(words)))
    assert (found.value, found.unit, found.comparison, found.to) == expected


@pytest.mark.parametrize(
    "words",
    [
        "2025—2029年",
        "国道108公路",
        "轨道交通3号线一期工程",
        "“10+N”专项行动",
        "一、二、三产业",
        "第二轮",
        "5G网络",
        "2024年10月25日",
        "“两个均等化”",
        "二十届三中全会",
    ],
)
def test_names_dates_and_ordinals_are_no_quantities(words):
    assert quantities(words, (0, len(words))) == []


@pytest.mark.parametrize(
    ("words", "date", "every"),
    [
        ("到2028年底前", "2028-12-31", None),
        ("2027年6月底前完成", "2027-06-30", None),
        ("到2027年，建成", "2027-12-31", None),
        ("2027年前完成", "2026-12-31", None),
        ("2026年上半年完成", "2026-06-30", None),
        ("“十五五”期末", "2030-12-31", None),
        ("每年评估", None, "year"),
        ("2028年2月底前", "2028-02-29", None),
        ("自受理之日起20个工作日内办结", None, None),
    ],
)
def test_deadlines(words, date, every):
    found = deadline(words, (0, len(words)))
    assert (found.date, found.every) == (date, every)


@pytest.mark.parametrize("words", ["2024年召开会议", "建设道路", "2025—2029年"])
def test_a_year_alone_is_no_deadline(words):
    assert deadline(words, (0, len(words))) is None


@pytest.mark.parametrize(
    ("line", "kind", "value"),
    [
        ("第三章 产业", "chapter", 3), ("第十二条 支持", "article", 12), ("三、任务", "han", 3),
        ("（二十一）加快", "han_paren", 21), ("1.推进", "num", 1), ("12、推进", "num", 12), ("3．推进", "num", 3),
        ("（4）推进", "num_paren", 4), ("③推进", "circled", 3), ("1.2.3 推进", "decimal3", 3), ("附件2", "annex", 2),
        ("专栏1 重点", "box", 1),
    ],
)  # fmt: skip
def test_numbers_that_open_a_paragraph(line, kind, value):
    found = label_of(simplified(line))
    assert (found.kind, found.value) == (kind, value)


@pytest.mark.parametrize("line", ["1.5亿元", "2025年", "一批项目", "一、二、三产业融合", "10万人"])
def test_numbers_that_open_no_item(line):
    assert label_of(simplified(line)) is None


def test_分别_shares_numbers_out():
    words = "男、女职工参保率分别达到90%和85%左右"
    found = targets(words, (0, len(words)), 2030)
    assert [(t.value, t.comparison, t.vague, t.year) for t in found] == [
        (90, "about", "close_to", 2030),
        (85, "about", "close_to", 2030),
    ]


def test_listed_projects_lose_the_verb_before_them():
    words = "加快推进青云高铁、云海高速等项目建设。"
    assert [(p.name, p.kind) for p in programmes(words, (0, len(words)))] == [
        ("青云高铁", "project"),
        ("云海高速", "project"),
    ]


def test_kind_and_strength_follow_the_telling_words():
    assert (kind_of("在两市开展试点。"), strength_of("鼓励社会参与。")) == ("pilot", "encourage")


def test_both_scripts_and_both_widths_read_the_same():
    assert simplified("(責任單位:省衛健委,省人社廳)裏") == "（责任单位：省卫健委，省人社厅）里"
    assert simplified("乾县于1,200年著书，著力") == "乾县于1,200年著书，著力"
    assert simplified("爲進一步落實著力構建著名") == "为进一步落实着力构建著名"


@given(st.integers(0, 10**12 - 1))
def test_a_number_in_characters_reads_back(value):
    assert chinese_value(chinese(value)) == value


@given(st.integers(0, 10**9), st.integers(0, 99), st.sampled_from([("", 1), ("万", 10**4), ("亿", 10**8)]))
def test_a_number_in_digits_reads_back(whole, hundredths, scale):
    word, factor = scale
    written = f"{whole:,}.{hundredths:02d}{word}"
    assert arabic_value(written) == (Decimal(whole) + Decimal(hundredths) / 100) * factor


@given(st.text(max_size=200))
def test_one_script_keeps_every_offset(text):
    assert len(simplified(text)) == len(text)


@given(st.text(max_size=60))
def test_one_script_twice_is_one_script_once(text):
    assert simplified(simplified(text)) == simplified(text)
