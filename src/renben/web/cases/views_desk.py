"""Pages of the officers: board, one case with its steps and files, a report taken down, rules of routing, results."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from renben.web.cases import board, desk, results_page, routing_desk, taking_down
from renben.web.guard.policy import route
from renben.web.words import say_now


@route("city.read")
def desk_board(request: HttpRequest) -> HttpResponse:
    """City cases that wait for this officer, and what else he sees."""
    return render(request, "city/desk.html", board.board(request.actor, request.GET))


@route("city.read")
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case, without the words of its reporters."""
    return render(request, "city/desk_case.html", desk.page(request.actor, case_id))


@route("city.words")
def words(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case with the words, places and phones of its reporters; every look is recorded."""
    return render(request, "city/desk_case.html", desk.page(request.actor, case_id, words=True))


@route("city.read", "POST")
def step(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Take a step in a case; then the case again, or the board where it is no longer this officer's."""
    desk.take_step(request.actor, case_id, action, request.POST, request.FILES.get("file"))
    messages.success(request, say_now("city.step_taken"))
    seen = desk.still_seen(request.actor, case_id)
    return redirect("city_case", case_id) if seen else redirect("city_desk")


@route("city.read")
def evidence(request: HttpRequest, case_id: UUID, seq: int) -> HttpResponse:
    """The file that came with a step; every look is recorded."""
    return desk.evidence(request.actor, case_id, seq)


@route("city.words")
def photo(request: HttpRequest, case_id: UUID, report_id: int) -> HttpResponse:
    """The photo that came with a report; every look is recorded."""
    return desk.photo(request.actor, case_id, report_id)


@route("city.take_down", "GET", "POST")
def take_down(request: HttpRequest) -> HttpResponse:
    """Take a report down for somebody who called, or on patrol."""
    if request.method == "GET":
        return render(request, "city/desk_new.html", taking_down.form(request.actor))
    taken = taking_down.take(request.actor, request.POST)
    shown = taking_down.form(request.actor, request.POST) | {"taken": taken}
    return render(request, "city/desk_new.html", shown, status=422 if taken.wrong else 200)


@route("city.route")
def routing(request: HttpRequest) -> HttpResponse:
    """Rules of routing of a city or county: in force, drafted, and before."""
    return render(request, "city/routing.html", routing_desk.page(request.actor, request.GET))


@route("city.route", "POST")
def route_begin(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a draft from a version."""
    routing_desk.begin(request.actor, code, request.POST.get("version", ""))
    return _to(code)


@route("city.route", "POST")
def route_save(request: HttpRequest, code: str) -> HttpResponse:
    """Write the draft; with a press on the other button, try it out at once."""
    routing_desk.save(request.actor, code, request.POST)
    return redirect("city_route_trial", code) if request.POST.get("do") == "try" else _to(code)


@route("city.route", "POST")
def route_discard(request: HttpRequest, code: str) -> HttpResponse:
    """Give the draft up."""
    routing_desk.discard(request.actor, code)
    return _to(code)


@route("city.route")
def route_trial(request: HttpRequest, code: str) -> HttpResponse:
    """The dry run of the draft."""
    return render(request, "city/routing_trial.html", routing_desk.try_out(request.actor, code))


@route("city.route", "POST")
def route_publish(request: HttpRequest, code: str) -> HttpResponse:
    """Put a draft that somebody else made into force."""
    routing_desk.publish(request.actor, code, request.POST.get("seen", ""))
    messages.success(request, say_now("city.route.published"))
    return _to(code)


@route("city.results")
def results(request: HttpRequest) -> HttpResponse:
    """What handling came to in a month or quarter."""
    return render(request, "city/results.html", results_page.page(request.actor, request.GET))


@route("city.results")
def results_file(request: HttpRequest) -> HttpResponse:
    """The same as a table."""
    return results_page.file(request.actor, request.GET)


def _to(code: str) -> HttpResponse:
    return redirect(f"{reverse('city_routing')}?region={code}")
