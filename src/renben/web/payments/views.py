"""Pages of the payments: batches, drawing up, one batch with its steps and files, the ledger."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.guard.policy import route
from renben.web.payments import drawing, pages
from renben.web.payments import ledger as books


@route("payment.read")
def batches(request: HttpRequest) -> HttpResponse:
    """Batches that wait, or that are over."""
    return render(request, "payments/batches.html", pages.batches(request.actor, request.GET))


@route("payment.make")
def choose(request: HttpRequest) -> HttpResponse:
    """Versions from which a batch can be drawn up."""
    return render(request, "payments/choose.html", pages.choices(request.actor, request.GET))


@route("payment.make", "GET", "POST")
def draw_up(request: HttpRequest) -> HttpResponse:
    """What a batch of one version would hold; sent, it is drawn up."""
    if request.method == "POST":
        return redirect("payment", drawing.draw_up(request.actor, request.POST))
    return render(request, "payments/preview.html", pages.preview(request.actor, request.GET))


@route("payment.read")
def batch(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One batch."""
    return render(request, "payments/batch.html", pages.page(request.actor, case_id))


@route("payment.read", "POST")
def step(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Take a step in a batch."""
    pages.take_step(request.actor, case_id, action, request.POST)
    return redirect("payment", case_id)


@route("payment.reconcile", "POST")
def returned(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take the treasury's return."""
    pages.take_return(request.actor, case_id, request.POST, request.FILES.get("file"))
    return redirect("payment", case_id)


@route("payment.export")
def file(request: HttpRequest, case_id: UUID, form: str) -> HttpResponse:
    """A file of a batch; every download is recorded."""
    return pages.given(request.actor, case_id, form)


@route("payment.read")
def ledger(request: HttpRequest) -> HttpResponse:
    """Computed, approved, paid and open, by region."""
    return render(request, "payments/ledger.html", books.page(request.actor, request.GET))
