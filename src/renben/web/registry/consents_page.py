"""The register of consents as `my data` shows it: about oneself, and about each child in one's care."""

import datetime as dt
from dataclasses import dataclass

from renben.web.clock import today
from renben.web.guard import scope
from renben.web.guard.policy import Actor
from renben.web.registry import people, photo_ledger, proxies
from renben.web.registry.consents import Purpose, guarded_until, purposes, rows_of, stands
from renben.web.registry.models import Consent, Person
from renben.web.registry.models.consents import PHOTO


@dataclass(frozen=True)
class Entry:
    """One purpose of one person on the page."""

    purpose: Purpose
    row: Consent | None
    state: str
    """statute, none, waiting, standing or over."""
    code: str
    """For a use of a child's photo: what to show to the recipient."""


@dataclass(frozen=True)
class About:
    """The register about one person: oneself, or a child."""

    person: Person
    ward: str
    entries: tuple[Entry, ...]
    past: tuple[Consent, ...]


def register(actor: Actor) -> list[About]:
    """What the actor decides about: himself, and the children in his care."""
    with scope.reading_as("registry"):
        mine = people.person(actor.person_key) if actor.person_key else None
    day = today()
    found = [_about(mine, "", day)] if mine is not None and guarded_until(mine.birth, day) is None else []
    wards = {ward.person.key: ward.person for ward in proxies.wards(actor) if ward.kind == "guardian"}
    children = [one for one in wards.values() if guarded_until(one.birth, day) is not None]
    return [*found, *(_about(one, str(one.key), day) for one in children)]


def _about(person: Person, ward: str, day: dt.date) -> About:
    rows = rows_of(person.key)
    current = {row.purpose: row for row in reversed(rows) if row.withdrawn_at is None}
    codes = _codes(person, day) if ward else {}
    entries = tuple(_entry(one, current.get(one.name), codes, day) for one in purposes(person, day))
    return About(person, ward, entries, tuple(row for row in rows if row.withdrawn_at is not None))


def _codes(person: Person, day: dt.date) -> dict[str, str]:
    with scope.reading_as("registry"):
        rows = photo_ledger.ledger(people.all_keys(person.key))
        return {
            PHOTO + one.use: photo_ledger.code_of(one)
            for one in rows
            if one.consent and one.revoked_at is None and one.expires_on >= day
        }


def _entry(purpose: Purpose, row: Consent | None, codes: dict[str, str], day: dt.date) -> Entry:
    if not purpose.consent:
        state = "statute"
    elif row is None:
        state = "none"
    elif stands(row, day):
        state = "standing"
    else:
        waits = row.confirmed_at is None and row.confirm_until is not None and row.confirm_until >= day
        state = "waiting" if waits else "over"
    return Entry(purpose, row, state, codes.get(purpose.name, "") if state == "standing" else "")
