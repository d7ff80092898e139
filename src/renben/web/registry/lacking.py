"""What a decision still lacks that can be put on record here: which facts, from when they count, and who states them.

Carries out: Decree 663 art. 9, fifth paragraph (told at once what is missing). What a person states himself he states by a
correction of his own record; a guardian's job and home are stated by the guardian, on his own record. Not modelled: facts
that other departments hold, which no form here takes.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from renben.engines.rules import decide, read_person
from renben.web.registry.entitlements import Entitled, desk
from renben.web.registry.held_grounds import COUNTED, JOINED, SINCE
from renben.web.registry.held_parents import EACH_HAS, ONE_HAS

OWN = frozenset({
    *SINCE.values(), "senior_high_since", "student_record", "employed", *COUNTED.values(), *JOINED.values(),
    "pension_months_here", "insured_county",
})  # fmt: skip
"""Facts that a person states of himself."""
PARENTS = frozenset({*ONE_HAS.values(), *EACH_HAS.values()})
"""Facts that a guardian's own record answers."""


@dataclass(frozen=True)
class Fact:
    """A missing fact in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Lacking:
    """What is missing of one decision that can be stated here."""

    own: tuple[Fact, ...]
    parents: tuple[Fact, ...]
    on: dt.date | None
    """From when it is asked, where today something else decides; None: it is missing today."""
    whole: bool
    """Whether nothing else is missing."""


def lacking(found: Entitled, facts: Mapping[str, Any]) -> Lacking | None:
    """What is missing of a decision, today or on the day on which it changes; None where nothing of it is stated here.

    Args:
        found: the decision of today.
        facts: on which it was made.
    """
    missing, on = found.receipt.missing, None
    if found.receipt.answer == "deny" and found.granted_from is None and found.changes_on is not None:
        on = found.changes_on
        office = desk()
        someone = read_person(office.book.book.facts, facts)
        missing = decide(office, found.receipt.decision, someone, on).missing
    names = desk().book.book.facts
    own, parents = (
        tuple(Fact(names[name].zh, names[name].en) for name in missing if name in kind)
        for kind in (OWN, PARENTS)
    )
    if not own and not parents:
        return None
    return Lacking(own, parents, on, whole=len(own) + len(parents) == len(missing))
