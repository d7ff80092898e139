"""Facts: what is known about a person, declared once with type, unit and wording.

A missing fact is unknown, not false and not zero. A date may also be `NEVER`: known not to have happened.
Only where a fact is declared `missing="no"` does an absent value count as false or never, in writing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from renben.engines.rules import kernel
from renben.engines.rules.terms import Term, const, make, need
from renben.engines.rules.types import BOOL, DATE, INT, Domain, Type
from renben.engines.rules.words import otherwise

LINKS = {
    "sum": (INT, INT),
    "any": (BOOL, BOOL),
    "count": (BOOL, INT),
    "first": (DATE, DATE),
    "soonest": (DATE, DATE),
}


@dataclass(frozen=True)
class Fact:
    """One declared fact.

    Args:
        name: identifier used as a parameter of rules and as a column of populations.
        type: bool, int, date or code of a domain.
        zh: wording in Chinese.
        en: wording in English.
        unit: unit of a whole number (money: fen).
        missing: "unknown", or "no" where an absent value means false or never.
        tags: subject marks for lint rules, for example land_rights.
        domain: the closed list of a code fact.
    """

    name: str
    type: Type
    zh: str
    en: str
    unit: str = ""
    missing: str = "unknown"
    tags: frozenset[str] = frozenset()
    domain: Domain | None = field(default=None, compare=False)

    @property
    def raw(self) -> Term:
        """The fact as it stands in the data."""
        return make("fact", self.type, (), self.name)  # type: ignore[no-any-return]

    @property
    def term(self) -> Term:
        """The fact as rules see it, with its declared meaning of "missing"."""
        if self.missing == "unknown":
            return self.raw
        if self.type not in (BOOL, DATE):
            raise ValueError(f"fact {self.name}: missing='no' is for yes/no facts and dates, not {self.type}")
        return otherwise(self.raw, const(False if self.type == BOOL else kernel.NEVER, self.type))


class Facts:
    """All facts a rule book may read, and the relations by which a person's row reaches other rows."""

    def __init__(self, facts: Iterable[Fact], relations: Iterable[Relation] = ()) -> None:
        """Keep the facts by name.

        Raises:
            ValueError: one name is declared twice.
        """
        self.by_name: dict[str, Fact] = {}
        self.relations = {relation.name: relation for relation in relations}
        for fact in facts:
            if fact.name in self.by_name or fact.name in self.relations:
                raise ValueError(f"fact {fact.name} is declared twice")
            self.by_name[fact.name] = fact

    def __iter__(self) -> Iterator[Fact]:
        """The facts in the order of declaration."""
        return iter(self.by_name.values())

    def __contains__(self, name: object) -> bool:
        """Whether a fact of that name is declared."""
        return name in self.by_name

    def __getitem__(self, name: str) -> Fact:
        """The fact of that name."""
        return self.by_name[name]


@dataclass(frozen=True)
class Relation:
    """How a row finds related rows: those sharing a key column, or those an id column points to.

    Args:
        name: parameter name in rules, for example household or guardians.
        zh: wording in Chinese.
        en: wording in English.
        shared: the key column for "same household" (the person's own row included).
        pointers: the id columns for "my mother, my father".
        key: the id column the pointers point to.
    """

    name: str
    zh: str
    en: str
    shared: str = ""
    pointers: tuple[str, ...] = ()
    key: str = "person"

    def sum(self, term: Any) -> Any:
        """Sum over the related rows; unknown where one value is unknown."""
        return self._link("sum", term)

    def any(self, term: Any) -> Any:
        """Whether it holds for one of the related rows."""
        return self._link("any", term)

    def all(self, term: Any) -> Any:
        """Whether it holds for all of the related rows."""
        return ~self._link("any", ~term)

    def earliest(self, term: Any) -> Any:
        """The first date among the related rows; unknown where one is unknown, never where there is none."""
        return self._link("first", term)

    def count(self, term: Any) -> Any:
        """How many related rows it holds for; unknown where one is unknown."""
        return self._link("count", term)

    def _link(self, how: str, term: Term) -> Any:
        return link(how, self, term)


def link(how: str, relation: Relation, term: Term) -> Any:
    """A value gathered from related rows.

    Raises:
        RuleTypeError: the gathered term has the wrong type for this way of gathering.
    """
    wanted, result = LINKS[how]
    return make("link", result, (need(f"{relation.name}.{how}", term, wanted),), (how, relation.name))
