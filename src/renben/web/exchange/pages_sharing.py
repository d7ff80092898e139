"""What the pages of sharing show: the catalogue, repeated collection, requests and one request with its answer."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import get_language

from renben.catalogue import load
from renben.web.clock import today
from renben.web.exchange import sharing
from renben.web.exchange.models import Agreement, Partner
from renben.web.exchange.sharing import KIND, SUBMIT
from renben.web.flow.command import Command, act, offered, open_case, version_in
from renben.web.flow.course import course
from renben.web.flow.definition import flow_of, newest
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, Incomplete, Unknown
from renben.web.guard import audit, scope
from renben.web.guard.models import AuditEvent
from renben.web.guard.policy import Actor, within
from renben.web.law import provision, region_name
from renben.web.look.pages import Pages
from renben.web.look.templatetags.words import day, number
from renben.web.programme.seats import office_of
from renben.web.registry.answers import answers_of
from renben.web.registry.identifiers import check_id
from renben.web.words import say_now

ROWS = 25
SHORTEST_REASON = 10
DAYS = ("since", "issued", "next_due")
LAWS = ("check_working_days", "answer_working_days", "prepare_working_days", "use_days")


def page(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """The catalogue with its owners and days, what our forms ask twice, and the requests that the actor may see."""
    known = load()
    cases = Case.objects.filter(_readable(actor), kind=KIND).exclude(stage="draft")
    shown = Pages(cases.order_by("closed_on", "due_on", "-opened_at"), ROWS).get_page(query.get("page"))
    counties = [
        one
        for one in known.regions.values()
        if one.level == "county" and actor.may("sharing.request", one.code)
    ]
    items = sharing.catalogue().items
    return {
        "items": [(name, one, known.offices[one.owner]) for name, one in items.items()],
        "repeated": [(one, known.offices[one.held.owner], newest(one.kind)) for one in sharing.repeated()],
        "page": shown, "rows": [(one, items.get(one.result["item"]), flow_of(KIND, one.flow_version).stages[one.stage])
                                for one in shown.object_list],
        "laws": _laws(actor, today()),
        "counties": counties, "least": SHORTEST_REASON, "today": today(),
        "may_ask": actor.may("sharing.request"), "office": known.offices.get(office_of(actor)),
    }  # fmt: skip


def _laws(actor: Actor, on: dt.date) -> list[dict[str, Any]]:
    """The answer times in the first of the actor's regions, the nation's where there is none."""
    region = next((one for one in actor.regions("sharing.read") if one), "")
    found = [(name, provision(f"sharing.{name}", on, region)) for name in LAWS]
    return [{"name": name, "value": law.value, "unit": law.unit, "law": law} for name, law in found]


def _readable(actor: Actor) -> Q:
    """Requests an actor may see: a department its own, those who check and answer those of their regions."""
    mine = Q(applicant=actor.user_id)
    if actor.may("sharing.check") or actor.may("sharing.answer"):
        return mine | within(actor, "sharing.read")
    return mine


def ask(actor: Actor, data: QueryDict) -> UUID:
    """Ask for an item with a reason, on behalf of the office for which the account works.

    Raises:
        Incomplete: no such item, county, number or office, or no real reason.
    """
    name, region, reason = (data.get(field, "").strip() for field in ("item", "of", "reason"))
    item = sharing.catalogue().items.get(name)
    if item is None:
        raise Incomplete(fields="item")
    if region not in load().regions or not actor.may("sharing.request", region):
        raise Incomplete("refusal.region_unknown")
    if len(reason) < SHORTEST_REASON:
        raise Incomplete("refusal.reason", least=SHORTEST_REASON)
    office = office_of(actor)
    if not office:
        raise Incomplete("refusal.sharing.no_office")
    whom = _whom(data.get("number", "")) if item.about == "person" else {}
    result, key = {"item": name, "office": office}, data.get("key", "")
    with transaction.atomic():
        case = open_case(KIND, actor, key, region, result=result)
        act(Command(UUID(case.case), SUBMIT[item.shape], actor, f"{key}:send", case.version, whom, reason))
    return UUID(case.case)


def _whom(number: str) -> dict[str, str]:
    checked = check_id(number, "citizen", today())
    if checked.level == "error":
        raise Incomplete("refusal.sharing.number")
    return {"document_kind": "citizen", "number": checked.number}


def request_of(actor: Actor, case_id: UUID) -> Case:
    """A request that the actor made, checks or answers.

    Raises:
        Unknown: none, or not the actor's.
    """
    case = Case.objects.filter(_readable(actor), pk=case_id, kind=KIND).first()
    if case is None:
        raise Unknown()
    return case


def request_page(actor: Actor, case_id: UUID, answer: dict[str, Any] | None = None) -> dict[str, Any]:
    """One request with its reason, its course and its uses; the answer only where it has just been drawn."""
    case, known = request_of(actor, case_id), load()
    audit.record(actor, "read", "sharing.read", object_type=KIND, object_id=str(case.pk), region=case.region)
    flow, item = flow_of(KIND, case.flow_version), sharing.item_of(case)
    uses = AuditEvent.objects.filter(kind="export", object_type=KIND, object_id=str(case.pk)).order_by("pk")
    return {
        "case": case, "flow": flow, "stage": flow.stages[case.stage], "item": item, "owner": known.offices[item.owner],
        "asking": known.offices.get(case.result.get("office", "")), "reason": sharing.reason_of(case),
        "number": answers_of(case).get("number", ""), "answer": _said(answer), "uses": list(uses), "today": today(),
        "mine": case.applicant == actor.user_id, "ready": _open(case),
        "partners": _partners(case) if actor.may("sharing.answer", case.region) and _open(case) else [],
        "steps": [one for one in offered(case, actor) if one.tone != "hidden"],
        "events": course(case, flow),
    }  # fmt: skip


def _said(answer: dict[str, Any] | None) -> list[tuple[str, str]]:
    """An answer in words: field and how its value is read."""
    return [(name, _value(name, value)) for name, value in (answer or {}).items()]


def _value(name: str, value: Any) -> str:
    if value is None:
        return say_now("none")
    if isinstance(value, bool):
        return say_now("sharing.yes" if value else "sharing.no")
    if name == "county":
        return region_name(str(value), get_language() or "zh")
    if name == "state":
        return say_now("sharing.state.none") if value == "none" else say_now(f"permit.state.{value}")
    return day(str(value)) if name in DAYS else number(value)


def _open(case: Case) -> bool:
    return case.stage == "granted" and case.wait_on is not None and today() <= case.wait_on


def _partners(case: Case) -> list[Partner]:
    """Systems of the office that asked, to which answers may go."""
    found = Agreement.objects.filter(way="out", kind="sharing.answer", purpose=sharing.PURPOSE, ended_at=None)
    mine = Partner.objects.filter(closed_at=None, agreements__in=found, office=case.result.get("office", ""))
    return list(mine.exclude(office="").distinct().order_by("pk"))


def take_step(actor: Actor, case_id: UUID, action: str, data: QueryDict) -> None:
    """Check, answer, refuse, dispute, verify or withdraw."""
    case, note = request_of(actor, case_id), data.get("note", "").strip()
    act(Command(case.pk, action, actor, data.get("key", ""), version_in(data), {}, note))


def use(actor: Actor, case_id: UUID) -> dict[str, Any]:
    """The request with its answer, to whoever asked, while the time lasts; every use is recorded.

    Raises:
        Unknown: not the actor's own request.
        Guarded: not granted, or the time is over.
    """
    case = Case.objects.filter(pk=case_id, kind=KIND, applicant=actor.user_id).first()
    if case is None or not actor.may("sharing.request", case.region):
        raise Unknown()
    if not _open(case):
        raise Guarded("refusal.sharing.closed")
    with transaction.atomic(), scope.as_job("registry"):
        found = sharing.used(actor, case)
    return request_page(actor, case_id, found)


def send(actor: Actor, case_id: UUID, data: QueryDict) -> None:
    """Send the answer as a signed message to the department's system.

    Raises:
        Guarded: not granted, or the time is over.
        Incomplete: no such partner.
    """
    case, to = request_of(actor, case_id), data.get("partner", "")
    if not _open(case):
        raise Guarded("refusal.sharing.closed")
    if to not in {one.code for one in _partners(case)}:
        raise Incomplete(fields="partner")
    with transaction.atomic(), scope.as_job("registry"):
        sharing.sent(actor, case, to)
