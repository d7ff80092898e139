"""Pages of institutions that report who stays with them, and of the officers who see it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.guard.policy import route
from renben.web.registry import institution_accounts, pages_stays


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


@route("stay.report", "GET", "POST")
def accounts(request: HttpRequest) -> HttpResponse:
    """Accounts of one's institution; the first one invites more."""
    if request.method == "POST":
        return render(
            request, "registry/stays_accounts.html", pages_stays.invited(request.actor, request.POST)
        )
    return render(
        request, "registry/stays_accounts.html", pages_stays.accounts_page(request.actor, request.GET)
    )


@route("stay.report", "POST")
def account_end(request: HttpRequest, row_id: int) -> HttpResponse:
    """End a colleague's account or an invitation, or leave."""
    institution_accounts.end(request.actor, row_id)
    return redirect("stays")


@route("stay.report", "GET", "POST")
def join(request: HttpRequest) -> HttpResponse:
    """Report for an institution that sent a code."""
    if request.method == "POST":
        one = institution_accounts.join(request.actor, request.POST.get("code", ""))
        return redirect(f"/stays/?institution={one.pk}")
    return render(request, "registry/stays_join.html")
