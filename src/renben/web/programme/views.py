"""Pages of the programme: board, list of tasks, one task with its steps, findings without a task."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.guard.policy import route
from renben.web.programme import evidence, pages, renewing, seating


@route("task.read")
def board(request: HttpRequest) -> HttpResponse:
    """What waits, is late or was found."""
    return render(request, "programme/board.html", pages.board(request.actor))


@route("task.read")
def tasks(request: HttpRequest) -> HttpResponse:
    """Tasks, filtered."""
    return render(request, "programme/tasks.html", pages.tasks(request.actor, request.GET))


@route("task.supervise", "POST")
def open_tasks(request: HttpRequest) -> HttpResponse:
    """Open the tasks of the catalogue's plans that are not there yet."""
    pages.open_plan(request.actor)
    return redirect("tasks")


@route("task.read")
def task(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One task."""
    shown = pages.task_page(request.actor, case_id)
    return render(
        request, "programme/task.html", {**shown, "ways": renewing.ways(shown["task"], request.actor)}
    )


@route("task.supervise", "POST")
def task_renew(request: HttpRequest, case_id: UUID, way: str) -> HttpResponse:
    """Take an old task of a collective to the newer flow, back, or split it."""
    renewing.take(request.actor, case_id, way, request.POST)
    return redirect("task", case_id)


@route("task.read", "POST")
def task_step(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Take a step in a task."""
    file = evidence.sent(request.actor, case_id, request.FILES.get("file"))
    pages.take_step(request.actor, case_id, action, request.POST, file)
    return redirect("task", case_id)


@route("task.read")
def task_evidence(request: HttpRequest, case_id: UUID, seq: int) -> HttpResponse:
    """The file that came with a report."""
    return evidence.attached(request.actor, case_id, seq)


@route("seat.manage", "GET", "POST")
def seats(request: HttpRequest) -> HttpResponse:
    """Which account works for which office."""
    if request.method == "POST":
        seating.give(request.actor, request.POST)
        return redirect("seats")
    return render(request, "programme/seats.html", seating.page())


@route("seat.manage", "POST")
def seat_taken(request: HttpRequest, seat_id: int) -> HttpResponse:
    """End a seat."""
    seating.take(request.actor, seat_id)
    return redirect("seats")


@route("task.supervise")
def unplaced(request: HttpRequest) -> HttpResponse:
    """Findings for which no task answers."""
    return render(request, "programme/unplaced.html", pages.unplaced(request.GET))
