"""Cases a jurist reads: YAML files of people and the answers expected, run on one person and on SQL.

    - name: six months to the day
      on: 2025-01-09
      person: {county: 149901, hukou_county: 149801, registered_since: 2024-07-09, stable_job_since: 2024-07-05}
      expect: {residence_permit: grant}
      on 2025-01-08:
        residence_permit: {answer: deny, because: [registered_since], from: 2025-01-09}

A mapping may check answer, amount, since, until, from, missing and because (facts or provisions named in it).
`provisions:` lays illustrative values over those in force, `confirm:` names values from memory taken as read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from renben.core.errors import RenbenError
from renben.engines.rules.desk import ANSWERS, Desk
from renben.engines.rules.engine import DuckDB, Engine, Selection, run, table_source
from renben.engines.rules.explain import CONNECTIVES, Decision, decide, plain
from renben.engines.rules.loading import LoadedBook
from renben.engines.rules.person import Person, read_person
from renben.engines.rules.provisions import Provisions
from renben.engines.rules.reading import read_changes
from renben.engines.rules.rows import table_of
from renben.engines.rules.terms import Term, describe

EXACT = ("answer", "amount", "since", "until", "from")


class CaseError(RenbenError):
    """A case file cannot be read."""


@dataclass(frozen=True)
class Check:
    """One person on one day with the answers expected."""

    file: str
    name: str
    on: date
    person: Person
    expected: Mapping[str, Any]
    provisions: Provisions

    def __str__(self) -> str:
        """File, name and day, for messages."""
        return f"{self.file}: {self.name} (on {self.on})"


def read_cases(path: Path, book: LoadedBook) -> list[Check]:
    """All checks of a case file.

    Raises:
        CaseError: a case lacks its day, person or expectation, or names an unknown rule.
    """
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError) as error:
        raise CaseError(f"{path}: is no YAML that can be read: {' '.join(str(error).split())}") from None
    cases = (tree.get("cases", []) if isinstance(tree, dict) else tree) or []
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        raise CaseError(
            f"{path}: cases are a list of entries with on, person and expect; {str(cases)[:60]!r} is none"
        )
    found = [check for case in cases for check in _checks(path.name, case, book)]
    if not found:
        raise CaseError(f"{path}: no case in it; a check over nothing is a failure")
    return found


def _checks(file: str, written: Mapping[Any, Any], book: LoadedBook) -> Iterator[Check]:
    case = {
        "on" if key is True else str(key): value for key, value in written.items()
    }  # YAML reads on as true
    name = str(case.get("name", "without a name"))
    if not isinstance(case.get("on"), date) or not isinstance(case.get("person"), dict):
        raise CaseError(f"{file}: {name}: give on: YYYY-MM-DD and person: {{...}}")
    person = read_person(book.book.facts, case["person"])
    provisions = _laid_over(file, name, case, book)
    days = {case["on"]: case.get("expect", {})}
    days |= {_day(file, name, key): value for key, value in case.items() if key.startswith("on ")}
    for day, expected in days.items():
        if not isinstance(expected, dict):
            raise CaseError(f"{file}: {name} (on {day}): expects {expected!r}; write decision: answer")
        unknown = [rule for rule in expected if rule not in book.decisions]
        if unknown or not expected:
            raise CaseError(
                f"{file}: {name} (on {day}): expects {unknown or 'nothing'}; name decisions of the book"
            )
        yield Check(file, name, day, person, expected, provisions)


def _day(file: str, name: str, key: str) -> date:
    try:
        return date.fromisoformat(key[3:])
    except ValueError:
        raise CaseError(f"{file}: {name}: {key!r} names no day; write on YYYY-MM-DD") from None


def _laid_over(file: str, name: str, case: Mapping[str, Any], book: LoadedBook) -> Provisions:
    """The book's own provisions, or with the case's illustrative values and confirmations."""
    if not case.get("provisions") and not case.get("confirm"):
        return book.provisions
    changes = read_changes(case.get("provisions") or {}, book.provisions, f"{file}: {name}")
    changes.confirmed = frozenset(case.get("confirm") or ())
    return book.provisions.overlay(changes)


def differences(book: LoadedBook, check: Check) -> list[str]:
    """Where the one-person answer is not the expected one."""
    found, desk = [], Desk(book, check.provisions)
    for rule, wanted in check.expected.items():
        wanted = wanted if isinstance(wanted, dict) else {"answer": wanted}
        decision = decide(desk, rule, check.person, check.on)
        got = plain(decision)
        for key in EXACT:
            if key in wanted and str(got[key]) != str(wanted[key]):
                found.append(f"{check}: {rule}: {key} is {got[key]}, expected {wanted[key]}")
        found += [f"{check}: {rule}: {line}" for line in _reasons(decision, wanted)]
    return found


def _reasons(decision: Decision, wanted: Mapping[str, Any]) -> Iterator[str]:
    if "missing" in wanted and sorted(decision.missing) != sorted(wanted["missing"]):
        yield f"missing is {sorted(decision.missing)}, expected {sorted(wanted['missing'])}"
    conditions = " ".join(f"{each.condition} {each.provision}" for each in decision.because)
    for name in wanted.get("because", ()):
        if name not in conditions:
            yield f"the reason does not name {name}: {conditions}"
    if not decision.because:
        yield "gives no reason"


def sql_differences(book: LoadedBook, checks: list[Check], engine: Engine | None = None) -> list[str]:
    """Where the SQL answer of a case is not the one-person answer; all cases of a day in one query."""
    found: list[str] = []
    database = engine or DuckDB()
    groups: dict[tuple[date, int], list[Check]] = {}
    for check in checks:
        groups.setdefault((check.on, id(check.provisions)), []).append(check)
    for (day, _), together in groups.items():
        found += _sql_of_day(book, day, together, database)
    return found


def _sql_of_day(book: LoadedBook, day: date, checks: list[Check], engine: Engine) -> list[str]:
    desk = Desk(book, checks[0].provisions)
    table, numbers = table_of(book.book.facts, [check.person for check in checks])
    engine.put("case_people", table)
    source = table_source(engine, "case_people", book.book.facts)
    rules = sorted({rule for check in checks for rule in check.expected})
    binding = desk.binding(day)
    selection = Selection({rule: binding.bind(book.rules[rule].term) for rule in rules})
    rows = run(engine, selection, source, book.book.facts, keep=("person",)).to_pylist()
    by_person = {row["person"]: row for row in rows}
    found = []
    for check, number in zip(checks, numbers, strict=True):
        for rule in check.expected:
            one, many = desk.truth(rule, check.person, day), by_person[number][rule]
            if one is not many:
                said = f"{ANSWERS[many]}, the one-person function {ANSWERS[one]}"  # type: ignore[index]
                found.append(f"{check}: {rule}: {engine.dialect.name} says {said}")
    return found


@dataclass
class Coverage:
    """Which outcomes of which conditions the cases have seen, per decision."""

    seen: dict[str, dict[int, set[Any]]] = field(default_factory=dict)
    conditions: dict[int, Term] = field(default_factory=dict)

    def add(self, book: LoadedBook, check: Check) -> None:
        """Record what a check's decisions looked at."""
        desk = Desk(book, check.provisions)
        for rule in check.expected:
            case = desk.case(rule, check.person, check.on)
            outcomes = self.seen.setdefault(rule, {})
            for term in condition_leaves(case.loaded.term):
                self.conditions[term.number] = term
                outcomes.setdefault(term.number, set()).add(case.values[term.number])

    def rows(self, book: LoadedBook) -> list[tuple[str, int, int, list[str]]]:
        """Per decision: outcomes seen, outcomes there are (true and false of each condition), what was never seen."""
        return [self._row(name, book) for name in book.decisions]

    def _row(self, name: str, book: LoadedBook) -> tuple[str, int, int, list[str]]:
        leaves = condition_leaves(book.rules[name].term)
        seen = self.seen.get(name, {})
        lacking = [
            f"{describe(term, book.names)} {'true' if outcome else 'false'}"
            for term in leaves
            for outcome in (True, False)
            if outcome not in seen.get(term.number, set())
        ]
        return name, 2 * len(leaves) - len(lacking), 2 * len(leaves), lacking


def condition_leaves(term: Term) -> list[Term]:
    """The conditions a decision consists of: truths below its ANDs, ORs and choices."""
    found: dict[int, Term] = {}
    stack = [term]
    while stack:
        each = stack.pop()
        inside = each.kind in (*CONNECTIVES, "not", "otherwise", "if") and each.type.name == "bool"
        parts = (
            [arg for arg in each.args if arg.type.name == "bool" and arg.kind != "const"] if inside else []
        )
        if inside and not (each.kind == "otherwise" and each.args[0].kind == "fact") and parts:
            stack += parts
        elif not each.row_free and each.kind != "regional":
            found[each.number] = each
    return list(found.values())
