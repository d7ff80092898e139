"""Pages of the spot checks: queue, one check with its steps and files, and the results of offices."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.guard.policy import route
from renben.web.spotcheck import pages
from renben.web.spotcheck import results as found


@route("spot_check.verify")
def queue(request: HttpRequest) -> HttpResponse:
    """Drawn cases that wait for this officer's office."""
    return render(request, "spotcheck/queue.html", pages.queue(request.actor, request.GET))


@route("spot_check.verify")
def check(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One drawn case."""
    return render(request, "spotcheck/check.html", pages.page(request.actor, case_id))


@route("spot_check.verify", "POST")
def step(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Take a step in a check; after it the turn may be another office's."""
    pages.take_step(request.actor, case_id, action, request.POST, request.FILES.get("file"))
    return redirect("spot_check", case_id) if action == "claim" else redirect("spot_checks")


@route("spot_check.verify")
def proof(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The proof attached to the drawn case; every look is recorded."""
    return pages.proof(request.actor, case_id)


@route("spot_check.verify")
def evidence(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The file that came as evidence; every look is recorded."""
    return pages.evidence(request.actor, case_id)


@route("spot_check.read")
def results(request: HttpRequest) -> HttpResponse:
    """What was found about the cases of each office, as counts."""
    return render(request, "spotcheck/results.html", found.page(request.actor, request.GET))
