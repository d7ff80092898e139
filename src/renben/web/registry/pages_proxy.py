"""Pages by which a person confirms what a proxy registered, and takes over a record made for him."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.flow.refusals import Unknown
from renben.web.registry import proxies
from renben.web.words import say_now


def ask(request: HttpRequest) -> HttpResponse:
    """The form for code and number."""
    return render(request, "registry/confirm.html", {})


def confirmed(request: HttpRequest) -> HttpResponse:
    """First what the code is about, then the person's word."""
    code, tail, word = (request.POST.get(name, "") for name in ("code", "tail", "word"))
    try:
        if word in ("yes", "no"):
            proxies.answer(code, tail, word == "yes")
            return render(request, "registry/confirm.html", {"done": word})
        found = proxies.look(code, tail)
    except Unknown:
        return render(
            request, "registry/confirm.html", {"wrong": bool(tail), "code": code}, status=404 if tail else 200
        )
    return render(request, "registry/confirm.html", {"asked": found, "tail": tail})


def bound(request: HttpRequest) -> HttpResponse:
    """The account is this person's from now on."""
    try:
        proxies.bind(request.actor, request.POST.get("code", ""), request.POST.get("number", ""))
    except Unknown:
        return render(request, "registry/bind.html", {"wrong": True}, status=404)
    messages.success(request, say_now("bind.done"))
    return redirect("my_data")
