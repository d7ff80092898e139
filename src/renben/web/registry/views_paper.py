"""Consents on paper at the counter: find the person, record what was signed, look at a scan."""

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.guard.policy import route
from renben.web.registry import consents_paper
from renben.web.words import say_now

PAGE = "registry/consents_paper.html"


@route("consent.paper", "GET", "POST")
def find(request: HttpRequest) -> HttpResponse:
    """The person whose document lies at the counter, with what was agreed to."""
    if request.method != "POST":
        return render(request, PAGE)
    person = consents_paper.person_at(request.actor, request.POST.get("number", ""))
    return render(request, PAGE, consents_paper.page(request.actor, person))


@route("consent.paper", "POST")
def record(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write a consent or withdrawal down."""
    person = consents_paper.person_of(request.actor, key)
    consents_paper.record(request.actor, person, _said(request), request.POST.get("key", ""))
    messages.success(request, say_now("consent.paper_done"))
    return redirect("consent_paper_find")


def _said(request: HttpRequest) -> consents_paper.Said:
    data = request.POST
    try:
        signed = dt.date.fromisoformat(data.get("signed_on", ""))
    except ValueError:
        signed = None
    return consents_paper.Said(
        data.get("purpose", ""), data.get("what", ""), data.get("notice", "").strip()[:20], signed,
        data.get("word") == "on", request.FILES.get("scan"),
    )  # fmt: skip


@route("consent.paper")
def scan(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """A scan, as a download."""
    row, content = consents_paper.scan_of(request.actor, paper_id)
    response = HttpResponse(content, content_type=row.media)
    response["Content-Disposition"] = f'attachment; filename="consent-{row.pk}.{row.media.split("/")[1]}"'
    return response
