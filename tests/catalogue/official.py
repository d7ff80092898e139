"""The official text of the plan in pieces that tests compare the catalogue with: simplified, half-width."""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

import opencc

TO_SIMPLIFIED = opencc.OpenCC("t2s")
HEADLINE = re.compile(r"^\((?P<number>[一二三四五六七八九十]+)\)(?P<body>.+)\(责任单位:(?P<owners>[^)]*)\)$")
GOVERNMENT = "人民政府"


class OfficialMeasure(NamedTuple):
    title: str
    sentences: tuple[str, ...]
    owners: tuple[str, ...]


class OfficialText(NamedTuple):
    whole: str
    measures: tuple[OfficialMeasure, ...]
    goals: str
    safeguards: str
    headings: tuple[str, ...]


@cache
def plain(text: str) -> str:
    """Simplified script with half-width brackets and punctuation, no spaces."""
    simplified = TO_SIMPLIFIED.convert(text)
    return re.sub(r"[ \t]", "", unicodedata.normalize("NFKC", simplified))


def owners(bracket: str) -> tuple[str, ...]:
    """Responsible units, one each; an ending shared by a list (甲市、乙市人民政府) is given to every city."""
    found = []
    for part in re.split(r"[,;]", bracket):
        names = part.split("、")
        shared = names[-1].endswith(GOVERNMENT) and len(names) > 1
        found += [n + GOVERNMENT if shared and n.endswith("市") else n for n in names]
    return tuple(found)


def read(path: Path) -> OfficialText:
    whole = plain(path.read_text(encoding="utf-8"))
    lines = whole.splitlines()
    measures = []
    for line in lines:
        if match := HEADLINE.match(line):
            title, *sentences = [s for s in match["body"].split("。") if s]
            measures.append(OfficialMeasure(title, tuple(sentences), owners(match["owners"])))
    starts = {line[:1]: i for i, line in enumerate(lines) if re.match(r"^[一二三四五六]、", line)}
    return OfficialText(
        whole=whole,
        measures=tuple(measures),
        goals="".join(lines[starts["一"] + 1 : starts["二"]]),
        safeguards="".join(lines[starts["六"] + 1 :]),
        headings=tuple(lines[i] for i in starts.values()),
    )
