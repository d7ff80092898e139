"""Since when, until when, and from which day on: an answer changes only at break points.

Every time condition compares a fact with a shifted today, so the days on which a decision can change are the
facts shifted by the periods used, the days provisions change, and (where a rule counts months) firsts of months.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from renben.engines.rules import kernel
from renben.engines.rules.binding import walk
from renben.engines.rules.compiled import Compiled
from renben.engines.rules.desk import ANSWERS, Desk
from renben.engines.rules.kernel import Value
from renben.engines.rules.person import Person
from renben.engines.rules.terms import Term
from renben.engines.rules.words import TODAY

YEARS_AHEAD = 80
MONTHS_COUNTED = 12 * 40


@dataclass(frozen=True)
class Span:
    """When an answer holds: first day, first day no longer, and the first day of a later grant."""

    since: date | None
    until: date | None
    granted_from: date | None


def span(desk: Desk, name: str, person: Person, on: date) -> Span:
    """The time line of one decision for one person around a day, with the facts as known now."""
    points = breakpoints(desk, name, person, on)
    answer = ANSWERS[desk.truth(name, person, on)]  # type: ignore[index]
    since = _since(desk, name, person, answer, [p for p in points if p <= on])
    until = granted = None
    for point in (p for p in points if p > on):
        now = ANSWERS[desk.truth(name, person, point)]  # type: ignore[index]
        until = until or (point if now != answer else None)
        granted = granted or (point if now == "grant" and answer != "grant" else None)
        if until and (granted or answer == "grant"):
            break
    return Span(since, until, granted)


def _since(desk: Desk, name: str, person: Person, answer: str, before: list[date]) -> date | None:
    since = None
    for point in reversed(before):
        if not desk.in_force(name, point):
            return since
        if ANSWERS[desk.truth(name, person, point)] != answer:  # type: ignore[index]
            return since
        since = point
    return since


def breakpoints(desk: Desk, name: str, person: Person, on: date) -> list[date]:
    """Days on which the decision may change, in order."""
    compiled = desk.compiled(name)
    found: set[int] = set()
    values = compiled.trace(desk.inputs(compiled, person, desk.binding(on)), desk.constants(name, on))
    _collect(desk, compiled, values, person, on, found)
    provisions = desk.provisions or desk.book.provisions
    for provision in desk.book.rules[name].provisions:
        found |= {kernel.to_days(dated.start) for _, dated in provisions[provision].all_values()}
    last = kernel.to_days(on) + 366 * YEARS_AHEAD
    return sorted(kernel.to_date(day) for day in found if kernel.to_days(date(1900, 1, 1)) < day < last)


def _collect(
    desk: Desk, compiled: Compiled, values: tuple[Value, ...], person: Person, on: date, found: set[int]
) -> None:
    traced = {term.number: value for term, value in zip(compiled.order, values, strict=True)}
    for term in compiled.order:
        if term.kind == "link":
            for member in person.related.get(term.data[1], ()):
                inner = desk.members.get(term.args[0].number)
                if inner is not None:
                    binding = desk.binding(on)
                    facts = desk.inputs(inner, member, binding)
                    _collect(desk, inner, inner.trace(facts, inner.constants(binding)), member, on, found)
        elif term.type.name == "date" and not term.row_free and term.kind != "regional":
            found.update(_plain(traced[term.number]))
        if term.kind in ("le", "lt", "eq"):
            found.update(_moved(desk, term, traced, on))


def _plain(value: Value) -> Iterator[int]:
    if value is not None:
        yield int(value)
        yield int(value) + 1


def _moved(desk: Desk, term: Term, traced: dict[int, Value], on: date) -> Iterator[int]:
    """Break points of one comparison of a row's value with something that moves with today."""
    for row, limit in (term.args, term.args[::-1]):
        expression = limit.args[1] if limit.kind == "regional" else limit
        if not expression.row_free or TODAY.number not in {t.number for t in walk([expression])}:
            continue
        value = traced[row.number]
        if value is None:
            continue
        if (
            row.type.name != "date"
            or (shifted := _inverse(desk, expression, int(value), limit, traced, on)) is None
        ):
            yield from _months(on)
        else:
            yield from (shifted - 1, shifted, shifted + 1)
    if term.args[0].type.name == "int" and any(_counts_today(arg) for arg in term.args):
        yield from _months(on)


def _counts_today(term: Term) -> bool:
    return TODAY.number in {t.number for t in walk([term])}


def _inverse(
    desk: Desk, term: Term, value: int, limit: Term, traced: dict[int, Value], on: date
) -> int | None:
    """The day on which an expression of today reaches the value; None where it is not a plain shift."""
    if term.number == TODAY.number:
        return value
    if term.kind not in ("back_months", "add_months", "add_days"):
        return None
    region = traced[limit.args[0].number] if limit.kind == "regional" else None
    amount = desk.binding(on).value(term.args[1], region)
    if amount is None:
        return None
    if term.kind == "add_days":
        return _inverse(desk, term.args[0], kernel.add_days(value, -int(amount)), limit, traced, on)
    months = int(amount) if term.kind == "back_months" else -int(amount)
    return _inverse(desk, term.args[0], kernel.add_months(value, months), limit, traced, on)


def _months(on: date) -> Iterator[int]:
    start = kernel.to_days(on.replace(day=1))
    for months in range(-MONTHS_COUNTED // 4, MONTHS_COUNTED):
        yield kernel.add_months(start, months)
