"""Values of the rule language: what each node computes on plain Python values, with None for unknown.

These functions are the reference meaning. The constant folder, the interpreter behind explanations and
the generated one-person function all call them; every SQL dialect is tested against them.
Dates are whole days since 1970-01-01; `NEVER` (9999-12-31) says "known not to have happened".
Not modelled: fractions. Money is counted in fen, ratios in ten-thousandths.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

EPOCH = date(1970, 1, 1).toordinal()
NEVER = date(9999, 12, 31).toordinal() - EPOCH
SATURATE = date(9999, 1, 1).toordinal() - EPOCH
LARGEST = 2**63 - 1
SMALLEST = -(2**63)
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

Value = bool | int | None


def to_days(day: date) -> int:
    """Days from 1970-01-01 to the date (whole days)."""
    return day.toordinal() - EPOCH


def to_date(days: int) -> date:
    """The calendar date that lies so many days after 1970-01-01."""
    return date.fromordinal(days + EPOCH)


def _month_length(year: int, month: int) -> int:
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if leap else _DAYS[month - 1]


def add_months(days: int, months: int) -> int:
    """The day so many calendar months later, clipped to the end of the month (days since 1970-01-01).

    A day in the year 9999 stands for "never" and stays there.
    """
    if days >= SATURATE:
        return NEVER
    day = date.fromordinal(days + EPOCH)
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > 9998:
        return NEVER
    last = _month_length(year, month0 + 1)
    return date(year, month0 + 1, min(day.day, last)).toordinal() - EPOCH


def back_months(days: int, months: int) -> int:
    """The latest day whose date plus so many months is not after the given day (days since 1970-01-01).

    This puts a month shift on the literal side of a comparison without losing 29 February:
    `add_months(x, n) <= c` holds exactly when `x <= back_months(c, n)`.
    """
    found = add_months(days, -months)
    while found < SATURATE and add_months(found + 1, months) <= days:
        found += 1
    return found


def add_days(days: int, more: int) -> int:
    """The day so many days later (days since 1970-01-01); never stays never, as in `add_months`."""
    return NEVER if days >= SATURATE or days + more >= SATURATE else days + more


def month_index(days: int) -> int:
    """Months counted from year 0 (year x 12 + month - 1)."""
    day = date.fromordinal(days + EPOCH)
    return day.year * 12 + day.month - 1


def fit(number: int) -> int:
    """The number itself if it fits 64 bits.

    Raises:
        OverflowError: it does not; SQL engines refuse the same sums.
    """
    if SMALLEST <= number <= LARGEST:
        return number
    raise OverflowError(f"{number} does not fit into 64 bits; check the units of the facts (money is in fen)")


def divide(number: int, by: int) -> int | None:
    """Integer quotient truncated toward zero; unknown when dividing by zero."""
    if by == 0:
        return None
    quotient = abs(number) // abs(by)
    return fit(quotient if (number < 0) == (by < 0) else -quotient)


def all_of(values: Sequence[Value]) -> Value:
    """Three-valued AND: false beats unknown, unknown beats true."""
    if any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True


def any_of(values: Sequence[Value]) -> Value:
    """Three-valued OR: true beats unknown, unknown beats false."""
    if any(value is True for value in values):
        return True
    return None if any(value is None for value in values) else False


def is_district(region: int) -> bool:
    """Whether a county-level code is a district of a city (last two digits 01 to 20, GB/T 2260)."""
    return 1 <= region % 100 <= 20


class Regional:
    """A provision's values by place: most specific first, the nation's value last."""

    __slots__ = ("default", "spans")

    def __init__(self, default: Value, spans: Sequence[tuple[int, int, Value]]) -> None:
        """Keep spans of region codes (low, high, value), ordered from county to province."""
        self.default = default
        self.spans = tuple(spans)

    def at(self, region: int | None) -> Value:
        """The value in force in the region; unknown where the region is unknown."""
        if region is None:
            return None
        for low, high, value in self.spans:
            if low <= region <= high:
                return value
        return self.default


def span_of(region: int) -> tuple[int, int]:
    """Codes covered by a region code: a county itself, or all counties of a city or province."""
    if region % 10000 == 0:
        return region, region + 9999
    return (region, region + 99) if region % 100 == 0 else (region, region)
