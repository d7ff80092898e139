"""Pages of institutions that report who stays with them, and of the officers who see it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renben.web.guard.policy import route
from renben.web.registry import pages_stays


@route("stay.report")
def stays(request: HttpRequest) -> HttpResponse:
    """Who stays with one's institution, and the ways to report."""
    return render(request, "registry/stays.html", pages_stays.own_page(request.actor, request.GET))


@route("stay.report", "POST")
def report(request: HttpRequest) -> HttpResponse:
    """A report, from the form or from a file."""
    return pages_stays.reported(request)


@route("stay.report", "POST")
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Somebody left."""
    return pages_stays.ended(request, key)


@route("stay.read")
def office_stays(request: HttpRequest) -> HttpResponse:
    """Institutions of the officer's regions and who stays with them."""
    return render(request, "registry/office_stays.html", pages_stays.office_page(request.actor, request.GET))
