"""Values of related rows put together, on Python values."""

from __future__ import annotations

from collections.abc import Sequence

from renben.engines.rules.kernel import NEVER, Value, fit
from renben.engines.rules.semantics import apply


def together(how: str, values: Sequence[Value]) -> Value:
    """Values of related rows put together: any, count, sum, first, or soonest (the first of those known)."""
    if how == "any":
        return apply("or", None, values)
    if how == "soonest":
        return min([*(int(value) for value in values if value is not None), NEVER])
    if any(value is None for value in values):
        return None
    known = [int(value) for value in values if value is not None]
    return min([*known, NEVER]) if how == "first" else fit(sum(known))
