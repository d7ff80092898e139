"""Numbers with units, and how each is meant: 以上, 不少于, 接近, 左右; 万 and 亿 are multiplied out.

Left alone: years and dates, ordinals (第二轮, 3号线), numbers inside names (“10+N”).
"""

import re
from decimal import Decimal

from renben.engines.plan_reader.model import Quantity
from renben.engines.plan_reader.numbers import arabic_value, chinese_value, plain
from renben.engines.plan_reader.source import Span

UNIT = (
    "个百分点|百分点|微克/立方米|毫克/升|吨标准煤|平方公里|平方千米|平方米|立方米|标准立方米|千瓦时|个工作日|人次|公顷|公里|千米|公斤|兆瓦|千瓦|小时|分钟"
    "|个月|%|‰|元|人|户|套|间|亩|米|吨|升|个|家|所|座|处|项|条|件|名|辆|台|张|床|份|场|次|类|种|只|支|对|岁|年|天|日|度|倍|成|位|株|口|眼|部|门|宗|架|艘|列|头|羽|斤|款|笔|例|批|册|幅|栋|片|村|镇|车次|班次|学位|床位|车位|泊位"
)
NUMBER = r"\d[\d,]*(?:\.\d+)?"
SCALE = "[百千]?[万亿]|百|千"
ARABIC = re.compile(
    rf"(?P<a>{NUMBER})(?P<sa>{SCALE})?(?P<ua>{UNIT})?(?:[—\-～]|至|到)(?P<b>{NUMBER})(?P<sb>{SCALE})?(?P<ub>{UNIT})"
    rf"|(?P<n>{NUMBER})(?P<s>{SCALE})?(?P<more>余|多)?(?P<s2>[万亿])?(?P<u>{UNIT})(?P<over>/[一-鿿]{{1,4}})?"
)
HAN = re.compile(
    rf"(?P<n>[两三四五六七八九]?[十百千]?[一二三四五六七八九十百千两]{{1,6}}[万亿]?)(?P<u>{UNIT.replace('|年', '').replace('|日', '').replace('|天', '')})"
)
FRACTION = re.compile(
    r"(?P<d>[一二三四五六七八九十百]+)分之(?P<n>[一二三四五六七八九十百]+(?:点[一二三四五六七八九零]+)?)"
)
NOT_BEFORE = re.compile(r"(?:第|[A-Za-z0-9+.〔（]|国道|省道|县道|高速|\d[年月])\Z")
YEAR = re.compile(r"(?:19|20|21)\d\d\Z")
BEFORE = (
    ("at_most", r"(?:不超过|不高于|不多于|不大于|控制在|压减至|至多|最多|最高|上限为?|降低?到|降至|下降到|下降至|缩短至|缩小到|压缩至|缩短到)\Z"),
    ("at_least", r"(?:不少于|不低于|不小于|至少|最少|保持在|稳定在|达到|达|提高到|提升到|提高至|提升至|增长到|增加到|增至|扩大到|超过或达到)\Z"),
    ("above", r"(?:超过|突破|高于|大于|多于|超)\Z"),
    ("below", r"(?:低于|小于|不足|少于|不到)\Z"),
    ("about", r"(?:接近|约|大约|近|逼近|左右)\Z"),
)  # fmt: skip
AFTER = (
    ("at_least", "(?:及|或)?(?:其)?以上|起"),
    ("at_most", "(?:及|或)?(?:其)?以下|以内|之内|内"),
    ("about", "左右|上下"),
)
PER = re.compile(
    r"(每(?:[百千万]|\d+)?万?(?:人口|人|户|村|县|个?[年月季周]度?|万人|千人|平方公里)|人均|户均|年均|亩均|日均|单位)[^，；。]*\Z"
)
QUOTED = re.compile(r"“[^”]*”")


def quantities(text: str, span: Span) -> list[Quantity]:
    """Numbers with units in a stretch of clean text, in order.

    Args:
        text: the clean text.
        span: the stretch.
    """
    found: list[tuple[int, Quantity]] = []
    for match in ARABIC.finditer(text, *span):
        quantity = _arabic(text, span, match)
        if quantity:
            found.append((match.start(), quantity))
    quoted = [m.span() for m in QUOTED.finditer(text, *span)]
    for match in HAN.finditer(text, *span):
        quantity = _han(text, span, match, quoted)
        if quantity:
            found.append((match.start(), quantity))
    for match in FRACTION.finditer(text, *span):
        found.append((match.start(), _fraction(text, span, match)))
    return [quantity for _, quantity in sorted(found, key=lambda item: item[0])]


def _arabic(text: str, span: Span, match: re.Match[str]) -> Quantity | None:
    before = text[max(span[0], match.start() - 8) : match.start()]
    if NOT_BEFORE.search(before) or _is_date(text, match):
        return None
    if match["a"]:
        scale = match["sa"] or match["sb"] or ""
        low, high = arabic_value(match["a"] + scale), arabic_value(match["b"] + (match["sb"] or ""))
        if low < high:
            return _quantity(text, span, match, low, match["ub"], high)
        return None
    value = arabic_value(match["n"] + (match["s"] or "") + (match["s2"] or ""))
    return _quantity(text, span, match, value, match["u"] + (match["over"] or ""))


def _is_date(text: str, match: re.Match[str]) -> bool:
    """2028年, 2025—2029年, 6月30日, 3号线 and other numbers that are names or dates."""
    unit, number = match["u"] or match["ub"], match["n"] or match["b"]
    after = text[match.end() : match.end() + 2]
    if unit == "年" and YEAR.fullmatch(number):
        return True
    if unit == "日" and text[: match.start()].endswith("月"):
        return True
    return unit == "度" and after.startswith("电")


def _han(text: str, span: Span, match: re.Match[str], quoted: list[Span]) -> Quantity | None:
    word = match["n"]
    if word in ("一", "十", "百", "千") or any(a < match.start() < b for a, b in quoted):
        return None
    before = text[max(span[0], match.start() - 2) : match.start()]
    if before.endswith(("第", "、", "点", "数", "分之", "之", "〇")) or re.search(
        r"[一二三四五六七八九十百千]\Z", before
    ):
        return None
    try:
        value = Decimal(chinese_value(word))
    except ValueError:
        return None
    return _quantity(text, span, match, value, match["u"]) if value > 1 else None


def _fraction(text: str, span: Span, match: re.Match[str]) -> Quantity:
    whole, _, decimals = match["n"].partition("点")
    share = Decimal(chinese_value(whole))
    if decimals:
        share += Decimal(chinese_value(decimals.replace("零", "〇"))) / 10 ** len(decimals)
    base = chinese_value(match["d"])
    if base == 100:
        return _quantity(text, span, match, share, "%")
    return _quantity(text, span, match, round(share / base, 6), "share")


def _quantity(
    text: str, span: Span, match: re.Match[str], value: Decimal, unit: str, to: Decimal | None = None
) -> Quantity:
    comparison = "between" if to is not None else _comparison(text, span, match)
    per = next(iter(re.findall(PER, text[max(span[0], match.start() - 30) : match.start()])), None)
    high = float(plain(to)) if to is not None else None
    return Quantity(match[0], plain(value), unit, comparison, high, per)


def _comparison(text: str, span: Span, match: re.Match[str]) -> str:
    before = text[max(span[0], match.start() - 6) : match.start()]
    after = text[match.end() : match.end() + 9]
    if "more" in match.groupdict() and match["more"]:
        return "above"
    for word, pattern in AFTER:
        if re.match(f"(?:（[^（）]{{1,3}}）)?(?:{pattern})", after):
            return word
    for word, pattern in BEFORE:
        if re.search(pattern, before):
            return word
    return "equals"
