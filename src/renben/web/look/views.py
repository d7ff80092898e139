"""Start page, theme, the demo's day, and the answer to `are you alive`."""

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from renben.web import clock
from renben.web.flow.refusals import Unknown
from renben.web.flow.sweeper import sweep
from renben.web.guard.policy import PUBLIC, route
from renben.web.look.context import THEMES
from renben.web.look.start import start_page

YEAR = 365 * 24 * 3600


@route(PUBLIC)
def welcome(request: HttpRequest) -> HttpResponse:
    """The public start page; whoever is signed in goes to the own one."""
    return redirect("home") if request.user.is_authenticated else render(request, "look/welcome.html")


@route("my.home")
def home(request: HttpRequest) -> HttpResponse:
    """The start page of the actor's role."""
    template, context = start_page(request.actor)
    return render(request, template, context)


@route(PUBLIC, "POST")
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the choice of light, dark or the device's own."""
    response = _back(request)
    chosen = request.POST.get("theme", "auto")
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@route(PUBLIC, "POST")
def demo_day(request: HttpRequest) -> HttpResponse:
    """Turn the demo's day forward and let the timers of the days between fire."""
    if not settings.DEMO:
        raise Unknown()
    try:
        clock.set_demo_day(dt.date.fromisoformat(request.POST.get("day", "")))
    except ValueError:
        return _back(request)
    sweep()
    return _back(request)


@route(PUBLIC)
def alive(_request: HttpRequest) -> HttpResponse:
    """That the process answers and the database is there."""
    clock.today()
    return HttpResponse("ok\n", content_type="text/plain")


def _back(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "/")
    same = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return redirect(target if same else "/")
