"""Numbers that open a paragraph: 第一章, 第一条, 一、, （一）, 1., 1.2, （1）, ①, 附件1, 专栏1."""

import re
from dataclasses import dataclass

from renben.engines.plan_reader.numbers import chinese_value

HAN = "[一二三四五六七八九十百零〇]{1,5}"
MEASURES = "万亿倍个元米公平吨小年月日号人户百千度级家所座处项条件名辆台张"
"""First characters of units; a number before one of them is a quantity and opens nothing."""
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("part", re.compile(rf"第({HAN}|\d{{1,3}})(?:编|篇|部分)[、：]?[\s]*")),
    ("chapter", re.compile(rf"第({HAN}|\d{{1,3}})章[、：]?[\s]*")),
    ("section", re.compile(rf"第({HAN}|\d{{1,3}})节[、：]?[\s]*")),
    ("article", re.compile(rf"第({HAN}|\d{{1,3}})条[、：]?[\s]*")),
    ("han", re.compile(rf"({HAN})\s*[、.．](?!{HAN}、)\s*")),
    ("han_paren", re.compile(rf"（\s*({HAN})\s*）[、.]?\s*")),
    ("han_bare", re.compile(rf"({HAN})[ \t]+(?=[^\x00-\x7f])")),
    ("decimal4", re.compile(r"(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})[.、]?(?![\d%])\s*")),
    ("decimal3", re.compile(r"(\d{1,3}\.\d{1,3}\.\d{1,3})[.、]?(?![\d%])\s*")),
    ("decimal2", re.compile(r"([1-9]\d?\.[1-9]\d?)(?:[、\s]\s*|(?=[一-鿿]))(?![\d%" + MEASURES + "])")),
    ("num", re.compile(r"(\d{1,3})\s*(?:、|[.](?!\d))\s*")),
    ("num", re.compile(r"(\d{1,2})[ \t]+(?=[一-鿿])(?![" + MEASURES + "])")),
    ("num", re.compile(r"任务(\d{1,3}|" + HAN + r")[：、\s]\s*")),
    ("num_paren", re.compile(r"（\s*(\d{1,3})\s*）[、.]?\s*")),
    ("num_half", re.compile(r"(\d{1,3})）\s*")),
    ("circled", re.compile(r"([①-⑳])\s*")),
    ("annex", re.compile(rf"附[件表录]\s*(?:({HAN}|\d{{1,2}})(?!\d)|(?=[：\s]|\Z))[：]?\s*")),
    ("box", re.compile(rf"专栏\s*({HAN}|\d{{1,2}})?[：:\s]?\s*")),
)


@dataclass(frozen=True)
class Label:
    """A number that opens a paragraph: its kind, value and length in characters."""

    kind: str
    value: int
    length: int
    text: str


def label_of(paragraph: str) -> Label | None:
    """The number that opens a paragraph, or None.

    Args:
        paragraph: one clean paragraph.
    """
    for kind, pattern in PATTERNS:
        match = pattern.match(paragraph)
        if match:
            return Label(kind, _value(match[1]), match.end(), match[0].strip())
    return None


def _value(text: str | None) -> int:
    if text is None:
        return 0
    if "①" <= text <= "⑳":
        return ord(text) - ord("①") + 1
    last = text.rsplit(".", 1)[-1]
    return int(last) if last.isdigit() else chinese_value(last)
