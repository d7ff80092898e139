"""Pages of the catalogue, the steps that begin a claim or answer an offer, and the page of the take-up."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from renben.web.claims import claiming, offers, pages, pages_take_up
from renben.web.guard.policy import PUBLIC, route


@route(PUBLIC)
def services(request: HttpRequest) -> HttpResponse:
    """Every service by kind, with a search."""
    return render(request, "claims/services.html", pages.services(request.GET.get("find", "")))


@route(PUBLIC)
def service(request: HttpRequest, service: str) -> HttpResponse:
    """One service: what it is, who gives it, on which article, what is asked, how to claim, where to appeal."""
    return render(request, "claims/service.html", pages.service(request.actor, service))


@route("claim.apply", "POST")
def claim(request: HttpRequest, service: str) -> HttpResponse:
    """Begin a claim and go to what is filled in already."""
    form = request.POST
    result = claiming.begin(request.actor, service, form.get("key", ""), form.get("ward", ""))
    return redirect("question", result.case, "claim")


@route("claim.apply", "POST")
def offer(request: HttpRequest, service: str) -> HttpResponse:
    """`Do not offer me this`, or that taken back, for oneself or a child; and back to where it was said."""
    form = request.POST
    offers.answer(request.actor, service, form.get("do") != "undo", form.get("ward", ""))
    target = request.POST.get("next", "/home/")
    same = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return redirect(target if same else "/home/")


@route("take_up.read")
def take_up(request: HttpRequest) -> HttpResponse:
    """How far services are taken up, by city."""
    return render(request, "claims/take_up.html", pages_take_up.page(request.actor))
