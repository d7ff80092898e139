"""Terms: hash-consed, typed nodes, and the operators an author may use on them.

Two terms that say the same are the same object, so a condition shared by many rules, dates or scenarios is
computed once. What could mean different things on different engines cannot be written: a float, a string,
Python's `and`, `or`, `if`, true division, a date plus a number all raise while the rule is being loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NoReturn

from renben.core.errors import RenbenError
from renben.engines.rules import kernel
from renben.engines.rules.types import BOOL, DATE, INT, Member, Type, code_type

ROW_KINDS = frozenset({"fact", "link", "regional", "table"})
SYMBOLS = {"le": "<=", "lt": "<", "eq": "=="}


class RuleTypeError(RenbenError, TypeError):
    """Something was written on a term that the rule language does not have."""


class Term:
    """A node of the rule language; make one with the functions and operators, never directly."""

    __slots__ = ("__weakref__", "args", "data", "kind", "number", "row_free", "type")

    kind: str
    type: Type
    args: tuple[Term, ...]
    data: Any
    number: int
    row_free: bool

    __hash__ = object.__hash__

    def __bool__(self) -> NoReturn:
        """Refuse Python's `and`, `or`, `not`, `if` on a term."""
        raise RuleTypeError(
            f"'and', 'or', 'not' and 'if' cannot be used on {describe(self)}: write &, |, ~ and when()"
        )

    def _refuse(self, *_: object) -> NoReturn:
        raise RuleTypeError(f"this operation does not exist on {describe(self)} ({self.type})")

    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __pow__ = _refuse
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __invert__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = __abs__ = _refuse
    __float__ = __int__ = __index__ = __len__ = __iter__ = __contains__ = __round__ = _refuse

    def __eq__(self, other: object) -> Bool:  # type: ignore[override]
        """Truth of "equal"; unknown where either side is unknown."""
        return compare("eq", self, other)  # type: ignore[no-any-return]

    def __ne__(self, other: object) -> Bool:  # type: ignore[override]
        """Truth of "not equal"; unknown where either side is unknown."""
        return negate(compare("eq", self, other))  # type: ignore[no-any-return]

    def __le__(self, other: object) -> Bool:
        """Truth of "at most"."""
        return compare("le", self, other)  # type: ignore[no-any-return]

    def __lt__(self, other: object) -> Bool:
        """Truth of "less than"."""
        return compare("lt", self, other)  # type: ignore[no-any-return]

    def __ge__(self, other: object) -> Bool:
        """Truth of "at least"."""
        return compare("le", lift(other, self), self)  # type: ignore[no-any-return]

    def __gt__(self, other: object) -> Bool:
        """Truth of "more than"."""
        return compare("lt", lift(other, self), self)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        """The term as text."""
        return f"<{self.type}: {describe(self)}>"


class Bool(Term):
    """A term that is true, false or unknown."""

    __slots__ = ()

    def __and__(self, other: object) -> Bool:  # type: ignore[override]
        """Three-valued AND."""
        return connect("and", (self, lift(other, self)))  # type: ignore[no-any-return]

    def __or__(self, other: object) -> Bool:  # type: ignore[override]
        """Three-valued OR."""
        return connect("or", (self, lift(other, self)))  # type: ignore[no-any-return]

    def __invert__(self) -> Bool:  # type: ignore[override]
        """Three-valued NOT."""
        return negate(self)  # type: ignore[no-any-return]

    def __lt__(self, other: object) -> NoReturn:
        """Truth values have no order."""
        self._refuse(other)

    __le__ = __gt__ = __ge__ = __lt__


class Int(Term):
    """A whole number of 64 bits: money in fen, counts, months, ten-thousandths."""

    __slots__ = ()

    def __add__(self, other: object) -> Int:  # type: ignore[override]
        """Sum."""
        return arithmetic("add", self, other)  # type: ignore[no-any-return]

    __radd__ = __add__  # type: ignore[assignment]

    def __sub__(self, other: object) -> Int:  # type: ignore[override]
        """Difference."""
        return arithmetic("sub", self, other)  # type: ignore[no-any-return]

    def __rsub__(self, other: object) -> Int:  # type: ignore[override]
        """Difference with the number on the left."""
        return arithmetic("sub", lift(other, self), self)  # type: ignore[no-any-return]

    def __mul__(self, other: object) -> Int:  # type: ignore[override]
        """Product."""
        return arithmetic("mul", self, other)  # type: ignore[no-any-return]

    __rmul__ = __mul__  # type: ignore[assignment]

    def __neg__(self) -> Int:  # type: ignore[override]
        """The number with the other sign."""
        return arithmetic("sub", lift(0, self), self)  # type: ignore[no-any-return]


class Date(Term):
    """A calendar day."""

    __slots__ = ()


class Code(Term):
    """A code of a closed domain, such as sex or region."""

    __slots__ = ()

    def __le__(self, other: object) -> NoReturn:
        """Codes have no order."""
        self._refuse(other)

    __lt__ = __ge__ = __gt__ = __le__


CLASSES: dict[str, type[Term]] = {"bool": Bool, "int": Int, "date": Date, "code": Code}
_POOL: dict[tuple[Any, ...], Term] = {}


def make(kind: str, type_: Type, args: tuple[Term, ...] = (), data: Any = None) -> Any:
    """The one node of this kind, type, arguments and data (a new one only if none exists yet)."""
    key = (kind, type_, *(arg.number for arg in args), data.__class__, data)
    found = _POOL.get(key)
    if found is None:
        found = CLASSES[type_.name].__new__(CLASSES[type_.name])
        found.kind, found.type, found.args, found.data = kind, type_, args, data
        found.number = len(_POOL)
        found.row_free = kind not in ROW_KINDS and all(arg.row_free for arg in args)
        _POOL[key] = found
    return found


def const(value: bool | int | None, type_: Type) -> Any:
    """A constant of the type; None is the unknown of that type."""
    return make("const", type_, (), value)


def lift(value: object, like: Term) -> Any:
    """The term for a value written beside a term.

    Raises:
        RuleTypeError: a float, a string or anything else the language does not have.
    """
    if isinstance(value, Term):
        return value
    if isinstance(value, bool):
        return const(value, BOOL)
    if isinstance(value, int):
        return const(kernel.fit(value), INT)
    if isinstance(value, date):
        return const(kernel.to_days(value), DATE)
    if isinstance(value, Member):
        return const(value.code, code_type(value.domain))
    raise RuleTypeError(
        f"{value!r} ({type(value).__name__}) is not allowed in a rule (beside {describe(like)}): only true/false, "
        "whole numbers, dates, codes of a domain; money is in fen, ratios in ten-thousandths"
    )


def same_type(operation: str, left: Term, right: Term) -> None:
    """Refuse two terms of different types.

    Raises:
        RuleTypeError: the types differ; both sides are named.
    """
    if left.type != right.type:
        raise RuleTypeError(
            f"{operation}: {left.type} with {right.type} ({describe(left)} and {describe(right)})"
        )


def need(operation: str, term: object, *types: Type) -> Any:
    """The term itself if it has one of the types.

    Raises:
        RuleTypeError: it is no term or of another type.
    """
    if not isinstance(term, Term):
        raise RuleTypeError(f"{operation} needs a term, not {term!r}")
    if term.type not in types:
        wanted = " or ".join(map(str, types))
        raise RuleTypeError(f"{operation} needs {wanted}, not {term.type} ({describe(term)})")
    return term


def describe(term: Term, names: Mapping[int, str] | None = None) -> str:
    """The term as one line of text, as an author would write it.

    Args:
        term: any term.
        names: names of nodes (intermediate rules) that stand for what is below them.
    """
    if names and term.number in names:
        return names[term.number]
    inner = [describe(arg, names) for arg in term.args]
    if term.kind == "const":
        dated = term.type == DATE and term.data is not None
        return str(kernel.to_date(term.data)) if dated else str(term.data)
    if term.kind in ("fact", "param"):
        return str(term.data)
    return _compound(term, inner)


def _compound(term: Term, inner: list[str]) -> str:
    if term.kind in SYMBOLS:
        return f"{inner[0]} {SYMBOLS[term.kind]} {inner[1]}"
    if term.kind in ("and", "or"):
        return "(" + f" {'&' if term.kind == 'and' else '|'} ".join(inner) + ")"
    if term.kind == "not":
        return f"~({inner[0]})"
    if term.kind == "regional":
        return inner[1]
    extra = [] if term.data is None else [_data_text(term.data)]
    return f"{term.kind}({', '.join(inner + extra)})"


def _data_text(data: Any) -> str:
    return " ".join(map(str, data)) if isinstance(data, tuple) else str(data)


# -- constructors that normalise; they live in algebra.py and are bound here once it is loaded --------------


def compare(kind: str, left: object, right: object) -> Any:
    """Comparison node, normalised."""
    return OPERATIONS["compare"](kind, left, right)


def arithmetic(kind: str, left: object, right: object) -> Any:
    """Arithmetic node, normalised."""
    return OPERATIONS["arithmetic"](kind, left, right)


def connect(kind: str, args: Sequence[Term]) -> Any:
    """AND or OR node, flattened."""
    return OPERATIONS["connect"](kind, args)


def negate(term: Term) -> Any:
    """NOT node, normalised."""
    return OPERATIONS["negate"](term)


OPERATIONS: dict[str, Any] = {}
