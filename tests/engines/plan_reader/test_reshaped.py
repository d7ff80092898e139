"""The official text rewritten in the habits of other provinces reads as the same measures, owners and sentences."""

import re

import pytest

from renben.engines.plan_reader import Reading, read
from renben.engines.plan_reader.numbers import chinese, chinese_value
from renben.engines.plan_reader.plain import read_plain
from renben.engines.plan_reader.reader import read_source
from renben.engines.plan_reader.script import simplified
from tests.engines.plan_reader.shared import needs_text, official_text

pytestmark = needs_text
MEASURE = re.compile(r"^（([一二三四五六七八九十]+)）([^。]+)。(.*)（责任单位：(.*)）$", re.M)


@pytest.fixture(scope="module")
def text() -> str:
    return simplified(official_text().read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def expected() -> list[tuple[str, list[str], list[str]]]:
    return told(read(official_text()))


def told(reading: Reading) -> list[tuple[str, list[str], list[str]]]:
    return [(m.title, [o.name for o in m.owners], [c.text for c in m.commitments]) for m in reading.measures]


def of(text: str) -> Reading:
    return read_source(read_plain(text, "reshaped.txt", "utf-8"))


def chapters(text: str, form: str) -> str:
    return re.sub(r"^([一二三四五六])、", lambda m: form.format(m[1]), text, flags=re.M)


def number(match: re.Match[str]) -> int:
    return chinese_value(match[1])


RESHAPED = {
    "headline, sentences and owners each on a line of their own": lambda m: (
        f"（{m[1]}）{m[2]}\n{m[3]}\n责任单位：{m[4]}"
    ),
    "owners in square brackets": lambda m: f"（{m[1]}）{m[2]}。{m[3]}【责任单位：{m[4]}】",
    "arabic numbers with a stop": lambda m: f"{number(m)}. {m[2]}。{m[3]}（责任部门：{m[4]}）",
    "arabic numbers with a comma": lambda m: f"{number(m)}、{m[2]}。{m[3]}（责任单位：{m[4]}）",
    "articles": lambda m: f"第{chinese(number(m))}条 {m[2]}。{m[3]}（责任单位：{m[4]}）",
    "owners before a verb": lambda m: f"（{m[1]}）{m[2]}。{m[3]}（{m[4]}按职责分工负责）",
    "owners and others": lambda m: f"（{m[1]}）{m[2]}。{m[3]}（{m[4]}等按职责分工负责）",
    "owners in a closing sentence": lambda m: f"（{m[1]}）{m[2]}。{m[3]}由{m[4]}按职责分工负责。",
    "a colon after the headline": lambda m: f"（{m[1]}）{m[2]}：{m[3]}（责任单位：{m[4]}）",
    "one item per sentence, owners after the last": lambda m: (
        f"（{m[1]}）{m[2]}\n"
        + "\n".join(f"{i}. {s}。" for i, s in enumerate(m[3].rstrip("。").split("。"), 1))
        + f"\n责任单位：{m[4]}"
    ),
}


@pytest.mark.parametrize("name", RESHAPED)
@pytest.mark.parametrize("form", ["{}、", "第{}章 ", "第{}部分 "])
def test_reshaped_measures_read_the_same(text, expected, name, form):
    reshaped, count = MEASURE.subn(RESHAPED[name], text)
    assert count == 33
    reading = of(chapters(reshaped, form))
    assert told(reading) == expected
    assert [len(action.measures) for action in reading.actions] == [7, 9, 7, 10]
    assert [unread.text for unread in reading.unread] == ["附件："]
    assert all(measure.owners_open == ("others" in name) for measure in reading.measures)


def test_a_leader_and_helpers_are_told_apart(text, expected):
    def led(match: re.Match[str]) -> str:
        lead, _, rest = match[4].partition("、")
        helpers = f"，{rest}等配合" if rest else ""
        return f"（{match[1]}）{match[2]}。{match[3]}（{lead}牵头{helpers}）"

    reading = of(MEASURE.sub(led, text))
    assert told(reading) == expected
    for measure in reading.measures:
        assert [o.role for o in measure.owners] == ["lead"] + ["support"] * (len(measure.owners) - 1)


def test_numbers_that_begin_anew_in_every_chapter_still_give_33_measures(text, expected):
    counts = iter([*range(1, 8), *range(1, 10), *range(1, 8), *range(1, 11)])
    reading = of(
        MEASURE.sub(lambda m: f"（{chinese(next(counts))}）{m[2]}。{m[3]}（责任单位：{m[4]}）", text)
    )
    assert told(reading) == expected
    assert len({c.id for c in reading.commitments}) == 121


def test_without_any_owner_the_second_level_holds_the_measures(text, expected):
    reading = of(MEASURE.sub(lambda m: f"（{m[1]}）{m[2]}。{m[3]}", text))
    assert told(reading) == [(title, [], sentences) for title, _, sentences in expected]
