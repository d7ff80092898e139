"""Automatic numbers of Word paragraphs, which stand in the style and not in the text: 第一条, （一）, 1."""

import re
from collections import defaultdict
from typing import Any

from renben.engines.plan_reader.numbers import chinese

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "chineseLegalSimplified",
    "taiwaneseCounting",
    "japaneseCounting",
    "ideographDigital",
    "taiwaneseCountingThousand",
}


class Numbering:
    """Counts through a document and says which number each paragraph carries."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._style_lists: dict[str, tuple[str, int]] = {}
        self._abstract: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._read_lists(document)
        self._read_styles(document)

    def _read_lists(self, document: Any) -> None:
        relation = next((r for r in document.part.rels.values() if r.reltype.endswith("/numbering")), None)
        if relation is None:
            return
        root = relation.target_part.element
        for abstract in root.iter(W + "abstractNum"):
            key = abstract.get(W + "abstractNumId")
            for level in abstract.iter(W + "lvl"):
                self._levels[key, int(level.get(W + "ilvl"))] = (
                    _value(level, "numFmt", "decimal"),
                    _value(level, "lvlText", ""),
                    int(_value(level, "start", "1")),
                )
        for number in root.iter(W + "num"):
            self._abstract[number.get(W + "numId")] = _value(number, "abstractNumId", "")

    def _read_styles(self, document: Any) -> None:
        for style in document.styles.element.iter(W + "style"):
            found = _list_of(style.find(W + "pPr"))
            if found:
                self._style_lists[style.get(W + "styleId")] = found

    def label(self, paragraph: Any) -> str:
        """The number printed before a paragraph, or an empty text."""
        properties = paragraph.find(W + "pPr")
        style = properties.find(W + "pStyle") if properties is not None else None
        found = _list_of(properties)
        if found is None and style is not None:
            found = self._style_lists.get(style.get(W + "val"))
        if found is None or found[0] == "0":
            return ""
        key, depth = self._abstract.get(found[0], ""), found[1]
        if (key, depth) not in self._levels:
            return ""
        counts = self._counts[key]
        counts[depth] = counts.get(depth, self._levels[key, depth][2] - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        return self._printed(key, depth, counts)

    def _printed(self, key: str, depth: int, counts: dict[int, int]) -> str:
        pattern = self._levels[key, depth][1]
        if self._levels[key, depth][0] in ("bullet", "none"):
            return ""

        def one(match: re.Match[str]) -> str:
            level = int(match[1]) - 1
            form, _, start = self._levels.get((key, level), ("decimal", "", 1))
            value = counts.get(level, start)
            return chinese(value) if form in CHINESE else str(value)

        return re.sub(r"%(\d)", one, pattern)


def _value(element: Any, name: str, default: str) -> str:
    child = element.find(W + name)
    return default if child is None else str(child.get(W + "val", default))


def _list_of(properties: Any) -> tuple[str, int] | None:
    if properties is None or properties.find(W + "numPr") is None:
        return None
    number = properties.find(W + "numPr")
    return _value(number, "numId", "0"), int(_value(number, "ilvl", "0"))
