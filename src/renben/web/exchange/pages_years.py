"""What residents see of their residence years, and what officers see of certificates from other cities."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import QueryDict

from renben.web.clock import now, start_of, today
from renben.web.exchange import transfers
from renben.web.exchange.models import Certificate, Message, Partner
from renben.web.exchange.transfers import KIND
from renben.web.flow.command import Command, act, offered, version_in
from renben.web.flow.course import course
from renben.web.flow.definition import flow_of
from renben.web.flow.models import Case
from renben.web.flow.refusals import Incomplete, Unknown
from renben.web.guard import audit, scope
from renben.web.guard.policy import Actor, within
from renben.web.look.pages import Pages
from renben.web.registry import people
from renben.web.registry.models import Person

ROWS = 25
WAYS = {"ask": "residence.request", "give": "residence.certificate"}
"""What a resident may set off -> the message that goes out."""


def years(actor: Actor) -> dict[str, Any]:
    """A resident's ledger: every stretch under a permit, whether it counts and why; certificates under way."""
    person, day = _self(actor), today()
    if person is None:
        return {"person": None}
    mine = transfers.certificates_of(person.key)
    return {
        "person": person, "ledger": transfers.ledger_of(person, day), "laws": transfers.laws(day, person.region),
        "certificates": [(one, case, flow_of(KIND, case.flow_version).stages[case.stage]) for one, case in mine],
        "sent": _sent(person), "names": _names(), "today": day,
        "ways": [(way, found) for way, kind in WAYS.items() if (found := transfers.partners(kind))],
    }  # fmt: skip


def _self(actor: Actor) -> Person | None:
    return people.person(actor.person_key) if actor.person_key else None


def _names() -> dict[str, Partner]:
    return {one.code: one for one in Partner.objects.all()}


def _sent(person: Person) -> list[Message]:
    found = Message.objects.filter(
        way="out", person_key__in=people.all_keys(person.key), kind__in=WAYS.values()
    )
    return list(found.select_related("receipt").order_by("-pk")[:ROWS])


def set_off(actor: Actor, data: QueryDict) -> None:
    """Ask another city for one's certificate, or send one's own there; once a day for each partner.

    Raises:
        Unknown: no record of the actor.
        Incomplete: no such way or partner, or it went out today already.
    """
    person, way, to = _self(actor), data.get("way", ""), data.get("partner", "")
    if person is None:
        raise Unknown()
    if way not in WAYS or to not in {one.code for one in transfers.partners(WAYS[way])}:
        raise Incomplete(fields="partner")
    with transaction.atomic(), scope.as_job("registry"):
        before = Message.objects.filter(way="out", party=to, kind=WAYS[way], person_key=person.key)
        if before.filter(at__gte=start_of(now().date())).exists():
            raise Incomplete("refusal.exchange.today")
        {"ask": transfers.ask, "give": transfers.issue}[way](actor, "years.ask", person, to)


def queue(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """Certificates from other cities in the officer's regions, those to be decided first."""
    cases = Case.objects.filter(within(actor, "transfer.read"), kind=KIND)
    page = Pages(cases.order_by("closed_on", "due_on", "opened_at"), ROWS).get_page(query.get("page"))
    rows = list(page.object_list)
    names = people.names([one.person_key for one in rows if one.person_key])
    audit.record_list(actor, "transfer.read", KIND, [one.person_key for one in rows])
    stages = [
        (one, names.get(one.person_key, ""), flow_of(KIND, one.flow_version).stages[one.stage])
        for one in rows
    ]
    return {"page": page, "rows": stages, "names": _names(), "today": today()}


def transfer_of(actor: Actor, case_id: UUID) -> tuple[Case, Certificate, Person]:
    """A case with its certificate and person.

    Raises:
        Unknown: none, or outside the actor's regions.
    """
    case = Case.objects.filter(pk=case_id, kind=KIND).first()
    if case is None or not actor.may("transfer.read", case.region):
        raise Unknown()
    one = Certificate.objects.filter(case=case.pk).first()
    with scope.reading_as("registry"):
        person = people.person(str(case.person_key))
    if one is None or person is None:
        raise Unknown()
    return case, one, person


def page(actor: Actor, case_id: UUID) -> dict[str, Any]:
    """One certificate: what it states, which stretches count by this city's provisions and which do not."""
    case, one, person = transfer_of(actor, case_id)
    audit.record(actor, "read", "transfer.read", object_type=KIND, object_id=str(case.pk), subject=case.person_key,
                 region=case.region)  # fmt: skip
    flow = flow_of(KIND, case.flow_version)
    with scope.reading_as("registry"):
        weighed = case.pk if case.stage != "declined" else None
        found = transfers.ledger_of(person, today(), weighed)
    return {
        "case": case, "flow": flow, "stage": flow.stages[case.stage], "person": person, "one": one,
        "record": transfers.record_of(one, "counted"), "ledger": found, "laws": transfers.laws(today(), case.region),
        "names": _names(), "steps": [step for step in offered(case, actor) if step.tone != "hidden"],
        "today": today(),
        "events": course(case, flow),
    }  # fmt: skip


def take_step(actor: Actor, case_id: UUID, action: str, data: QueryDict) -> None:
    """Propose, count, send back or decline."""
    case, _, _ = transfer_of(actor, case_id)
    note = data.get("note", "").strip()
    act(Command(case.pk, action, actor, data.get("key", ""), version_in(data), {}, note))
