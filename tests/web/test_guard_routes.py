"""No route without a permission; every role reaches exactly what the policy gives it; headers everywhere."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from renben.web.guard.headers import FIXED
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import PUBLIC, SIGNED_IN, bounds, covers, policy
from renben.web.guard.routes import LIBRARY_ROUTES, permission_of

ROUTES: list[URLPattern] = [one for one in get_resolver().url_patterns if isinstance(one, URLPattern)]
ARGUMENTS: dict[str, Any] = {
    "case_id": "00000000-0000-4000-8000-000000000000", "hold_id": "00000000-0000-4000-8000-000000000000", "key": "00000000-0000-4000-8000-000000000000",
    "kind": "residence_registration", "name": "notice", "action": "claim", "version": 1, "language": "en",
    "grant_id": 999_999, "user_id": 999_999, "emergency_id": 999_999, "recovery_id": 999_999, "row_id": 999_999, "paper_id": "00000000-0000-0000-0000-000000000000", "mandate_id": 999_999, "consent_id": 999_999,
    "pk": 999_999, "link_id": 999_999, "token_id": 999_999, "seat_id": 999_999, "seq": 99, "report_id": 999_999,
    "number": 99, "code": "999999", "indicator": "none", "rest": "none", "goal": "none", "source": "none",
    "service": "nothing", "form": "json", "dataset": "none", "period": "2024", "vintage": "none", "way": "renew",
}  # fmt: skip


SIGNED = ("exchange_message",)
"""Routes that no cookie opens: what is sent carries its own signature, and nothing else is read."""


def address(route: URLPattern) -> str:
    names = route.pattern.converters
    return reverse(route.name, kwargs={name: ARGUMENTS[name] for name in names})


def named(route: URLPattern) -> str:
    return str(route.name)


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_a_route_declares_its_permission(route: URLPattern) -> None:
    permission = permission_of(route.callback, route.name)
    assert permission in (PUBLIC, SIGNED_IN) or permission in policy().permissions, (
        f"{route.name}: declare it with @route(...) or, for a library's view, in guard/routes.py"
    )


def test_no_permission_of_a_library_is_left_over() -> None:
    assert set(LIBRARY_ROUTES) <= {named(route) for route in ROUTES}


def test_every_permission_is_used_by_a_route_or_a_flow() -> None:
    from renben.web.flow.definition import flows  # noqa: PLC0415

    used = {permission_of(route.callback, route.name) for route in ROUTES}
    used |= {move.permission for flow in flows().values() for move in flow.transitions} | {
        flow.apply for flow in flows().values()
    }
    assert set(policy().permissions) <= used


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_a_visitor_gets_nothing_but_public_pages(route: URLPattern, browse: Callable[..., Client]) -> None:
    permission = permission_of(route.callback, route.name)
    for method in ("get", "post"):
        answer = getattr(browse(), method)(address(route))
        if permission not in (PUBLIC, SIGNED_IN):
            if answer.wsgi_request.path.startswith("/api/"):
                assert answer.status_code == 401
            else:
                assert answer.status_code == 302 and "/account/login/" in answer["Location"]
        for name, value in FIXED.items():
            assert answer[name] == value
        assert answer["X-Frame-Options"] == "DENY"
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("role", sorted(policy().roles))
def test_a_role_reaches_what_the_policy_gives_it_and_nothing_else(
    role: str, account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    region = "" if role == "resident" else "140105"
    client = browse(account(f"matrix-{role}", role, region))
    for route in ROUTES:
        permission = permission_of(route.callback, route.name)
        if permission in (PUBLIC, SIGNED_IN, None):
            continue
        holds = role in policy().permissions[str(permission)].roles
        for method in ("get", "post"):
            status = getattr(client, method)(address(route)).status_code
            assert (status != 403) == holds, (role, route.name, method, status)


def test_every_denial_is_recorded(account: Callable[..., User], browse: Callable[..., Client]) -> None:
    user = account("denied", "resident")
    browse(user).get(reverse("queue"))
    event = AuditEvent.objects.filter(kind="denied", actor=user.pk).get()
    assert event.permission == "queue.read"


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_a_post_without_its_token_is_refused(route: URLPattern) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(address(route)).status_code
    assert answer in (302, 401, 403, 404, 405) or (route.name in SIGNED and answer == 400)


@pytest.mark.parametrize(
    ("granted", "region", "inside"),
    [
        ("140000", "140105", True), ("140000", "141002", True), ("140000", "130105", False),
        ("140100", "140105", True), ("140100", "140105001", True), ("140100", "140205", False),
        ("140105", "140105001", True), ("140105", "140106", False), ("", "990000", True), ("140100", "14", False),
    ],
)  # fmt: skip
def test_a_range_holds_the_regions_under_its_code(granted: str, region: str, inside: bool) -> None:
    assert covers(granted, region) is inside
    low, high = bounds(granted)
    assert low < high


def test_the_service_refuses_to_run_in_earnest_with_open_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    from renben.web.config import ConfigError, WebSettings  # noqa: PLC0415

    monkeypatch.setenv("RENBEN_WEB_DEMO", "0")
    with pytest.raises(ValueError, match="https"):
        WebSettings()
    monkeypatch.setenv("RENBEN_WEB_HTTPS", "1")
    with pytest.raises(ConfigError, match="--new-keys"):
        WebSettings(folder="/nonexistent").keys()  # type: ignore[arg-type]
