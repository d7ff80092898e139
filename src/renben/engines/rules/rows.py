"""People as rows: a person with household and guardians as an Arrow table, for SQL engines and tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pyarrow as pa

from renben.engines.rules import kernel
from renben.engines.rules.facts import Facts
from renben.engines.rules.kernel import Value
from renben.engines.rules.person import Person
from renben.engines.rules.types import BOOL, DATE, INT, Type

NOBODY = -1
KEY = "person"
ARROW = {BOOL: pa.bool_(), DATE: pa.date32(), INT: pa.int64()}


def arrow_type(type_: Type) -> pa.DataType:
    """The Arrow type in which a fact is kept."""
    return ARROW.get(type_, pa.int32())


def cell(value: Value, type_: Type) -> bool | int | date | None:
    """A fact's engine value as an Arrow cell."""
    if value is None or type_ != DATE:
        return value
    return kernel.to_date(int(value))


def value_of(cell_: Any, type_: Type) -> Value:
    """An Arrow cell as a fact's engine value."""
    return kernel.to_days(cell_) if type_ == DATE and cell_ is not None else cell_


class _Rows:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.rows: list[dict[str, Any]] = []
        self.ids: dict[int, int] = {}
        self.people: list[Person] = []

    def add(self, person: Person) -> int:
        """Row number of a person; related people get rows of their own."""
        if id(person) in self.ids:
            return self.ids[id(person)]
        number = self.ids[id(person)] = len(self.rows)
        self.people.append(person)
        row: dict[str, Any] = {f.name: cell(person.facts.get(f.name), f.type) for f in self.facts}
        row[KEY] = number
        self.rows.append(row)
        for relation in self.facts.relations.values():
            group = person.related.get(relation.name)
            if relation.shared:
                row[relation.shared] = None if group is None else min(self.add(each) for each in group)
                continue
            row[relation.key] = number
            row.update(self._pointers(relation.pointers, group))
        return number

    def _pointers(self, pointers: tuple[str, ...], group: Any) -> dict[str, int | None]:
        if group is None:
            return {pointer: NOBODY for pointer in pointers}
        if len(group) > len(pointers):
            raise ValueError(f"{len(group)} people for {', '.join(pointers)}")
        numbers = [self.add(each) for each in group]
        return dict(zip(pointers, [*numbers, *[None] * len(pointers)], strict=False))


def table_of(facts: Facts, people: Iterable[Person]) -> tuple[pa.Table, list[int]]:
    """A table of people and of everybody they are related to, and the row numbers of the people asked for.

    A relation that is not known points to nobody, so that it stays unknown in SQL too.
    """
    rows = _Rows(facts)
    numbers = [rows.add(person) for person in people]
    keys = {KEY} | {key for r in facts.relations.values() for key in (r.shared, r.key, *r.pointers) if key}
    schema = [pa.field(f.name, arrow_type(f.type)) for f in facts]
    schema += [pa.field(key, pa.int64()) for key in sorted(keys)]
    return pa.Table.from_pylist(rows.rows, schema=pa.schema(schema)), numbers
