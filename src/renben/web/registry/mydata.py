"""`My data`: what is held about a resident, who read it and why, and the same as a file."""

import json
from typing import Any

from django.http import HttpResponse

from renben.web.clock import today
from renben.web.guard import audit
from renben.web.guard.models import AuditEvent
from renben.web.guard.policy import Actor, policy
from renben.web.registry import consents_page, household_members, people, photo_ledger, proxies, stays
from renben.web.registry.models import Person, Proof, Residence
from renben.web.words import words

SHOWN = 100
READS = ("read", "list", "reveal", "search", "export", "emergency")


def my_data(actor: Actor) -> dict[str, Any]:
    """What is held, and the newest reads by others."""
    keys = people.all_keys(actor.person_key) if actor.person_key else []
    reads = AuditEvent.objects.filter(subject__in=keys, kind__in=READS).exclude(actor=actor.user_id)
    rows = list(reads.order_by("-at", "-pk")[:SHOWN])
    return {
        "person": people.person(actor.person_key) if actor.person_key else None,
        "history": list(Person.objects.filter(key__in=keys).order_by("-recorded_at")[:20]),
        "spells": list(_spells(keys)),
        "mandates": list(proxies.about(keys)),
        "household": household_members.household_of(actor.person_key),
        "stays": stays.stays_of(keys),
        "consents": consents_page.register(actor),
        "photo_uses": photo_ledger.ledger(keys),
        "proofs": list(Proof.objects.filter(person_key__in=keys).order_by("-valid_from")),
        "reads": [(row, policy().purposes.get(row.purpose), _roles(row.role)) for row in rows],
    }


def _spells(keys: list[Any]) -> Any:
    found = Residence.objects.current().filter(person_key__in=keys).select_related("address")
    return found.order_by("-valid_from", "-pk")


def _roles(written: str) -> list[dict[str, str]]:
    roles = policy().roles
    return [roles.get(name) or _job(name) for name in written.split(",") if name]


def _job(name: str) -> dict[str, str]:
    """A job of the system by its label, such as another system's signed message."""
    zh, en = words().get(f"job.{name}", (name, name))
    return {"zh": zh, "en": en}


def my_data_file(actor: Actor) -> HttpResponse:
    """Everything that is held, as JSON; the export itself is recorded."""
    held = my_data(actor)
    person = held["person"]
    content = {
        "made_on": today().isoformat(),
        "person": _person_columns(person) if person else None,
        "residence": [
            {"address": s.address.text, "from": str(s.valid_from), "to": s.valid_to and str(s.valid_to)}
            for s in held["spells"]
        ],
        "proofs": [{"kind": p.kind, "from": str(p.valid_from)} for p in held["proofs"]],
        "acting_for_me": [
            {"kind": m.kind, "from": str(m.valid_from), "to": m.valid_to and str(m.valid_to)}
            for m in held["mandates"]
        ],
        "household": [
            {"relation": m.relation, "from": str(m.since), "to": m.until and str(m.until)}
            for m in held["household"]
            if m.key == actor.person_key
        ],
        "consents": [
            {
                "of": "me" if not about.ward else "child",
                "purpose": row.purpose,
                "basis": row.legal_basis,
                "notice": row.notice,
                "given": row.given_at.isoformat(),
                "confirmed": row.confirmed_at and row.confirmed_at.isoformat(),
                "withdrawn": row.withdrawn_at and row.withdrawn_at.isoformat(),
            }
            for about in held["consents"]
            for row in (*(one.row for one in about.entries if one.row), *about.past)
        ],
        "stays": [
            {
                "kind": s.kind,
                "with": s.institution.name,
                "from": str(s.valid_from),
                "to": s.valid_to and str(s.valid_to),
            }
            for s in held["stays"]
        ],
        "photo_uses": [
            {
                "use": g.use,
                "basis": g.legal_basis,
                "given": g.notified_at.isoformat(),
                "fetched": g.deliveries,
            }
            for g in held["photo_uses"]
        ],
        "reads": [
            {"at": row.at.isoformat(), "kind": row.kind, "role": row.role, "purpose": row.purpose}
            for row, _, _ in held["reads"]
        ],
    }
    audit.record(actor, "export", "my.read", object_type="person", subject=actor.person_key)
    text = json.dumps(content, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


def _person_columns(person: Person) -> dict[str, Any]:
    return {
        "name": person.name, "number": person.number, "phone": person.phone, "sex": person.sex,
        "birth": str(person.birth), "hukou_region": person.hukou_region,
    }  # fmt: skip
