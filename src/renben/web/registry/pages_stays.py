"""What institutions see and send, and what officers see of it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from renben.web.clock import today
from renben.web.flow.refusals import Unknown
from renben.web.guard import audit, scope
from renben.web.guard.policy import Actor, within
from renben.web.law import Provided, provision
from renben.web.look.pages import Pages
from renben.web.registry import forms_stays, institution_accounts, institutions, stays
from renben.web.registry.models import Institution, Stay
from renben.web.registry.stay_rows import COLUMNS, LIVING, NEEDED, Raw, RowsRefused, Wrong, read_file
from renben.web.words import say_now

ROWS = 25
LARGEST = 1_000_000
"""Bytes of a report's file at most."""


@dataclass(frozen=True)
class Line:
    """A stay as a list shows it."""

    stay: Stay
    days: int
    """Days since it began (days)."""
    to_ask: bool
    """Whether it has been open for so long that the institution is asked."""


def lines(found: list[Stay], day: dt.date) -> list[Line]:
    """Stays with how long they last."""
    limits = provision("stay.ask_after_days", day).value
    return [
        Line(one, (day - one.valid_from).days,
             one.valid_to is None and (day - one.valid_from).days > int(limits[one.kind]))
        for one in found
    ]  # fmt: skip


def chosen(actor: Actor, data: QueryDict) -> tuple[list[Institution], Institution | None]:
    """Institutions of the actor, and the one asked for (the first where none is)."""
    mine = institutions.running(actor)
    wanted = data.get("institution", "")
    return mine, next((one for one in mine if str(one.pk) == wanted), mine[0] if mine else None)


def own_page(actor: Actor, data: QueryDict) -> dict[str, Any]:
    """Who stays with one institution now, and the ways to report."""
    mine, one = chosen(actor, data)
    if one is None:
        return {"institutions": []}
    day, living = today(), stays.is_living(one.kind, today())
    open_now = Stay.objects.current().filter(institution=one, valid_to=None).order_by("valid_from", "pk")
    page = Pages(open_now, ROWS).get_page(data.get("page"))
    shown = list(page.object_list)
    audit.record_list(actor, "stay.report", "stay", [stay.person_key for stay in shown])
    keep = provision("retention.stay_days", day)
    columns = [name for name in COLUMNS if living or name not in LIVING]
    return {
        "institutions": mine, "one": one, "living": living, "page": page, "lines": lines(shown, day), "today": day,
        "rows": forms_stays.rows(living), "columns": [(name, name in NEEDED) for name in columns],
        "most": provision("stay.most_rows", day, one.region), "counts": _counts(day),
        "keep": keep.value[one.kind], "keep_law": keep, "more": f"&institution={one.pk}",
    }  # fmt: skip


def _counts(day: dt.date) -> Provided:
    return provision("stay.counts_as_residence", day)


def reported(request: HttpRequest) -> HttpResponse:
    """Take a report in; where something is wrong, show every row of it and take nothing."""
    actor, data = request.actor, request.POST
    institution = stays.institution_of(actor, data.get("institution", ""))
    living = stays.is_living(institution.kind, today())
    forms = forms_stays.rows(living, data)
    written = forms_stays.written(forms)
    try:
        raws, channel = _given(request, written)
        taken = stays.take(actor, institution, raws, data.get("key", ""), channel)
    except RowsRefused as refused:
        forms_stays.mark(written, refused.wrong)
        context = own_page(actor, data)
        context |= {"wrong": refused.wrong, "rows": forms if written else context["rows"]}
        return render(request, "registry/stays.html", context, status=422)
    messages.success(request, say_now("stay.taken", came=taken.came, left=taken.left))
    return redirect(f"/stays/?institution={institution.pk}")


def _given(request: HttpRequest, written: list[forms_stays.PersonForm]) -> tuple[list[Raw], str]:
    """Rows of the file where one came, else those of the form."""
    uploaded = request.FILES.get("file")
    if uploaded is None:
        return [one.raw() for one in written], "form"
    if written:
        raise RowsRefused([Wrong(0, "", "stay.wrong.both", {})])
    if uploaded.size > LARGEST:
        raise RowsRefused([Wrong(0, "", "stay.wrong.large", {"most": LARGEST // 1000})])
    return read_file(uploaded.read()), "file"


def ended(request: HttpRequest, key: Any) -> HttpResponse:
    """Somebody left."""
    try:
        day = dt.date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        day = None
    stays.end(request.actor, key, day)
    messages.success(request, say_now("stay.ended"))
    return redirect(f"/stays/?institution={request.POST.get('institution', '')}")


def office_page(actor: Actor, data: QueryDict) -> dict[str, Any]:
    """Institutions of the officer's regions and who stays with them; every look is recorded."""
    day, inside = today(), within(actor, "stay.read")
    view = "ended" if data.get("view") == "ended" else "open"
    found = Stay.objects.current().filter(inside, valid_to__isnull=view == "open")
    page = Pages(found.select_related("institution").order_by("-valid_from", "-pk"), ROWS).get_page(
        data.get("page")
    )
    shown = list(page.object_list)
    audit.record_list(actor, "stay.read", "stay", [stay.person_key for stay in shown])
    enrolled = _enrolled(inside)
    return {
        "institutions": enrolled, "colleagues": institution_accounts.colleagues(enrolled), "page": page, "lines": lines(shown, day), "view": view,
        "views": ("open", "ended"), "counts": _counts(day), "today": day,
        "may_open": actor.may("stay.decide"),
    }  # fmt: skip


def _enrolled(inside: Q) -> list[Institution]:
    """Institutions with how many stay there now (persons) and when they last reported."""
    current = Q(stay__replaced_at=None, stay__valid_to=None, stay__pk__isnull=False)
    rows = Institution.objects.filter(inside).select_related("address")
    return list(
        rows.annotate(
            staying=Count("stay", filter=current, distinct=True), last=Max("stayreport__at")
        ).order_by("valid_to", "name", "pk")
    )


def accounts_page(actor: Actor, data: QueryDict) -> dict[str, Any]:
    """Accounts that report for one institution and who sent its latest reports.

    Raises:
        Unknown: the actor reports for none.
    """
    mine, one = chosen(actor, data)
    if one is None:
        raise Unknown()
    with scope.reading_as("registry"):  # a colleague sees the others too
        rows = institution_accounts.colleagues([one])[one.pk]
        sent = institution_accounts.reports(one)
    day = today()
    return {
        "institutions": mine, "one": one, "rows": rows, "reports": sent, "first": one.account == actor.user_id,
        "me": actor.user_id, "days": provision("stay.invitation_days", day, one.region),
        "most": provision("stay.most_accounts", day, one.region),
    }  # fmt: skip


def invited(actor: Actor, data: QueryDict) -> dict[str, Any]:
    """Make an invitation and show the page with its code."""
    one = institution_accounts.led(actor, data.get("institution", ""))
    made = institution_accounts.invite(actor, one, data.get("label", ""), data.get("key", ""))
    return {**accounts_page(actor, data), "made": made}
