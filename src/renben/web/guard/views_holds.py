"""Holds on what is due for deletion: lists, the form, one hold and its steps."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.guard import holds_page
from renben.web.guard.hold_subjects import LIFT, SET
from renben.web.guard.policy import route
from renben.web.words import say_now


@route("hold.read")
def index(request: HttpRequest) -> HttpResponse:
    """Holds that run, or ended."""
    return render(request, "guard/holds.html", holds_page.page(request.actor, request.GET))


@route("hold.set", "POST")
def find(request: HttpRequest) -> HttpResponse:
    """The person or case with a number, covered, and the form for a hold."""
    return render(request, "guard/hold_new.html", holds_page.found(request.actor, request.POST))


@route("hold.set", "POST")
def begin(request: HttpRequest) -> HttpResponse:
    """Set a hold."""
    hold = holds_page.begin(request.actor, request.POST)
    messages.success(request, say_now("hold.done.set"))
    return redirect("hold", hold)


@route("hold.read")
def show(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """One hold."""
    return render(request, "guard/hold.html", holds_page.one(request.actor, hold_id))


@route("hold.set", "POST")
def step(request: HttpRequest, hold_id: UUID, action: str) -> HttpResponse:
    """Extend a hold, ask to lift it, tell the person."""
    return _stepped(request, hold_id, action, SET)


@route("hold.lift", "POST")
def second(request: HttpRequest, hold_id: UUID, action: str) -> HttpResponse:
    """Lift what a colleague asked to lift, or keep it on."""
    return _stepped(request, hold_id, action, LIFT)


def _stepped(request: HttpRequest, hold_id: UUID, action: str, permission: str) -> HttpResponse:
    holds_page.take_step(request.actor, hold_id, action, permission, request.POST)
    messages.success(request, say_now(f"hold.done.{action}"))
    return redirect("hold", hold_id)
