"""`My data`: what is held about a resident, and who read it and why; as a file see `mydata_file`."""

import re
from typing import Any
from uuid import UUID

from renben.web.claims import offers
from renben.web.flow.handing_over import COLLECTED
from renben.web.flow.models import Handover
from renben.web.guard import holds, recovery, scope
from renben.web.guard.models import AuditEvent
from renben.web.guard.policy import Actor, policy
from renben.web.registry import (
    circumstances,
    consents_page,
    consents_paper,
    household_members,
    people,
    photo_ledger,
    proxies,
    stays,
)
from renben.web.registry.models import Person, Proof, Residence
from renben.web.words import words

SHOWN = 100
CASE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A source that is a case."""
READS = ("read", "list", "reveal", "search", "export", "emergency")


def my_data(actor: Actor) -> dict[str, Any]:
    """What is held, and the newest reads by others."""
    keys = people.all_keys(actor.person_key) if actor.person_key else []
    reads = AuditEvent.objects.filter(subject__in=keys, kind__in=READS).exclude(actor=actor.user_id)
    rows = list(reads.order_by("-at", "-pk")[:SHOWN])
    return {
        "person": people.person(actor.person_key) if actor.person_key else None,
        "history": list(Person.objects.filter(key__in=keys).order_by("-recorded_at")[:20]),
        "spells": (spells := list(_spells(keys))),
        "taken_in": _taken_in(spells),
        "mandates": list(proxies.about(keys)),
        "household": household_members.household_of(actor.person_key),
        "stays": stays.stays_of(keys),
        "consents": consents_page.register(actor),
        "consent_papers": consents_paper.papers_of(keys),
        "holds": holds.of_person(keys, actor.user_id),
        "recoveries": recovery.of_account(actor.user_id),
        "photo_uses": photo_ledger.ledger(keys),
        "offers": offers.rows_of(keys),
        "circumstances": circumstances.told(keys),
        "proofs": list(Proof.objects.filter(person_key__in=keys).order_by("-valid_from")),
        "reads": [(row, policy().purposes.get(row.purpose), _roles(row.role)) for row in rows],
    }


def _spells(keys: list[Any]) -> Any:
    found = Residence.objects.current().filter(person_key__in=keys).select_related("address")
    return found.order_by("-valid_from", "-pk")


def _taken_in(spells: list[Residence]) -> dict[UUID, Handover]:
    """Residence by its key -> that an office elsewhere took its registration in; its first source names the case."""
    stated = Residence.objects.filter(key__in=[one.key for one in spells if one.channel == "counter"])
    first = dict(stated.order_by("-recorded_at", "-pk").values_list("key", "source"))
    named = {source for source in first.values() if CASE.fullmatch(source)}
    if not named:
        return {}
    with scope.reading_as("registry"):
        rows = Handover.objects.filter(case__in=named, answer=COLLECTED).order_by("-seq")
        cases = {str(one.case_id): one for one in rows}
    return {key: cases[source] for key, source in first.items() if source in cases}


def _roles(written: str) -> list[dict[str, str]]:
    roles = policy().roles
    return [roles.get(name) or _job(name) for name in written.split(",") if name]


def _job(name: str) -> dict[str, str]:
    """A job of the system by its label, such as another system's signed message."""
    zh, en = words().get(f"job.{name}", (name, name))
    return {"zh": zh, "en": en}
