"""Pages of the small areas, of residence years, of certificates from other cities, and of sharing between departments."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.exchange import pages_areas, pages_sharing, pages_years
from renben.web.guard.policy import route


@route("population.read")
def areas(request: HttpRequest) -> HttpResponse:
    """Published counts below the county."""
    return render(request, "exchange/areas.html", pages_areas.page(request.actor, request.GET))


@route("years.ask", "GET", "POST")
def my_years(request: HttpRequest) -> HttpResponse:
    """A resident's years, and setting off a certificate."""
    if request.method == "POST":
        pages_years.set_off(request.actor, request.POST)
        return redirect("my_years")
    return render(request, "exchange/years.html", pages_years.years(request.actor))


@route("transfer.read")
def transfers(request: HttpRequest) -> HttpResponse:
    """Certificates from other cities."""
    return render(request, "exchange/transfers.html", pages_years.queue(request.actor, request.GET))


@route("transfer.read")
def transfer(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One certificate."""
    return render(request, "exchange/transfer.html", pages_years.page(request.actor, case_id))


@route("transfer.read", "POST")
def transfer_step(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Take a step about a certificate."""
    pages_years.take_step(request.actor, case_id, action, request.POST)
    return redirect("transfer", case_id)


@route("sharing.read")
def sharing(request: HttpRequest) -> HttpResponse:
    """What can be shared, and requests."""
    return render(request, "exchange/sharing.html", pages_sharing.page(request.actor, request.GET))


@route("sharing.request", "POST")
def sharing_ask(request: HttpRequest) -> HttpResponse:
    """Ask for an item."""
    return redirect("sharing_request", pages_sharing.ask(request.actor, request.POST))


@route("sharing.read")
def sharing_request(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One request."""
    found = pages_sharing.request_page(request.actor, case_id)
    return render(request, "exchange/request.html", found)


@route("sharing.read", "POST")
def sharing_step(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Take a step in a request."""
    pages_sharing.take_step(request.actor, case_id, action, request.POST)
    return redirect("sharing_request", case_id)


@route("sharing.request", "POST")
def sharing_use(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Use what was granted."""
    return render(request, "exchange/request.html", pages_sharing.use(request.actor, case_id))


@route("sharing.answer", "POST")
def sharing_send(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Send the answer as a signed message."""
    pages_sharing.send(request.actor, case_id, request.POST)
    return redirect("sharing_request", case_id)
