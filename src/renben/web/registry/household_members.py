"""Who is and was in a household, read from its memberships."""

import datetime as dt
import uuid
from dataclasses import dataclass

from renben.web.guard import scope
from renben.web.registry import people
from renben.web.registry.identifiers import PAPERS
from renben.web.registry.models import HouseholdMember


@dataclass(frozen=True)
class Member:
    """One person in a household, for a time."""

    key: uuid.UUID
    name: str
    relation: str
    since: dt.date
    until: dt.date | None
    birth: dt.date | None = None
    unnumbered: bool = False
    """Whether no citizen number is on record yet."""


def membership_of(key: uuid.UUID | None) -> HouseholdMember | None:
    """The open membership of a person."""
    if key is None:
        return None
    rows = HouseholdMember.objects.current().filter(person_key__in=people.all_keys(key), valid_to=None)
    return rows.order_by("-valid_from", "-pk").first()


def open_members(household: uuid.UUID) -> list[HouseholdMember]:
    """Memberships of a household that are open, the head first."""
    with scope.reading_as("registry"):  # members see each other, wherever they are registered
        rows = list(
            HouseholdMember.objects.current().filter(household=household, valid_to=None).order_by("pk")
        )
    return sorted(rows, key=lambda one: one.relation != "head")


def members(household: uuid.UUID) -> list[Member]:
    """Everybody who is or was in a household, as known now, with names."""
    with scope.reading_as("registry"):
        rows = HouseholdMember.objects.current().filter(household=household).order_by("valid_from", "pk")
        found = [(people.person(one.person_key), one) for one in rows]
    return [
        Member(
            one.person_key, person.name if person else "", one.relation, one.valid_from, one.valid_to,
            person.birth if person else None, person is not None and person.document_kind in PAPERS,
        )
        for person, one in found
    ]  # fmt: skip


def household_of(key: uuid.UUID | None) -> list[Member]:
    """Everybody who is or was in the household of a person."""
    mine = membership_of(key)
    return members(mine.household) if mine else []
