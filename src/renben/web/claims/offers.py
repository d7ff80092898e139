"""What is offered to a resident: services he, or a child in his care, is entitled to and has not claimed nor declined.

Carries out: Decree 663 art. 12 (services by residence; nobody has to know of them first). An offer binds nobody. Shown
once, it is written down with its day, so that the take-up can be counted. For a child, only the guardian who is recorded
for it is offered anything; what one guardian declined is declined for the child.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from renben.engines.rules import read_person
from renben.web.append import append
from renben.web.claims import catalogue, claiming
from renben.web.claims.catalogue import Item
from renben.web.claims.later import Later, later
from renben.web.claims.models import Claim, Offer
from renben.web.clock import today
from renben.web.flow.refusals import NotAllowed, Unknown
from renben.web.guard import audit, scope
from renben.web.guard.policy import Actor
from renben.web.prepared import ByKeys
from renben.web.registry import people, proxies
from renben.web.registry.entitlements import desk
from renben.web.registry.held import Facts, Reading, Spell
from renben.web.registry.models import Person

FIRST = 5
"""Offers that stand open on the start page; the others are folded."""


Rows = dict[str, Offer]
"""Service -> what was offered or declined."""


@dataclass(frozen=True)
class Offered:
    """The services that a person is offered today; for a child, whose they are."""

    first: tuple[Item, ...]
    more: tuple[Item, ...]
    child: Person | None = None


@dataclass(frozen=True)
class Standing:
    """How somebody stands with the services that are claimed here."""

    facts: Facts
    entitled: tuple[str, ...]
    claims: dict[str, Claim]
    rows: Rows

    @property
    def open(self) -> list[str]:
        """Services he is entitled to and has neither claimed nor declined."""
        declined = {name for name, row in self.rows.items() if row.declined_on}
        return [name for name in self.entitled if name not in self.claims and name not in declined]


def entitled_items(facts: Facts, day: dt.date) -> list[str]:
    """Services claimed here to which somebody with some facts is entitled on a day (no receipts: this is asked often)."""
    office = desk()
    someone = read_person(office.book.book.facts, facts)
    return [
        name
        for name in catalogue.claimable()
        if office.in_force(name, day) and office.truth(name, someone, day) is True
    ]


def rows_of(keys: list[UUID]) -> Rows:
    """What was offered or declined under a person's keys, by service."""
    return _rows_by(dict.fromkeys(keys, keys[0])).get(keys[0], {}) if keys else {}


def standings(persons: Iterable[Person], day: dt.date) -> dict[UUID, Standing]:
    """How some people stand with the services, by key, in as many queries as for one; who lives nowhere here is left out."""
    known = {one.key: one for one in persons}
    facts = Reading(day).facts(known.values(), here=True)
    if not facts:
        return {}
    with scope.reading_as("registry"):
        owners = people.keys_under(facts)
        claims, rows = claiming.claims_by(owners), _rows_by(owners)
    return {
        key: Standing(
            facts[key], tuple(entitled_items(facts[key], day)), claims.get(key, {}), rows.get(key, {})
        )
        for key in known
        if key in facts
    }


OFFERS = ByKeys(lambda keys, **_: Offer.objects.filter(person_key__in=keys).order_by("pk"))


def _rows_by(owners: Mapping[UUID, UUID]) -> dict[UUID, Rows]:
    found: dict[UUID, Rows] = {}
    for one in OFFERS(owners):
        found.setdefault(owners[one.person_key], {})[one.item] = one
    return found


def offered(actor: Actor, here: bool = True) -> list[Offered]:
    """What stands on the start page today, the own first, then each child's; what is new there is written down.

    Args:
        actor: the resident.
        here: whether he is known to live here; nothing is looked up for who does not.
    """
    mine = people.person(actor.person_key) if actor.person_key and here else None
    children = [one.person for one in proxies.wards(actor) if one.kind == proxies.GUARDIAN]
    shown = {one.key: one for one in ([mine] if mine else []) + children}
    if not shown:
        return []
    day = today()
    found = standings(shown.values(), day)
    _note(found, day)
    return [
        Offered(tuple(items[:FIRST]), tuple(items[FIRST:]), None if mine and key == mine.key else shown[key])
        for key, one in found.items()
        if (items := [catalogue.claimable()[name] for name in one.open])
    ]


def _note(found: Mapping[UUID, Standing], day: dt.date) -> None:
    """Write down what is offered for the first time (rows)."""
    new = [
        Offer(person_key=key, item=name, region=one.facts["county"], offered_on=day)
        for key, one in found.items()
        for name in one.open
        if name not in one.rows
    ]
    again = [
        one.rows[name].pk
        for one in found.values()
        for name in one.open
        if name in one.rows and not one.rows[name].offered_on
    ]
    if not new and not again:
        return
    with transaction.atomic(), scope.as_job("registry"):
        append(*new, skip_known=True)
        Offer.objects.filter(pk__in=again).update(offered_on=day)


@dataclass(frozen=True)
class ForChild:
    """A service for a child, with its newest claim and whether it was declined."""

    item: Item
    claim: Claim | None
    declined: bool


@dataclass(frozen=True)
class OfWard:
    """How a child stands: what it is entitled to, and what waits for a day or for what somebody states."""

    services: tuple[ForChild, ...] = ()
    later: tuple[Later, ...] = ()


def of_wards(persons: Iterable[Person]) -> dict[UUID, OfWard]:
    """How those in a guardian's care stand with the services today, by key."""
    known, day = {one.key: one for one in persons}, today()
    return {
        key: OfWard(
            tuple(_for_child(name, one) for name in one.entitled), tuple(later(known[key], one.facts, day))
        )
        for key, one in standings(known.values(), day).items()
    }


def _for_child(name: str, one: Standing) -> ForChild:
    declined = name in one.rows and bool(one.rows[name].declined_on)
    return ForChild(catalogue.claimable()[name], one.claims.get(name), declined)


def answer(actor: Actor, item: str, decline: bool, ward: str = "") -> None:
    """`Do not offer me this`, or that taken back, for oneself or for a child in one's care.

    Args:
        actor: the resident.
        item: decision of the rule book.
        decline: whether it is declined.
        ward: key of the child, empty for oneself.

    Raises:
        Unknown: no service that is claimed here.
        NotAllowed: no residence on record, or no mandate for the child.
    """
    if item not in catalogue.claimable():
        raise Unknown()
    key = proxies.acting_for(actor, ward) if ward else actor.person_key
    day = today()
    with scope.reading_as("registry"):
        person = people.person(key) if key else None
        owners = people.keys_under([person.key]) if person else {}
        spell: Spell | None = next(iter(Reading(day).spells(owners).values()), None)
        there = rows_of(list(owners)).get(item)
    if person is None or spell is None:
        raise NotAllowed("refusal.not_registered")
    declined_on = day if decline else None
    with transaction.atomic(), scope.as_job("registry"):
        if there is None:
            fresh = Offer(person_key=person.key, item=item, region=spell.region, declined_on=declined_on)
            append(fresh, skip_known=True)
        Offer.objects.filter(person_key=there.person_key if there else person.key, item=item).update(
            declined_on=declined_on
        )
    audit.record(
        actor, "command", "claim.apply", object_type="offer", object_id=item, subject=person.key, region=spell.region,
        detail={"declined": decline},
    )  # fmt: skip
