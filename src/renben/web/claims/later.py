"""What a child is not entitled to yet because of schooling or its guardians: what is missing, from when, who states it.

Only decisions that look at schooling or at the guardians' job and home are told, and only to guardians of children old
enough: the exams come at the end of compulsory schooling and after. Everything else is in the child's own list.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from renben.web.claims import catalogue
from renben.web.claims.catalogue import Item
from renben.web.clock import now
from renben.web.law import provision
from renben.web.registry.entitlements import Entitled, desk, one_entitled
from renben.web.registry.held import Facts
from renben.web.registry.lacking import PARENTS, Lacking, lacking
from renben.web.registry.models import Person
from renben.web.registry.permit_rules import add_years

SCHOOLING = frozenset({"senior_high_since", "student_record"})
YEARS_BEFORE = 3
"""How long before the end of compulsory schooling a page begins to speak of exams (years); no rule."""


@dataclass(frozen=True)
class Later:
    """A service to which a child is not entitled yet."""

    item: Item
    found: Entitled
    lack: Lacking | None
    """What is missing; None where only the day has to come, which `found` names."""


def later(child: Person, facts: Facts, day: dt.date) -> list[Later]:
    """Services that wait for a day, or for what the child or a guardian can state here."""
    return list(_later(child, facts, day)) if old_enough(child.birth, day) else []


def old_enough(birth: dt.date, day: dt.date) -> bool:
    """Whether a child is in the last years of compulsory schooling, or past them."""
    first = int(provision("education.entry_age_years", day).value)
    grades = int(provision("education.compulsory_grades", day).value)
    return add_years(birth, first + grades - YEARS_BEFORE) <= day


def _later(child: Person, facts: Facts, day: dt.date) -> Iterator[Later]:
    office, moment = desk(), now()
    for name, item in catalogue.claimable().items():
        if not office.book.rules[name].facts & (SCHOOLING | PARENTS) or not office.in_force(name, day):
            continue
        found = one_entitled(name, facts, child, day, moment)
        if found.receipt.answer == "grant":
            continue
        lack = lacking(found, facts)
        if lack or found.granted_from:
            yield Later(item, found, lack)
