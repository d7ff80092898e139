"""Routes of Open311 GeoReport v2. Reading is public; a post carries its own key and no cookie opens it."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from renben.core.errors import LawError
from renben.web.cases import open311
from renben.web.cases.open311_answers import MEDIA, Trouble, answer, failure, form_of
from renben.web.flow.refusals import Refusal
from renben.web.flow.workdays import CalendarError
from renben.web.guard.policy import PUBLIC, route
from renben.web.words import say_now

LONGEST_KEY = 200


def speaks(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer what cannot be done with the standard's errors; other formats than JSON and XML are not spoken."""

    @wraps(view)
    def answered(request: HttpRequest, form: str, **named: Any) -> HttpResponse:
        if form not in MEDIA:
            return failure(form_of(request.path), 404, say_now("api.not_found"))
        try:
            return view(request, form, **named)
        except Trouble as trouble:
            return failure(form, trouble.status, trouble.text)
        except Refusal as refusal:
            text = say_now(refusal.word, **refusal.values) if refusal.values else say_now(refusal.word)
            return failure(form, 400, say_now("open311.failed", why=text))
        except (LawError, CalendarError) as error:
            return failure(form, 400, say_now("open311.failed", why=str(error)))

    return answered


@route(PUBLIC)
@speaks
def discovery(request: HttpRequest, form: str) -> HttpResponse:
    """Where the service is and what it speaks."""
    keys = request.build_absolute_uri(reverse("tokens_of_account"))
    return answer(form, "discovery", open311.discovery(request.build_absolute_uri("/").rstrip("/"), keys))


@route(PUBLIC)
@speaks
def services(request: HttpRequest, form: str) -> HttpResponse:
    """What can be reported."""
    return answer(form, "services", open311.services(request.GET))


@route(PUBLIC)
@speaks
def service(request: HttpRequest, form: str, service: str) -> HttpResponse:
    """What one service asks."""
    return answer(form, "service_definition", open311.definition(service, request.GET))


@csrf_exempt
@route(PUBLIC, "GET", "POST")
@speaks
def requests(request: HttpRequest, form: str) -> HttpResponse:
    """Filed cases, or a new report."""
    if request.method != "POST":
        return answer(form, "service_requests", open311.requests(request.GET))
    key = request.headers.get("Idempotency-Key", "")[:LONGEST_KEY]
    follow = request.build_absolute_uri(reverse("city_follow"))
    made = open311.taken(request.POST, secrets.token_hex(8), follow, key)
    return answer(form, "service_requests", made)


@route(PUBLIC)
@speaks
def request(request: HttpRequest, form: str, number: str) -> HttpResponse:
    """One case."""
    return answer(form, "service_requests", open311.request(number, request.GET))
