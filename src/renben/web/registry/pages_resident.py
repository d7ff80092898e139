"""What the residents' pages show."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.claims import catalogue, claiming, offers
from renben.web.clock import today
from renben.web.flow import linking
from renben.web.flow.command import desks_of, elapsed, offered
from renben.web.flow.course import note_of
from renben.web.flow.definition import flow_of, newest
from renben.web.flow.handing_over import ways
from renben.web.flow.models import Case, CaseEvent, Message
from renben.web.flow.refusals import Unknown
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.prepared import Prepared
from renben.web.registry import (
    applications,
    household,
    household_members,
    institutions,
    opinions,
    people,
    permit_rules,
    proxies,
    reconsideration,
    schooling,
    summary,
)
from renben.web.registry import entitlements as entitled
from renben.web.registry.answers import answers_of
from renben.web.registry.lacking import lacking
from renben.web.registry.mydata import my_data
from renben.web.registry.mydata_file import my_data_file
from renben.web.registry.permits import permit_under, spell_under
from renben.web.registry.questions import QUESTIONS
from renben.web.words import say_now

__all__ = ["answered", "case_page", "check", "entitlements", "guide", "home", "my_cases", "my_data",
           "my_data_file", "my_household", "my_permit"]  # fmt: skip
FIRST_CLOCK = {
    "residence_registration": "residence_registration.review_working_days",
    "residence_permit": "permit_lifecycle.issue_days",
    "hukou_settlement": "hukou_settlement.decision_working_days",
    "record_correction": "service_flow.correction_working_days",
    "fact_correction": "service_flow.correction_working_days",
    "reconsideration": "reconsideration.decide_days",
    "household_change": "household.review_working_days",
    "photo": "service_flow.acceptance_working_days",
    "institution": "stay.review_working_days",
    "school_place": "education.place_working_days",
    "claim": "service_flow.claim_working_days",
}
"""Kind of case -> the provision that tells an applicant how long it takes."""
FOR_WARDS = ("residence_permit", "hukou_settlement", "record_correction", "fact_correction", "photo")
"""What a guardian may apply for in somebody else's name."""


def guide(kind: str, actor: Actor) -> dict[str, Any]:
    """What an application is for, what it asks, how long it takes and on what it rests."""
    if kind not in QUESTIONS:
        raise Unknown()
    return {
        "flow": newest(kind),
        "kind": kind,
        "questions": QUESTIONS[kind],
        "law": provision(FIRST_CLOCK[kind], today()),
        "signed_in": actor.user_id is not None,
        "may": actor.may(newest(kind).apply) and kind not in applications.FROM_A_CASE,
        "from_a_case": kind in applications.FROM_A_CASE,
        "running": _running(actor, kind),
    }


def _running(actor: Actor, kind: str) -> list[tuple[Case, Any]]:
    """Cases of a kind that the actor has under way, the newest first, with their stages."""
    if actor.user_id is None:
        return []
    found = Case.objects.filter(applicant=actor.user_id, kind=kind, closed_on=None).order_by("-opened_at")[:5]
    return [(one, flow_of(kind, one.flow_version).stages[one.stage]) for one in found]


def answered(request: HttpRequest, case: Case, name: str) -> HttpResponse:
    """Keep a question's answer and go on; show the form again where something is wrong."""
    key, do = request.POST.get("key", ""), request.POST.get("do", "next")
    ask = applications.asked(case, name, request.POST.get("find", ""), request.POST, request.FILES)
    if do == "find":
        fresh = applications.asked(case, name, request.POST.get("find", ""))
        return render(request, "registry/question.html", {"ask": fresh})
    if ask.question.repeats and do.startswith("remove:"):
        applications.remove_member(ask, request.actor, key, int(do.split(":")[1]))
        return redirect(ask.routes.question, case.id, name)
    if ask.question.repeats and do == "next" and not ask.begun:
        return _onward(case, applications.finish_members(ask, request.actor, key))
    if not ask.form.is_valid() or _elsewhere(ask, request.actor):
        return render(request, "registry/question.html", {"ask": ask}, status=422)
    if ask.question.repeats:
        applications.add_member(ask, request.actor, key)
        return redirect(ask.routes.question, case.id, name)
    return _onward(case, applications.answer(ask, request.actor, key))


def _elsewhere(ask: applications.Asked, actor: Actor) -> bool:
    """Whether an officer at the counter takes down a place outside his regions; says so at the field."""
    region = ask.form.cleaned_data.get("region")
    if (
        not ask.case.taken_down
        or ask.case.collected_by
        or not region
        or actor.may("registration.assist", region)
    ):
        return False
    ask.form.add_error("region", say_now("form.outside"))
    return True


def _onward(case: Case, name: str | None) -> HttpResponse:
    routes = applications.routes_of(case)
    return redirect(routes.check, case.id) if name is None else redirect(routes.question, case.id, name)


def closed(request: HttpRequest, case: Case) -> HttpResponse:
    """From a page of one's own case that cannot be changed any more to where the case stands."""
    messages.warning(request, say_now("question.closed"))
    return redirect("my_case", case.id)


def check(case: Case) -> dict[str, Any]:
    """The answers question by question, before sending."""
    if not applications.is_open(case):
        raise Unknown()
    flow, action = flow_of(case.kind, case.flow_version), applications.sending(case)
    sent = flow.find(case.stage, action)
    return {
        "case": case,
        "flow": flow,
        "sections": summary.sections(case.kind, answers_of(case), case.marks, reveal=True),
        "missing": applications.still_missing(case),
        "note": note_for_applicant(list(case.events.order_by("seq"))) if case.marks else "",
        "action": action,
        "item": catalogue.claimable().get(case.result.get("item", "")),
        "desks": desks_of(flow, sent.to) if sent else [],
        "routes": applications.routes_of(case),
    }


def case_page(case: Case, actor: Actor) -> dict[str, Any]:
    """Where a case stands and what the applicant can do."""
    flow = flow_of(case.kind, case.flow_version)
    total, legal = elapsed(case, today())
    events = list(case.events.exclude(action__in=("save", "escalate")).order_by("seq"))
    return {
        "case": case,
        "flow": flow,
        "stage": flow.stages[case.stage],
        "events": [(one, flow.find(one.from_stage, one.action), flow.stages[one.to_stage]) for one in events],
        "sections": summary.sections(case.kind, answers_of(case), case.marks),
        "steps": [one for one in offered(case, actor) if one.action not in ("save", "submit", "resubmit")],
        "open": (opened := applications.is_open(case)),
        "next": next((one.name for one in applications.still_missing(case)), "")
        if opened and not case.marks
        else "",
        "routes": applications.routes_of(case),
        "elapsed": total,
        "legal": legal,
        "last_note": note_for_applicant(events),
        "appeal": reconsideration.offer(case, actor),
        "opinion": opinions.offer(case),
        "ways": ways(case, flow, today()),
        "links": [
            one for one in linking.lines(case, lambda other: other.applicant == actor.user_id) if one.other
        ],
        "frozen": claiming.frozen(case),
        "item": catalogue.claimable().get(case.result.get("item", "")),
        "desks": desks_of(flow, case.stage),
    }


def note_for_applicant(events: list[CaseEvent]) -> str:
    """What an officer wrote last."""
    written = [one for one in events if one.note_ct is not None]
    return note_of(written[-1] if written else None)


def my_cases(actor: Actor) -> dict[str, Any]:
    """All cases of the resident, newest first."""
    rows = Case.objects.filter(applicant=actor.user_id).order_by("-opened_at")[:50]
    listed = [(case, flow_of(case.kind, case.flow_version)) for case in rows]
    return {"cases": [(case, flow, flow.stages[case.stage]) for case, flow in listed]}


def my_permit(actor: Actor) -> dict[str, Any]:
    """The permit with its dates, or when one may be applied for."""
    day, keys = today(), people.all_keys(actor.person_key) if actor.person_key else []
    spell, permit = (spell_under(keys), permit_under(keys)) if keys else (None, None)
    context: dict[str, Any] = {"spell": spell, "permit": permit, "today": day}
    if spell and not permit:
        context["eligible_on"] = permit_rules.eligible_on(spell.valid_from, day, spell.region)
        context["law"] = provision("residence_permit.min_months", day, spell.region)
    if permit:
        context["window"] = permit_rules.window(permit.next_due, permit.region)
        context["life"] = Case.objects.filter(pk=permit.life).first()
        context["law"] = provision("residence_permit.endorse_window_months", day, permit.region)
    return context


OPEN_CASES = Prepared(
    lambda account: (
        Case.objects.filter(applicant=account, closed_on=None)
        .exclude(kind="permit_life")
        .order_by("-opened_at")[:5]
    )
)
NOTICES = Prepared(
    lambda account: Message.objects.filter(account=account).select_related("case").order_by("-at")[:5]
)


def home(actor: Actor) -> dict[str, Any]:
    """A resident's start page: residence, permit, open cases and notices."""
    listed = [(one, flow_of(one.kind, one.flow_version)) for one in OPEN_CASES(actor.user_id)]
    permit = my_permit(actor)
    return {
        **permit,
        "cases": [(case, flow, flow.stages[case.stage]) for case, flow in listed],
        "offers": offers.offered(actor, permit["spell"] is not None),
        "to_confirm": proxies.to_confirm(actor),
        "institutions": institutions.running(actor),
        "notices": [(one, newest(one.case.kind)) for one in NOTICES(actor.user_id)],
    }


def my_household(actor: Actor) -> dict[str, Any]:
    """Who lives together, since when, and who did before."""
    rows = household_members.household_of(actor.person_key)
    return {
        "members": [one for one in rows if one.until is None],
        "unnumbered": _unnumbered(rows),
        "today": today(),
        "before": [one for one in rows if one.until is not None],
        "me": actor.person_key,
        "wards": proxies.wards(actor),
        "for_wards": FOR_WARDS,
    }


def _children(actor: Actor) -> list[tuple[Any, Any, Case | None, offers.OfWard]]:
    """Children in the actor's care with the answer on a school place, its newest application, and services."""
    wards = {one.person.key: one.person for one in proxies.wards(actor) if one.kind == proxies.GUARDIAN}
    mine = Case.objects.filter(applicant=actor.user_id, kind="school_place", person_key__in=list(wards))
    cases = {case.person_key: case for case in mine.order_by("opened_at")}
    services = offers.of_wards(wards.values())
    return [
        (one, schooling.decision(one, today()), cases.get(key), services.get(key, offers.OfWard()))
        for key, one in wards.items()
    ]


def _unnumbered(rows: list[household_members.Member]) -> list[tuple[Any, Any, Any]]:
    """Members without a citizen number, and until when a birth among them is to be registered."""
    found = [one for one in rows if one.until is None and one.unnumbered and one.birth is not None]
    return [(one, *household.birth_due(one.birth)) for one in found if one.birth]


def entitlements(actor: Actor) -> dict[str, Any]:
    """Entitlements of the resident with their receipts, by answer."""
    person = people.person(actor.person_key) if actor.person_key else None
    facts = entitled.facts_of(person, today()) if person else {}
    found = entitled.entitlements(person, today(), facts) if person else []
    keys = people.all_keys(person.key) if person else []
    groups = [(answer, [one for one in found if one.receipt.answer == answer]) for answer in entitled.ORDER]
    groups = [group for group in groups if group[1]]
    return {
        "groups": groups, "today": today(), "children": _children(actor), "claimable": catalogue.claimable(),
        "claims": claiming.claims_of(keys), "offers": offers.rows_of(keys),
        "lacks": {one.receipt.decision: lacking(one, facts) for one in found},
    }  # fmt: skip
