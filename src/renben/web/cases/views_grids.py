"""The pages of a county's grids."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from renben.web.cases import grid_desk
from renben.web.guard.policy import route
from renben.web.words import say_now


@route("city.route")
def grids(request: HttpRequest) -> HttpResponse:
    """Grids of a county, and the forms that state one and take a file in."""
    return render(request, "city/grids.html", grid_desk.page(request.actor, request.GET))


@route("city.route", "POST")
def grid_state(request: HttpRequest, code: str) -> HttpResponse:
    """State a grid from a day on."""
    grid_desk.state(request.actor, code, request.POST)
    return _to(code)


@route("city.route", "POST")
def grid_end(request: HttpRequest, code: str) -> HttpResponse:
    """End a grid."""
    grid_desk.end(request.actor, code, request.POST)
    return _to(code)


@route("city.route", "POST")
def grid_upload(request: HttpRequest, code: str) -> HttpResponse:
    """Take the grids of a file in, or say what is wrong with each."""
    file = request.FILES.get("file")
    taken = grid_desk.upload(request.actor, code, request.POST, file.read() if file else b"")
    if taken.wrong:
        shown = grid_desk.page(request.actor, {"region": code}) | {"taken": taken}
        return render(request, "city/grids.html", shown, status=422)
    said = {name: getattr(taken, name) for name in ("new", "changed", "same", "ended", "moved")}
    messages.success(request, say_now("city.grid.taken", **said))
    return _to(code)


def _to(code: str) -> HttpResponse:
    return redirect(f"{reverse('city_grids')}?region={code}")
