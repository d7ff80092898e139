"""What the officers' pages show, and the steps they take."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, QueryDict

from renben.web.claims import claiming, desks
from renben.web.clock import today
from renben.web.flow import checks as flow_checks
from renben.web.flow import linking
from renben.web.flow.command import Command, act, desks_of, elapsed, offered, version_in
from renben.web.flow.definition import Flow, flow_of, flows, newest
from renben.web.flow.handing_over import ways
from renben.web.flow.models import Case
from renben.web.flow.refusals import Unknown
from renben.web.guard import audit
from renben.web.guard.policy import Actor, inside, ranges, within
from renben.web.look.pages import Asked, Pages, PreparedList, walked
from renben.web.registry import (
    documents,
    pages_handed,
    people,
    photos,
    reconsideration,
    review,
    summary,
)
from renben.web.registry.answers import answers_of
from renben.web.registry.applications import ASSISTED, is_open, not_anothers_form
from renben.web.registry.models import Document
from renben.web.registry.photo_face import POINTS

ROWS = 25
SHOWN = (
    "kind",
    "flow_version",
    "number",
    "stage",
    "region",
    "person_key",
    "holder",
    "due_on",
    "paused_since",
    "level",
    "answers_ct",
    "result",
)
"""What a line of the queue is made of."""
VIEWS = ("open", "mine", "late", "closed", *pages_handed.VIEWS)


def office_stages(actor: Actor) -> dict[str, tuple[str, ...]]:
    """Kind of case -> stages in which this actor's roles can take a step."""
    return _stages_of(actor.roles, actor.only)


@lru_cache(maxsize=256)
def _stages_of(roles: tuple[str, ...], only: tuple[str, ...] | None) -> dict[str, tuple[str, ...]]:
    actor = Actor(None, tuple((role, "") for role in roles), only=only)
    found: dict[str, tuple[str, ...]] = {}
    for flow in (one for one in flows().values() if one.read == "queue.read"):
        stages = {
            stage
            for move in flow.transitions
            if move.by == "office" and actor.may(move.permission)
            for stage in flow.sources(move)
            if not flow.stages[stage].final
        }
        found[flow.name] = tuple(sorted({*found.get(flow.name, ()), *stages}))
    return {kind: stages for kind, stages in found.items() if stages}


def queue(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """One page of the officer's queue, the earliest due day first; of closed cases, the last closed first."""
    kinds = office_stages(actor)
    kind, view = query.get("kind", ""), query.get("view", "open")
    view = view if view in VIEWS else "open"
    shown = {
        "kind": kind,
        "view": view,
        "views": VIEWS,
        "today": today(),
        "kinds": [newest(name) for name in kinds],
    }
    wanted = {kind: kinds[kind]} if kind in kinds else kinds
    if view in pages_handed.VIEWS:
        return {**shown, **pages_handed.VIEWS[view](actor, list(wanted), query.get("page"))}
    few, many = (_asked(actor, wanted, view, way) for way in ("", "walked_"))
    page = Pages(few, ROWS, many).get_page(query.get("page"))
    rows = _rows(list(page.object_list))
    audit.record_list(actor, "queue.read", "case", [case.person_key for case, *_ in rows])
    return {**shown, "rows": rows, "page": page}


def _asked(actor: Actor, kinds: dict[str, tuple[str, ...]], view: str, way: str) -> Asked:
    """Cases of a view as an actor asks for them; looked up by index, or walked in order."""
    stages = [] if view == "closed" else [_stages(kinds), actor.user_id]
    narrowed: dict[str, list[Any]] = {"late": [today()]}
    shape = {"view": view, "way": way, "apart": desks.apart(actor)}
    return VIEWED(ranges(actor, "queue.read"), list(kinds), *stages, *narrowed.get(view, []), **shape)


def _viewed(
    found: Sequence[tuple[str, str]], kinds: list[str], *more: Any, view: str, way: str, apart: Q
) -> QuerySet[Case]:
    """Cases of a view in its order, with what a line shows.

    Args:
        found: the ranges of the actor.
        kinds: of case.
        more: for what is open its stages, the officer, then the day of the view.
        view: one of VIEWS.
        way: "walked_" to read in order, nothing to look up by index.
        apart: what of the regions is another office's.
    """
    cases = walked(Case.objects.only(*SHOWN), "region", "kind", "stage")
    cases = cases.filter(inside(found, f"{way}region"), apart, **{f"{way}kind__in": kinds})
    if view == "closed":
        return cases.filter(closed_on__isnull=False).order_by("-closed_on", "-opened_at")
    stages, officer, *of_view = more
    cases = cases.filter(closed_on=None, **{f"{way}stage__in": stages}).order_by("due_on", "opened_at")
    if view == "mine":
        return cases.filter(holder=officer)
    cases = cases.filter(not_anothers_form(officer))
    return cases.filter(due_on__lt=of_view[0], paused_since=None) if view == "late" else cases


VIEWED = PreparedList(_viewed)


def _stages(kinds: dict[str, tuple[str, ...]]) -> list[str]:
    return sorted({stage for all_ in kinds.values() for stage in all_})


@dataclass
class Waiting:
    """Cases of one kind that wait for an officer's roles (cases)."""

    flow: Flow
    open: int = 0
    mine: int = 0
    late: int = 0


def waiting(actor: Actor) -> list[Waiting]:
    """How many cases wait, are this officer's own and are late, per kind; what is late or waits comes first."""
    kinds, day = office_stages(actor), today()
    found = {flow.name: Waiting(flow) for flow in flows().values() if flow.name in kinds}
    mine = Case.objects.filter(
        within(actor, "queue.read"), desks.apart(actor), not_anothers_form(actor.user_id)
    )
    cases = mine.filter(closed_on=None, kind__in=kinds, stage__in=_stages(kinds))
    counted = cases.order_by().values_list("kind").annotate(
        open=Count("pk"), mine=Count("pk", filter=Q(holder=actor.user_id)), late=Count("pk", filter=Q(due_on__lt=day, paused_since=None))
    )  # fmt: skip
    for kind, *numbers in counted:
        found[kind].open, found[kind].mine, found[kind].late = numbers
    return sorted(found.values(), key=lambda one: (-one.late, -one.open))


def _rows(cases: list[Case]) -> list[tuple[Case, Flow, Any, str]]:
    """Cases with flow, stage and the applicant's name, in a fixed number of queries."""
    keys = [case.person_key for case in cases if case.person_key]
    names = people.names(keys)
    found = []
    for case in cases:
        flow = flow_of(case.kind, case.flow_version)
        name = names.get(case.person_key) or answers_of(case).get("name", "")
        found.append((case, flow, flow.stages[case.stage], name))
    return found


def office_view(actor: Actor, case_id: UUID) -> Case:
    """A case that this officer may see.

    Raises:
        Unknown: no such case in the officer's regions and office, or a kind in which his roles have no step.
    """
    case = seen(actor, case_id)
    if case is None:
        raise Unknown()
    return case


def seen(actor: Actor, case_id: UUID) -> Case | None:
    """A case that this officer may see, None where it went to another office or never was his."""
    case = Case.objects.filter(pk=case_id).first()
    return case if case is not None and sees(actor, case) else None


def sees(actor: Actor, case: Case) -> bool:
    """Whether an officer may see a case: in his regions and office, of a kind in which his roles have a step, and not his own."""
    if case.applicant == actor.user_id or not flow_checks.visible(case, actor):
        return False
    if case.stage == ASSISTED and case.holder != actor.user_id:
        return False  # until it is handed in, a form belongs to whoever takes it down
    return case.kind in office_stages(actor)


def case_page(actor: Actor, case_id: UUID, reveal: bool = False) -> dict[str, Any]:
    """One case as the officer sees it; the look is recorded with the person it is about."""
    case = office_view(actor, case_id)
    flow, answers = flow_of(case.kind, case.flow_version), answers_of(case)
    subject = case.person_key or review.subject_of(answers)
    permission = "person.reveal" if reveal else "queue.read"
    audit.record(
        actor, "reveal" if reveal else "read", permission, object_type=case.kind, object_id=str(case.pk),
        subject=subject, region=case.region,
    )  # fmt: skip
    pair = review.pair_of(case)
    if pair is not None:
        audit.record_list(actor, "duplicate.review", "pair", [side.person.key for side in pair.sides])
    claimant, (total, legal) = claiming.claimant(case), elapsed(case, today())
    return {
        "case": case, "flow": flow, "stage": flow.stages[case.stage], "elapsed": total, "legal": legal,
        "sections": summary.for_office(summary.sections(case.kind, answers, case.marks, reveal)),
        "steps": [one for one in offered(case, actor) if one.by == "office" and one.tone != "hidden"],
        "events": pages_handed.course_here(case, flow),
        "checks": review.checks_of(case, answers), "pair": pair,
        "desks": desks_of(flow, case.stage), "mine": case.holder == actor.user_id, "revealed": reveal, "today": today(),
        "has_document": bool(answers.get("document")),
        "has_photo": case.kind != "photo" and actor.may("photo.see", case.region) and photos.in_use(case.person_key) is not None,
        "about": (about := reconsideration.about(case, actor)),
        "ways": ways(case, flow, today()),
        "links": [] if case.at_collector else linking.lines(case, lambda other: sees(actor, other)),
        "link_kinds": linking.KINDS, "goes_on": case.taken_down and is_open(case),
        "frozen": claiming.frozen(about.case if about else case),
        "claimant": claimant, "name": "" if claimant or pair or answers.get("name") else _name_of(case),
        "may_reveal": actor.may("person.reveal", case.region), "may_person": actor.may("person.read", case.region),
    }  # fmt: skip


def _name_of(case: Case) -> str:
    """Name of the person a case is about, as the list of cases shows it, where the form does not say it."""
    return people.names([case.person_key]).get(case.person_key, "") if case.person_key else ""


def take_step(actor: Actor, case_id: UUID, action: str, data: QueryDict) -> None:
    """Take an office step with what the form gave, in a case that the officer may see."""
    office_view(actor, case_id)
    payload: dict[str, Any] = {}
    if fields := data.getlist("fields"):
        payload["fields"] = fields
    if face := {name: data[name] for name in POINTS if data.get(name)}:
        payload["face"] = face
    if article := data.get("article", "").strip():
        payload["article"] = article
    note = data.get("note", "").strip()
    act(Command(case_id, action, actor, data.get("key", ""), version_in(data), payload, note))


def attached(actor: Actor, case_id: UUID) -> HttpResponse:
    """The proof attached to a case, as a download."""
    case = office_view(actor, case_id)
    found = Document.objects.filter(pk=answers_of(case).get("document") or None).first()
    if found is None:
        raise Unknown()
    audit.record(
        actor, "read", "queue.read", object_type="document", object_id=str(found.pk), subject=case.person_key
    )
    response = HttpResponse(documents.content(found), content_type=found.media)
    name = f"{case.number or 'proof'}.{found.media.split('/')[1]}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
