"""Requests of one department for what another holds: the catalogue, the answer, repeated collection, every use audited.

Carries out: Regulation on sharing government data (State Council Decree 809), as far as it could be read: sharing on
request and no repeated collection where sharing suffices. Its articles on answer times could not be read; the days
are provisions with their own source. An answer is drawn from the records when it is used, so it is never older than
they are. Not modelled: data that other departments hold; the platform of a province.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from renben.catalogue import load
from renben.catalogue.source import Written
from renben.web.clock import today
from renben.web.exchange import sending, transfers
from renben.web.exchange.envelope import Content
from renben.web.exchange.kinds import Kind
from renben.web.exchange.models import Message
from renben.web.flow.bindings import Bindings, Step
from renben.web.flow.course import note_of
from renben.web.flow.models import Case, CaseEvent
from renben.web.flow.numbers import next_number
from renben.web.guard import audit
from renben.web.guard.policy import Actor, bounds, covers
from renben.web.registry import exports, people
from renben.web.registry.answers import answers_of, put_answers
from renben.web.registry.models import Person
from renben.web.registry.permits import open_permit, spell_of
from renben.web.registry.questions import QUESTIONS

KIND = "sharing_request"
PURPOSE = "data_sharing"
SUBMIT = {"unconditional": "submit_open", "ready": "submit", "unready": "submit_unready"}
"""Shape of an item -> the step that sends a request for it."""


class Part(BaseModel):
    """A part of the catalogue: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Item(Part):
    """Something that can be shared."""

    zh: str
    en: str
    owner: str
    about: Literal["person", "region"]
    conditional: bool
    ready: bool
    fields: tuple[str, ...]

    @property
    def shape(self) -> str:
        """Which way a request takes."""
        return "unconditional" if not self.conditional else "ready" if self.ready else "unready"


class Held(Part):
    """Something that one of our forms asks and an office holds already."""

    owner: str
    ref: str
    trust: Literal["L", "P", "S", "M", "D"]


class Shared(Part):
    """The catalogue of what can be shared."""

    items: dict[str, Item]
    held: dict[str, Held]


@lru_cache(maxsize=1)
def catalogue() -> Shared:
    """The catalogue, an operator's folder over ours.

    Raises:
        ValueError: an item's owner is no office, or nothing answers it.
    """
    items: dict[str, Item] = {}
    held: dict[str, Held] = {}
    for path in load().files("sharing", "*.yaml"):
        one = Written(path).model(Shared, ())
        items |= one.items
        held |= one.held
    owners = {name: one.owner for name, one in items.items()} | {
        name: one.owner for name, one in held.items()
    }
    for name, owner in owners.items():
        if owner not in load().offices:
            raise ValueError(f"sharing: {name}: owner {owner!r} is no office of the catalogue.")
    if unknown := set(items) - set(ANSWERS):
        raise ValueError(f"sharing: {sorted(unknown)}: nothing here answers it; known: {', '.join(ANSWERS)}.")
    return Shared(items=items, held=held)


@dataclass(frozen=True)
class Repeated:
    """A form's field that asks what an office holds already."""

    kind: str
    question: str
    field: str
    held: Held


def repeated() -> Iterator[Repeated]:
    """Every field of our forms that repeats what an office holds, in the order of the forms."""
    known = catalogue().held
    for kind, questions in QUESTIONS.items():
        for one in questions:
            for name in one.form.base_fields:
                if name in known:
                    yield Repeated(kind, one.name, name, known[name])


def item_of(case: Case) -> Item:
    """What a request is for."""
    return catalogue().items[case.result["item"]]


def facts(case: Case, _payload: Mapping[str, Any], _day: dt.date) -> dict[str, Any]:
    """Facts that the guards of a request ask for."""
    item = catalogue().items.get(case.result.get("item", ""))
    return {"shape": item.shape if item else "unknown"}


def number_request(step: Step) -> None:
    """On sending: the receipt number, and whom it is about, encrypted with the case."""
    case = step.case
    put_answers(
        case, {name: step.payload[name] for name in ("document_kind", "number") if name in step.payload}
    )
    case.number = next_number(case.region[:6], step.day.year, case.kind, step.flow.prefix)
    step.detail.update(number=case.number, item=case.result["item"])


def person_of(case: Case) -> Person | None:
    """The person whom a request is about, where one is registered in its region."""
    asked = answers_of(case)
    found = people.find(asked.get("document_kind", "citizen"), asked.get("number", ""))
    kept = people.person(found.key) if found else None
    return kept if kept is not None and covers(case.region, kept.region) else None


def _counts(case: Case, _person: Person | None, day: dt.date) -> dict[str, Any]:
    low, high = bounds(case.region)
    rows = exports.LISTS["residents"].facts(day).filter(region__gte=low, region__lt=high)
    return {"persons": rows.values("person_key").distinct().count()}


def _registration(_case: Case, person: Person | None, _day: dt.date) -> dict[str, Any]:
    spell = spell_of(person.key) if person else None
    if spell is None:
        return {"registered": False, "county": None, "since": None}
    return {"registered": True, "county": spell.region, "since": spell.valid_from.isoformat()}


def _permit(_case: Case, person: Person | None, _day: dt.date) -> dict[str, Any]:
    permit = open_permit(person.key) if person else None
    if permit is None:
        return {"state": "none", "issued": None, "next_due": None}
    return {
        "state": permit.state,
        "issued": permit.issued.isoformat(),
        "next_due": permit.next_due.isoformat(),
    }


def _years(_case: Case, person: Person | None, day: dt.date) -> dict[str, Any]:
    if person is None:
        return {"years": None, "days": None}
    found = transfers.ledger_of(person, day)
    return {"years": found.years, "days": found.days}


ANSWERS: dict[str, Callable[[Case, Person | None, dt.date], dict[str, Any]]] = {
    "registered_counts": _counts,
    "residence_registration": _registration,
    "residence_permit": _permit,
    "residence_years": _years,
}
"""Item -> how it is answered from the records; a key is one of the item's fields."""


def used(actor: Actor, case: Case) -> dict[str, Any]:
    """The answer to a granted request, drawn from the records now; the use stands in the audit and with the person."""
    item, person = item_of(case), None
    if item.about == "person":
        person = person_of(case)
    found = ANSWERS[case.result["item"]](case, person, today())
    audit.record(
        actor, "export", "sharing.request", object_type=KIND, object_id=str(case.pk), region=case.region,
        subject=person.key if person else None, detail={"item": case.result["item"], "number": case.number},
    )  # fmt: skip
    return {name: found[name] for name in item.fields}


def sent(actor: Actor, case: Case, to: str) -> Message:
    """The answer to a granted request as a signed message to the department's own system.

    Raises:
        Rejected: no agreement lets it out.
    """
    item = item_of(case)
    person = person_of(case) if item.about == "person" else None
    found = ANSWERS[case.result["item"]](case, person, today())
    body = {"request": case.number, "item": case.result["item"], "answer": {n: found[n] for n in item.fields}}
    key: UUID | None = person.key if person else None
    return sending.send(actor, "sharing.answer", to, "sharing.answer", PURPOSE, case.region[:6], body, key)


def reason_of(case: Case) -> str:
    """For what the data are needed."""
    event = CaseEvent.objects.filter(case=case, action__in=SUBMIT.values()).first()
    return note_of(event)


def _nobody(_content: Content) -> UUID | None:
    """An answer names no person; it names a request."""
    return None


def _noted(content: Content, _message: Message) -> dict[str, Any]:
    """An answer from another department's system: kept with its receipt, nothing else follows from it."""
    return {"request": str(content.body.get("request", ""))[:40]}


SHARING = Bindings({"number_request": number_request}, facts)
ANSWER = Kind(_nobody, _noted)
