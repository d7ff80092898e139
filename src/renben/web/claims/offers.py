"""What is offered to a resident: services he is entitled to and has not claimed, but none that he declined.

Carries out: Decree 663 art. 12 (services by residence; nobody has to know of them first). An offer binds nobody. Shown
once, it is written down with its day, so that the take-up can be counted.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from renben.engines.rules import read_person
from renben.web.append import append
from renben.web.claims import catalogue, claiming
from renben.web.claims.catalogue import Item
from renben.web.claims.models import Claim, Offer
from renben.web.clock import today
from renben.web.flow.refusals import NotAllowed, Unknown
from renben.web.guard import audit, scope
from renben.web.guard.policy import Actor
from renben.web.registry import people
from renben.web.registry.entitlements import desk, facts_of
from renben.web.registry.models import Person, Residence
from renben.web.registry.permits import spell_of

FIRST = 5
"""Offers that stand open on the start page; the others are folded."""


@dataclass(frozen=True)
class Offered:
    """The services that a person is offered today."""

    first: tuple[Item, ...]
    more: tuple[Item, ...]


def entitled_items(person: Person, spell: Residence | None, day: dt.date) -> list[str]:
    """Services claimed here to which a person is entitled on a day (no receipts: this is asked often)."""
    office, facts = desk(), facts_of(person, spell, day)
    someone = read_person(office.book.book.facts, facts)
    return [
        name
        for name in catalogue.claimable()
        if office.in_force(name, day) and office.truth(name, someone, day) is True
    ]


def rows_of(keys: list[UUID]) -> dict[str, Offer]:
    """What was offered or declined under a person's keys, by service."""
    rows = Offer.objects.filter(person_key__in=keys).order_by("pk")
    return {one.item: one for one in rows}


def offered(actor: Actor, spell: Residence | None) -> Offered | None:
    """What stands on the start page today; what stands there for the first time is written down.

    Args:
        actor: the resident.
        spell: where he lives; nothing is offered to who lives nowhere here.
    """
    person = people.person(actor.person_key) if actor.person_key and spell else None
    if person is None or spell is None:
        return None
    keys, day = people.all_keys(person.key), today()
    rows, claimed = rows_of(keys), claiming.claims_of(keys)
    names = [
        name
        for name in entitled_items(person, spell, day)
        if name not in claimed and not (name in rows and rows[name].declined_on)
    ]
    _note(person, spell, [name for name in names if name not in rows or not rows[name].offered_on], rows, day)
    found = [catalogue.claimable()[name] for name in names]
    return Offered(tuple(found[:FIRST]), tuple(found[FIRST:]))


def _note(person: Person, spell: Residence, names: list[str], rows: dict[str, Offer], day: dt.date) -> None:
    """Write down what is offered for the first time (rows)."""
    if not names:
        return
    fresh = [name for name in names if name not in rows]
    with transaction.atomic(), scope.as_job("registry"):
        append(
            *(Offer(person_key=person.key, item=name, region=spell.region, offered_on=day) for name in fresh),
            skip_known=True,
        )
        again = [rows[name].pk for name in names if name in rows]
        Offer.objects.filter(pk__in=again).update(offered_on=day)


def of_ward(person: Person) -> list[tuple[Item, Claim | None]]:
    """Services to which somebody in a guardian's care is entitled today, with the newest claim of each."""
    with scope.reading_as("registry"):
        names = entitled_items(person, spell_of(person.key), today())
        claimed = claiming.claims_of(people.all_keys(person.key))
    return [(catalogue.claimable()[name], claimed.get(name)) for name in names]


def answer(actor: Actor, item: str, decline: bool) -> None:
    """`Do not offer me this`, or that taken back.

    Raises:
        Unknown: no service that is claimed here.
        NotAllowed: no residence on record.
    """
    if item not in catalogue.claimable():
        raise Unknown()
    person = people.person(actor.person_key) if actor.person_key else None
    spell = spell_of(person.key) if person else None
    if person is None or spell is None:
        raise NotAllowed("refusal.not_registered")
    there, day = rows_of(people.all_keys(person.key)).get(item), today() if decline else None
    with transaction.atomic(), scope.as_job("registry"):
        if there is None:
            append(
                Offer(person_key=person.key, item=item, region=spell.region, declined_on=day), skip_known=True
            )
        Offer.objects.filter(person_key=there.person_key if there else person.key, item=item).update(
            declined_on=day
        )
    audit.record(
        actor, "command", "claim.apply", object_type="offer", object_id=item, subject=person.key, region=spell.region,
        detail={"declined": decline},
    )  # fmt: skip
