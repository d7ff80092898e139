"""Reads rows with a statement that is written once per shape of a query: what every request asks must cost little.

Django writes a query's SQL anew each time, which takes several times as long as running it. A `Prepared` query is
written in Django's own words, so scopes and joins stay where they are readable; its SQL is kept for each number and
type of values, and only the values go in. Rows come back as Django would make them.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import get_related_populators

MOST = 512
"""Statements that one query keeps; the oldest goes first."""
FEW = 12
"""Keys up to which a query by keys is prepared; a statement for each number beyond would fill the memory."""
Change = Callable[[Any], Any]
Leaf = tuple[int, Change]
SHAPING = (bool, type(None))
"""Values that stand in the statement itself."""


class NotPrepared(ValueError):
    """A query uses one of its values in a way that cannot be told apart afterwards; ask it without `Prepared`."""


def _same(value: Any) -> Any:
    return value


def _mark(count: int, like: Any) -> Any:
    """A value that no query holds by itself, in the type of another."""
    makers: dict[type, Callable[[], Any]] = {
        str: lambda: f"\x01mark{count}", int: lambda: 2_000_000_011 + count, UUID: lambda: UUID(int=2**127 + count),
        dt.date: lambda: dt.date(9000, 1, 1) + dt.timedelta(days=count),
    }  # fmt: skip
    if type(like) not in makers:
        raise NotPrepared(f"a value of type {type(like).__name__} cannot be prepared; give it by name.")
    return makers[type(like)]()


@dataclass(frozen=True)
class Plan:
    """A statement, where its values go, and how its rows become what the query promises."""

    sql: str
    fixed: tuple[Any, ...]
    places: tuple[tuple[int, Leaf], ...]
    """Position among the parameters -> number of the value, and how the database takes it."""
    converters: tuple[tuple[int, Sequence[Callable[..., Any]], Any], ...]
    build: Callable[[Sequence[Any]], Any]

    def run(self, leaves: Sequence[Any]) -> list[Any]:
        """The rows for some values."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self._filled(leaves))
            rows = cursor.fetchall()
        return [self.build(self._converted(row)) for row in rows]

    def count(self, leaves: Sequence[Any]) -> int:
        """How many rows there are for some values, without bringing them."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM ({self.sql}) AS counted", self._filled(leaves))
            return int(cursor.fetchone()[0])

    def _filled(self, leaves: Sequence[Any]) -> list[Any]:
        parameters = list(self.fixed)
        for at, (number, change) in self.places:
            parameters[at] = change(leaves[number])
        return parameters

    def _converted(self, row: Sequence[Any]) -> Sequence[Any]:
        if not self.converters:
            return row
        found = list(row)
        for at, steps, expression in self.converters:
            for step in steps:
                found[at] = step(found[at], expression, connection)
        return found


class Prepared:
    """A query of which only the values differ from one time to the next.

    Values: texts, whole numbers, days and keys, or lists of them, given in order. What changes the statement itself
    (an order, a page, a range that may be missing) is given by name.
    """

    def __init__(self, make: Callable[..., "QuerySet[Any]"]) -> None:
        self.make = make
        self.known: dict[Any, Plan | None] = {}

    def __call__(self, *values: Any, **shape: Any) -> list[Any]:
        """Rows for some values, as a list.

        Raises:
            NotPrepared: the query changes a value before it uses it, or does not use it.
        """
        plan = self._known(values, shape)
        return plan.run(list(_leaves(values))) if plan else []

    def count(self, *values: Any, **shape: Any) -> int:
        """How many rows there are for some values; the query itself says how far to count.

        Raises:
            NotPrepared: as above.
        """
        plan = self._known(values, shape)
        return plan.count(list(_leaves(values))) if plan else 0

    def first(self, *values: Any, **shape: Any) -> Any:
        """The first row, None where there is none; the query itself says how many it takes at most."""
        return next(iter(self(*values, **shape)), None)

    def _known(self, values: Sequence[Any], shape: dict[str, Any]) -> Plan | None:
        """The plan of this kind of values and this shape, made where it is not there yet."""
        kinds = tuple([_kind(one) for one in values])
        key = (kinds, tuple(shape.items()))
        try:
            plan = self.known[key]
        except KeyError:
            plan = self._planned(values, shape)
            while len(self.known) >= MOST:
                self.known.pop(next(iter(self.known)), None)
            self.known[key] = plan
        return plan

    def _planned(self, values: Sequence[Any], shape: dict[str, Any]) -> Plan | None:
        numbers = itertools.count()

        def marked(one: Any) -> Any:
            if type(one) in SHAPING:
                return one
            if isinstance(one, list | tuple):
                return type(one)([marked(part) for part in one])
            return _mark(next(numbers), one)

        marks = [marked(one) for one in values]
        return _plan(self.make(*marks, **shape), list(_leaves(marks)))


class ByKeys:
    """A query over the rows of some keys: prepared where they are few, written anew where they are many.

    The query is made from the keys, further values in order, and the moment as of which rows are wanted (None: as known
    now), which changes the statement itself.
    """

    def __init__(self, make: Callable[..., "QuerySet[Any]"]) -> None:
        self.make = make
        self.few = Prepared(make)

    def __call__(self, keys: Iterable[Any], *values: Any, moment: dt.datetime | None = None) -> list[Any]:
        """Rows of some keys, as a list; none where there is no key."""
        wanted = list(keys)
        if not wanted:
            return []
        if len(wanted) > FEW or moment is not None:
            return list(self.make(wanted, *values, moment=moment))
        return self.few(wanted, *values, moment=None)


def _kind(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple([_kind(one) for one in value])
    return value if type(value) in SHAPING else type(value)


def _leaves(values: Iterable[Any]) -> Iterator[Any]:
    for one in values:
        if isinstance(one, list | tuple):
            yield from _leaves(one)
        elif type(one) not in SHAPING:
            yield one


def _plan(query: "QuerySet[Any]", marks: list[Any]) -> Plan | None:
    compiler = query.query.get_compiler(using=query.db)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return None
    forms: dict[Any, Leaf] = {}
    for number, mark in enumerate(marks):
        forms |= {form: (number, change) for form, change in _forms(mark)}
    places = [(at, forms[one]) for at, one in enumerate(parameters) if _hashable(one) and one in forms]
    if len({number for _, (number, _) in places}) != len(marks):
        raise NotPrepared(f"{query.model.__name__}: a value is changed by the query or not used: {sql}")
    columns = [one[0] for one in compiler.select[: compiler.col_count]]
    converters = [
        (at, steps, column) for at, (steps, column) in compiler.get_converters(columns).items() if steps
    ]
    return Plan(sql, tuple(parameters), tuple(places), tuple(converters), _builder(query, compiler))


def _hashable(value: Any) -> bool:
    return isinstance(value, str | int | UUID | dt.date)


def _forms(mark: Any) -> Iterator[tuple[Any, Change]]:
    """How a value may stand among the parameters, and how another one is brought into that form."""
    yield mark, _same
    if isinstance(mark, UUID):
        yield mark.hex, lambda key: key.hex
    elif isinstance(mark, dt.date):
        yield mark.isoformat(), lambda day: day.isoformat()


def _builder(query: "QuerySet[Any]", compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """Makes a row's object, with what it selects of related rows and what it is annotated with."""
    info = compiler.klass_info
    if info is None or query._fields is not None:
        flat = len(query._fields or ()) == 1 and getattr(query._iterable_class, "__name__", "").startswith(
            "Flat"
        )
        return (lambda row: row[0]) if flat else tuple
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [one[0].target.attname for one in compiler.select[first:last]]
    model, alias, extra = info["model"], query.db, tuple((compiler.annotation_col_map or {}).items())
    related = get_related_populators(info, compiler.select, alias)

    def build(row: Sequence[Any]) -> Any:
        made = model.from_db(alias, names, row[first:last])
        for one in related:
            one.populate(row, made)
        for name, at in extra:
            setattr(made, name, row[at])
        return made

    return build
