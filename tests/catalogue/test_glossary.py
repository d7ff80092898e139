"""The glossary gives one English word to each meaning, and the code keeps to it."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "renben"
COLLISIONS = {
    "指标": {"indicator", "quota"},
    "单位": {"owner", "unit"},
    "落户": {"hukou settlement"},
    "结算": {"clearing"},
    "转移支付": {"fiscal transfer"},
    "关系转移接续": {"carry-over"},
    "人口迁移流动": {"mobility"},
    "可达性": {"accessibility"},
}


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return table[2:]


def test_every_row_has_a_chinese_word_a_meaning_an_english_word_and_a_use(rows):
    assert len(rows) >= 20
    assert all(len(row) == 5 and all(row[:4]) for row in rows)


def test_every_meaning_of_a_chinese_word_has_its_own_english_word(rows):
    english = defaultdict(list)
    for row in rows:
        english[row[0]].append(row[2])
    assert all(len(words) == len(set(words)) for words in english.values())
    assert all(set(english[zh]) == words for zh, words in COLLISIONS.items())


def test_no_english_word_stands_in_two_rows(rows):
    words = [row[2] for row in rows]
    assert sorted(words) == sorted(set(words))


def identifiers(path: Path) -> set[str]:
    """Names that a module defines or uses: classes, functions, arguments, variables and attributes."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for field in ("name", "arg", "id", "attr"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                found.add(value.lower())
    return found


def offenders(words: set[str], folder: Path) -> dict[str, str]:
    paths = [p for p in sorted(folder.rglob("*.py")) if "web" not in p.relative_to(folder).parts]
    return {
        f"{path.relative_to(folder)}:{name}": word
        for path in paths
        for name in identifiers(path)
        for word in words
        if word in name.split("_") or word == name
    }


def test_words_that_may_not_be_names_name_nothing_outside_the_web_room(rows):
    words = {word.strip() for row in rows for word in row[4].split(",") if word.strip()}
    assert words == {"metric", "kpi", "responsible_unit", "migration"}
    found = offenders(words, SOURCE)
    assert list(found) == []


def test_a_forbidden_name_is_found(tmp_path):
    (tmp_path / "a.py").write_text("def net_migration(x):\n    return x\n", encoding="utf-8")
    assert offenders({"migration"}, tmp_path) == {"a.py:net_migration": "migration"}
