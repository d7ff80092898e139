"""Binding: provisions of one day put into terms, for one run or one person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from renben.engines.rules import kernel
from renben.engines.rules.algebra import connect, negate, node
from renben.engines.rules.kernel import Regional, Value
from renben.engines.rules.provisions import Dated, Provisions
from renben.engines.rules.semantics import apply
from renben.engines.rules.terms import Term, const, make


def walk(terms: Iterable[Term]) -> list[Term]:
    """All nodes below the terms, arguments before users, each once."""
    order: dict[int, Term] = {}
    stack = [(term, False) for term in terms]
    while stack:
        term, ready = stack.pop()
        if term.number in order:
            continue
        if ready:
            order[term.number] = term
        else:
            stack.append((term, True))
            stack += [(arg, False) for arg in term.args if arg.number not in order]
    return list(order.values())


def params_of(terms: Iterable[Term]) -> set[str]:
    """Names of the provisions the terms read (without `today`)."""
    return {t.data for t in walk(terms) if t.kind == "param" and t.data != "today"}


class Binding:
    """The values of all provisions on one day.

    Args:
        provisions: dated provisions (already overlaid by a reform, if any).
        on: the legal date, which rules call today.
    """

    def __init__(self, provisions: Provisions, on: date) -> None:
        """Keep provisions and day; values are looked up when asked for."""
        self.provisions = provisions
        self.on = on
        self._values: dict[tuple[int, int | None], Value] = {}
        self._bound: dict[int, Term] = {}

    def dated(self, name: str, region: int | None = None) -> Dated | None:
        """The dated value in force with article and trust; None where none is published or confirmed.

        Raises:
            ProvisionError: nothing in force yet.
        """
        return self.provisions.in_force(name, self.on, region)

    def value(self, term: Term, region: int | None = None) -> Value:
        """Value of a term without facts in a region (None: the nation)."""
        if term.kind == "const":
            return term.data  # type: ignore[no-any-return]
        key = (term.number, region)
        if key not in self._values:
            self._values[key] = self._compute(term, region)
        return self._values[key]

    def _compute(self, term: Term, region: int | None) -> Value:
        if term.kind == "param":
            if term.data == "today":
                return kernel.to_days(self.on)
            dated = self.dated(term.data, region)
            return None if dated is None else dated.value
        return apply(term.kind, term.data, [self.value(arg, region) for arg in term.args])

    def regional(self, term: Term) -> Value | Regional:
        """Value of a term without facts, with all places where it differs."""
        places: set[int] = set()
        for name in params_of([term]):
            places |= self.provisions.places(name, self.on)
        default = self.value(term)
        ordered = sorted(places, key=lambda r: (kernel.span_of(r)[1] - kernel.span_of(r)[0], r))
        spans = [(*kernel.span_of(place), self.value(term, place)) for place in ordered]
        found = Regional(default, [*self._elsewhere(term, Regional(default, spans)), *spans])
        return found if any(value != default for *_, value in found.spans) else default

    def _elsewhere(self, term: Term, by_code: Regional) -> Iterator[tuple[int, int, Value]]:
        """Regions that stand below another one than their code says, where that changes the value."""
        for region in self.provisions.parents if by_code.spans else ():
            value = self.value(term, region)
            if value != by_code.at(region):
                yield region, region, value

    def bind(self, term: Term) -> Term:
        """The term with every provision replaced by its value and folded."""
        for each in walk([term]):
            if each.number not in self._bound:
                self._bound[each.number] = self._bind(each)
        return self._bound[term.number]

    def _bind(self, term: Term) -> Term:
        if term.kind in ("const", "fact"):
            return term
        if term.row_free:
            return const(self.value(term), term.type)  # type: ignore[no-any-return]
        if term.kind == "regional":
            value = self.regional(term.args[1])
            if isinstance(value, Regional):
                return make("table", term.type, (term.args[0],), _Table(value))  # type: ignore[no-any-return]
            return const(value, term.type)  # type: ignore[no-any-return]
        return rebuild(term, [self._bound[arg.number] for arg in term.args])


class _Table(Regional):
    """A regional value that equals another with the same content, so that terms stay shared."""

    __slots__ = ()

    def __init__(self, regional: Regional) -> None:
        super().__init__(regional.default, regional.spans)

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, _Table)
        return same and (self.default, self.spans) == (other.default, other.spans)  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash((self.default, self.spans))


def rebuild(term: Term, args: list[Term]) -> Term:
    """The same node over other arguments, simplified where constants allow it."""
    if term.kind in ("and", "or"):
        return connect(term.kind, args)
    if term.kind == "not":
        return negate(args[0])
    if term.kind == "if" and args[0].kind == "const":
        chosen = {True: args[1], False: args[2], None: const(None, term.type)}
        return chosen[args[0].data]  # type: ignore[no-any-return]
    if term.kind in ("link", "table"):
        return make(term.kind, term.type, tuple(args), term.data)  # type: ignore[no-any-return]
    return node(term.kind, term.type, args, term.data)  # type: ignore[no-any-return]
