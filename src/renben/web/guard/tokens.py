"""Tokens for programs: of one account, for some of its permissions, for some days; shown once, kept as a hash.

Carries out: ASVS 5.0 9.2 (tokens expire and are bound to a purpose), GB/T 22239 8.1.4.2 (least privilege). A token
never reaches more than its account does: grants are read anew at every call, and a permission that the policy does
not list under `tokens` is not given to programs at all.
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import replace

from django.http import HttpRequest, QueryDict

from renben.web.clock import now, today
from renben.web.flow.refusals import Incomplete, Unknown
from renben.web.guard import audit
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import ApiToken
from renben.web.guard.policy import Actor, policy
from renben.web.law import provision

PREFIX = "rb_"
SHOWN = 8
"""Characters by which a token is recognised in the list."""
API = "/api/"


def offered(actor: Actor) -> list[str]:
    """Permissions that an actor may hand to a program."""
    return [name for name in policy().tokens if actor.may(name)]


def issue(actor: Actor, data: QueryDict) -> str:
    """Make a token and return it; this is the only time that it can be read.

    Raises:
        Incomplete: no name, no permission or one that the actor lacks, or days out of range.
    """
    name, wanted = data.get("name", "").strip()[:60], data.getlist("permissions")
    most = int(provision("account_security.token_days", today()).value)
    days = data.get("days", "")
    if not name or not wanted or not set(wanted) <= set(offered(actor)):
        raise Incomplete(fields="name, permissions")
    if not (days.isascii() and days.isdigit() and 1 <= int(days) <= most):
        raise Incomplete("refusal.token_days", most=most)
    secret = PREFIX + secrets.token_urlsafe(32)
    made = ApiToken.objects.create(
        user_id=actor.user_id, name=name, hash=_hash(secret), start=secret[: len(PREFIX) + SHOWN],
        permissions=wanted, made_at=now(), expires_at=now() + dt.timedelta(days=int(days)),
    )  # fmt: skip
    _told(actor, "token_made", made.pk, permissions=wanted, days=int(days))
    return secret


def revoke(actor: Actor, token_id: int) -> None:
    """End a token of one's own; the row stays.

    Raises:
        Unknown: no such token, or somebody else's.
    """
    found = ApiToken.objects.filter(pk=token_id, user=actor.user_id, revoked_at=None)
    if not found.update(revoked_at=now()):
        raise Unknown()
    _told(actor, "token_revoked", token_id)


def mine(actor: Actor) -> list[ApiToken]:
    """An account's tokens that still open something, the newest first."""
    found = ApiToken.objects.filter(user=actor.user_id, revoked_at=None, expires_at__gt=now())
    return list(found.order_by("-pk"))


def presented(request: HttpRequest) -> str:
    """The token that a call of the API carries, empty for none."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if request.path.startswith(API) and kind.lower() == "bearer" else ""


def enter(request: HttpRequest, trace: str) -> bool:
    """Let the token's account act within the token's permissions; False where the token opens nothing."""
    found = _open(presented(request))
    if found is None:
        return False
    request.user, request.actor = found.user, _narrowed(found, trace)  # type: ignore[attr-defined]
    return True


def holder(secret: str, trace: str) -> Actor | None:
    """The account behind a token, narrowed to the token's permissions; None where the token opens nothing."""
    found = _open(secret)
    return None if found is None else _narrowed(found, trace)


def _open(secret: str) -> ApiToken | None:
    """A token that still opens something, noted as used today."""
    found = ApiToken.objects.filter(hash=_hash(secret), revoked_at=None).select_related("user").first()
    if found is None or found.expires_at <= now() or not found.user.is_active:
        return None
    ApiToken.objects.filter(pk=found.pk).exclude(used_on=today()).update(used_on=today())
    return found


def _narrowed(found: ApiToken, trace: str) -> Actor:
    return replace(actor_of(found.user, trace), only=tuple(found.permissions))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _told(actor: Actor, what: str, token: int, **detail: object) -> None:
    audit.record(actor, "account", "token.use", object_type=what, object_id=str(token), detail=detail)
