"""The desk for one person: answers, reasons, dates and missing facts, in microseconds.

Values come from the generated function; the reasons are read off the same terms.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from renben.core.errors import RenbenError
from renben.engines.rules.binding import Binding
from renben.engines.rules.compiled import Compiled, link_name
from renben.engines.rules.gather import together
from renben.engines.rules.kernel import Value
from renben.engines.rules.loading import Loaded, LoadedBook, inactive
from renben.engines.rules.person import Person
from renben.engines.rules.provisions import ProvisionError, Provisions
from renben.engines.rules.terms import Term

ANSWERS = {True: "grant", False: "deny", None: "need_info"}


class InactiveRule(RenbenError):
    """A rule was asked for that rests on values from memory."""


@dataclass
class Case:
    """One rule looked at for one person on one day: every node's value."""

    loaded: Loaded
    person: Person
    binding: Binding
    values: dict[int, Any]

    @property
    def truth(self) -> Value:
        """The decision's truth: true, false or None for unknown."""
        return self.values[self.loaded.term.number]  # type: ignore[no-any-return]

    @property
    def answer(self) -> str:
        """grant, deny or need_info."""
        return ANSWERS[self.truth]  # type: ignore[index]

    @property
    def amount(self) -> int | None:
        """The amount where granted, in the engine's units (fen)."""
        if self.loaded.amount is None or self.truth is not True:
            return None
        return self.values[self.loaded.amount.number]  # type: ignore[no-any-return]


@dataclass
class Desk:
    """Evaluates a loaded rule book for single persons.

    Args:
        book: the loaded rule book.
        provisions: provisions to use instead of the book's own (a reform).
    """

    book: LoadedBook
    provisions: Provisions | None = None
    _bindings: dict[date, Binding] = field(default_factory=dict)
    _compiled: dict[str, Compiled] = field(default_factory=dict)
    _constants: dict[tuple[str, date], tuple[Any, ...]] = field(default_factory=dict)
    members: dict[int, Compiled] = field(default_factory=dict)

    def binding(self, on: date) -> Binding:
        """Provisions of the day (kept)."""
        if on not in self._bindings:
            self._bindings[on] = Binding(self.provisions or self.book.provisions, on)
        return self._bindings[on]

    def compiled(self, name: str) -> Compiled:
        """The generated function of one rule (kept)."""
        if name not in self._compiled:
            loaded = self.book.rules[name]
            outputs = {name: loaded.term} | ({"amount": loaded.amount} if loaded.amount is not None else {})
            self._compiled[name] = Compiled(outputs)
        return self._compiled[name]

    def constants(self, name: str, on: date) -> tuple[Any, ...]:
        """What the rule's function needs of the day (kept)."""
        key = (name, on)
        if key not in self._constants:
            self._constants[key] = self.compiled(name).constants(self.binding(on))
        return self._constants[key]

    def truth(self, name: str, person: Person, on: date) -> Value:
        """The rule's bare truth; no trace.

        Raises:
            ProvisionError: a provision is not in force on the day.
        """
        compiled = self.compiled(name)
        facts = self.inputs(compiled, person, self.binding(on))
        return compiled.run(facts, self.constants(name, on))[0]

    def case(self, name: str, person: Person, on: date) -> Case:
        """The rule with every node's value.

        Raises:
            InactiveRule: the rule rests on values from memory.
            ProvisionError: a provision is not in force on the day.
        """
        why_not = inactive(self.book, name, self.provisions)
        if why_not:
            raise InactiveRule(
                f"{name} is inactive: {'; '.join(why_not)}. Confirm with the official text first."
            )
        compiled = self.compiled(name)
        binding = self.binding(on)
        facts = self.inputs(compiled, person, binding)
        values = compiled.trace(facts, self.constants(name, on))
        traced = {term.number: value for term, value in zip(compiled.order, values, strict=True)}
        return Case(self.book.rules[name], person, binding, traced)

    def active(self, names: Iterable[str] | None = None) -> list[str]:
        """Decisions that may be used, in the order written."""
        asked = list(names) if names is not None else list(self.book.decisions)
        return [name for name in asked if not inactive(self.book, name, self.provisions)]

    def in_force(self, name: str, on: date) -> bool:
        """Whether all provisions of the rule are in force on the day."""
        try:
            for provision in self.book.rules[name].provisions:
                self.binding(on).dated(provision)
        except ProvisionError:
            return False
        return True

    def inputs(self, compiled: Compiled, person: Person, binding: Binding) -> dict[str, Value]:
        """The person's facts with every gathered value the function needs."""
        if not compiled.links:
            return person.facts
        facts = dict(person.facts)
        for term in compiled.links:
            facts[link_name(term)] = self.gather(term, person, binding)
        return facts

    def gather(self, term: Term, person: Person, binding: Binding) -> Value:
        """Value of a link: its term for every related person, put together."""
        how, relation = term.data
        members = person.related.get(relation)
        if members is None:
            return None
        return together(how, [self.member(term.args[0], each, binding) for each in members])

    def member(self, term: Term, person: Person, binding: Binding) -> Value:
        """Value of any term for a related person."""
        if term.number not in self.members:
            self.members[term.number] = Compiled({"value": term})
        compiled = self.members[term.number]
        return compiled.run(self.inputs(compiled, person, binding), compiled.constants(binding))[0]
