"""A generated Python function for one person, with every intermediate value when asked for.

The source text is made from the same terms as the SQL. Everything without facts (thresholds, provisions, today)
is computed once per binding and handed in as `K`, so another day or another reform needs no new code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from renben.engines.rules import kernel
from renben.engines.rules.binding import Binding
from renben.engines.rules.kernel import Regional, Value
from renben.engines.rules.terms import Term

SIGNS = {"le": "<=", "lt": "<", "eq": "==", "add": "+", "sub": "-", "mul": "*"}
CALLS = {
    "div": "_divide",
    "add_months": "_add_months",
    "back_months": "_back_months",
    "add_days": "_add_days",
    "month_index": "_month_index",
    "district": "_is_district",
    "min": "min",
    "max": "max",
}
NAMES: dict[str, Any] = {
    "_divide": kernel.divide,
    "_add_months": kernel.add_months,
    "_back_months": kernel.back_months,
    "_add_days": kernel.add_days,
    "_month_index": kernel.month_index,
    "_is_district": kernel.is_district,
    "_fit": kernel.fit,
    "min": min,
    "max": max,
    "Regional": Regional,
}


def link_name(term: Term) -> str:
    """Under which name the gathered value of a link is handed in."""
    return f"link:{term.number}"


class Compiled:
    """Terms as one Python function.

    Args:
        outputs: name to term; the function returns the values in this order.
    """

    def __init__(self, outputs: Mapping[str, Term]) -> None:
        """Generate the functions; they work for every binding."""
        self.outputs = dict(outputs)
        self.order = visible(self.outputs.values())
        self.literals = [t for t in self.order if _literal(t) and t.kind != "const"]
        self.links = [t for t in self.order if t.kind == "link"]
        self._slots = {t.number: i for i, t in enumerate(self.literals)}
        self.source = self._write()
        scope: dict[str, Any] = dict(NAMES)
        exec(compile(self.source, "<rules>", "exec"), scope)
        self.run: Callable[[Mapping[str, Value], Sequence[Any]], tuple[Value, ...]] = scope["run"]
        self.trace: Callable[[Mapping[str, Value], Sequence[Any]], tuple[Value, ...]] = scope["trace"]

    def constants(self, binding: Binding) -> tuple[Any, ...]:
        """`K`: the values of everything that does not depend on the person."""
        return tuple(
            binding.regional(t.args[1]) if t.kind == "regional" else binding.value(t) for t in self.literals
        )

    def _write(self) -> str:
        body = [line for term in self.order for line in self._line(term)]
        answers = ", ".join(f"v{t.number}" for t in self.outputs.values())
        everything = ", ".join(f"v{t.number}" for t in self.order)
        text = ""
        for name, returned in (("run", answers), ("trace", everything)):
            lines = "\n    ".join(["get = facts.get", *body, f"return ({returned},)"])
            text += f"def {name}(facts, K):\n    {lines}\n\n"
        return text

    def _line(self, term: Term) -> list[str]:
        v = f"v{term.number}"
        if term.kind == "const":
            return [f"{v} = {term.data!r}"]
        if term.kind == "fact":
            return [f"{v} = get({term.data!r})"]
        if term.kind == "link":
            return [f"{v} = get({link_name(term)!r})"]
        if term.kind == "regional":
            place = f"v{term.args[0].number}"
            slot = f"K[{self._slots[term.number]}]"
            return [f"{v} = {slot}", f"if {v}.__class__ is Regional: {v} = {v}.at({place})"]
        if term.row_free:
            return [f"{v} = K[{self._slots[term.number]}]"]
        return [f"{v} = {_expression(term)}"]


def _literal(term: Term) -> bool:
    return term.row_free or term.kind == "regional"


def visible(terms: Iterable[Term]) -> list[Term]:
    """Nodes that depend on the person, with the literals they use, arguments first.

    The inside of a literal belongs to the binding, the inside of a link to other people's rows.
    """
    order: dict[int, Term] = {}
    stack = [(term, False) for term in terms]
    while stack:
        term, ready = stack.pop()
        if term.number in order:
            continue
        inner = () if term.row_free or term.kind == "link" else term.args
        inner = term.args[:1] if term.kind == "regional" else inner
        if ready or not inner:
            order[term.number] = term
        else:
            stack.append((term, True))
            stack += [(arg, False) for arg in inner if arg.number not in order]
    return list(order.values())


def _expression(term: Term) -> str:
    a = [f"v{arg.number}" for arg in term.args]
    if term.kind in ("and", "or"):
        beats, rest = ("False", "True") if term.kind == "and" else ("True", "False")
        some = " or ".join(f"{x} is {beats}" for x in a)
        unknown = " or ".join(f"{x} is None" for x in a)
        return f"{beats} if {some} else None if {unknown} else {rest}"
    simple = {
        "known": lambda: f"{a[0]} is not None",
        "otherwise": lambda: f"{a[1]} if {a[0]} is None else {a[0]}",
        "if": lambda: f"None if {a[0]} is None else {a[1]} if {a[0]} else {a[2]}",
    }
    if term.kind in simple:
        return simple[term.kind]()
    guard = " or ".join(
        f"{x} is None" for x, arg in zip(a, term.args, strict=True) if arg.kind != "const" or arg.data is None
    )
    return f"None if {guard} else {_strict(term, a)}" if guard else _strict(term, a)


def _strict(term: Term, a: list[str]) -> str:
    if term.kind in ("add", "sub", "mul"):
        return f"_fit({a[0]} {SIGNS[term.kind]} {a[1]})"
    if term.kind in SIGNS:
        return f"{a[0]} {SIGNS[term.kind]} {a[1]}"
    if term.kind == "not":
        return f"not {a[0]}"
    if term.kind == "in":
        return f"{a[0]} in {term.data!r}"
    if term.kind == "area":
        return f"{a[0]} // {term.data} * {term.data}"
    if term.kind == "days_between":
        return f"{a[1]} - {a[0]}"
    return f"{CALLS[term.kind]}({', '.join(a)})"
