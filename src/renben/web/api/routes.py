"""The API's routes, flat, each with its permission, so that the gate and its tests see them like every other."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path

from renben.web.api.endpoints import api
from renben.web.api.problems import MEDIA
from renben.web.guard.policy import PUBLIC, policy, route

BASE = "api/v1/"
FIRST_FAILURE = 400
PERMISSIONS = {
    "api_indicators": "indicator.read",
    "api_series": "indicator.read",
    "api_tasks": "task.read",
    "api_task": "task.read",
    "api_step": "task.read",
    "api_findings": "task.read",
    "api_persons": "person.search",
    "api_addresses": "registration.apply",
    "api_declare": "registration.apply",
    "api_readings": "city.reading",
    "exchange_message": PUBLIC,
}
"""Name of an operation's route -> permission. The steps of a task are checked once more by their flow."""


class UndeclaredOperation(ValueError):
    """An operation without a permission; write it into PERMISSIONS."""


def routes() -> list[URLPattern]:
    """Routes of every operation and of the OpenAPI document at api/v1/openapi.json.

    Raises:
        UndeclaredOperation: an operation has no permission, or one that the policy does not know.
    """
    found = []
    for one in api.urls[0]:
        if one.name in ("api-root", "openapi-json"):
            continue
        permission = PERMISSIONS.get(one.name)
        if permission != PUBLIC and permission not in policy().permissions:
            raise UndeclaredOperation(
                f"{one.name}: {permission!r} is no permission; write it into api/routes.py."
            )
        one.callback.permission = permission
        found.append(path(BASE + str(one.pattern), one.callback, name=one.name))
    found.append(path(BASE + "openapi.json", schema, name="api_schema"))
    return [*found, path("api/<path:rest>", nothing_here, name="api_unknown")]


@route(PUBLIC)
def schema(_request: HttpRequest) -> JsonResponse:
    """The OpenAPI document: names and shapes, no data."""
    return JsonResponse(_document(), json_dumps_params={"ensure_ascii": False})


def _document() -> dict[str, Any]:
    """The document, with the media type of problem documents at every answer that is one."""
    document = api.get_openapi_schema(path_prefix=f"/{BASE}")
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if int(status) >= FIRST_FAILURE and "content" in answer:
                    answer["content"] = {MEDIA: next(iter(answer["content"].values()))}
    return dict(document)


def nothing_here(_request: HttpRequest, rest: str) -> HttpResponse:  # noqa: ARG001
    """404 for every other address below api/."""
    return HttpResponse(status=404)


nothing_here.permission = PUBLIC  # type: ignore[attr-defined]
