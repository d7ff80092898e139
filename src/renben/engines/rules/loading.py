"""Loading a rule book: every function becomes a term, and every mistake is found before anything runs.

Refused here, with the path: circles, unknown inputs (and who needs them), wrong types, intermediate rules nobody
reads, unknown provisions, provisions without an article, and what the book's lint rules forbid.
"""

from __future__ import annotations

import hashlib
import inspect
import typing
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from renben.core.errors import RenbenError
from renben.engines.rules.algebra import by_region
from renben.engines.rules.binding import params_of, walk
from renben.engines.rules.book import PLACES, WORDINGS, Parameters, Rule, RuleBook, Wording
from renben.engines.rules.provisions import Provisions
from renben.engines.rules.terms import Bool, Code, Date, Int, RuleTypeError, Term, make
from renben.engines.rules.words import TODAY, Granted, otherwise

ANNOTATIONS = {Bool: "bool", Int: "int", Date: "date", Code: "code"}


class RuleBookError(RenbenError):
    """The rule book cannot be used; every line says what is wrong, where, and what to do."""


@dataclass(frozen=True)
class Loaded:
    """One rule as a term.

    Args:
        rule: the rule as written.
        term: its value (truth for decisions).
        amount: the amount of a decision, in the engine's units (fen).
        uses: names of the rules it reads directly.
        facts: facts it depends on, through all rules.
        provisions: provisions it depends on, through all rules.
        own: numbers of the nodes this rule wrote itself.
    """

    rule: Rule
    term: Term
    amount: Term | None
    uses: tuple[str, ...]
    facts: frozenset[str]
    provisions: frozenset[str]
    own: frozenset[int]


@dataclass
class LoadedBook:
    """A rule book whose rules are terms, with the words and articles of their conditions."""

    book: RuleBook
    provisions: Provisions
    rules: dict[str, Loaded] = field(default_factory=dict)
    wordings: dict[int, Wording] = field(default_factory=dict)

    @property
    def decisions(self) -> dict[str, Loaded]:
        """The decisions people can ask for, in the order written."""
        return {name: self.rules[name] for name, rule in self.book.rules.items() if rule.decision}

    @cached_property
    def names(self) -> dict[int, str]:
        """Names of intermediate numbers and dates, by node: what texts call them."""
        kinds = ("fact", "const", "param")
        found = {r.term.number: n for n, r in self.rules.items() if r.term.kind not in kinds}
        return {number: name for number, name in found.items() if self.rules[name].term.type.name != "bool"}

    def writer_of(self, name: str, node: int) -> str:
        """The rule that wrote a condition of a decision: itself, or the nearest rule it reads."""
        queue = [name]
        for each in queue:
            if node in self.rules[each].own:
                return each
            queue += [used for used in self.rules[each].uses if used not in queue]
        return name

    def digest(self) -> str:
        """SHA-256 over all terms: two books with one digest decide alike."""
        terms = [t for r in self.rules.values() for t in (r.term, r.amount) if t is not None]
        place = {term.number: i for i, term in enumerate(walk(terms))}
        lines = [
            f"{place[t.number]}={t.kind} {t.type} {t.data!r} {[place[a.number] for a in t.args]}"
            for t in walk(terms)
        ]
        lines += [f"{name}={place[r.term.number]}" for name, r in self.rules.items()]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def load(book: RuleBook, provisions: Provisions) -> LoadedBook:
    """Turn a rule book into terms.

    Raises:
        RuleBookError: anything is wrong; all findings are listed.
    """
    loader = _Loader(book, provisions)
    for name in book.rules:
        loader.attempt(name)
    loader.check()
    if loader.problems:
        raise RuleBookError(f"rule book {book.name}:\n  " + "\n  ".join(dict.fromkeys(loader.problems)))
    ordered = {name: loader.result.rules[name] for name in book.rules}
    loader.result.rules = ordered
    return loader.result


class _Loader:
    def __init__(self, book: RuleBook, provisions: Provisions) -> None:
        self.book = book
        self.provisions = provisions
        self.result = LoadedBook(book, provisions)
        self.problems: list[str] = []
        self.path: list[str] = []
        self.broken: set[str] = set()

    def attempt(self, name: str) -> Loaded | None:
        """Load one rule (once); a mistake becomes a problem."""
        if name in self.result.rules or name in self.broken:
            return self.result.rules.get(name)
        if name in self.path:
            circle = [*self.path[self.path.index(name) :], name]
            self.problems.append(
                f"circle: {' -> '.join(circle)}. A rule cannot need its own answer; read an earlier decision as a fact."
            )
            self.broken.update(circle)
            return None
        self.path.append(name)
        try:
            self.result.rules[name] = self._load(self.book.rules[name])
        except (RuleTypeError, RuleBookError) as error:
            self.broken.add(name)
            if str(error):
                self.problems.append(f"{name}: {error}")
        finally:
            self.path.pop()
        return self.result.rules.get(name)

    def _load(self, rule: Rule) -> Loaded:
        hints = typing.get_type_hints(rule.function)
        if rule.place not in PLACES or rule.place not in self.book.places:
            raise RuleBookError(f"place {rule.place!r} is not one of {sorted(self.book.places)}")
        arguments, uses = {}, []
        for name in inspect.signature(rule.function).parameters:
            arguments[name] = self._argument(rule, name, hints.get(name))
            uses += [name] if name in self.book.rules else []
        words: dict[int, Wording] = {}
        token = WORDINGS.set(words)
        try:
            answer = rule.function(**arguments)
        finally:
            WORDINGS.reset(token)
        given = walk([term for term in arguments.values() if isinstance(term, Term)])
        for number, wording in words.items():
            self.result.wordings.setdefault(number, wording)
        return self._finish(rule, answer, hints.get("return"), uses, frozenset(t.number for t in given))

    def _argument(self, rule: Rule, name: str, hint: object) -> object:
        if name == "P":
            return Parameters(self._provision, rule.place)
        if name in self.book.facts.relations:
            return self.book.facts.relations[name]
        if name in self.book.rules:
            loaded = self.attempt(name)
            if loaded is None:
                raise RuleBookError("")
            return self._checked(name, loaded.term, hint)
        if name in self.book.facts:
            return self._checked(name, self.book.facts[name].term, hint)
        known = [*(f.name for f in self.book.facts), *self.book.rules, *self.book.facts.relations]
        close = get_close_matches(name, known, n=1)
        raise RuleBookError(
            f"missing input {name!r}, needed by {' -> '.join(self.path)}. "
            + (f"Did you mean {close[0]}?" if close else "Declare it as a fact or write the rule.")
        )

    @staticmethod
    def _checked(name: str, term: Term, hint: object) -> Term:
        wanted = ANNOTATIONS.get(hint)  # type: ignore[call-overload]
        if wanted is None:
            raise RuleBookError(f"parameter {name} needs a type: Bool, Int, Date or Code")
        if wanted != term.type.name:
            raise RuleBookError(f"parameter {name} is declared {wanted} but is {term.type}")
        return term

    def _provision(self, name: str, place: str) -> Term | None:
        if name == "today":
            return TODAY
        if name in self.provisions.unfit:
            raise RuleBookError(f"needs {name}, which no rule can read: {self.provisions.unfit[name]}")
        if name not in self.provisions:
            parts = [p.name for p in self.provisions]
            if any(part.startswith(f"{name}.") for part in parts):
                return None
            close = get_close_matches(name, parts, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise RuleBookError(f"needs provision {name}, which no file of laws/ declares.{hint}")
        value = make("param", self.provisions[name].type, (), name)
        return by_region(self.book.facts[self.book.places[place]].raw, value)  # type: ignore[no-any-return]

    def _finish(
        self, rule: Rule, answer: object, hint: object, uses: list[str], given: frozenset[int]
    ) -> Loaded:
        amount: Term | None = None
        if isinstance(answer, Granted):
            amount = answer.amount
            answer = answer.condition
        if not isinstance(answer, Term):
            raise RuleBookError(f"returns {answer!r}, which is no term of the rule language")
        wanted = "bool" if hint is Granted else ANNOTATIONS.get(hint)  # type: ignore[call-overload]
        if wanted != answer.type.name:
            raise RuleBookError(f"is declared to return {wanted} but returns {answer.type}")
        if rule.decision and answer.type.name != "bool":
            raise RuleBookError(f"is a decision and must return Bool or granted(...), not {answer.type}")
        if amount is not None and not rule.unit:
            raise RuleBookError("pays an amount; say its unit, for example unit='yuan/month'")
        if rule.missing == "no":
            answer = otherwise(answer, False)
        terms = [answer, *([amount] if amount is not None else [])]
        facts = frozenset(t.data for t in walk(terms) if t.kind == "fact")
        own = frozenset(t.number for t in walk(terms)) - given
        return Loaded(rule, answer, amount, tuple(uses), facts, frozenset(params_of(terms)), own)

    def check(self) -> None:
        """What can only be seen over the whole book."""
        used = {name for loaded in self.result.rules.values() for name in loaded.uses}
        for name, loaded in self.result.rules.items():
            if not loaded.rule.decision and name not in used and not self.broken:
                self.problems.append(
                    f"{name}: no decision reads it; use it, make it a decision, or remove it"
                )
            if loaded.rule.decision and not loaded.rule.law:
                self.problems.append(f"{name}: cites no law; write law='document, article'")
            self._lint(name, loaded)
        self.problems += self.provisions.problems()

    def _lint(self, name: str, loaded: Loaded) -> None:
        for rule_tag, fact_tag, why in self.book.forbidden:
            if rule_tag not in loaded.rule.tags:
                continue
            read = sorted(f for f in loaded.facts if fact_tag in self.book.facts[f].tags)
            if read:
                self.problems.append(
                    f"{name} ({rule_tag}) reads {', '.join(read)} ({fact_tag}), which is forbidden: {why}"
                )


def inactive(loaded: LoadedBook, name: str, provisions: Provisions | None = None) -> list[str]:
    """Why a rule may not be used yet: the trust M marks it rests on, none if it is active."""
    known = provisions or loaded.provisions
    rule = loaded.rules[name]
    found = []
    if rule.rule.trust == "M" and name not in known.confirmed:
        found.append(f"rule {name} is written from memory (trust M)")
    for provision in sorted(rule.provisions - known.confirmed):
        if {dated.trust for dated in known[provision].values} == {"M"}:
            found.append(f"provision {provision} is known from memory only (trust M)")
    return found


def relations_of(terms: Iterable[Term]) -> set[str]:
    """Names of the relations the terms gather from."""
    return {t.data[1] for t in walk(terms) if t.kind == "link"}


__all__ = ["Loaded", "LoadedBook", "RuleBookError", "inactive", "load", "relations_of"]
