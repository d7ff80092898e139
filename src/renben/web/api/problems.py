"""Errors of the API as problem documents (RFC 9457), also those that the gate makes before an operation runs."""

import json
from collections.abc import Callable, Mapping, Sequence

from django.http import HttpRequest, HttpResponse

from renben.web.words import say_now

PREFIX = "/api/"
MEDIA = "application/problem+json"
JSON = ("application/json", MEDIA)
WORDS = {
    401: "api.sign_in",
    403: "api.forbidden",
    404: "api.not_found",
    405: "api.method",
    429: "api.too_many",
    503: "api.away",
}


def problem(
    status: int, word: str, mistakes: Sequence[Mapping[str, str]] = (), **values: object
) -> HttpResponse:
    """A problem document in the language of the request; ``mistakes`` are named one by one."""
    detail = say_now(word, **values) if values else say_now(word)
    title = say_now(f"api.title.{status}" if status in TITLED else "api.title.500")
    body: dict[str, object] = {"title": title, "status": status, "detail": detail, "next_step": _next(status)}
    if mistakes:
        body["mistakes"] = list(mistakes)
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA)


TITLED = (400, 401, 403, 404, 405, 409, 422, 429, 503)


def _next(status: int) -> str:
    return say_now(f"api.next.{status}" if status in TITLED else "api.next.500")


class JsonProblems:
    """Turns pages and redirects that answer a call of the API into problem documents."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; JSON stays as it is."""
        response = self.get_response(request)
        if not request.path.startswith(PREFIX):
            return response
        kind = response.get("Content-Type", "").partition(";")[0]
        if response.status_code < 300 or (kind in JSON and "detail" not in _keys_of_framework(response)):
            return response
        status = 401 if response.status_code in (301, 302) else response.status_code
        fresh = problem(status, WORDS.get(status, "api.broken"))
        for name in ("Allow", "Retry-After"):
            if name in response:
                fresh[name] = response[name]
        return fresh


def _keys_of_framework(response: HttpResponse) -> tuple[str, ...]:
    """Keys of a body that is not ours: the framework's own errors have nothing but a detail."""
    try:
        keys = tuple(json.loads(response.content))
    except ValueError:
        return ("detail",)
    return () if "next_step" in keys else keys
