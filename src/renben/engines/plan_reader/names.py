"""Splits lists of responsible units and writes shared beginnings and endings out.

甲市、乙市人民政府 are two governments, 省委组织部、宣传部 two party departments. Names are kept whole
where 和 or 、 stands inside one: 工业和信息化厅, 各市、县（市、区）人民政府 (two kinds of government).
"""

import re
from collections.abc import Callable

UNIT_END = (
    "人民政府|政府|管委会|管理委员会|工作委员会|委员会|党工委|党委|办公厅|办公室|委|办|厅|局|部|署|院|会|社|行|处|中心|集团|公司|总队|支队|大队"
    "|学校|大学|学院|研究所|协会|联合会|联盟|机构|部门|单位|企业|组织|各市|各县|市|县|区|州|盟|旗|校|站|所|馆|队|组|专班|法院|检察院|园区|市县|地区"
)
ENDS_AS_UNIT = re.compile(rf"(?:{UNIT_END})(?:（[^（）]*）)?\Z")
REGION_END = re.compile(r"(?:市|县|区|州|旗|盟|地区|新区|（[市县区旗、]+）|各市县)\Z")
GOVERNMENT_END = re.compile(r"((?:人民政府|政府|党委、政府|党委和政府)(?:（[^（）]*管委会[^（）]*）)?)\Z")
PREFIXED = re.compile(
    r"(?:国家|中[央共国]|全国|省|自治区|市|县|区|州|各|有关|相关|其他|所在|属地|团|人民银行|国网)"
)
LEADING = re.compile(r"(省委|市委|县委|区委|自治区党委|自治区|省|市|县|区|州)(?=\S)")
OWN_NAMED = re.compile(r"(?:证监局|监管办|监管局|分局|煤监局|管理局|海关|管委|工委|党委|政府办)\Z|[市县区]")
"""Organs that carry a name of their own (a province's securities office), so that nothing is shared with them."""
LONGEST_SHARED = 8
AND = re.compile(r"(?:以及|及其|及|和|与|并)")
OTHERS = re.compile(
    r"等?(?:(?:省|市|县)?(?:级|直)?(?:有关|相关)?(?:部门|单位|部门和单位|部门（单位）)?)?等?\Z"
)


def split_names(text: str, known: Callable[[str], bool]) -> tuple[list[str], bool]:
    """Names in a list of units, shared parts written out, and whether the list ends with 等.

    Args:
        text: one list without role words, e.g. 省教育厅、省财政厅等.
        known: whether the catalogue knows a name.
    """
    pieces = [p for p in (part.strip(" \t、，；。:：") for part in _top_level(text)) if p]
    pieces, others = _without_others(pieces)
    pieces = [name for piece in pieces for name in _at_and(piece, known)]
    return _with_endings(_with_beginnings(pieces, known)), others


def _top_level(text: str) -> list[str]:
    """Pieces between 、 ， ； and spaces that stand outside brackets."""
    pieces, start, depth = [], 0, 0
    for index, character in enumerate(text):
        depth += (character == "（") - (character == "）")
        if depth <= 0 and character in "、，；,; \t\n/":
            pieces.append(text[start:index])
            start = index + 1
    return [*pieces, text[start:]]


def _at_and(piece: str, known: Callable[[str], bool]) -> list[str]:
    """A piece cut at 和, 与 or 及 where a whole unit stands on both sides."""
    if known(piece):
        return [piece]
    for match in AND.finditer(piece):
        left, right = piece[: match.start()], piece[match.end() :]
        if len(left) < 2 or len(right) < 2 or not ENDS_AS_UNIT.search(left):
            continue
        if ENDS_AS_UNIT.search(right) and not right.startswith(("政府", "机构")):
            return [left, *_at_and(right, known)]
    return [piece]


def _without_others(pieces: list[str]) -> tuple[list[str], bool]:
    """The pieces without a closing 等, and whether there was one."""
    if not pieces or "等" not in pieces[-1]:
        return pieces, False
    head, _, tail = pieces[-1].rpartition("等")
    if not OTHERS.fullmatch("等" + tail):
        return pieces, False
    return ([*pieces[:-1], head] if head else pieces[:-1]), True


def _with_beginnings(pieces: list[str], known: Callable[[str], bool]) -> list[str]:
    """Shared beginnings written out: 省教育厅、财政厅 -> 省财政厅; 省委组织部、宣传部 -> 省委宣传部."""
    found: list[str] = []
    shared = ""
    for piece in pieces:
        begins = LEADING.match(piece)
        if begins:
            shared = begins[1]
        elif shared and not PREFIXED.match(piece) and _takes(shared, piece, known):
            piece = shared + piece
        found.append(piece)
    return found


def _takes(shared: str, piece: str, known: Callable[[str], bool]) -> bool:
    if known(shared + piece):
        return True
    if shared.endswith("委") and shared != "委":
        return piece.endswith("部")
    if shared in ("省", "自治区") and piece.endswith("厅"):
        return True
    organ = piece.endswith(("局", "委", "办")) and len(piece) <= LONGEST_SHARED
    return organ and not OWN_NAMED.search(piece)


def _with_endings(pieces: list[str]) -> list[str]:
    """Shared endings written out from the right: 甲市、乙市人民政府 -> 甲市人民政府、乙市人民政府."""
    found = list(pieces)
    ending = ""
    for index in range(len(found) - 1, -1, -1):
        match = GOVERNMENT_END.search(found[index])
        if match:
            ending = match[1]
        elif ending and REGION_END.search(found[index]):
            found[index] += ending
        else:
            ending = ""
    return _with_every(found)


def _with_every(pieces: list[str]) -> list[str]:
    """各市人民政府、县（市、区）人民政府 -> both begin with 各."""
    found: list[str] = []
    for piece in pieces:
        above = found[-1] if found else ""
        if above.startswith("各") and re.match(r"(?:县|区|旗)(?:（|级|人民政府|政府|区)", piece):
            piece = "各" + piece
        found.append(piece)
    return found
