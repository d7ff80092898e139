"""A receipt that was kept is decided again: with the facts as they were known at its moment, on its day, by its law.

Carries out: Personal Information Protection Law art. 24 (a decision can be explained, also later). What is on record today
plays no part: corrections, new proofs, merged records, ended mandates came after the moment. Where another rule book or
another value of a provision is in use by now, or the rows of then are deleted, what differs is named. Not modelled:
rows from before their time was recorded, which count as known from the start; old versions of the rules, of which only
the digest is kept.
"""

from dataclasses import dataclass
from typing import Any

from renben.core.receipt import Receipt
from renben.engines.rules.receipts import BOOK_KEY
from renben.web.clock import ZONE
from renben.web.flow.models import Case
from renben.web.guard import scope
from renben.web.registry import entitlements, people, schooling
from renben.web.registry.answers import answers_of
from renben.web.registry.models import Person

KEPT = "receipt"
"""Where the answers of a case keep a receipt."""
SCHOOL = "school_place"
KINDS = ("claim", SCHOOL)
"""Kinds of case that keep one."""


@dataclass(frozen=True)
class Again:
    """A receipt, what comes out when it is decided again, and what differs."""

    kept: Receipt
    now: Receipt
    differs: tuple[str, ...]
    """Facts by name, `rule_book`, `provisions`, `answer`, or `words` where only the wording changed; empty: the same."""


def kept_receipt(case: Case) -> Receipt | None:
    """The receipt that a case keeps; None before there is one, and once the answers are deleted."""
    kept = answers_of(case).get(KEPT) if case.kind in KINDS and case.answers_ct else None
    return Receipt.model_validate(kept) if kept else None


def again(case: Case) -> Again | None:
    """Decide a case's receipt again; None where there is none, it names no moment, or nobody was on record then."""
    kept = kept_receipt(case)
    if kept is None or kept.known_at is None or case.person_key is None:
        return None
    with scope.reading_as("registry"):
        person = people.persons([case.person_key], kept.known_at).get(case.person_key)
        if person is None:
            return None
        made = _decided(case, kept, person)
    made = made.model_copy(
        update={"subject": kept.subject}
    )  # a pseudonym, which an index key of today makes anew
    return Again(kept, made, tuple(_differs(kept, made)))


def _decided(case: Case, kept: Receipt, person: Person) -> Receipt:
    moment = kept.known_at
    if case.kind == SCHOOL and moment is not None:
        day = moment.astimezone(ZONE).date()
        return schooling.decision(person, day, int(case.result["year"]), moment).receipt
    facts = entitlements.facts_of(person, kept.on, moment)
    return entitlements.one_entitled(kept.decision, facts, person, kept.on, moment).receipt


def _differs(kept: Receipt, made: Receipt) -> list[str]:
    if kept.digest == made.digest:
        return []
    before, after = _plain(kept), _plain(made)
    names = sorted({*before["inputs"], *after["inputs"]} - {BOOK_KEY})
    found = [name for name in names if before["inputs"].get(name) != after["inputs"].get(name)]
    if before["inputs"].get(BOOK_KEY) != after["inputs"].get(BOOK_KEY):
        found.append(BOOK_KEY)
    found += [name for name in ("provisions", "answer") if before[name] != after[name]]
    return found or ["words"]


def _plain(one: Receipt) -> dict[str, Any]:
    return one.model_dump(mode="json", exclude={"provisions": {"__all__": {"since"}}})
