"""Numbers as Chinese documents write them, in digits and in characters, and back."""

import re
from decimal import Decimal

DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2, "○": 0}
UNITS = {"十": 10, "百": 100, "千": 1000}
LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
CHINESE = "〇零○一二三四五六七八九十百千万亿两"
_NAMES = "零一二三四五六七八九"


def chinese_value(text: str) -> int:
    """Value of a number in Chinese characters, digit by digit (二〇二四) or with units (三十三).

    Raises:
        ValueError: a character that is no number, or an empty text.

    >>> chinese_value("二〇二四"), chinese_value("一百二十一"), chinese_value("三十")
    (2024, 121, 30)
    """
    if not text or any(c not in DIGITS and c not in UNITS and c not in LARGE for c in text):
        raise ValueError(f"{text!r} is no number in Chinese characters")
    if all(c in DIGITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    for large in (10**8, 10**4):
        index = max((i for i, c in enumerate(text) if LARGE.get(c) == large), default=-1)
        if index >= 0:
            head, rest = text[:index], text[index + 1 :]
            tail = chinese_value(rest) if rest else 0
            return (chinese_value(head) if head else 1) * large + tail
    return _below_ten_thousand(text)


def _below_ten_thousand(text: str) -> int:
    total, digit = 0, None
    for character in text:
        if character in UNITS:
            total += (1 if digit is None else digit) * UNITS[character]
            digit = None
        else:
            digit = DIGITS[character] or None
    return total + (digit or 0)


def chinese(value: int) -> str:
    """A whole number from 0 to below 10^12 in Chinese characters, as in numbering (十二, 一百零五).

    Raises:
        ValueError: negative or too large.
    """
    if not 0 <= value < 10**12:
        raise ValueError(f"{value} is not between 0 and 10^12")
    if value == 0:
        return "零"
    text, gap = "", False
    for name, group in (("亿", value // 10**8), ("万", value // 10**4 % 10**4), ("", value % 10**4)):
        if group == 0:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):
            text += "零"
        text += _group(group) + name
        gap = False
    return text[1:] if text.startswith("一十") else text


def _group(value: int) -> str:
    """A number below ten thousand."""
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            text += ("零" if gap and text else "") + _NAMES[digit] + name
            gap = False
        else:
            gap = True
    return text


def arabic_value(text: str) -> Decimal:
    """Value of a number in digits, with thousands commas, decimals and 万/亿 (1,200.5万 = 12005000).

    Raises:
        ValueError: no number.
    """
    match = re.fullmatch(r"(\d[\d,，]*(?:\.\d+)?)([百千]?[万亿]?)", text)
    if not match:
        raise ValueError(f"{text!r} is no number in digits")
    value = Decimal(match[1].replace(",", "").replace("，", ""))
    for character in match[2]:
        value *= LARGE.get(character) or UNITS[character]
    return value


def plain(value: Decimal) -> int | float:
    """An int where the number is whole, else a float, for JSON."""
    return int(value) if value == value.to_integral_value() else float(value)
