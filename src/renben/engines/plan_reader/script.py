"""One script at the door: traditional characters and stray punctuation become simplified, length unchanged.

Every character is replaced by exactly one character, so offsets into the result are offsets into the
original. The table is OpenCC's; a few characters are right in both scripts and are only replaced where the
document as a whole is in traditional script.
Not modelled: regional vocabulary (軟體, 軟件).
"""

import re
from functools import lru_cache
from pathlib import Path

import opencc

PUNCTUATION = str.maketrans(
    "()（）,:;!?[]［］~～﹑﹒．％＋－／「」『』〝〞‘’\u2014\u2013\u2012\u2015\u2500\u00a0\u2002\u2003\u2009\u202f\ufeff\u200b\u3000",
    "（）（），：；！？［］［］～～、..%+-/“”‘’“”‘’—————" + " " * 8,
)
FULLWIDTH = str.maketrans(
    "".join(map(chr, range(0xFF10, 0xFF1A)))
    + "".join(map(chr, range(0xFF21, 0xFF3B)))
    + "".join(map(chr, range(0xFF41, 0xFF5B))),
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
)
BOTH = "著乾於徵藉瞭夥覆麽餘沈鍾後里只台发干面系制表云几丑斗谷范松准"
"""Characters that simplified text uses too; they change only in a traditional document."""
AUTHORED = re.compile("(?<![土名原专编昭卓巨论遗译拙合新显])著(?![名作称者述书录])")
INDICATIVE = 0.02
"""From this share of traditional-only characters on, the document is a traditional one (ratio)."""
NUMBER_COMMA = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[int, str], dict[int, str], frozenset[str]]:
    """Full table, table without the characters of both scripts, and the traditional-only characters."""
    path = Path(opencc.__file__).parent / "dictionary" / "TSCharacters.txt"
    full: dict[int, str] = {}
    for row in path.read_text(encoding="utf-8").splitlines():
        traditional, _, simplified = row.partition("\t")
        first = simplified.split(" ")[0]
        if len(traditional) == 1 and len(first) == 1 and traditional != first:
            full[ord(traditional)] = first
    targets = set(full.values())
    careful = {code: new for code, new in full.items() if chr(code) not in BOTH and chr(code) not in targets}
    return full, careful, frozenset(map(chr, careful))


def is_traditional(text: str) -> bool:
    """Whether the document as a whole is written in traditional characters."""
    _, _, only = _tables()
    han = sum("一" <= c <= "鿿" for c in text)
    return han > 0 and sum(c in only for c in text) / han >= INDICATIVE


def simplified(text: str) -> str:
    """The text in simplified script with full-width punctuation, character for character.

    Args:
        text: any text; the result has the same length.
    """
    full, careful, _ = _tables()
    traditional = is_traditional(text)
    result = text.translate(full if traditional else careful)
    if traditional:
        result = AUTHORED.sub("着", result)
    result = result.translate(PUNCTUATION).translate(FULLWIDTH)
    return NUMBER_COMMA.sub(",", result)
