"""One person's facts as the engine takes them, read from plain YAML or JSON.

birth: 1985-03-01
registered_since: 2024-09-01
stable_job: yes
stable_home: null          # unknown: may lead to need_info
permit_since: never        # known not to have happened
household:                 # the other members
  - {birth: 1987-06-01}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from renben.core.errors import RenbenError
from renben.engines.rules import kernel
from renben.engines.rules.facts import Fact, Facts
from renben.engines.rules.kernel import Value
from renben.engines.rules.provisions import ProvisionError, engine_value
from renben.engines.rules.types import BOOL, DATE, INT

YES = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}
NEVER_WORDS = frozenset({"never", "none", "无", "从未"})
REGION_DIGITS = 6
EARLIEST = kernel.to_days(date(1800, 1, 1))


class FactError(RenbenError):
    """A fact is unknown to the rule book or written wrongly."""


@dataclass
class Person:
    """Facts of one person in engine units; a fact that is not there is unknown.

    Args:
        facts: value per fact.
        related: persons per relation; a relation that is not there is unknown.
    """

    facts: dict[str, Value]
    related: dict[str, Sequence[Person]] = field(default_factory=dict)


def read_value(fact: Fact, value: Any) -> Value:
    """A written value as the engine keeps it.

    Raises:
        FactError: the value does not fit the fact's type; what is expected is said.
    """
    if value is None:
        return None
    if fact.type == BOOL:
        return _truth(fact, value)
    if fact.type == DATE:
        return _day(fact, value)
    if fact.type == INT:
        return _number(fact, value)
    return _code(fact, value)


def _truth(fact: Fact, value: Any) -> bool:
    found = value if isinstance(value, bool) else YES.get(str(value).lower())
    if found is None:
        raise FactError(f"{fact.name}: {value!r} is neither yes nor no (leave it empty if it is not known)")
    return found


def _day(fact: Fact, value: Any) -> int:
    if isinstance(value, str) and value.strip().lower() in NEVER_WORDS:
        return kernel.NEVER
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise FactError(f"{fact.name}: {value!r} is no date; write YYYY-MM-DD, or never") from None
    days = kernel.to_days(day.date() if isinstance(day, datetime) else day)
    if days < EARLIEST:
        raise FactError(f"{fact.name}: {value} lies before 1800-01-01")
    return days


def _number(fact: Fact, value: Any) -> int:
    if isinstance(value, bool):
        raise FactError(f"{fact.name}: {value!r} is no number")
    try:
        found, _ = engine_value(value, fact.unit, fact.name)
    except ProvisionError as error:
        raise FactError(str(error)) from None
    if found is None or isinstance(value, date):
        raise FactError(f"{fact.name}: {value!r} is no number")
    return int(found)


def _code(fact: Fact, value: Any) -> int:
    members = fact.domain.members.values() if fact.domain else ()
    for member in members:
        if value in (member.name, member.code, member.zh, member.en):
            return member.code
    if not members:
        return _region(fact, str(value).strip())
    known = ", ".join(member.name for member in members)
    raise FactError(f"{fact.name}: {value!r} is not one of {known}")


def _region(fact: Fact, text: str) -> int:
    """A code without a closed list: a region code of six digits."""
    if not (text.isdigit() and len(text) == REGION_DIGITS):
        raise FactError(f"{fact.name}: {text!r} is no region code; write its six digits (GB/T 2260)")
    return int(text)


def _people(relation: str, written: Any) -> Sequence[Mapping[str, Any]]:
    if not isinstance(written, Sequence) or not all(isinstance(each, Mapping) for each in written):
        raise FactError(
            f"{relation}: {written!r} is no list of people; write one entry of facts for each, [] for nobody"
        )
    return written


def read_person(facts: Facts, written: Mapping[str, Any]) -> Person:
    """A person from a mapping as written in YAML or JSON; relations hold lists of such mappings.

    Raises:
        FactError: a name is no fact of the rule book, or a value does not fit.
    """
    person = Person({})
    for name, value in written.items():
        if name in facts:
            read = read_value(facts[name], value)
            if read is not None:
                person.facts[name] = read
        elif name not in facts.relations:
            close = get_close_matches(name, [f.name for f in facts], n=1)
            raise FactError(
                f"{name} is no fact of this rule book." + (f" Did you mean {close[0]}?" if close else "")
            )
    for name, relation in facts.relations.items():
        if written.get(name) is not None:
            others = [read_person(facts, each) for each in _people(name, written[name])]
            group = [person, *others] if relation.shared else others
            person.related[name] = group
            for other in others if relation.shared else ():
                other.related[name] = group
    return person
