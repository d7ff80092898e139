"""Populations made to break rules: every threshold and its neighbours, leap days, month ends, negatives, unknowns.

Used to show that all engines say the same. The rows are synthetic and describe nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from renben.engines.rules import kernel
from renben.engines.rules.binding import Binding, walk
from renben.engines.rules.facts import Fact, Facts
from renben.engines.rules.kernel import Regional
from renben.engines.rules.loading import LoadedBook
from renben.engines.rules.rows import arrow_type
from renben.engines.rules.terms import Term
from renben.engines.rules.types import BOOL, DATE, INT

KEY = "person"
UNKNOWN_SHARE = 0.12
UNREAL_REGIONS = (149901, 149902, 149801, 159901)
"""Region codes never assigned: two of one city, another city, another province."""
ODD_DAYS = (
    date(2000, 2, 29),
    date(2024, 2, 29),
    date(2023, 2, 28),
    date(2024, 8, 31),
    date(2025, 1, 31),
    date(1900, 3, 1),
)
ODD_NUMBERS = (-7, -1, 0, 1, 2, 11, 12, 13, 100, 9_999, 1_000_001)
DAYS_AROUND = (-366, -31, -2, -1, 0, 1, 2, 31, 366)


def thresholds(terms: Iterable[Term]) -> dict[str, set[int]]:
    """Values with which bound terms compare each fact, directly (engine units)."""
    found: dict[str, set[int]] = {}
    for term in walk(terms):
        if term.kind == "in":
            found.setdefault(str(term.args[0].data), set()).update(term.data)
        for fact, limit in (term.args, term.args[::-1]) if term.kind in ("le", "lt", "eq") else ():
            if fact.kind == "fact":
                found.setdefault(str(fact.data), set()).update(_limits(limit))
    return found


def _limits(limit: Term) -> set[int]:
    if limit.kind == "const" and limit.data is not None:
        return {int(limit.data)}
    if limit.kind == "table":
        regional: Regional = limit.data
        values = [regional.default, *(value for *_, value in regional.spans)]
        return {int(value) for value in values if value is not None}
    return set()


def candidates(
    book: LoadedBook, on: date, rules: Iterable[str] | None = None
) -> dict[str, npt.NDArray[np.int64]]:
    """Per fact the values worth trying: thresholds with their neighbours, and odd values of the type."""
    binding = Binding(book.provisions, on)
    names = list(rules) if rules is not None else list(book.decisions)
    terms = [
        binding.bind(t) for n in names for t in (book.rules[n].term, book.rules[n].amount) if t is not None
    ]
    limits = thresholds(terms)
    places = {region for p in book.provisions for region, _ in p.all_values() if region}
    return {fact.name: _values(fact, limits.get(fact.name, set()), on, places) for fact in book.book.facts}


def _values(fact: Fact, limits: set[int], on: date, places: set[int]) -> npt.NDArray[np.int64]:
    if fact.type == BOOL:
        values = {0, 1}
    elif fact.type == DATE:
        days = {kernel.to_days(day) for day in ODD_DAYS}
        days |= {kernel.to_days(on + timedelta(days=shift)) for shift in DAYS_AROUND}
        values = (
            {d + shift for d in limits if d < kernel.SATURATE for shift in (-1, 0, 1)} | days | {kernel.NEVER}
        )
    elif fact.type == INT:
        values = {number + shift for number in limits for shift in (-1, 0, 1)} | set(ODD_NUMBERS)
    elif fact.domain is not None:
        values = set(fact.domain.by_code) | {0}
    else:
        values = limits | places | {place + 5 for place in places} | set(UNREAL_REGIONS)
    return np.array(sorted(values), dtype=np.int64)


def adversarial(
    book: LoadedBook, on: date, rows: int, seed: int, rules: Iterable[str] | None = None, first: int = 0
) -> pa.Table:
    """A table of people with the book's facts and relations (rows: people), reproducible from the seed.

    Args:
        book: the loaded rule book.
        on: legal date whose thresholds are tried.
        rows: how many people.
        seed: where the draws begin.
        rules: decisions whose thresholds are tried (all).
        first: number of the first person.
    """
    generator = np.random.Generator(np.random.Philox(key=seed))
    values = candidates(book, on, rules)
    columns = {fact.name: _column(generator, fact, values[fact.name], rows) for fact in book.book.facts}
    columns.update(_keys(generator, book.book.facts, rows, first))
    return pa.table(columns)


def _column(generator: np.random.Generator, fact: Fact, values: npt.NDArray[np.int64], rows: int) -> pa.Array:
    drawn = values[generator.integers(0, len(values), rows)]
    unknown = generator.random(rows) < UNKNOWN_SHARE
    if fact.type == BOOL:
        return pa.array(drawn.astype(bool), mask=unknown)
    if fact.type == DATE:
        return pa.array(drawn.astype(np.int32), pa.int32(), mask=unknown).cast(pa.date32())
    return pa.array(drawn, pa.int64(), mask=unknown).cast(arrow_type(fact.type))


def _keys(generator: np.random.Generator, facts: Facts, rows: int, first: int) -> dict[str, pa.Array]:
    people = np.arange(first, first + rows, dtype=np.int64)
    columns: dict[str, pa.Array] = {KEY: pa.array(people)}
    for relation in facts.relations.values():
        if relation.shared:
            households = first + generator.integers(0, max(1, rows // 3), rows)
            columns[relation.shared] = pa.array(households, mask=generator.random(rows) < UNKNOWN_SHARE)
            continue
        columns[relation.key] = pa.array(people)
        for pointer in relation.pointers:
            beyond = np.where(generator.random(rows) < 0.02, rows + 7, 0)
            pointed = first + generator.integers(0, rows, rows) + beyond * rows
            columns[pointer] = pa.array(pointed, mask=generator.random(rows) < 0.5)
    return columns
