"""One function per node kind: the meaning of the language on Python values (None = unknown)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from renben.engines.rules import kernel
from renben.engines.rules.kernel import Value

Values = Sequence[Any]


def _strict(function: Callable[..., Value]) -> Callable[[Any, Values], Value]:
    """Unknown in, unknown out."""

    def run(_: Any, values: Values) -> Value:
        return None if any(value is None for value in values) else function(*values)

    return run


def _otherwise(_: Any, values: Values) -> Value:
    return next((value for value in values if value is not None), None)


def _if(_: Any, values: Values) -> Value:
    condition, yes, no = values
    return None if condition is None else yes if condition else no


MEANING: dict[str, Callable[[Any, Values], Value]] = {
    "and": lambda _, values: kernel.all_of(values),
    "or": lambda _, values: kernel.any_of(values),
    "not": _strict(lambda value: not value),
    "known": lambda _, values: values[0] is not None,
    "otherwise": _otherwise,
    "le": _strict(lambda left, right: left <= right),
    "lt": _strict(lambda left, right: left < right),
    "eq": _strict(lambda left, right: left == right),
    "in": lambda codes, values: None if values[0] is None else values[0] in codes,
    "add": _strict(lambda left, right: kernel.fit(left + right)),
    "sub": _strict(lambda left, right: kernel.fit(left - right)),
    "mul": _strict(lambda left, right: kernel.fit(left * right)),
    "div": _strict(kernel.divide),
    "min": _strict(min),
    "max": _strict(max),
    "add_months": _strict(kernel.add_months),
    "back_months": _strict(kernel.back_months),
    "add_days": _strict(kernel.add_days),
    "days_between": _strict(lambda first, last: last - first),
    "month_index": _strict(kernel.month_index),
    "area": lambda size, values: None if values[0] is None else values[0] // size * size,
    "district": lambda _, values: None if values[0] is None else kernel.is_district(values[0]),
    "if": _if,
    "table": lambda regional, values: regional.at(values[0]),
}


def apply(kind: str, data: Any, values: Values) -> Value:
    """Value of one node from the values of its arguments."""
    return MEANING[kind](data, values)
