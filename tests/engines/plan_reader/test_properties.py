"""Whatever the text: no exception, every character in exactly one segment, ids that are unique."""

from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.plan_reader.model import ROLES
from renben.engines.plan_reader.plain import read_plain
from renben.engines.plan_reader.reader import read_source

LABELS = st.sampled_from(
    ["一、", "二、", "（一）", "(二)", "1.", "2、", "第一条 ", "第二章 ", "①", "附件1 ", "", "　　", "（1）"]
)
WORDS = st.sampled_from(
    "推進改革 建设水厂三座 责任单位：省教育厅 （省财政厅牵头，各市人民政府配合） 到2028年底前 达到75%以上 总体要求 保障措施 目标 "
    "太原市 平(遥)介(休) “春风行动” 《办法》（晋政发〔2024〕1号） 等项目 由省教育厅负责 完成时限：2027年 每年 分别 ） （ “ ” 《 1—2个 "
    "第二条规定 2025—2029年 2024年10月25日 省人民政府 \t abc".split(" ")
)
STOPS = st.sampled_from(["。", "；", "，", "：", "、", "", "！", " "])
LINES = st.tuples(LABELS, st.lists(st.tuples(WORDS, STOPS), max_size=6)).map(
    lambda parts: parts[0] + "".join(word + stop for word, stop in parts[1])
)
DOCUMENTS = st.one_of(st.lists(LINES, max_size=12).map("\n".join), st.text(max_size=300))


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS)
def test_segments_cover_the_text_once(text):
    source = read_plain(text, "made.txt", "utf-8")
    reading = read_source(source)
    position = 0
    for segment in reading.segments:
        assert segment.role in ROLES
        assert segment.span[0] >= position, "segments overlap"
        assert not source.text[position : segment.span[0]].strip(), "text between segments"
        position = segment.span[1]
    assert not source.text[position:].strip()
    joined = "".join(source.text[slice(*segment.span)] for segment in reading.segments)
    assert "".join(joined.split()) == "".join(source.text.split())


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS)
def test_every_commitment_has_its_own_id_and_its_words_in_the_source(text):
    source = read_plain(text, "made.txt", "utf-8")
    reading = read_source(source)
    every = [*reading.commitments, *reading.safeguards]
    assert len({c.id for c in every}) == len(every)
    assert all(source.text[slice(*c.span)].strip() for c in every)
    assert [m.number for m in reading.measures] == list(range(1, len(reading.measures) + 1))


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS)
def test_reading_twice_gives_the_same(text):
    source = read_plain(text, "made.txt", "utf-8")
    first, second = read_source(source), read_source(source)
    assert first == second
