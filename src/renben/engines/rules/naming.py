"""What a condition is called when nobody in particular is meant: for counts over a population."""

from __future__ import annotations

from datetime import date

from renben.engines.rules.binding import Binding
from renben.engines.rules.desk import Case
from renben.engines.rules.loading import LoadedBook
from renben.engines.rules.person import Person
from renben.engines.rules.phrases import DATE_SIGNS, NO_PERIOD, SIGNS, Text, period_of, plainness
from renben.engines.rules.terms import Term
from renben.engines.rules.wording import Speaker
from renben.engines.rules.words import TODAY

JOINED = {"and": ("且", "and"), "or": ("或", "or")}


def condition_name(book: LoadedBook, rule: str, term: Term, on: date) -> Text:
    """A condition in words, with the nation's periods of the day but without anybody's values."""
    case = Case(book.rules[rule], Person({}), Binding(book.provisions, on), {})
    return _name(Speaker(case, book), term)


def _name(speaker: Speaker, term: Term) -> Text:
    own = speaker.wordings.get(term.number)
    if own and own.zh:
        return Text(own.zh, own.en)
    if term.kind in JOINED:
        zh, en = JOINED[term.kind]
        parts = [_name(speaker, arg) for arg in term.args]
        return Text(f" {zh} ".join(p.zh for p in parts), f" {en} ".join(p.en for p in parts))
    if term.kind == "not":
        inner = _name(speaker, term.args[0])
        return Text(f"并非：{inner.zh}", f"not: {inner.en}")
    if term.kind in SIGNS:
        return _waited(speaker, term) or _compared(speaker, term)
    return speaker.label(term)


def _waited(speaker: Speaker, term: Term) -> Text | None:
    row, limit = term.args if term.kind == "le" else term.args[::-1]
    months = speaker.months(row, limit) if term.kind != "eq" else NO_PERIOD
    if months is NO_PERIOD:
        return None
    label = speaker.label(row.args[0] if limit.number == TODAY.number else row)
    period = period_of(months)  # type: ignore[arg-type]
    if term.kind == "le":
        return Text(f"{label.zh}起满{period.zh}", f"at least {period.en} since {label.en}")
    return Text(f"{label.zh}起未满{period.zh}", f"less than {period.en} since {label.en}")


def _compared(speaker: Speaker, term: Term) -> Text:
    left, right = term.args
    sign = SIGNS[term.kind]
    if plainness(right) > plainness(left):
        left, right = right, left
        sign = {"le": ("不少于", "at least"), "lt": ("超过", "more than")}.get(term.kind, sign)
    if left.type.name == "date":
        sign = DATE_SIGNS.get(sign, sign)
    mine, other = speaker.label(left), speaker.label(right)
    return Text(f"{mine.zh}{sign[0]}{other.zh}", f"{mine.en} {sign[1]} {other.en}")
