"""Consents on `my data`: given, confirmed a second time for a child, withdrawn."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from renben.web.guard.policy import route
from renben.web.registry import consents
from renben.web.words import say_now


@route("my.read", "POST")
def give(request: HttpRequest, name: str) -> HttpResponse:
    """Agree to one purpose, for oneself or for a child."""
    row = consents.give(request.actor, name, request.POST.get("ward", ""))
    messages.success(request, say_now("consent.confirm_next" if row.as_guardian else "consent.given"))
    return redirect("my_data")


@route("my.read", "POST")
def confirm(request: HttpRequest, consent_id: int) -> HttpResponse:
    """The guardian's second word."""
    consents.confirm(request.actor, consent_id, request.POST.get("tail", ""))
    messages.success(request, say_now("consent.given"))
    return redirect("my_data")


@route("my.read", "POST")
def withdraw(request: HttpRequest, consent_id: int) -> HttpResponse:
    """Take a consent back; what stops and what does not is said."""
    name = consents.withdraw(request.actor, consent_id)
    kind = "photo_use" if name.startswith(consents.PHOTO) else name
    messages.success(request, say_now(f"consent.stopped.{kind}"))
    return redirect("my_data")
