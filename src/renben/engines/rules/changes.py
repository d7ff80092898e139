"""The next day on which anything about a person may change, as a term: what makes a nightly run small.

Each comparison with a shifted today has one day on which it turns; the earliest of them after today, over all
decisions, is the person's `next_change`. Facts that change are events and are handed in separately.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import reduce
from typing import Any

from renben.engines.rules import kernel
from renben.engines.rules.algebra import by_region
from renben.engines.rules.binding import Binding, walk
from renben.engines.rules.compiled import visible
from renben.engines.rules.facts import Facts, link
from renben.engines.rules.loading import LoadedBook
from renben.engines.rules.select import in_force
from renben.engines.rules.terms import Date, Term, const
from renben.engines.rules.types import BOOL, DATE
from renben.engines.rules.words import (
    NEVER,
    TODAY,
    add_days,
    add_months,
    earliest,
    month_index,
    otherwise,
    when,
)


def next_change(book: LoadedBook, on: date, rules: Iterable[str] | None = None) -> Term:
    """First day after `on` on which a decision may change without any event; never where none is in sight (bound)."""
    binding = Binding(book.provisions, on)
    names = in_force(binding, book, rules)
    terms = [t for n in names for t in (book.rules[n].term, book.rules[n].amount) if t is not None]
    days = [_provisions_change(book, on), *_turns(book.book.facts, terms)]
    unique = {day.number: day for day in days}
    return binding.bind(_first([_ahead(day) for day in unique.values()]))


def _first(days: list[Any]) -> Any:
    return reduce(earliest, days)


def _ahead(day: Any) -> Any:
    """The day if it lies ahead, never where it is past or unknown."""
    ahead = otherwise(TODAY < day, const(False, BOOL))
    return when(ahead, otherwise(day, NEVER), NEVER)


def _provisions_change(book: LoadedBook, on: date) -> Term:
    starts = {dated.start for provision in book.provisions for _, dated in provision.all_values()}
    later = min((start for start in starts if start > on), default=None)
    return NEVER if later is None else const(kernel.to_days(later), DATE)


def _turns(facts: Facts, terms: Iterable[Term]) -> Iterator[Term]:
    for term in visible(terms):
        if term.kind == "link":
            inner = list(_turns(facts, [term.args[0]]))
            if inner:
                soonest = _first([_ahead(day) for day in inner])
                relation = facts.relations[term.data[1]]
                yield otherwise(link("soonest", relation, soonest), NEVER)
        elif term.kind in ("le", "lt", "eq"):
            yield from _turn(term)


def _turn(term: Term) -> Iterator[Term]:
    """Days on which one comparison turns."""
    left: Any
    right: Any
    left, right = term.args
    moves = [side for side in (left, right) if _moves(side)]
    if not moves:
        return
    if term.type == BOOL and left.type != DATE:
        yield _next_month()
        return
    if term.kind == "eq":
        row, limit = (left, right) if _moves(right) else (right, left)
        yield from (_reach(limit, row), _reach(limit, add_days(row, 1)))
    elif _moves(right):
        yield _reach(right, left if term.kind == "le" else add_days(left, 1))
    else:
        yield _reach(left, right if term.kind == "lt" else add_days(right, 1))


def _moves(term: Term) -> bool:
    return TODAY.number in {t.number for t in walk([term])}


def _reach(limit: Term, value: Any) -> Any:
    """The day on which an expression of today reaches a value; the next month where it is no plain shift."""
    if limit.number == TODAY.number:
        return value
    inner, place = (limit.args[1], limit.args[0]) if limit.kind == "regional" else (limit, None)
    if inner.number == TODAY.number:
        return value
    if inner.kind not in ("back_months", "add_days", "add_months"):
        return _next_month()
    amount: Any = inner.args[1] if place is None else _placed(place, inner.args[1])
    base = inner.args[0] if place is None else _placed(place, inner.args[0])
    if inner.kind == "add_days":
        return _reach(base, add_days(value, -amount))
    months = amount if inner.kind == "back_months" else -amount
    return _reach(base, add_months(value, months))


def _placed(place: Term, inner: Term) -> Any:
    """A part of a regional expression, in the same place; today is the same everywhere."""
    return inner if inner.number == TODAY.number else by_region(place, inner)


def _next_month() -> Date:
    """The first day of the month after today (a term)."""
    since = const(kernel.to_days(date(2000, 1, 1)), DATE)
    months = month_index(TODAY) - month_index(since) + 1
    return add_months(since, months)
