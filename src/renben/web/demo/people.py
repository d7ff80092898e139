"""Makes the demo's synthetic people by sending them through the same commands as everybody else."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from renben.catalogue import load
from renben.web import clock
from renben.web.flow.command import Command, act, open_case
from renben.web.flow.models import Case
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry.identifiers import check_digit, check_id
from renben.web.registry.models import Address
from renben.web.registry.questions import QUESTIONS

DAY = dt.timedelta(days=1)


@lru_cache(maxsize=1)
def written() -> dict[str, Any]:
    """What catalogue/demo/web.yaml says, an operator's file over ours."""
    found: dict[str, Any] = {}
    for path in load().files("demo", "web.yaml"):
        found.update(yaml.safe_load(path.read_text(encoding="utf-8")))
    return found


def make_addresses() -> list[Address]:
    """Synthetic standard addresses, in the order of the file."""
    rows = [
        Address(region=place["region"], township=place["township"], text=text, synthetic=True)
        for place in written()["addresses"]
        for text in place["texts"]
    ]
    return Address.objects.bulk_create(rows)


def with_check_digit(number: str) -> str:
    """A synthetic number with the check character that belongs to its first 17 digits."""
    return number[:17] + check_digit(number[:17])


def _identity(one: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    checked = check_id(with_check_digit(one["number"]), "citizen", day)
    birth = checked.birth.isoformat() if checked.birth else ""
    return {
        "document_kind": "citizen",
        "number": checked.number,
        "name": one["name"],
        "sex": checked.sex,
        "birth": birth,
    }


def answers(one: Mapping[str, Any], address: Address, day: dt.date) -> dict[str, Any]:
    """A synthetic person's answers to the residence registration."""
    family = one.get("family", ())
    return {
        **_identity(one, day), "notice": "demo", "acting_as": "self", "phone": one["phone"],
        "hukou_region": one["hukou"], "hukou_kind": "10", "hukou_rural": "yes",
        "arrival": (day - one["arrived"] * DAY).isoformat(), "region": address.region, "address": str(address.pk),
        "reason": one["reason"], "housing": one["housing"], "proof_kind": one["proof"], "document": "",
        "members": [{**_identity(each, day), "relation": each["relation"]} for each in family],
    }  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """Accounts that carry the demo's people through the commands."""

    applicant: User
    officer: Actor
    issuer: Actor


def register(cast: Cast, given: Mapping[str, Any], key: str, approve: bool = True) -> Case:
    """Send one registration through its flow up to the queue, or to the end."""
    applicant = actor_of(cast.applicant)
    case = open_case("residence_registration", applicant, f"{key}:open").case
    for question in QUESTIONS["residence_registration"]:
        payload = {"question": question.name, "fields": dict(given)}
        _do(case, "save", applicant, f"{key}:{question.name}", payload)
    _do(case, "submit", applicant, f"{key}:submit")
    if approve:
        _do(case, "claim", cast.officer, f"{key}:claim")
        _do(case, "approve", cast.officer, f"{key}:approve")
    return Case.objects.get(pk=case)


def permit(cast: Cast, person_key: Any, region: str, key: str) -> Case:
    """Send one permit application through its flow."""
    applicant = actor_of(User.objects.get(pk=cast.applicant.pk))
    case = open_case("residence_permit", applicant, f"{key}:open", region, person_key=person_key).case
    fields = {"notice": "demo", "proof_kind": "contract"}
    for question in QUESTIONS["residence_permit"]:
        _do(case, "save", applicant, f"{key}:{question.name}", {"question": question.name, "fields": fields})
    _do(case, "submit", applicant, f"{key}:submit")
    _do(case, "claim", cast.officer, f"{key}:claim")
    _do(case, "accept", cast.officer, f"{key}:accept")
    _do(case, "issue", cast.issuer, f"{key}:issue")
    return Case.objects.get(pk=case)


def _do(case: str, action: str, actor: Actor, key: str, payload: Mapping[str, Any] | None = None) -> None:
    act(Command(case, action, actor, key, None, payload or {}))  # type: ignore[arg-type]


def today() -> dt.date:
    """The demo's first day."""
    day: dt.date = written()["day"]
    return day


def turn(day: dt.date) -> None:
    """Set the demo's day without asking whether it lies before: only while the demo is being made."""
    clock.Instance.objects.update_or_create(name=clock.DEMO_DAY, defaults={"value": day.isoformat()})
