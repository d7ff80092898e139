"""Why, why not, and what is missing: read off the term tree with the values of one case.

An OR that holds shows its true branch; an AND that fails shows only what fails; an unknown answer names the facts
that can still change it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from renben.engines.rules.desk import Case, Desk
from renben.engines.rules.kernel import Value
from renben.engines.rules.loading import LoadedBook
from renben.engines.rules.missing import missing_facts
from renben.engines.rules.person import Person
from renben.engines.rules.phrases import Text
from renben.engines.rules.provisions import shown
from renben.engines.rules.terms import Term
from renben.engines.rules.timeline import Span, span
from renben.engines.rules.wording import Because, Speaker

CONNECTIVES = frozenset({"and", "or"})


@dataclass(frozen=True)
class Decision:
    """One decision about one person on one day.

    Args:
        rule: name of the decision.
        answer: grant, deny or need_info.
        amount: amount granted, in the rule's written unit (yuan), or None.
        place: basis (residence, hukou, insured) and region code where it is given.
        span: since, until, and from when it would be granted.
        because: the conditions behind the answer.
        missing: facts (and unpublished provisions) that can still change the answer.
        provisions: name, value, article, trust and first day (None where not known) of every provision used.
    """

    rule: str
    zh: str
    en: str
    on: date
    answer: str
    amount: int | float | None
    place: dict[str, Any]
    span: Span
    because: tuple[Because, ...]
    missing: tuple[str, ...]
    provisions: tuple[dict[str, Any], ...]
    law: tuple[str, ...]
    facts: tuple[str, ...]


def decide(desk: Desk, name: str, person: Person, on: date) -> Decision:
    """One decision with reasons, dates and place.

    Raises:
        InactiveRule: the rule rests on values from memory.
        ProvisionError: a provision is not in force on the day.
    """
    case = desk.case(name, person, on)
    rule = case.loaded.rule
    region = person.facts.get(desk.book.book.places[rule.place])
    return Decision(
        rule=name,
        zh=rule.zh,
        en=rule.en,
        on=on,
        answer=case.answer,
        amount=None if case.amount is None else shown(case.amount, rule.unit),
        place={"basis": rule.place, "region": None if region is None else str(region)},
        span=span(desk, name, person, on),
        because=tuple(because(desk.book, case)),
        missing=tuple(missing_facts(desk, case)),
        provisions=tuple(_used(case, None if region is None else int(region))),
        law=rule.law,
        facts=tuple(sorted(case.loaded.facts & person.facts.keys())),
    )


def because(book: LoadedBook, case: Case) -> list[Because]:
    """The conditions that make the answer what it is."""
    speaker = Speaker(case, book)
    found: dict[int, Because] = {}
    for term, holds in leaves(case.loaded.term, case.truth, case.values, book.wordings):
        found.setdefault(term.number, speaker.because(term, holds))
    return list(found.values())


def leaves(
    term: Term, value: Value, values: dict[int, Any], named: dict[int, Any]
) -> Iterator[tuple[Term, Value]]:
    """The leaf conditions that carry a value: the true branch, the failing parts, or the unknown ones."""
    if term.number in named:
        yield term, value
    elif term.kind in CONNECTIVES:
        yield from _of_connective(term, value, values, named)
    elif term.kind == "if" and term.type.name == "bool":
        yield from _of_choice(term, value, values, named)
    elif term.kind == "otherwise" and term.args[0].kind != "fact":
        inner = values.get(term.args[0].number)
        yield from leaves(term.args[0], inner, values, named)
    elif term.kind == "not" and term.args[0].kind in CONNECTIVES:
        opposite = None if value is None else not value
        yield from leaves(term.args[0], opposite, values, named)
    else:
        yield term, value


def _of_connective(
    term: Term, value: Value, values: dict[int, Any], named: dict[int, Any]
) -> Iterator[tuple[Term, Value]]:
    parts = [(arg, values[arg.number]) for arg in term.args]
    carrying = [(arg, v) for arg, v in parts if v is value]
    if term.kind == "or" and value is True:
        carrying = carrying[:1]
    for arg, v in carrying:
        yield from leaves(arg, v, values, named)


def _of_choice(
    term: Term, value: Value, values: dict[int, Any], named: dict[int, Any]
) -> Iterator[tuple[Term, Value]]:
    condition, yes, no = term.args
    chosen = values[condition.number]
    if chosen is None:
        yield from leaves(condition, None, values, named)
    else:
        yield from leaves(yes if chosen else no, value, values, named)


def _used(case: Case, region: int | None) -> Iterator[dict[str, Any]]:
    for name in sorted(case.loaded.provisions):
        dated = case.binding.dated(name, region)
        unit = case.binding.provisions[name].unit
        if dated is not None:
            yield {
                "name": name, "value": shown(dated.value, unit), "unit": unit, "article": dated.ref,
                "trust": dated.trust, "since": dated.start if dated.start_known else None,
            }  # fmt: skip


def plain(decision: Decision) -> dict[str, Any]:
    """The decision as JSON-ready columns (without receipt)."""

    def day(value: date | None) -> str | None:
        return None if value is None else value.isoformat()

    return {
        "rule": decision.rule,
        "answer": decision.answer,
        "amount": decision.amount,
        "place": decision.place,
        "since": day(decision.span.since),
        "until": day(decision.span.until),
        "from": day(decision.span.granted_from),
        "because": [_reason(each) for each in decision.because],
        "missing": list(decision.missing),
    }


def _reason(each: Because) -> dict[str, Any]:
    columns: Sequence[str] = ("condition", "value", "threshold", "provision", "article", "zh", "en")
    row = {column: getattr(each, column) for column in columns}
    return {key: value.en if isinstance(value, Text) else value for key, value in row.items()}
