"""Do all evaluators say the same? The one-person function over a table, next to any SQL engine.

The one-person function resolves relations by looking rows up, so links are compared too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renben.engines.rules.binding import Binding
from renben.engines.rules.compiled import Compiled, link_name
from renben.engines.rules.facts import Facts
from renben.engines.rules.gather import together
from renben.engines.rules.kernel import Value
from renben.engines.rules.loading import LoadedBook
from renben.engines.rules.select import active
from renben.engines.rules.terms import Term
from renben.engines.rules.types import DATE


def one_by_one(
    book: LoadedBook, on: date, table: pa.Table, rules: Iterable[str] | None = None
) -> dict[str, list[Value]]:
    """Truth and amount of decisions for every row, from the generated function (amounts: fen, bare).

    Columns are `NAME` and `NAME.amount`; the order is the table's.
    """
    outputs: dict[str, Term] = {}
    for name in active(book, rules):
        outputs[name] = book.rules[name].term
        amount = book.rules[name].amount
        outputs |= {f"{name}.amount": amount} if amount is not None else {}
    rows = _rows(book.book.facts, table)
    people = _People(book.book.facts, rows, table, Binding(book.provisions, on))
    values = people.evaluate(outputs)
    return {name: [row[i] for row in values] for i, name in enumerate(outputs)}


def _rows(facts: Facts, table: pa.Table) -> list[dict[str, Any]]:
    columns = {}
    for fact in facts:
        if fact.name in table.column_names:
            column = table[fact.name]
            columns[fact.name] = (column.cast(pa.int32()) if fact.type == DATE else column).to_pylist()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


class _People:
    def __init__(self, facts: Facts, rows: list[dict[str, Any]], table: pa.Table, binding: Binding) -> None:
        self.facts = facts
        self.rows = rows
        self.table = table
        self.binding = binding

    def evaluate(self, outputs: Mapping[str, Term]) -> list[tuple[Value, ...]]:
        """Values of the outputs for every row."""
        compiled = Compiled(outputs)
        for link in compiled.links:
            gathered = self._gather(link)
            name = link_name(link)
            for row, value in zip(self.rows, gathered, strict=True):
                row[name] = value
        constants = compiled.constants(self.binding)
        return [compiled.run(row, constants) for row in self.rows]

    def _gather(self, link: Term) -> list[Value]:
        how, name = link.data
        inner = [values[0] for values in self.evaluate({"value": link.args[0]})]
        relation = self.facts.relations[name]
        if relation.shared:
            return self._shared(how, inner, self.table[relation.shared].to_pylist())
        index = {key: i for i, key in enumerate(self.table[relation.key].to_pylist())}
        pointers = [self.table[p].to_pylist() for p in relation.pointers]
        return [
            together(how, [inner[index[p]] if p in index else None for p in found if p is not None])
            for found in zip(*pointers, strict=True)
        ]

    @staticmethod
    def _shared(how: str, inner: list[Value], keys: list[Any]) -> list[Value]:
        groups: dict[Any, list[Value]] = defaultdict(list)
        for key, value in zip(keys, inner, strict=True):
            groups[key].append(value)
        totals = {key: together(how, values) for key, values in groups.items() if key is not None}
        return [totals.get(key) for key in keys]


def unequal(expected: Mapping[str, Sequence[Value]], found: pa.Table, key: str = "person") -> dict[str, int]:
    """How many rows differ per column between one-by-one values and an engine's rows (sorted by key); empty if none.

    Amounts are compared where granted, and must be zero elsewhere.
    """
    ordered = found.sort_by(key)
    counts = {}
    for name, values in expected.items():
        got = ordered[name]
        wanted = pa.array(_paid(name, values, expected), got.type)
        same = pc.fill_null(pc.equal(got, wanted), False)
        both_unknown = pc.and_(pc.is_null(got), pc.is_null(wanted))
        different = len(wanted) - (pc.sum(pc.or_(same, both_unknown)).as_py() or 0)
        if different:
            counts[name] = different
    return counts


def _paid(name: str, values: Sequence[Value], expected: Mapping[str, Sequence[Value]]) -> list[Value]:
    if not name.endswith(".amount"):
        return list(values)
    granted = expected[name.removesuffix(".amount")]
    return [amount if truth is True else 0 for amount, truth in zip(values, granted, strict=True)]
