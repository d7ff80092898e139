"""Which missing facts can still change an answer: the ones to ask the person, or to fetch.

First the walk: inside an unknown AND or OR only the unknown parts matter. Then the proof: a fact stays on the list
only if two completions that differ in nothing else give different answers; where there are too many to try, it stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from renben.engines.rules import kernel
from renben.engines.rules.binding import walk
from renben.engines.rules.compiled import visible
from renben.engines.rules.desk import Case, Desk
from renben.engines.rules.kernel import Value
from renben.engines.rules.person import Person
from renben.engines.rules.terms import Term

MOST_COMPLETIONS = 4096
COMPARISONS = frozenset({"le", "lt", "eq"})


def missing_facts(desk: Desk, case: Case) -> list[str]:
    """Names of the missing facts (and unpublished provisions) that can change the answer; none if it is decided."""
    if case.truth is not None:
        return []
    named = list(dict.fromkeys(_walk(desk, case.loaded.term, case)))
    return _proved(desk, case, named)


def _walk(desk: Desk, term: Term, case: Case) -> Iterator[str]:
    if term.kind == "fact":
        yield str(term.data)
    elif term.kind == "link":
        yield from _of_related(desk, term, case)
    elif term.kind == "regional":
        yield from _of_region(term, case)
    elif term.row_free:
        yield from _unpublished(term, case, None)
    elif term.kind == "if" and (chosen := case.values[term.args[0].number]) is not None:
        yield from _walk(desk, term.args[1 if chosen else 2], case)
    else:
        for arg in term.args:
            if case.values[arg.number] is None:
                yield from _walk(desk, arg, case)


def _of_region(term: Term, case: Case) -> Iterator[str]:
    region = case.values[term.args[0].number]
    if region is None and term.args[0].kind == "fact" and not list(_unpublished(term.args[1], case, None)):
        yield str(term.args[0].data)
    else:
        yield from _unpublished(term.args[1], case, region)


def _unpublished(term: Term, case: Case, region: int | None) -> Iterator[str]:
    for each in walk([term]):
        if each.kind == "param" and case.binding.value(each, region) is None:
            yield str(each.data)


def _of_related(desk: Desk, term: Term, case: Case) -> Iterator[str]:
    relation = term.data[1]
    members = case.person.related.get(relation)
    if members is None:
        yield relation
        return
    for place, member in enumerate(members):
        if desk.member(term.args[0], member, case.binding) is not None:
            continue
        own = member is case.person
        for fact in (t.data for t in walk([term.args[0]]) if t.kind == "fact" and t.data not in member.facts):
            yield str(fact) if own else f"{relation}[{place}].{fact}"


def _proved(desk: Desk, case: Case, named: list[str]) -> list[str]:
    """Drop a fact when no completion of the others lets it change the answer."""
    candidates = _candidates(case)
    if not all(name in candidates for name in named):
        return named
    total = 1
    for name in named:
        total *= len(candidates[name])
    if total > MOST_COMPLETIONS:
        return named
    answers = _answers(desk, case, named, candidates)
    return [name for i, name in enumerate(named) if _matters(i, answers)]


def _answers(
    desk: Desk, case: Case, named: list[str], candidates: dict[str, list[Value]]
) -> dict[tuple[Value, ...], Value]:
    rule, on = case.loaded.rule.name, case.binding.on
    answers = {}
    for values in product(*(candidates[name] for name in named)):
        completed = Person(
            {**case.person.facts, **dict(zip(named, values, strict=True))}, case.person.related
        )
        answers[values] = desk.truth(rule, completed, on)
    return answers


def _matters(index: int, answers: dict[tuple[Value, ...], Value]) -> bool:
    seen: dict[tuple[Value, ...], Value] = {}
    for values, answer in answers.items():
        others = values[:index] + values[index + 1 :]
        if others in seen and seen[others] is not answer:
            return True
        seen.setdefault(others, answer)
    return False


def _candidates(case: Case) -> dict[str, list[Value]]:
    """Values that stand for all values, per missing fact that is only compared with known limits."""
    found: dict[str, set[Any]] = {}
    tangled: set[str] = set()
    for term in visible([case.loaded.term]):
        for arg in term.args if not term.row_free and term.kind not in ("regional", "link") else ():
            if arg.kind != "fact" or arg.data in case.person.facts:
                continue
            values = _limits(term, arg, case)
            if values is None:
                tangled.add(arg.data)
            else:
                found.setdefault(arg.data, set()).update(values)
    return {name: sorted(values) for name, values in found.items() if name not in tangled and values}


def _limits(term: Term, fact: Term, case: Case) -> set[Any] | None:
    if fact.type.name == "bool":
        return {True, False}
    if term.kind == "in":
        return {*term.data, -1}
    if term.kind in COMPARISONS:
        other = term.args[1] if term.args[0].number == fact.number else term.args[0]
        limit = case.values[other.number]
        if limit is None:
            return None
        return {limit - 1, limit, limit + 1} | ({kernel.NEVER} if fact.type.name == "date" else set())
    return None
