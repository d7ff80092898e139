"""The author's words: what may be written in a rule besides operators.

at_least(birth, years=6)         the sixth birthday has come
younger_than(birth, years=18)    the eighteenth has not
since(registered, months=6)      as at_least, for any date
all_of(a, b), any_of(a, b)       AND, OR of several
when(condition, yes, no)         choice; unknown where the condition is unknown
earliest, latest, least, greatest, div, add_months, add_days, days_between, month_index
known(fact), otherwise(term, value), one_of(code, A, B), granted(condition, amount=...)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeVar

from renben.engines.rules import kernel
from renben.engines.rules.algebra import arithmetic, compare, connect, day_shift, node
from renben.engines.rules.terms import Bool, Code, Date, Int, RuleTypeError, Term, const, lift, make, need
from renben.engines.rules.terms import same_type as _same
from renben.engines.rules.types import BOOL, DATE, INT, Member

T = TypeVar("T", bound=Term)
TODAY: Date = make("param", DATE, (), "today")
NEVER: Date = const(kernel.NEVER, DATE)
Number = Int | int


@dataclass(frozen=True)
class Granted:
    """A condition and the amount (in the rule's unit) that is paid where it holds."""

    condition: Bool
    amount: Int


def granted(condition: Bool, amount: Number) -> Granted:
    """What a decision with an amount returns: granted where the condition holds, with this amount."""
    need("granted", condition, BOOL)
    return Granted(condition, need("granted(amount=)", lift(amount, condition), INT))


def _months(years: Number | None, months: Number | None) -> Int:
    if (years is None) == (months is None):
        raise RuleTypeError("say either years= or months=")
    return arithmetic("mul", years, 12) if years is not None else _int(months)


def _int(number: Number | None) -> Int:
    return need("a count", lift(number, TODAY), INT)  # type: ignore[no-any-return]


def add_months(day: Date, months: Number) -> Date:
    """The same day so many calendar months later, clipped to the month's end."""
    return node("add_months", DATE, (need("add_months", day, DATE), _int(months)))  # type: ignore[no-any-return]


def add_days(day: Date, days: Number) -> Date:
    """The date so many days later."""
    return day_shift(day, days)  # type: ignore[no-any-return]


def at_least(
    start: Date, *, years: Number | None = None, months: Number | None = None, on: Date = TODAY
) -> Bool:
    """Whether so many calendar months or years have passed since the date (the day itself counts)."""
    return compare("le", add_months(start, _months(years, months)), on)


def younger_than(
    start: Date, *, years: Number | None = None, months: Number | None = None, on: Date = TODAY
) -> Bool:
    """Whether fewer calendar months or years than these have passed since the date."""
    return compare("lt", on, add_months(start, _months(years, months)))


def has_begun(start: Date, on: Date = TODAY) -> Bool:
    """Whether the date has come; a date of "never" has not."""
    return compare("le", start, on)


def all_of(*conditions: Bool) -> Bool:
    """True where all hold."""
    return connect("and", conditions)


def any_of(*conditions: Bool) -> Bool:
    """True where one holds."""
    return connect("or", conditions)


def when(condition: Bool, yes: Any, no: Any) -> Any:
    """One of two values; unknown where the condition is unknown."""
    need("when", condition, BOOL)
    first, second = lift(yes, condition), lift(no, condition)
    _same("when", first, second)
    if condition.kind == "const":
        return const(None, first.type) if condition.data is None else first if condition.data else second
    return first if first is second else node("if", first.type, (condition, first, second))


def cases(*branches: tuple[Bool, Any], default: Any) -> Any:
    """The value of the first branch whose condition holds; unknown as soon as an earlier one is unknown."""
    return reduce(lambda rest, branch: when(branch[0], branch[1], rest), reversed(branches), default)


def _extreme(kind: str, terms: tuple[Any, ...]) -> Any:
    lifted = [lift(term, TODAY) for term in terms]
    for term in lifted:
        need(kind, term, INT, DATE)
        _same(kind, lifted[0], term)
    return reduce(lambda left, right: node(kind, left.type, (left, right)), lifted)


def earliest(*days: Date) -> Date:
    """The first of the dates; unknown where one is unknown (compared with a day, each date counts alone)."""
    return _extreme("min", days)  # type: ignore[no-any-return]


def latest(*days: Date) -> Date:
    """The last of the dates; unknown where one is unknown (compared with a day, each date counts alone)."""
    return _extreme("max", days)  # type: ignore[no-any-return]


def least(*numbers: Number) -> Int:
    """The smallest of the numbers; unknown where one is unknown."""
    return _extreme("min", numbers)  # type: ignore[no-any-return]


def greatest(*numbers: Number) -> Int:
    """The largest of the numbers; unknown where one is unknown."""
    return _extreme("max", numbers)  # type: ignore[no-any-return]


def div(number: Number, by: Number) -> Int:
    """Integer quotient, truncated toward zero; unknown when dividing by zero."""
    return arithmetic("div", number, by)


def part(number: Number, ratio: Number) -> Int:
    """The number times a ratio in ten-thousandths, truncated (how ratios of provisions reach a rule)."""
    return div(arithmetic("mul", number, ratio), 10_000)


def days_between(first: Date, last: Date) -> Int:
    """Days from the first date to the last."""
    both = (need("days_between", first, DATE), need("days_between", last, DATE))
    return node("days_between", INT, both)  # type: ignore[no-any-return]


def month_index(day: Date) -> Int:
    """Months counted from year 0: year x 12 + month - 1."""
    return node("month_index", INT, (need("month_index", day, DATE),))  # type: ignore[no-any-return]


def known(term: Term) -> Bool:
    """Whether the value is known; never unknown itself."""
    return node("known", BOOL, (need("known", term, term.type),))  # type: ignore[no-any-return]


def otherwise(term: T, value: object) -> T:
    """The term, or the other value where the term is unknown: a declared reading of "missing"."""
    other = lift(value, term)
    _same("otherwise", term, other)
    return node("otherwise", term.type, (term, other))  # type: ignore[no-any-return]


def one_of(code: Code, *members: Member) -> Bool:
    """Whether the code is one of the members."""
    if not isinstance(code, Code) or not members:
        raise RuleTypeError("one_of needs a code and at least one member of its domain")
    for member in members:
        _same("one_of", code, lift(member, code))
    return node("in", BOOL, (code,), tuple(sorted({m.code for m in members})))  # type: ignore[no-any-return]


def city_of(region: Code) -> Code:
    """The prefecture-level city a county code belongs to (its first four digits)."""
    return node("area", region.type, (region,), 100)  # type: ignore[no-any-return]


def province_of(region: Code) -> Code:
    """The province a region code belongs to (its first two digits)."""
    return node("area", region.type, (region,), 10_000)  # type: ignore[no-any-return]


def is_district(region: Code) -> Bool:
    """Whether a county-level place is a district of a city, by its code (GB/T 2260)."""
    return node("district", BOOL, (need("is_district", region, region.type),))  # type: ignore[no-any-return]
