"""What the pages of exports show, and the steps they take: counts for everybody who may ask, rows after approval."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse, QueryDict

from renben.web.clock import today
from renben.web.flow.command import Command, act, offered, open_case, version_in
from renben.web.flow.course import course
from renben.web.flow.definition import flow_of
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, Incomplete, Unknown
from renben.web.guard import audit
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor, within
from renben.web.law import provision
from renben.web.look.pages import Pages
from renben.web.registry import exports
from renben.web.registry.exports import KIND, LISTS

ROWS = 25
SHORTEST_REASON = 10


def page(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """Counts of every list by county, and the requests that the actor made or decides."""
    day = today()
    tables = {name: exports.counted(name, within(actor, "export.request"), day) for name in LISTS}
    regions = sorted({code for table in tables.values() for code in table})
    mine = Case.objects.filter(Q(applicant=actor.user_id) | within(actor, "export.approve"), kind=KIND)
    shown = Pages(mine.exclude(stage="draft").order_by("closed_on", "-opened_at"), ROWS).get_page(
        query.get("page")
    )
    return {
        "lists": list(LISTS), "counts": [(code, [(name, tables[name].get(code, 0)) for name in LISTS]) for code in regions],
        "page": shown, "rows": [(one, flow_of(KIND, one.flow_version).stages[one.stage]) for one in shown.object_list],
        "most": provision("registry_export.most_rows", day), "days": provision("registry_export.download_days", day),
        "least": SHORTEST_REASON, "today": day,
    }  # fmt: skip


def ask(actor: Actor, data: QueryDict) -> UUID:
    """Ask for a list with a reason; whoever approves is somebody else.

    Raises:
        Incomplete: no such list, a region that is not the actor's, or no real reason.
        Guarded: nobody is on the list, or too many are.
    """
    name, region, reason = (data.get(field, "").strip() for field in ("list", "of", "reason"))
    if name not in LISTS:
        raise Incomplete(fields="list")
    if not region or not actor.may("export.request", region):
        raise Incomplete("refusal.region_unknown")
    if len(reason) < SHORTEST_REASON:
        raise Incomplete("refusal.reason", least=SHORTEST_REASON)
    key = data.get("key", "")
    with transaction.atomic():
        case = open_case(KIND, actor, key, region, result={"list": name, "of": region})
        act(Command(UUID(case.case), "submit", actor, f"{key}:submit", case.version, {}, reason))
    return UUID(case.case)


def export_of(actor: Actor, case_id: UUID) -> Case:
    """A request that the actor made, or decides.

    Raises:
        Unknown: no such request, or neither.
    """
    case = Case.objects.filter(pk=case_id, kind=KIND).first()
    if case is None or not (case.applicant == actor.user_id or actor.may("export.approve", case.region)):
        raise Unknown()
    return case


def export_page(actor: Actor, case_id: UUID) -> dict[str, Any]:
    """One request with its reason, its course, and the way to the file; no row of the list."""
    case = export_of(actor, case_id)
    flow = flow_of(KIND, case.flow_version)
    audit.record(actor, "read", "export.read", object_type=KIND, object_id=str(case.pk), region=case.region)
    taken = AuditEvent.objects.filter(
        actor=case.applicant, kind="export", object_type=KIND, object_id=str(case.pk), subject=None
    )
    return {
        "case": case, "flow": flow, "stage": flow.stages[case.stage], "reason": exports.reason_of(case),
        "events": course(case, flow),
        "steps": [one for one in offered(case, actor) if one.tone != "hidden"], "today": today(),
        "mine": case.applicant == actor.user_id, "ready": exports.open_on(case, today()), "taken": list(taken.order_by("pk")),
    }  # fmt: skip


def take_step(actor: Actor, case_id: UUID, action: str, data: QueryDict) -> None:
    """Approve, refuse, stop or withdraw."""
    case = export_of(actor, case_id)
    note = data.get("note", "").strip()
    act(Command(case.pk, action, actor, data.get("key", ""), version_in(data), {}, note))


def file(actor: Actor, case_id: UUID) -> HttpResponse:
    """The approved list, to the one who asked, while the time lasts.

    Raises:
        Unknown: not the actor's own request.
        Guarded: not approved, or the time is over.
    """
    case = Case.objects.filter(pk=case_id, kind=KIND, applicant=actor.user_id).first()
    if case is None or not actor.may("export.request", case.region):
        raise Unknown()
    if not exports.open_on(case, today()):
        raise Guarded("refusal.export_closed")
    username = User.objects.values_list("username", flat=True).get(pk=actor.user_id)
    with transaction.atomic():
        content = exports.file_of(actor, case, username)
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{case.number}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer
