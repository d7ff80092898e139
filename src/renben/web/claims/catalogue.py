"""The catalogue of services: every item of the national list, and every decision of the rule book that is not on it.

Carries out: the plan (basic public services by residence). Everything a page says comes from the lists of the catalogue
(`catalogue/services`), the rule book and the offices; an item without a rule says so. Not modelled: amounts and contents
that no rule gives, forms and opening hours of offices.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from renben.catalogue import load
from renben.catalogue.schema import Office
from renben.engines.rules import decide, read_person
from renben.engines.rules.book import Rule
from renben.engines.rules.loading import inactive
from renben.engines.rules.provisions import shown
from renben.measures.citizenization.entitlements.services import Service, services
from renben.web.registry.entitlements import desk

STANDARD = "standard-"
"""What the key of an item of the national list begins with; a decision's key is its name."""
RULE_BOOK = "rule_book"
"""Kind of the decisions that are on no national list."""
KINDS_EN = {
    "幼有所育": "Early years", "学有所教": "Schooling", "劳有所得": "Work", "病有所医": "Health",
    "老有所养": "Old age", "住有所居": "Housing", "弱有所扶": "Support for those in need",
    "优军服务保障": "Services for soldiers and veterans", "文体服务保障": "Culture and sport",
    RULE_BOOK: "In the rule book, not on the national list",
}  # fmt: skip
"""Domain of the national list -> our English words for it."""
KINDS_ZH = {RULE_BOOK: "规则集中、未列入国家标准清单的事项"}
OWN_WAYS = {
    "residence_registration": "residence_registration", "residence_permit": "residence_permit",
    "first_permit_free": "residence_permit", "settle": "hukou_settlement", "compulsory_school": "school_place",
}  # fmt: skip
"""Decision -> the application of its own by which it is asked for."""


@dataclass(frozen=True)
class Item:
    """One service as its page shows it."""

    key: str
    kind: str
    zh: str
    en: str
    """Empty where no English name is written."""
    department: str
    trust: str
    """How far the item's name is to be trusted; empty for a decision, whose law stands beside it."""
    ref: str
    rule: str
    state: str
    """active, inactive (the decision rests on memory) or no_rule."""
    number: int = 0

    @property
    def offices(self) -> tuple[Office | None, ...]:
        """Offices that give it, in the order written; None where the catalogue does not know the name."""
        return tuple(office_named(one) for one in self.department.split("、") if one)

    @property
    def office(self) -> str:
        """The office that answers for a claim: the first that is written; empty where it is not known."""
        return next((one.id for one in self.offices if one is not None), "")

    @property
    def way(self) -> str:
        """How it is asked for: an application of its own, `endorsement`, `claim`, or nothing here."""
        if self.state != "active":
            return ""
        if self.rule in OWN_WAYS:
            return OWN_WAYS[self.rule]
        if self.rule == "permit_endorsement":
            return self.rule
        about = desk().book.decisions[self.rule].rule.about
        return "claim" if about.get("basis") and self.office else ""


@lru_cache(maxsize=128)
def office_named(name: str) -> Office | None:
    """The office that a document calls by some name."""
    return next((one for one in load().offices.values() if name in (one.zh, *one.aliases)), None)


@lru_cache(maxsize=1)
def items() -> dict[str, Item]:
    """Every service by key: the national list in its order, then the rule book's own."""
    listed = services(load(), desk().book)
    given = {one.rule for one in listed}
    found = [_listed(one) for one in listed]
    found += [_decided(name) for name in desk().book.decisions if name not in given]
    return {one.key: one for one in found}


def _listed(one: Service) -> Item:
    rule = desk().book.decisions[one.rule].rule if one.rule else None
    return Item(
        f"{STANDARD}{one.number}", one.domain, one.zh, one.en or (rule.en if rule else ""), one.department, one.trust, one.ref,
        one.rule, one.state, one.number,
    )  # fmt: skip


def _decided(name: str) -> Item:
    rule = desk().book.decisions[name].rule
    state = "inactive" if inactive(desk().book, name) else "active"
    return Item(name, RULE_BOOK, rule.zh, rule.en, rule.about.get("department", ""), "", "", name, state)


@lru_cache(maxsize=1)
def claimable() -> dict[str, Item]:
    """Decisions that are claimed here, by name, each with the first service that it gives."""
    found: dict[str, Item] = {}
    for one in items().values():
        if one.way == "claim":
            found.setdefault(one.rule, one)
    return found


def rule_of(item: Item) -> Rule | None:
    """The decision that gives a service."""
    return desk().book.decisions[item.rule].rule if item.rule else None


@dataclass(frozen=True)
class Condition:
    """One thing that the rule looks at, in both languages, with where it is written."""

    zh: str
    en: str
    article: str


@dataclass(frozen=True)
class Value:
    """A provision that the rule uses: its value in its unit, article, trust mark and first day."""

    zh: str
    en: str
    value: object
    """None where the authority has not published one."""
    unit: str
    ref: str
    trust: str
    since: dt.date | None
    """Empty where the first day was not found."""


UNKNOWN = (("（待核实）", " (not known)"), ("（不详）", ": not known"), ("：不详", ""))
"""What the engine says of a fact that nobody has told; a page that is about nobody leaves it out."""


def conditions(item: Item, day: dt.date) -> list[Condition]:
    """What the rule looks at on a day: the conditions that are open for somebody of whom nothing is known."""
    if item.state != "active" or not desk().in_force(item.rule, day):
        return []
    nobody = read_person(desk().book.book.facts, {})
    found = (
        Condition(*_bare(one.zh, one.en, day), one.article)
        for one in decide(desk(), item.rule, nobody, day).because
    )
    return list({(one.zh, one.en): one for one in found}.values())


def _bare(zh: str, en: str, day: dt.date) -> tuple[str, str]:
    zh, en = zh.replace(f"当日（{day}）", "当日"), en.replace(f"today ({day})", "today")
    for in_zh, in_en in UNKNOWN:
        zh, en = zh.replace(in_zh, ""), en.replace(in_en, "") if in_en else en
    return zh, en


def values(item: Item, day: dt.date) -> Iterator[Value]:
    """Provisions that the rule uses, with what is in force on a day or that nothing was published."""
    office = desk()
    if item.state != "active" or not office.in_force(item.rule, day):
        return
    for name in sorted(office.book.rules[item.rule].provisions):
        law, dated = load().laws[name], office.binding(day).dated(name, None)
        if dated is None or dated.value is None:
            yield Value(
                law.zh, law.en, None, law.unit, dated.ref if dated else "", dated.trust if dated else "", None
            )
            continue
        since = dated.start if dated.start_known else None
        value = shown(dated.value, office.book.provisions[name].unit)
        yield Value(law.zh, law.en, value, law.unit, dated.ref, dated.trust, since)


def why_inactive(item: Item) -> list[tuple[str, str]]:
    """Names of the provisions without which the decision is not used, in both languages."""
    if item.state != "inactive":
        return []
    laws, book = load().laws, desk().book
    wrong = " ".join(inactive(book, item.rule))
    return [
        (laws[name].zh, laws[name].en) for name in sorted(book.rules[item.rule].provisions) if name in wrong
    ]
