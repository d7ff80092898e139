"""Many people as they are written (a mapping of facts each), as one table that answers whole columns at once.

Values are read as for one person (`read_person`), each different value once. A relation of pointers may reach any
number of people: they get rows of their own, which belong to no group and are counted nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from renben.engines.rules.engine import Engine, Source
from renben.engines.rules.facts import Fact, Facts
from renben.engines.rules.person import read_value
from renben.engines.rules.rows import KEY, NOBODY, arrow_type, cell

NAME = "written_people"
Written = Mapping[str, Any]


@dataclass(frozen=True)
class Group:
    """Keys by which people are counted, and the facts of each person in the same order."""

    keys: Mapping[str, Sequence[Any]]
    people: Sequence[Written]


class Reader:
    """Turns written people into a source of an engine.

    Args:
        facts: the rule book's facts.
        relation: name of a relation of pointers that the mappings may hold, as a list of mappings.
    """

    def __init__(self, facts: Facts, relation: str) -> None:
        self.facts = facts
        self.relation = facts.relations[relation]
        self._read: dict[str, dict[Any, Any]] = {}

    def source(self, engine: Engine, group: Group) -> tuple[Source, Facts]:
        """A source of some people, and the facts with as many pointers as they need.

        Raises:
            FactError: a value does not fit its fact.
        """
        rows, pointers = self._rows(group.people)
        written = {name for row in rows for name in row}
        names = [f.name for f in self.facts if f.name in written]
        more = len(rows) - len(group.people)
        columns: dict[str, pa.Array] = {
            key: pa.array([*values, *[None] * more]) for key, values in group.keys.items()
        }
        columns[KEY] = pa.array(range(len(rows)), pa.int64())
        columns |= {name: self._column(self.facts[name], rows) for name in names}
        columns |= {name: pa.array(values, pa.int64()) for name, values in pointers.items()}
        engine.put(NAME, pa.table(columns))
        relation = replace(self.relation, pointers=tuple(pointers), key=KEY)
        others = [one for one in self.facts.relations.values() if one.name != relation.name]
        found = {name: engine.dialect.column(name) for name in columns}
        return Source(NAME, found), Facts(self.facts, [*others, relation])

    def _rows(self, people: Sequence[Written]) -> tuple[list[Written], dict[str, list[int | None]]]:
        """Everybody with the people they point to, and the row numbers of those, by pointer."""
        rows, name = list(people), self.relation.name
        most = max(1, max((len(one.get(name) or ()) for one in people), default=1))
        pointed: list[list[int | None]] = []
        for one in people:
            others = one.get(name)
            if others is None:  # who they are is not known
                pointed.append([NOBODY] * most)
                continue
            numbers = range(len(rows), len(rows) + len(others))
            pointed.append([*numbers, *[None] * (most - len(others))])
            rows += others
        pointed += [[NOBODY] * most for _ in range(len(rows) - len(people))]
        return rows, {f"{name}_{i}": [row[i] for row in pointed] for i in range(most)}

    def _column(self, fact: Fact, rows: Iterable[Written]) -> pa.Array:
        known = self._read.setdefault(fact.name, {None: None})
        values = []
        for row in rows:
            written = row.get(fact.name)
            if written not in known:
                known[written] = cell(read_value(fact, written), fact.type)
            values.append(known[written])
        return pa.array(values, arrow_type(fact.type))
