"""What the pages of payments show, and the steps they take: batches, versions to draw up from, one batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, QueryDict

from renben.web.clock import today
from renben.web.exchange.payable import Amounts, offered, schema
from renben.web.flow.command import Command, act, version_in
from renben.web.flow.command import offered as steps_offered
from renben.web.flow.course import Taken, course
from renben.web.flow.definition import Stage, flow_of
from renben.web.flow.models import Case
from renben.web.flow.refusals import Incomplete, Unknown
from renben.web.guard import audit
from renben.web.guard.policy import Actor, within
from renben.web.look.pages import Pages
from renben.web.payments import drawing, returns
from renben.web.payments.bindings import ordered
from renben.web.payments.drawing import KIND, MAKE
from renben.web.payments.files import MEDIA, code_of
from renben.web.payments.matching import MATCHED, compare
from renben.web.payments.models import Batch, GivenFile, Outcome, Row
from renben.web.payments.series import WAYS

ROWS = 25
VIEWS = ("open", "closed")
READ, EXPORT, RECONCILE = "payment.read", "payment.export", "payment.reconcile"
RETURNABLE = ("exported", "reconciling", "differences")
"""Stages in which the treasury's return is taken."""


def batches(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """Batches of an actor's regions, those that wait by their day, or those that are over."""
    view = "closed" if query.get("view") == "closed" else "open"
    found = Batch.objects.filter(within(actor, READ), case__closed_on__isnull=view == "open").select_related(
        "case"
    )
    order = ("case__due_on", "pk") if view == "open" else ("-case__closed_on", "-pk")
    page = Pages(found.order_by(*order), ROWS).get_page(query.get("page"))
    rows = [(one, one.case, _stage(one.case)) for one in page.object_list]
    audit.record(actor, "list", READ, object_type=KIND, detail={"rows": len(rows)})
    return {
        "rows": rows,
        "page": page,
        "view": view,
        "views": VIEWS,
        "today": today(),
        "may_make": actor.may(MAKE),
    }


def _stage(case: Case) -> Stage:
    return flow_of(KIND, case.flow_version).stages[case.stage]


@dataclass(frozen=True)
class Choice:
    """A version that one payer may draw up from, and what was drawn up from its series last."""

    amounts: Amounts
    region: str
    last: Batch | None

    @property
    def used(self) -> bool:
        """Whether the last batch rests on this very version."""
        return self.last is not None and self.last.vintage == self.amounts.vintage


def choices(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """Versions from which an actor may draw up a batch, by payer."""
    live = Batch.objects.filter(within(actor, MAKE)).exclude(pending=False, approved_on=None)
    last = {
        (one.dataset, one.period, one.region, one.synthetic): one
        for one in live.select_related("case").order_by("seq")
    }
    found = [
        Choice(one, payer, last.get((one.dataset, one.period, payer, one.synthetic)))
        for one in offered()
        for payer in sorted(one.payers)
        if actor.may(MAKE, payer)
    ]
    audit.record(actor, "list", MAKE, object_type=KIND, detail={"versions": len(found)})
    page = Paginator(found, ROWS).get_page(query.get("page"))
    return {"choices": page.object_list, "page": page}


def preview(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """What a batch of one version would hold, beside what was approved before."""
    names = {name: query.get(name, "") for name in ("dataset", "period", "vintage", "region")}
    found = drawing.draft(actor, **names)
    audit.record(actor, "read", MAKE, object_type=KIND, region=found.region, detail=names)
    return {
        "draft": found,
        "amounts": found.amounts,
        "problem": drawing.problem(found),
        "schema": schema(names["dataset"]),
    }


def batch_for(actor: Actor, case_id: UUID) -> Batch:
    """A batch of an actor's regions.

    Raises:
        Unknown: none, or none of his.
    """
    found = (
        Batch.objects.filter(within(actor, READ), pk=case_id).select_related("case", "follows__case").first()
    )
    if found is None:
        raise Unknown()
    return found


def page(actor: Actor, case_id: UUID) -> dict[str, Any]:
    """One batch with its rows, files, what the treasury sent back, its course and the next steps."""
    batch = batch_for(actor, case_id)
    case, flow = batch.case, flow_of(KIND, batch.case.flow_version)
    rows, events = list(batch.rows.order_by("number")), course(case)
    found = _returned(batch, events)
    audit.record(actor, "read", READ, object_type=KIND, object_id=str(case.pk), region=batch.region)
    return {
        "batch": batch, "case": case, "flow": flow, "stage": flow.stages[case.stage], "today": today(), "rows": rows,
        "sums": {name: sum(getattr(row, name) for row in rows) for name in ("computed", "before", "carried", "amount")},
        "steps": [one for one in steps_offered(case, actor) if one.tone != "hidden" and _may_take(batch, one.action, actor, found)],
        "files": list(batch.files.order_by("form")), "events": events, "schema": schema(batch.dataset),
        "takes_return": case.stage in RETURNABLE and actor.may(RECONCILE, batch.region), "ways": WAYS,
        "may_export": actor.may(EXPORT, batch.region), **found,
    }  # fmt: skip


def _may_take(batch: Batch, action: str, actor: Actor, found: Mapping[str, Any]) -> bool:
    """Whether a step makes sense to this actor: the maker hands on, somebody else approves and settles."""
    mine = batch.made_by == actor.user_id
    if action == "settle":
        open_ = any(one.closed_on is None for one in found["differences"])
        return not open_ and found["returns"][0].account != actor.user_id
    return mine if action == "submit" else not (mine and action in ("approve", "send_back"))


def _returned(batch: Batch, events: Sequence[Taken]) -> dict[str, Any]:
    """The return that counts with its outcomes and notes, and the earlier ones."""
    files = list(batch.returns.order_by("-seq"))
    found = list(Outcome.objects.filter(file=files[0]).order_by("region")) if files else []
    said = [(event.detail, note) for event, _, note in reversed(events) if event.action == "explain"]
    notes = {detail["region"]: note for detail, note in said if files and detail["return"] == files[0].seq}
    return {
        "returns": files, "outcomes": [(one, notes.get(one.region, "")) for one in found], "differences": [one for one in found if one.found != MATCHED],
        "open": sum(one.expected - one.paid for one in found if one.closed_on is None),
    }  # fmt: skip


def take_step(actor: Actor, case_id: UUID, action: str, data: QueryDict) -> None:
    """Take a step in a batch with what the form gave."""
    batch = batch_for(actor, case_id)
    payload = {name: data[name] for name in ("code", "way") if data.get(name)}
    note = data.get("note", "").strip()
    act(Command(batch.pk, action, actor, data.get("key", ""), version_in(data), payload, note))


def take_return(actor: Actor, case_id: UUID, data: QueryDict, file: UploadedFile | None) -> None:
    """Take the treasury's return, compare it and keep what comes of it.

    Raises:
        Incomplete: no file, or one with mistakes; nothing of it is kept.
    """
    batch = batch_for(actor, case_id)
    if file is None:
        raise Incomplete(fields="file")
    if batch.approved_on is None:
        raise Unknown()
    content = file.read()
    codes = {
        code_of(batch.case.number or "", row.number): row.region for row in Row.objects.filter(batch=batch)
    }
    paid = returns.read(content, codes, batch.approved_on, today())
    rows = [[one.line, one.region, one.amount, one.day.isoformat(), one.reference] for one in paid]
    found = compare(ordered(batch), ((one.region, one.amount) for one in paid))
    action = "match" if all(one.found == MATCHED for one in found) else "differ"
    payload = {"rows": rows, "sha256": returns.fingerprint(content)}
    act(Command(batch.pk, action, actor, data.get("key", ""), version_in(data), payload))


def given(actor: Actor, case_id: UUID, form: str) -> HttpResponse:
    """A file of a batch; every download is recorded with its fingerprint.

    Raises:
        Unknown: no such batch to this actor, or no such file yet.
    """
    batch = batch_for(actor, case_id)
    found = GivenFile.objects.filter(batch=batch, form=form).first()
    if found is None or not actor.may(EXPORT, batch.region):
        raise Unknown()
    with transaction.atomic():
        detail = {"form": form, "sha256": found.sha256, "number": batch.case.number}
        audit.record(
            actor,
            "export",
            EXPORT,
            object_type=KIND,
            object_id=str(batch.pk),
            region=batch.region,
            detail=detail,
        )
    answer = HttpResponse(bytes(found.content), content_type=MEDIA[form])
    answer["Content-Disposition"] = f'attachment; filename="{batch.case.number}.{form}"'
    answer["Cache-Control"] = "no-store"
    return answer
