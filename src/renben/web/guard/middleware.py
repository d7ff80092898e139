"""The gate: every request is checked against its route's permission before the view runs."""

import logging
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from renben.web import clock
from renben.web.config import web_settings
from renben.web.guard import audit, doors, limits, scope, tokens
from renben.web.guard.accounts import actor_of
from renben.web.guard.policy import NOBODY, PUBLIC, SIGNED_IN
from renben.web.guard.routes import permission_of
from renben.web.look.errors import domain_error
from renben.web.words import say_now

log = logging.getLogger("renben.web.gate")


class Gate:
    """Denies by default, ends idle sessions, asks officers for a second factor, opens the row-level scope."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Run the request; on PostgreSQL inside one transaction that carries the actor's scope."""
        request.actor = NOBODY
        try:
            with clock.one_day():
                return self._answer(request)
        except (OperationalError, InterfaceError):
            log.warning("database away")
            return HttpResponse("503\n", status=503, headers={"Retry-After": "5"}, content_type="text/plain")

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if connection.vendor != "postgresql":
            return self.get_response(request)
        with transaction.atomic():
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Check the route's permission against the actor's open grants, and how often its door was called."""
        name = request.resolver_match.url_name if request.resolver_match else None
        permission = permission_of(view, name)
        if tokens.presented(request):
            return self._program(request, permission) or doors.refused(request, name, request.actor)
        if request.user.is_authenticated:
            request.actor = actor_of(request.user, secrets.token_hex(8))
            scope.enter(request.actor)
        if answer := doors.refused(request, name, request.actor):
            return answer
        if permission == PUBLIC:
            return None
        if permission is None:
            raise PermissionDenied("this route declares no permission")
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        return self._enter(request, permission)

    def _program(self, request: HttpRequest, permission: str | None) -> HttpResponse | None:
        """A call that carries a token: no session, no second factor, only what the token was made for."""
        if not tokens.enter(request, secrets.token_hex(8)):
            return HttpResponse(status=401)
        scope.enter(request.actor)
        if permission != PUBLIC and (permission is None or not request.actor.may(permission)):
            audit.record(request.actor, "denied", permission or "", object_type="token")
            raise PermissionDenied("the token was not made for this permission")
        return None

    def _enter(self, request: HttpRequest, permission: str) -> HttpResponse | None:
        if permission == SIGNED_IN:
            return None
        if limits.over(request):
            logout(request)
            return _to_sign_in(request, "sign_in.over")
        if _needs_second_factor(request):
            return redirect("mfa_index")
        if limits.password_is_due(request.user, request.actor):
            return redirect("account_change_password")
        if not request.actor.may(permission):
            audit.record(request.actor, "denied", permission, object_type="route")
            raise PermissionDenied("no grant of this account holds the permission")
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a refusal of the domain into a page that says how to go on."""
        if isinstance(error, OperationalError | InterfaceError):
            raise error
        return domain_error(request, error)


def _to_sign_in(request: HttpRequest, word: str = "") -> HttpResponse:
    """To sign in and then on: to the page that was asked for, or to the form that was sent, which has to be sent again."""
    asked = request.get_full_path()
    if request.method not in ("GET", "HEAD"):
        word, asked = "sign_in.again", _came_from(request)
    if word and "text/html" in request.headers.get("Accept", ""):  # a page, not the script that keeps drafts
        messages.warning(request, say_now(word))
    return redirect(f"{reverse('account_login')}?{urlencode({'next': asked})}")


def _came_from(request: HttpRequest) -> str:
    """The page of this service on which a form stood, the start page where the browser does not say."""
    page = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return reverse("home")
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _needs_second_factor(request: HttpRequest) -> bool:
    return web_settings().second_factor and limits.officer(request.actor) and not is_mfa_enabled(request.user)
