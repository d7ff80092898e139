"""Decision tables: rows of typed conditions, the first row that holds decides. Data only, no code in data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: bool(a == b),
    "ne": lambda a, b: bool(a != b),
    "lt": lambda a, b: bool(a < b),
    "le": lambda a, b: bool(a <= b),
    "gt": lambda a, b: bool(a > b),
    "ge": lambda a, b: bool(a >= b),
    "in": lambda a, b: a in b,
}
ALLOW, REFUSE = "allow", "refuse"


@dataclass(frozen=True)
class Row:
    """Conditions (fact -> operator -> value), all of which must hold, and the answer."""

    when: Mapping[str, Mapping[str, Any]]
    then: str
    say: str = ""
    ref: str = ""


@dataclass(frozen=True)
class Answer:
    """What a table decided: allow, refuse or need_info, with the words to say and the facts missing."""

    then: str
    say: str = ""
    ref: str = ""
    missing: tuple[str, ...] = ()


def decide(table: tuple[Row, ...], facts: Mapping[str, Any]) -> Answer:
    """First row whose conditions all hold; need_info as soon as a row hangs on a missing fact.

    Args:
        table: rows in order; the last has no conditions.
        facts: values by name; None means unknown, which is neither true nor false.
    """
    for row in table:
        missing = []
        for name, tests in row.when.items():
            value = facts.get(name)
            if value is None:
                missing.append(name)
            elif not all(OPERATORS[op](value, wanted) for op, wanted in tests.items()):
                break
        else:
            if missing:
                return Answer("need_info", missing=tuple(missing))
            return Answer(row.then, row.say, row.ref)
    raise ValueError("decision table without a last row that always holds; static verification refuses it.")
