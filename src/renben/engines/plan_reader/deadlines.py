"""Days by which something is due: 到2028年底前, 2027年6月底前, “十五五”期末, 每年.

A year or half-year ends on its last day. 2028年前 and 6月前, without 底, are read as before it begins, the
earlier reading.
"""

import calendar
import datetime as dt
import re

from renben.engines.plan_reader.model import Deadline
from renben.engines.plan_reader.numbers import chinese_value
from renben.engines.plan_reader.source import Span

DATE = re.compile(
    r"(?P<to>到|至|截至|截止|力争|争取|确保|在|于|前)?(?P<y>20\d\d)年(?:(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})日)?)?"
    r"(?P<half>上半年|下半年)?(?P<end>年?[底末]|初)?(?P<before>之前|以前|前)?"
)
FIVE_YEARS = re.compile(r"“?(?P<n>十[一二三四五六七八九])五”?(?:规划)?(?P<end>期间|时期|期末|末|期)")
EVERY = (("year", "每年|逐年|年度"), ("half-year", "每半年"), ("quarter", "每季度|按季度|每季"), ("month", "每月|按月"), ("week", "每周"), ("day", "每日|每天"))  # fmt: skip
RELATIVE = re.compile(r"[^，。；]{0,12}(?:\d+|[一二三四五六七八九十]+)个?(?:工作日|日|月|年|小时)之?内")
ELEVENTH = 2006
"""The eleventh five-year plan began in 2006; each later one five years after the one before."""


def deadline(text: str, span: Span) -> Deadline | None:
    """The last day named in a stretch of text as a deadline, a rhythm, or None.

    Args:
        text: the clean text.
        span: the stretch.
    """
    every = next((word for word, pattern in EVERY if re.search(pattern, text[slice(*span)])), None)
    found = [d for d in map(_dated, DATE.finditer(text, *span)) if d]
    found += [_of_plan(m) for m in FIVE_YEARS.finditer(text, *span)]
    if found:
        date, written = max(found)
        return Deadline(date.isoformat(), written, every)
    relative = RELATIVE.search(text, *span)
    if relative:
        return Deadline(None, relative[0], every)
    if every:
        pattern = next(p for word, p in EVERY if word == every)
        match = re.search(pattern, text[slice(*span)])
        return Deadline(None, match[0] if match else every, every)
    return None


def due_in_cell(text: str, span: Span) -> Deadline | None:
    """A deadline written alone, as in a table cell: 2027年底, 2027年, 长期坚持."""
    words = text[slice(*span)].strip()
    if not words:
        return None
    found = deadline(text, span)
    if found:
        return found
    match = re.search(r"(20\d\d)(?:年|[.\-/](\d{1,2}))?(?:(\d{1,2})月)?(?!\d)", words)
    if match:
        month = int(match[2] or match[3] or 12)
        return Deadline(_last_day(int(match[1]), month).isoformat(), words)
    return Deadline(None, words)


def year_of(text: str, span: Span) -> int | None:
    """The year by which a target is to be reached, or None."""
    found = deadline(text, span)
    return int(found.date[:4]) if found and found.date else None


def _dated(match: re.Match[str]) -> tuple[dt.date, str] | None:
    if not (match["to"] or match["end"] or match["before"] or match["half"]):
        return None
    year, month = int(match["y"]), int(match["m"] or 0)
    if month > 12:
        return None
    if match["d"]:
        return _day(year, month, int(match["d"]), match[0])
    if match["half"]:
        month = 6 if match["half"] == "上半年" else 12
    elif match["before"] and not match["end"]:
        first = dt.date(year, month or 1, 1)
        return first - dt.timedelta(days=1), match[0]
    return _last_day(year, month or 12), match[0]


def _day(year: int, month: int, day: int, written: str) -> tuple[dt.date, str] | None:
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return dt.date(year, month, day), written


def _last_day(year: int, month: int) -> dt.date:
    month = min(max(month, 1), 12)
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def five_years(text: str) -> tuple[int, int] | None:
    """First and last year of the five-year plan that a text names, or None.

    >>> five_years("“十五五”公共文化服务提升方案")
    (2026, 2030)
    """
    match = re.search(r"“?(十[一二三四五六七八九])五”?", text)
    if match is None:
        return None
    first = ELEVENTH + 5 * (chinese_value(match[1]) - 11)
    return first, first + 4


def _of_plan(match: re.Match[str]) -> tuple[dt.date, str]:
    last = ELEVENTH + 5 * (chinese_value(match["n"]) - 11) + 4
    return dt.date(last, 12, 31), match[0]
