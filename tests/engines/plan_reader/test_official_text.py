"""The official plan of Shanxi, where it is supplied: every measure, owner, commitment, place and target."""

import re
from collections import Counter

import opencc
import pytest

from renben.catalogue import load
from renben.engines.plan_reader import Reading, read
from renben.engines.plan_reader.as_json import as_json
from renben.engines.plan_reader.compare import differences
from tests.engines.plan_reader.made import as_docx, as_pdf
from tests.engines.plan_reader.shared import needs_text, official_text

pytestmark = needs_text
FIVE = ["太原市人民政府", "忻州市人民政府", "吕梁市人民政府", "晋中市人民政府", "阳泉市人民政府"]


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read(official_text())


@pytest.fixture(scope="module")
def brackets() -> list[list[str]]:
    """Owners by the plainest means: the bracket of each measure, cut at 、 and comma, in simplified script."""
    text = opencc.OpenCC("t2s").convert(official_text().read_text(encoding="utf-8"))
    found = []
    for words in re.findall(r"\(责任单位:([^)]*)\)", text):
        names = re.split("[、,]", words)
        cities = names[-5:] == [*(n.removesuffix("人民政府") for n in FIVE[:4]), FIVE[4]]
        found.append(names[:-5] + FIVE if cities else names)
    return found


def test_head_is_read(reading):
    head = reading.head
    assert head.title == "山西省深入推进以人为本的新型城镇化战略实施方案（2025—2029年）"
    assert (head.document_no, head.issuer) == ("晋政发〔2024〕20号", "山西省人民政府")
    assert (head.issued_on, head.period) == ("2024-10-25", (2025, 2029))
    assert [(r.title, r.document_no) for r in reading.references] == [
        ("深入实施以人为本的新型城镇化战略五年行动计划", "国发〔2024〕17号")
    ]
    assert (reading.plan_id, reading.script) == ("shanxi-2025", "traditional")


def test_four_actions_hold_33_measures_and_121_commitments(reading):
    assert [len(action.measures) for action in reading.actions] == [7, 9, 7, 10]
    assert [measure.number for measure in reading.measures] == list(range(1, 34))
    assert [len(m.commitments) for m in reading.measures] == [
        2, 4, 4, 3, 5, 5, 5, 7, 4, 3, 4, 3, 3, 4, 6, 2, 3, 3, 4, 6, 3, 3, 4, 3, 4, 3, 5, 3, 3, 2, 2, 4, 2,
    ]  # fmt: skip
    assert len(reading.commitments) == 121


def test_every_measure_has_exactly_the_owners_of_its_bracket(reading, brackets):
    assert len(brackets) == 33
    assert [[owner.name for owner in m.owners] for m in reading.measures] == brackets


def test_every_owner_is_an_office_of_the_catalogue(reading):
    unknown = {o.name for m in reading.measures for o in m.owners if o.office is None}
    assert unknown == set()


def test_a_shared_ending_makes_five_governments_with_their_regions(reading):
    cities = [(o.name, o.code) for o in reading.measures[16].owners[2:]]
    assert cities == list(zip(FIVE, ["140100", "140900", "141100", "140700", "140300"], strict=True))


def test_bracketed_abbreviations_are_resolved_to_regions(reading):
    names = [place.name for place in reading.measures[16].commitments[2].places]
    assert names == [
        "交城县", "汾阳市", "文水县", "孝义市", "忻府区", "定襄县", "原平市", "平遥县", "介休市", "祁县",
        "灵石县", "盂县", "平定县", "寿阳县", "昔阳县", "离石区", "柳林县", "中阳县", "方山县",
    ]  # fmt: skip
    assert all(place.code for place in reading.measures[16].commitments[2].places)


def test_nothing_is_unread_but_a_heading(reading):
    assert [(unread.text, unread.reason) for unread in reading.unread] == [
        ("附件：", "a heading without anything under it")
    ]


def test_every_sentence_is_a_commitment_a_target_preamble_or_unread(reading):
    roles = Counter(segment.role for segment in reading.segments)
    assert roles["commitment"] == 121
    assert (roles["target"], roles["safeguard"], roles["owner"], roles["unread"]) == (1, 3, 33, 1)


def test_targets_keep_what_is_vague(reading):
    first, second = [t for t in reading.targets if t.subject == "常住人口城镇化率"]
    assert (first.value, first.unit, first.vague, first.comparison, first.year) == (
        70, "%", "close_to", "about", 2029,
    )  # fmt: skip
    assert (second.text, second.value, second.vague) == ("力争达到全国平均水平", None, "strive_for")


def test_the_original_characters_stand_behind_every_commitment(reading):
    original = official_text().read_text(encoding="utf-8")
    convert = opencc.OpenCC("t2s").convert
    for commitment in reading.commitments:
        words = original[slice(*commitment.span)]
        assert _bare(convert(words)).replace("著", "着") == _bare(commitment.text)


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return official_text().read_text(encoding="utf-8").splitlines()


def test_the_same_is_read_from_a_word_document(reading, lines, tmp_path):
    path = tmp_path / "plan.docx"
    path.write_bytes(as_docx(lines))
    assert _told(read(path)) == _told(reading)


def test_the_same_is_read_from_a_pdf_with_headers_and_page_numbers(reading, lines, tmp_path):
    path = as_pdf(lines, tmp_path, header="山西省人民政府文件")
    found = read(path)
    assert _told(found) == _told(reading)
    pages = {f.page for f in found.source.furniture}
    assert len(pages) > 5 and len(found.source.furniture) == 2 * len(pages)


def test_the_same_is_read_from_lines_wrapped_at_28_characters(reading, lines, tmp_path):
    wrapped = []
    for line in lines:
        line = "　　" + line
        wrapped += [line[i : i + 28] for i in range(0, len(line), 28)]
    path = tmp_path / "wrapped.txt"
    path.write_text("\n".join([*wrapped[:40], "— 1 —", *wrapped[40:]]), encoding="utf-8")
    found = read(path)
    assert _told(found) == _told(reading)
    assert [f.reason for f in found.source.furniture] == ["page number"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_the_same_is_read_in_every_encoding(reading, encoding, tmp_path):
    path = tmp_path / "plan.txt"
    path.write_bytes(official_text().read_text(encoding="utf-8").encode(encoding))
    assert _told(read(path)) == _told(reading)


def test_the_catalogue_plan_says_what_the_document_says(reading):
    catalogue = load()
    found = differences(reading, catalogue.plans["shanxi-2025"], catalogue)
    assert [d for d in found if not d.note] == []


def _told(reading: Reading) -> dict:
    """The reading without places in the file."""
    return _without_places({**as_json(reading), "source": None, "furniture": None})


def _without_places(value):
    if isinstance(value, dict):
        at = ("offset", "end", "page", "line", "original")
        return {k: _without_places(v) for k, v in value.items() if k not in at}
    return [_without_places(v) for v in value] if isinstance(value, list) else value


def _bare(text: str) -> str:
    return re.sub(r"[^\w+%]", "", text)


def test_first_guesses_of_kind_and_strength_mostly_agree_with_the_reviewed_plan(reading):
    written = load().plans["shanxi-2025"].commitments
    pairs = list(zip(reading.commitments, written, strict=True))
    assert sum(ours.strength == theirs.strength for ours, theirs in pairs) >= 110
    assert sum(ours.kind == theirs.kind for ours, theirs in pairs) >= 85
