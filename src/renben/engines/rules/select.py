"""Selections: which columns a run computes: decisions, amounts, scenarios, what stops people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from renben.engines.rules.algebra import connect, negate
from renben.engines.rules.binding import Binding
from renben.engines.rules.engine import Selection
from renben.engines.rules.loading import Loaded, LoadedBook, inactive
from renben.engines.rules.provisions import ProvisionError, Provisions
from renben.engines.rules.terms import Bool, Term, const
from renben.engines.rules.types import BOOL, INT
from renben.engines.rules.words import otherwise, when


@dataclass(frozen=True)
class Scenario:
    """A reform: changed provisions, changed rules, or both.

    Args:
        name: short name used in column names.
        provisions: the changed dated values (laid over the book's).
        book: the book with replaced rules (None: the same rules).
    """

    name: str
    provisions: Provisions
    book: LoadedBook | None = None


def decisions(
    book: LoadedBook,
    on: date,
    rules: Iterable[str] | None = None,
    provisions: Provisions | None = None,
    suffix: str = "",
) -> Selection:
    """Truth and amount of the active decisions on a day.

    Amounts are columns `NAME.amount`: zero where not granted, in the engine's units (fen).
    """
    binding = Binding(provisions or book.provisions, on)
    outputs: dict[str, Term] = {}
    for name in in_force(binding, book, rules):
        loaded = book.rules[name]
        outputs[name + suffix] = binding.bind(loaded.term)
        if loaded.amount is not None:
            outputs[f"{name}.amount{suffix}"] = _paid(binding, loaded)
    return Selection(outputs)


def _paid(binding: Binding, loaded: Loaded) -> Term:
    amount = binding.bind(loaded.amount)  # type: ignore[arg-type]
    return when(_yes(binding.bind(loaded.term)), amount, 0)  # type: ignore[no-any-return]


def _yes(term: Term) -> Bool:
    return otherwise(term, const(False, BOOL))  # type: ignore[return-value]


def active(book: LoadedBook, rules: Iterable[str] | None = None) -> list[str]:
    """Decisions that rest on no unconfirmed value from memory, in the order written."""
    names = list(book.decisions) if rules is None else list(rules)
    return [name for name in names if not inactive(book, name)]


def in_force(binding: Binding, book: LoadedBook, rules: Iterable[str] | None = None) -> list[str]:
    """Active decisions whose provisions are all in force; decisions asked for by name must be.

    Raises:
        ProvisionError: a decision asked for by name is not in force on the day.
    """
    found = []
    for name in active(book, rules):
        try:
            for provision in book.rules[name].provisions:
                binding.dated(provision)
        except ProvisionError:
            if rules is not None:
                raise
            continue
        found.append(name)
    return found


def with_scenarios(
    book: LoadedBook, on: date, scenarios: Iterable[Scenario], rules: Iterable[str] | None = None
) -> Selection:
    """The baseline and, for every scenario, who gains, who loses and the money that changes; one pass.

    Columns `NAME@SCENARIO`, `NAME@SCENARIO+` (gains), `NAME@SCENARIO-` (loses), and for amounts
    `NAME.amount@SCENARIO`. Decisions a scenario does not touch are left out.
    """
    base = decisions(book, on, rules)
    outputs = dict(base.outputs)
    for scenario in scenarios:
        other = scenario.book or book
        merged = book.provisions.overlay(scenario.provisions)
        changed = decisions(other, on, rules, merged).outputs
        for name, term in changed.items():
            if name in outputs and term is not base.outputs[name]:
                outputs[f"{name}@{scenario.name}"] = term
                outputs.update(_moves(name, scenario.name, base.outputs[name], term))
    return Selection(outputs)


def _moves(name: str, scenario: str, old: Term, new: Term) -> Iterator[tuple[str, Term]]:
    if new.type == BOOL:
        before, after = _yes(old), _yes(new)
        yield f"{name}@{scenario}+", connect("and", (after, negate(before)))
        yield f"{name}@{scenario}-", connect("and", (before, negate(after)))


def conjuncts(term: Term) -> tuple[Term, ...]:
    """The conditions that must all hold."""
    inner = term.args[0] if term.kind == "otherwise" else term
    return inner.args if inner.kind == "and" else (inner,)


def implies(one: Term, other: Term) -> bool:
    """Whether one bound comparison of a fact with a limit holds only where the other holds too.

    Whoever is not registered is not registered for six months either: registration is what stops them.
    """
    if one.kind != "le" or other.kind != "le" or one.args[0] is not other.args[0]:
        return False
    limits = one.args[1], other.args[1]
    if any(limit.kind != "const" or limit.data is None for limit in limits):
        return False
    return bool(limits[0].data <= limits[1].data)


def blockers(
    book: LoadedBook, on: date, rules: Iterable[str] | None = None
) -> tuple[Selection, dict[str, Term]]:
    """For every condition of every decision: who is stopped by it alone (with the conditions that contain it).

    Returns:
        The selection (columns `NAME#I`), and for each column the condition as written.
    """
    binding = Binding(book.provisions, on)
    outputs: dict[str, Term] = {}
    conditions: dict[str, Term] = {}
    for name in in_force(binding, book, rules):
        parts = conjuncts(book.rules[name].term)
        bound = [binding.bind(part) for part in parts]
        for i, part in enumerate(parts):
            others = [b for j, b in enumerate(bound) if j != i and not implies(b, bound[i])]
            column = f"{name}#{i}"
            outputs[column] = connect("and", [*others, negate(bound[i])])
            conditions[column] = part
    return Selection(outputs), conditions


def amount_columns(outputs: Mapping[str, Term]) -> list[str]:
    """Columns that hold sums of money."""
    return [name for name, term in outputs.items() if term.type == INT]
