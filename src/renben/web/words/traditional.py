"""Chinese in traditional characters, for the view of the pages in 繁體: what is shown is converted, nothing is kept twice.

The table is OpenCC's, with the Taiwan standard's forms (裡, 為, 著) that `zh-Hant` without a region stands for. The
vocabulary stays that of the law and the plan (軟件, not 軟體): a term of a decree is no translation's to choose.
Not converted, since nothing of it comes through here: names and addresses on record, what people wrote, what is
quoted, and every value that a form sends back.
"""

import re
from functools import lru_cache
from pathlib import Path

import opencc

CHARACTERS = "s2tw"
OWN = {
    "准入": "准入", "准营": "准營", "制发": "製發", "制证": "製證", "编制": "編製", "历时": "歷時", "所签": "所簽",
    "签的": "簽的", "系数": "係數", "并户": "併戶", "只拿": "只拿", "数里": "數裡", "万": "萬", "账": "帳",
}  # fmt: skip
"""Words of these pages that the table takes for another word of the same signs."""
QUOTES = str.maketrans("“”", "「」")
PARTED = re.compile("(" + "|".join(OWN) + ")")
MOST = 16_384
"""Texts that are kept converted; the words of the pages are about 3,300."""


@lru_cache(maxsize=1)
def _table() -> opencc.OpenCC:
    return opencc.OpenCC(CHARACTERS)


@lru_cache(maxsize=1)
def only_simplified() -> frozenset[str]:
    """Characters that traditional text never uses, by the table's list of single characters."""
    path = Path(opencc.__file__).parent / "dictionary" / "STCharacters.txt"
    rows = [row.partition("\t") for row in path.read_text(encoding="utf-8").splitlines()]
    both = {one for _, _, forms in rows for one in forms.split(" ")}
    return frozenset(one for one, _, _ in rows if one not in both and _table().convert(one) != one)


@lru_cache(maxsize=MOST)
def traditional(text: str) -> str:
    """A text of ours in traditional characters.

    Args:
        text: in simplified characters, maybe with values, marks of HTML or places for values inside.

    >>> traditional("标准地址里的“系数”：{n}")
    '標準地址裡的「係數」：{n}'
    """
    if text.isascii():
        return text
    parts = PARTED.split(text)  # what stands at odd places is ours
    said = "".join(OWN[part] if n % 2 else _table().convert(part) for n, part in enumerate(parts))
    return said.translate(QUOTES)
