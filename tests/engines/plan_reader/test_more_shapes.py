"""More invented documents: three levels with a table of contents and bare owner brackets; decimal numbers."""

import pytest

from renben.engines.plan_reader import Reading, read
from renben.engines.plan_reader.as_json import as_json
from renben.engines.plan_reader.plain import read_plain
from renben.engines.plan_reader.reader import read_source
from tests.engines.plan_reader.made import HERE, as_docx, as_pdf


def of(text: str) -> Reading:
    return read_source(read_plain(text, "made.txt", "utf-8"))


@pytest.fixture(scope="module")
def nested() -> Reading:
    return read(HERE / "nanping_nested.txt")


@pytest.fixture(scope="module")
def decimals() -> Reading:
    return read(HERE / "jichuan_decimals.txt")


def test_three_levels_keep_the_path_of_their_headings(nested):
    assert [(a.path, a.title, [m.title for m in a.measures]) for a in nested.actions] == [
        (("重点任务",), "实施数字基础设施升级工程", ["加快网络覆盖", "推进电力改造"]),
        (("重点任务",), "发展智慧农业", ["建设数字农场", "推广智能农机"]),
    ]
    assert [len(m.commitments) for m in nested.measures] == [1, 1, 1, 2]
    assert [c.text for c in nested.safeguards] == [
        "省委网信办牵头建立联席会议制度。",
        "定期开展评估。",
        "本意见自2026年5月1日起施行，有效期至2030年12月31日。",
    ]


def test_the_table_of_contents_belongs_to_the_head_and_only_an_annex_title_is_unread(nested):
    assert [s.text for s in nested.preamble] == [
        "为加快数字乡村建设，现提出如下意见。",
        "坚持数字惠民，统筹推进。",
    ]
    assert [u.text for u in nested.unread] == ["2.重点工程清单"]


def test_the_first_of_a_bare_list_leads_where_the_document_says_so(nested):
    assert [[(o.name, o.role) for o in m.owners] for m in nested.measures] == [
        [("省通信管理局", "lead"), ("省发展改革委", "responsible")],
        [("国网南屏电力公司", "lead"), ("省能源局", "responsible")],
        [("省农业农村厅", "lead"), ("省财政厅", "responsible"), ("各市（州）人民政府", "responsible")],
        [("省农业农村厅", "lead"), ("省工业和信息化厅", "responsible")],
    ]


def test_targets_take_the_year_of_their_own_clause(nested):
    assert [(t.subject, t.value, t.vague, t.year) for t in nested.targets] == [
        ("行政村5G通达率", 98, None, 2027),
        ("农村网络零售额年均", 10, None, 2027),
        ("", None, "quality", 2030),
        ("农村居民人均可支配收入", 30_000, "strive_for", 2030),
    ]


def test_the_issuer_is_read_from_the_title_and_the_date_from_brackets(nested):
    head = nested.head
    assert (head.issuer, head.issued_on, head.period) == ("南屏省人民政府", "2026-04-02", (None, 2030))


def test_decimal_numbers_give_the_same_tree(decimals):
    assert [(a.path, a.title, [m.label for m in a.measures]) for a in decimals.actions] == [
        (("主要任务",), "强链补链", ["2.1.1", "2.1.2"]),
        (("主要任务",), "创新驱动", ["2.2.1"]),
    ]
    assert [[(o.name, o.role) for o in m.owners] for m in decimals.measures] == [
        [("市工信局", "lead"), ("市发展改革委", "responsible"), ("各县（区）政府", "responsible")],
        [("市工信局", "lead"), ("市科技局", "responsible"), ("市国资委", "responsible")],
        [("市科技局", "responsible")],
    ]
    assert decimals.measures[2].deadline.date == "2027-12-31"
    assert decimals.unread == []
    assert [(t.value, t.unit, t.comparison) for t in decimals.targets] == [
        (150_000_000_000, "元", "above"), (9, "%", "at_least"), (300, "家", "equals"),
    ]  # fmt: skip


@pytest.mark.parametrize("words", ["（含中医院）", "（包括博览会）", "（全部）", "（一期）", "（见附件）"])
def test_a_bracket_of_other_words_names_no_owner(words):
    reading = of(f"一、任务\n（一）修路。修路三公里{words}。\n（二）架桥。架桥两座。{words}\n")
    assert [m.owners for m in reading.measures] == [[], []]


def test_a_table_that_is_not_understood_is_unread_row_by_row(tmp_path):
    page = "<table><tr><th>甲</th><th>乙</th></tr><tr><td>丙</td><td>丁</td></tr></table>"
    path = tmp_path / "plan.html"
    path.write_text(
        f"<html><body><p>一、任务</p><p>（一）修路。修路三公里。</p>{page}</body></html>", encoding="utf-8"
    )
    assert [(u.text, u.reason) for u in read(path).unread] == [
        ("甲\t乙", "a table whose columns are not understood"),
        ("丙\t丁", "a table whose columns are not understood"),
    ]


def test_rows_that_reach_down_in_html_share_their_cell(tmp_path):
    page = (
        "<table><tr><th>重点任务</th><th>具体举措</th><th>责任单位</th></tr>"
        "<tr><td rowspan=2>修路</td><td>修甲路。</td><td>省交通厅</td></tr><tr><td>修乙路。</td><td>省财政厅</td></tr></table>"
    )
    path = tmp_path / "plan.html"
    path.write_text(f"<html><body><p>任务清单</p>{page}</body></html>", encoding="utf-8")
    (measure,) = read(path).measures
    assert (measure.title, [c.text for c in measure.commitments]) == ("修路", ["修甲路。", "修乙路。"])
    assert [[o.name for o in c.owners] for c in measure.commitments] == [["省交通厅"], ["省财政厅"]]


@pytest.mark.parametrize("name", ["qinghe_articles", "nanping_nested", "jichuan_decimals"])
@pytest.mark.parametrize("form", ["docx", "pdf", "wrapped"])
def test_every_format_reads_the_same(name, form, tmp_path):
    text = HERE / f"{name}.txt"
    lines = [line.strip("　 ") for line in text.read_text(encoding="utf-8").splitlines() if line.strip()]
    path = tmp_path / f"plan.{'txt' if form == 'wrapped' else form}"
    if form == "docx":
        path.write_bytes(as_docx(lines))
    elif form == "pdf":
        path = as_pdf(lines, tmp_path)
    else:
        path.write_text("\n".join(wrapped(lines, 28)), encoding="utf-8")
    assert without_places(as_json(read(path))) == without_places(as_json(read(text)))


def wrapped(lines: list[str], width: int) -> list[str]:
    indented = ["　　" + line for line in lines]
    return [line[i : i + width] for line in indented for i in range(0, len(line), width)]


def without_places(value):
    """The reading without where things stand in the file."""
    if isinstance(value, dict):
        at = ("offset", "end", "page", "line", "original", "source", "furniture")
        return {key: without_places(inner) for key, inner in value.items() if key not in at}
    return [without_places(inner) for inner in value] if isinstance(value, list) else value


def test_joint_issuers_and_a_five_year_plan_in_the_title_are_read():
    reading = read(HERE / "wushan_joint.txt")
    head = reading.head
    assert head.title == "雾山市“十五五”公共文化服务提升行动实施方案"
    assert head.issuer == "中共雾山市委办公室、雾山市人民政府办公室"
    assert (head.period, head.issued_on, reading.plan_id) == ((2026, 2030), "2026-05-20", "plan-2026")
    assert [[(o.name, o.role[0]) for o in m.owners] for m in reading.measures] == [
        [
            ("市文化广电和旅游局", "l"), ("市财政局", "r"), ("市自然资源和规划局", "r"),
            ("各县（市、区）党委和政府", "r"),
        ],
        [
            ("雾山区人民政府", "r"), ("松岭县人民政府", "r"), ("竹溪县人民政府", "r"),
            ("市文化广电和旅游局", "r"), ("市住房和城乡建设局", "r"),
        ],
        [("市委宣传部", "l"), ("市教育局", "r"), ("市总工会", "r"), ("团市委", "r"), ("市妇联", "r")],
        [("市文化广电和旅游局", "r"), ("市财政局", "r"), ("市税务局", "r")],
    ]  # fmt: skip
    assert [(t.value, t.unit, t.year) for t in reading.targets if t.commitment is None] == [
        (0.5, "平方米", 2030), (20, "%", 2030), (100, "%", 2030), (95, "%", 2030), (None, "", 2030),
    ]  # fmt: skip
    assert [p.name for p in reading.measures[1].commitments[0].places] == ["雾山区", "松岭县", "竹溪县"]
    grant = reading.measures[3].commitments[0].quantities[0]
    assert (grant.value, grant.comparison) == (500_000, "at_most")
    assert [u.text for u in reading.unread] == ["雾山市公共文化服务提升主要指标"]
