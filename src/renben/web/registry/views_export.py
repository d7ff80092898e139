"""Pages of exports: counts and requests, one request, its steps, the file."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.guard.policy import route
from renben.web.registry import pages_export


@route("export.read")
def exports(request: HttpRequest) -> HttpResponse:
    """Counts of every list, and requests."""
    return render(request, "registry/exports.html", pages_export.page(request.actor, request.GET))


@route("export.request", "POST")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a list."""
    return redirect("export", pages_export.ask(request.actor, request.POST))


@route("export.read")
def export(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One request."""
    return render(request, "registry/export.html", pages_export.export_page(request.actor, case_id))


@route("export.read", "POST")
def step(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Take a step in a request."""
    pages_export.take_step(request.actor, case_id, action, request.POST)
    return redirect("export", case_id)


@route("export.request")
def file(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The approved list; every look at it is recorded with each person on it."""
    return pages_export.file(request.actor, case_id)
