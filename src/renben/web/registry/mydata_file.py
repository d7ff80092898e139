"""Everything that is held about a resident as one JSON file to take along."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse

from renben.web.cases.following import reported
from renben.web.claims.models import Offer
from renben.web.clock import today
from renben.web.flow.models import Handover
from renben.web.guard import audit
from renben.web.guard.models import AuditEvent, Hold, Recovery
from renben.web.guard.policy import Actor
from renben.web.registry import opinions
from renben.web.registry.circumstances import Told
from renben.web.registry.models import Consent, Mandate, Person, PhotoGrant, Proof, Residence, Stay
from renben.web.registry.mydata import my_data


def my_data_file(actor: Actor) -> HttpResponse:
    """Everything that is held, as JSON; the export itself is recorded."""
    content = {"made_on": today().isoformat(), **held(my_data(actor), actor)}
    audit.record(actor, "export", "my.read", object_type="person", subject=actor.person_key)
    text = json.dumps(content, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


def held(found: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """The parts of `my data` in plain values, each kind of row in its own form."""
    return {
        "person": _person(found["person"]) if found["person"] else None,
        "residence": [_spell(one, found["taken_in"].get(one.key)) for one in found["spells"]],
        "proofs": [_proof(one) for one in found["proofs"]],
        "circumstances": [_circumstance(one) for one in found["circumstances"]],
        "acting_for_me": [_mandate(one) for one in found["mandates"]],
        "household": [_member(one) for one in found["household"] if one.key == actor.person_key],
        "consents": list(_consents(found["consents"])),
        "stays": [_stay(one) for one in found["stays"]],
        "photo_uses": [_photo_use(one) for one in found["photo_uses"]],
        "opinions": [
            {"about": one.kind, "on": _day(one.given_on), "score": one.score, "word": one.word}
            for one in opinions.of(actor)
        ],
        "city_reports": reported(actor),
        "kept_longer": [_hold(row, state) for row, state in found["holds"]],
        "recovered_passwords": [_recovery(row) for row, _ in found["recoveries"]],
        "offers": [_offer(one) for one in found["offers"].values()],
        "reads": [_read(row) for row, _, _ in found["reads"]],
    }


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _person(one: Person) -> dict[str, Any]:
    return {
        "name": one.name, "number": one.number, "phone": one.phone, "sex": one.sex, "birth": str(one.birth),
        "hukou_region": one.hukou_region,
    }  # fmt: skip


def _spell(one: Residence, taken_in: Handover | None) -> dict[str, Any]:
    said = {"address": one.address.text, "from": _day(one.valid_from), "to": _day(one.valid_to)}
    if taken_in is None:
        return said
    return said | {"taken_in_by": taken_in.from_region, "taken_in_on": _day(taken_in.sent_on)}


def _proof(one: Proof) -> dict[str, Any]:
    return {"kind": one.kind, "from": _day(one.valid_from)}


def _circumstance(one: Told) -> dict[str, Any]:
    """A home, a job, schooling or insurance: when it was so, and since when and until when it was known."""
    told = {
        "about": one.matter, "kind": one.row.kind, "from": _day(one.row.valid_from), "to": _day(one.until),
        "known_from": None if one.known_from_start else one.row.recorded_at.isoformat(),
        "known_until": one.row.replaced_at.isoformat() if one.row.replaced_at else None, "stated_by": one.row.source,
    }  # fmt: skip
    more = {"name": one.name, "region": one.region, "enrolled": getattr(one.row, "enrolled", None),
            "whole": getattr(one.row, "whole", None)}  # fmt: skip
    return told | {name: value for name, value in more.items() if value not in ("", None)}


def _mandate(one: Mandate) -> dict[str, Any]:
    return {"kind": one.kind, "from": _day(one.valid_from), "to": _day(one.valid_to)}


def _member(one: Any) -> dict[str, Any]:
    return {"relation": one.relation, "from": _day(one.since), "to": _day(one.until)}


def _consents(register: list[Any]) -> Iterator[dict[str, Any]]:
    """Consents of oneself and of children, those in force and those that ended."""
    for about in register:
        rows = (*(entry.row for entry in about.entries if entry.row), *about.past)
        yield from ({"of": "child" if about.ward else "me", **_consent(row)} for row in rows)


def _consent(row: Consent) -> dict[str, Any]:
    return {
        "purpose": row.purpose, "basis": row.legal_basis, "notice": row.notice, "given": row.given_at.isoformat(),
        "confirmed": _day(row.confirmed_at), "withdrawn": _day(row.withdrawn_at),
    }  # fmt: skip


def _stay(one: Stay) -> dict[str, Any]:
    return {
        "kind": one.kind, "with": one.institution.name, "from": _day(one.valid_from), "to": _day(one.valid_to),
    }  # fmt: skip


def _photo_use(one: PhotoGrant) -> dict[str, Any]:
    return {
        "use": one.use, "basis": one.legal_basis, "given": one.notified_at.isoformat(), "fetched": one.deliveries,
    }  # fmt: skip


def _recovery(one: Recovery) -> dict[str, Any]:
    return {
        "asked": one.asked_at.isoformat(), "region": one.region, "reason": one.reason, "factors_lost": one.factors_lost,
        "used": one.used_at.isoformat() if one.used_at else None,
    }  # fmt: skip


def _hold(one: Hold, state: str) -> dict[str, Any]:
    return {
        "about": "me" if one.person_key else "case", "for": one.kind, "from": _day(one.from_on), "until": _day(one.until_on),
        "state": state,
    }  # fmt: skip


def _offer(one: Offer) -> dict[str, Any]:
    return {"service": one.item, "offered": _day(one.offered_on), "declined": _day(one.declined_on)}


def _read(one: AuditEvent) -> dict[str, Any]:
    return {"at": one.at.isoformat(), "kind": one.kind, "role": one.role, "purpose": one.purpose}
