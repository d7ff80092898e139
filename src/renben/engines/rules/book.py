"""What an author writes: rules as plain typed functions, collected in a rule book.

    @entitlement(zh="可申领居住证", en="may apply for a residence permit",
                 law="国务院令第663号 第二条", place="residence")
    def residence_permit(registered_since: Date, has_ground: Bool, P: Parameters) -> Bool:
        return at_least(registered_since, months=P.residence_permit.min_months) & has_ground

A parameter names a fact, another rule, a relation (household, guardians), or is `P`, the dated provisions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from renben.engines.rules.facts import Facts
from renben.engines.rules.terms import Bool, Term

PLACES = ("residence", "hukou", "insured")
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Wording:
    """What a condition is called in front of people, and where it is written."""

    zh: str = ""
    en: str = ""
    law: str = ""


@dataclass(frozen=True)
class Rule:
    """One rule: an intermediate value, or a decision people ask for.

    Args:
        name: the function's name.
        function: from facts, rules and provisions to a term.
        decision: whether people ask for it (false: an intermediate value).
        zh: wording in Chinese.
        en: wording in English.
        law: documents and articles it carries out.
        place: where it is given: residence, hukou or insured.
        missing: "need_info", or "no" where unknown is declared to mean not granted.
        trust: L law read, P plan, S secondary, M memory (inactive), D our default.
        unit: unit of the amount, for example yuan/month.
        tags: subject marks, for example settlement, for lint rules.
        about: further columns of the catalogue (basis, standard, payer, department, item).
    """

    name: str
    function: Callable[..., Any] = field(compare=False)
    decision: bool
    zh: str
    en: str
    law: tuple[str, ...]
    place: str
    missing: str
    trust: str
    unit: str
    tags: frozenset[str]
    about: Mapping[str, str] = field(compare=False)

    @property
    def doc(self) -> str:
        """First line of the function's docstring."""
        return (self.function.__doc__ or "").strip().split("\n")[0]


def _make(function: Callable[..., Any], decision: bool, **said: Any) -> Rule:
    law = said.pop("law")
    law = (law,) if isinstance(law, str) else tuple(law)
    return Rule(
        name=function.__name__,
        function=function,
        decision=decision,
        law=law,
        tags=frozenset(said.pop("tags")),
        **said,
    )


def rule(
    *, zh: str, en: str, law: str | Iterable[str] = (), place: str = "residence", tags: Iterable[str] = ()
) -> Callable[[Callable[..., Any]], Rule]:
    """Declare an intermediate value that decisions read."""
    said = {"zh": zh, "en": en, "law": law, "place": place, "tags": tags, "missing": "need_info"}
    return lambda function: _make(function, False, trust="L", unit="", about={}, **said)


def entitlement(
    *,
    zh: str,
    en: str,
    law: str | Iterable[str],
    place: str = "residence",
    missing: str = "need_info",
    trust: str = "L",
    unit: str = "",
    tags: Iterable[str] = (),
    about: Mapping[str, str] | None = None,
) -> Callable[[Callable[..., Any]], Rule]:
    """Declare a decision: what people may ask for, on what ground, where."""
    said = {"zh": zh, "en": en, "law": law, "place": place, "tags": tags, "missing": missing}
    return lambda function: _make(function, True, trust=trust, unit=unit, about=dict(about or {}), **said)


class Parameters:
    """`P`: dated provisions by name, `P.residence_permit.min_months`; each takes the value of the rule's place."""

    def __init__(self, resolve: Callable[[str, str], Term | None], place: str, prefix: str = "") -> None:
        """Keep how to find a provision's term (by name and place) and the path so far."""
        self._resolve = resolve
        self._place = place
        self._prefix = prefix

    def __getattr__(self, key: str) -> Any:
        """The provision of that name, or the next part of a longer name."""
        if key.startswith("__"):
            raise AttributeError(key)
        name = f"{self._prefix}.{key}" if self._prefix else key
        found = self._resolve(name, self._place)
        return Parameters(self._resolve, self._place, name) if found is None else found

    def at(self, place: str) -> Parameters:
        """The same provisions in another place: residence, hukou or insured."""
        return Parameters(self._resolve, place, self._prefix)


WORDINGS: ContextVar[dict[int, Wording] | None] = ContextVar(
    "wordings of the rule being loaded", default=None
)


def reason(condition: Bool, *, zh: str, en: str, law: str = "") -> Bool:
    """Give a condition the words people read when it fails or holds."""
    collected = WORDINGS.get()
    if collected is not None:
        collected[condition.number] = Wording(zh, en, law)
    return condition


class RuleBook:
    """Rules and facts that belong together.

    Args:
        name: name of the book.
        facts: what rules may read.
        rules: all rules, written out by hand.
        places: for each place the fact that holds its region code.
        forbidden: lint: rules with the first tag may not read facts with the second, and why.
    """

    def __init__(
        self,
        name: str,
        facts: Facts,
        rules: Iterable[Rule],
        places: Mapping[str, str],
        forbidden: Iterable[tuple[str, str, str]] = (),
    ) -> None:
        """Keep the rules by name.

        Raises:
            ValueError: two rules, or a rule and a fact, share one name.
        """
        self.name = name
        self.facts = facts
        self.places = dict(places)
        self.forbidden = tuple(forbidden)
        self.rules: dict[str, Rule] = {}
        for each in rules:
            if each.name in self.rules or each.name in facts:
                raise ValueError(f"{name}: {each.name} is declared twice")
            self.rules[each.name] = each

    def __iter__(self) -> Iterator[Rule]:
        """The rules in the order written."""
        return iter(self.rules.values())

    def replacing(self, *rules: Rule) -> RuleBook:
        """The same book with rules put in the place of those of the same name (a reform)."""
        merged = {**self.rules, **{each.name: each for each in rules}}
        return RuleBook(self.name, self.facts, merged.values(), self.places, self.forbidden)
