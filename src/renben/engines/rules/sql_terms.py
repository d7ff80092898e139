"""SQL text of each node kind, and how gathered values are added up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from renben.engines.rules.binding import walk
from renben.engines.rules.dialects import Dialect
from renben.engines.rules.facts import Relation
from renben.engines.rules.kernel import SATURATE, Regional
from renben.engines.rules.terms import Term, make
from renben.engines.rules.types import DATE

LEAVES = frozenset({"const", "fact"})
SHIFTS = {"add_months": "shift_months", "add_days": "shift_days"}
WRITTEN = {("if", 0): 2, ("min", -1): 2, ("max", -1): 2, ("saturated", -1): 2}
"""How often a node writes the text of an argument (-1: of any); once where it is not said."""


class Texts(Protocol):
    """Whoever writes arguments: the text of a term with the columns of the levels."""

    dialect: Dialect

    def write(self, term: Term) -> str:
        """SQL text of a term."""
        ...


def bare(terms: Sequence[Term]) -> dict[int, Term]:
    """Shifts split into the bare shift and its saturation, which comparisons with a day of this world can skip."""
    done: dict[int, Term] = {}
    for each in walk(terms):
        args = tuple(done[arg.number] for arg in each.args)
        if each.kind in SHIFTS:
            bare = make(SHIFTS[each.kind], DATE, args)
            done[each.number] = make("saturated", DATE, (args[0], bare))
        elif each.kind in ("le", "lt") and any(_worldly(arg) for arg in args):
            args = tuple(arg.args[1] if arg.kind == "saturated" else arg for arg in args)
            done[each.number] = make(each.kind, each.type, args)
        else:
            same = all(new is old for new, old in zip(args, each.args, strict=True))
            done[each.number] = each if same else make(each.kind, each.type, args, each.data)
    return done


def _worldly(term: Term) -> bool:
    return term.kind == "const" and term.data is not None and term.type == DATE and term.data < SATURATE


def _never_unknown(term: Term) -> bool:
    """Whether a truth cannot be unknown, so that ELSE is safe."""
    return term.kind == "known" or (term.kind == "otherwise" and term.args[1].kind == "const")


def _if(writer: Texts, term: Term, a: list[str]) -> str:
    condition = term.args[0]
    if (
        condition.kind == "otherwise"
        and condition.args[1].kind == "const"
        and condition.args[1].data is False
    ):
        return f"CASE WHEN {writer.write(condition.args[0])} THEN {a[1]} ELSE {a[2]} END"
    if _never_unknown(condition):
        return f"CASE WHEN {a[0]} THEN {a[1]} ELSE {a[2]} END"
    return f"CASE WHEN {a[0]} THEN {a[1]} WHEN NOT {a[0]} THEN {a[2]} END"


def _divide(writer: Texts, term: Term, a: list[str]) -> str:
    by = term.args[1]
    text = a[1] if by.kind == "const" and by.data else f"NULLIF({a[1]}, 0)"
    return writer.dialect.divide.format(a=a[0], b=text)


_NEVER = "DATE '9999-12-31'"
_ONES = "CASE WHEN {x} THEN 1 WHEN NOT {x} THEN 0 END"
_WHOLE = "count({x}) = count(*)"
GATHER = {
    "sum": f"CASE WHEN {_WHOLE} THEN CAST(sum({{x}}) AS BIGINT) END",
    "first": f"CASE WHEN {_WHOLE} THEN min({{x}}) END",
    "soonest": "min({x})",
    "count": f"CASE WHEN {_WHOLE} THEN CAST(sum({_ONES}) AS BIGINT) END",
    "any": f"CASE WHEN max({_ONES}) = 1 THEN TRUE WHEN {_WHOLE} THEN FALSE END",
}


def relation_names(links: Sequence[Term]) -> list[str]:
    """Relations the links gather over, each once."""
    return list(dict.fromkeys(term.data[1] for term in links))


def pointed(how: str, x: str, relation: Relation, quote: Callable[[str], str], aliases: Sequence[str]) -> str:
    """Gathering over a handful of pointers: those that are null do not exist; a row not found is unknown."""
    found = [f"{alias}.{x}" for alias in aliases]
    absent = [f"p.{quote(pointer)} IS NULL" for pointer in relation.pointers]
    whole = " AND ".join(f"({a} OR {f} IS NOT NULL)" for a, f in zip(absent, found, strict=True))
    if how == "any":
        return f"CASE WHEN {' OR '.join(found)} THEN TRUE WHEN {whole} THEN FALSE END"
    if how == "soonest":
        return f"LEAST({', '.join(f'COALESCE({f}, {_NEVER})' for f in found)}, {_NEVER})"
    if how == "first":
        return f"CASE WHEN {whole} THEN LEAST({', '.join(found)}, {_NEVER}) END"
    one = "{f}" if how == "sum" else _ONES.replace("{x}", "{f}")
    total = " + ".join(f"COALESCE({one.format(f=f)}, 0)" for f in found)
    return f"CASE WHEN {whole} THEN CAST({total} AS BIGINT) END"


def _table(writer: Texts, term: Term, args: list[str]) -> str:
    regional: Regional = term.data
    branches = [f"WHEN {args[0]} IS NULL THEN {writer.dialect.literal(None, term.type)}"]
    for low, high, value in regional.spans:
        test = f"= {low}" if low == high else f"BETWEEN {low} AND {high}"
        branches.append(f"WHEN {args[0]} {test} THEN {writer.dialect.literal(value, term.type)}")
    return f"CASE {' '.join(branches)} ELSE {writer.dialect.literal(regional.default, term.type)} END"


def _infix(sign: str) -> Callable[[Texts, Term, list[str]], str]:
    return lambda _, __, args: "(" + f" {sign} ".join(args) + ")"


def _extreme(sign: str) -> Callable[[Texts, Term, list[str]], str]:
    return lambda _, __, a: (
        f"CASE WHEN {a[0]} {sign} {a[1]} THEN {a[0]} WHEN {a[1]} {sign} {a[0]} THEN {a[1]} END"
    )


WRITE: dict[str, Callable[[Texts, Term, list[str]], str]] = {
    "and": _infix("AND"),
    "or": _infix("OR"),
    "not": lambda _, __, a: f"(NOT {a[0]})",
    "known": lambda _, __, a: f"({a[0]} IS NOT NULL)",
    "otherwise": lambda _, __, a: f"COALESCE({', '.join(a)})",
    "le": _infix("<="),
    "lt": _infix("<"),
    "eq": _infix("="),
    "in": lambda _, t, a: f"({a[0]} IN ({', '.join(map(str, t.data))}))",
    "add": _infix("+"),
    "sub": _infix("-"),
    "mul": _infix("*"),
    "div": _divide,
    "min": _extreme("<="),
    "max": _extreme(">="),
    "shift_months": lambda w, _, a: w.dialect.months.format(day=a[0], n=a[1]),
    "shift_days": lambda w, _, a: w.dialect.days.format(day=a[0], n=a[1]),
    "saturated": lambda w, _, a: w.dialect.saturated(a[0], a[1]),
    "days_between": lambda w, _, a: w.dialect.between.format(first=a[0], last=a[1]),
    "month_index": lambda _, __, a: (
        f"CAST(EXTRACT(YEAR FROM {a[0]}) * 12 + EXTRACT(MONTH FROM {a[0]}) - 1 AS BIGINT)"
    ),
    "if": _if,
    "area": lambda w, t, a: f"({w.dialect.divide.format(a=a[0], b=t.data)} * {t.data})",
    "district": lambda w, _, a: f"({a[0]} - {w.dialect.divide.format(a=a[0], b=100)} * 100 BETWEEN 1 AND 20)",
    "table": _table,
}
