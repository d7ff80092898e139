"""Making nodes: constant folding, flattening, and thresholds moved to the literal side.

`add_months(birth, n) <= today` becomes `birth <= back_months(today, n)`, whose right side is one literal per
run: engines then compare a column with a constant instead of shifting every row (18 times faster).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from renben.engines.rules.semantics import apply
from renben.engines.rules.terms import (
    OPERATIONS,
    Bool,
    Int,
    RuleTypeError,
    Term,
    const,
    describe,
    lift,
    make,
    need,
    same_type,
)
from renben.engines.rules.types import BOOL, DATE, INT, Type

STRICT = frozenset(
    "le lt eq in not add sub mul div min max add_months back_months add_days days_between month_index".split()
)


def node(kind: str, type_: Type, args: Sequence[Term], data: Any = None) -> Any:
    """A node of the kind, folded when all arguments are constants, pushed into a regional value if it can be."""
    arguments = tuple(args)
    if arguments and all(arg.kind == "const" for arg in arguments):
        return const(apply(kind, data, [arg.data for arg in arguments]), type_)
    pushed = _inside_region(kind, type_, arguments, data)
    return make(kind, type_, arguments, data) if pushed is None else pushed


def _inside_region(kind: str, type_: Type, args: tuple[Term, ...], data: Any) -> Term | None:
    """`f(value of the place, 3)` is `value of the place` of `f(value, 3)`: one table per expression."""
    regional = [arg for arg in args if arg.kind == "regional"]
    if not regional or kind not in STRICT or len({arg.args[0].number for arg in regional}) > 1:
        return None
    if not all(arg.row_free or arg.kind == "regional" for arg in args):
        return None
    inner = node(kind, type_, [arg.args[1] if arg.kind == "regional" else arg for arg in args], data)
    return by_region(regional[0].args[0], inner)  # type: ignore[no-any-return]


def by_region(place: Term, value: Term) -> Any:
    """The value of a provision (or of an expression of provisions) in the region a code fact names."""
    if value.kind == "const":
        return value
    if not value.row_free:
        raise RuleTypeError(f"only provisions differ by region, not {describe(value)}")
    return make("regional", value.type, (place, value))


def literal(term: Term) -> bool:
    """Whether the term is one value per run, or one per region."""
    return term.row_free or term.kind == "regional"


def connect(kind: str, args: Sequence[Term]) -> Bool:
    """AND or OR of truth terms: flattened, without repetitions and neutral constants."""
    flat: dict[int, Term] = {}
    for arg in args:
        need(kind, arg, BOOL)
        for part in arg.args if arg.kind == kind else (arg,):
            flat[part.number] = part
    neutral = kind == "and"
    parts = _absorbed(kind, [p for p in flat.values() if not (p.kind == "const" and p.data is neutral)])
    if any(p.kind == "const" and p.data is (not neutral) for p in parts):
        return const(not neutral, BOOL)  # type: ignore[no-any-return]
    if len(parts) < 2:
        return parts[0] if parts else const(neutral, BOOL)  # type: ignore[return-value]
    return node(kind, BOOL, parts)  # type: ignore[no-any-return]


def _absorbed(kind: str, parts: list[Term]) -> list[Term]:
    """`a | (a & b)` is `a`, and `a & (a | b)` is `a`, also where something is unknown."""
    inner = "or" if kind == "and" else "and"
    if not any(part.kind == inner for part in parts):
        return parts
    sets = [frozenset(a.number for a in (p.args if p.kind == inner else (p,))) for p in parts]
    return [p for p, own in zip(parts, sets, strict=True) if not any(other < own for other in sets)]


def negate(term: Term) -> Bool:
    """NOT: a comparison is turned round, a double negation vanishes."""
    need("~", term, BOOL)
    if term.kind == "not":
        return term.args[0]  # type: ignore[return-value]
    if term.kind in ("le", "lt"):
        turned = "lt" if term.kind == "le" else "le"
        return node(turned, BOOL, (term.args[1], term.args[0]))  # type: ignore[no-any-return]
    return node("not", BOOL, (term,))  # type: ignore[no-any-return]


def arithmetic(kind: str, left: object, right: object) -> Int:
    """Sum, difference or product of whole numbers."""
    first = left if isinstance(left, Term) else lift(left, right)  # type: ignore[arg-type]
    second = lift(right, first)
    for term in (first, second):
        need({"add": "+", "sub": "-", "mul": "*"}.get(kind, kind), term, INT)
    return node(kind, INT, (first, second))  # type: ignore[no-any-return]


def compare(kind: str, left: object, right: object) -> Bool:
    """Comparison of two terms of one type, with shifts moved to the literal side."""
    first = left if isinstance(left, Term) else lift(left, right)  # type: ignore[arg-type]
    second = lift(right, first)
    same_type({"le": "<=", "lt": "<", "eq": "=="}[kind], first, second)
    if kind == "eq":
        return node("eq", BOOL, (first, second))  # type: ignore[no-any-return]
    for rewrite in (_split, _shift):
        found = rewrite(kind, first, second)
        if found is not None:
            return found
    return node(kind, BOOL, (first, second))  # type: ignore[no-any-return]


def _split(kind: str, first: Term, second: Term) -> Bool | None:
    """`earliest(a, b) <= c` is `a <= c or b <= c`; likewise for latest and for the other side."""
    if first.kind in ("min", "max") and not literal(first):
        parts = [compare(kind, arg, second) for arg in first.args]
        return connect("or" if first.kind == "min" else "and", parts)
    if second.kind in ("min", "max") and not literal(second):
        parts = [compare(kind, first, arg) for arg in second.args]
        return connect("and" if second.kind == "min" else "or", parts)
    return None


def _shift(kind: str, first: Term, second: Term) -> Bool | None:
    """Move the shift of a row's date to the other, literal side."""
    if _movable(first, second):
        limit = second if kind == "le" else day_shift(second, -1)
        return compare("le", first.args[0], _unshift(first, limit))
    if _movable(second, first):
        limit = day_shift(first, -1) if kind == "le" else first
        return compare("lt", _unshift(second, limit), second.args[0])
    return None


def _movable(shifted: Term, other: Term) -> bool:
    if shifted.kind not in ("add_months", "add_days") or literal(shifted):
        return False
    if not literal(other) or not literal(shifted.args[1]):
        return False
    places = {t.args[0].number for t in (other, shifted.args[1]) if t.kind == "regional"}
    return len(places) < 2


def _unshift(shifted: Term, limit: Term) -> Term:
    amount = shifted.args[1]
    if shifted.kind == "add_months":
        return node("back_months", DATE, (limit, amount))  # type: ignore[no-any-return]
    return day_shift(limit, arithmetic("mul", amount, -1))  # type: ignore[no-any-return]


def day_shift(day: Term, days: Term | int) -> Any:
    """The date so many days later."""
    amount = lift(days, day)
    if day.kind == "add_days" and day.args[1].kind == "const" and amount.kind == "const":
        return day_shift(day.args[0], day.args[1].data + amount.data)
    if amount.kind == "const" and amount.data == 0:
        return day
    return node("add_days", DATE, (need("add_days", day, DATE), need("add_days", amount, INT)))


OPERATIONS.update(compare=compare, arithmetic=arithmetic, connect=connect, negate=negate)
