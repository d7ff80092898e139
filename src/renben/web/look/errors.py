"""Pages for what went wrong: what happened, and how to go on."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renben.core.errors import LawError
from renben.web.flow.refusals import Refusal
from renben.web.flow.workdays import CalendarError
from renben.web.guard.policy import PUBLIC, route
from renben.web.words import say_now

TYPED = ("note", "article", "evidence", "progress", "reason", "untold")
"""Fields of steps whose words a refusal shows again, so that nobody types them twice; never names or numbers."""


def page(request: HttpRequest, status: int, word: str, text: str = "", see: str = "") -> HttpResponse:
    """An error page with a title, an explanation and a way back, or on to the page that helps."""
    said = {"title": say_now(f"{word}.title"), "text": text or say_now(f"{word}.text")}
    context = {**said, "status": status, "see": see}
    return render(request, "look/error.html", context, status=status)


def told(error: Refusal) -> str:
    """Why a command was refused: what is missing by the name it has on the page."""
    values = dict(error.values)
    if "fields" in values:
        values["fields"] = say_now("list.comma").join(needed(one) for one in values["fields"].split(", "))
    return say_now(error.word, **values) if values else say_now(error.word)


def _refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    """The page for a refused command, with what was typed."""
    text = told(error)
    word = f"error.{error.status}"
    typed = [(needed(one), request.POST[one]) for one in TYPED if request.POST.get(one, "").strip()]
    context = {"title": say_now(f"{word}.title"), "text": text, "status": error.status, "see": error.see}
    return render(request, "look/error.html", {**context, "typed": typed}, status=error.status)


def needed(name: str) -> str:
    """What a page calls a field that a step needs."""
    return say_now(f"need.{name}")


def domain_error(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """The page for a refusal of the domain, None for anything else."""
    if isinstance(error, Refusal):
        return _refused(request, error)
    if isinstance(error, LawError | CalendarError):
        return page(request, 422, "error.422", str(error))
    return None


@route(PUBLIC, "GET", "POST")
def forbidden(request: HttpRequest, _exception: Any = None, **_: Any) -> HttpResponse:
    """403."""
    return page(request, 403, "error.403")


@route(PUBLIC, "GET", "POST")
def not_found(request: HttpRequest, _exception: Any = None, **_: Any) -> HttpResponse:
    """404."""
    return page(request, 404, "error.404")


@route(PUBLIC, "GET", "POST")
def broken(request: HttpRequest) -> HttpResponse:
    """500: says nothing of the cause, which the log has."""
    return page(request, 500, "error.500")


@route(PUBLIC, "GET", "POST")
def too_many(request: HttpRequest) -> HttpResponse:
    """429: a limit of the sign-in pages was reached."""
    response = page(request, 429, "error.429")
    response["Retry-After"] = "60"
    return response


@route(PUBLIC, "GET", "POST")
def bad_request(request: HttpRequest, exception: Any = None, **_: Any) -> HttpResponse:
    """400, or 413 where what was sent is too large."""
    large = isinstance(exception, RequestDataTooBig)
    return page(request, 413, "error.413") if large else page(request, 400, "error.400")


def csrf_failure(request: HttpRequest, **_: Any) -> HttpResponse:
    """403 because the form was too old or came from elsewhere."""
    return page(request, 403, "error.csrf")
