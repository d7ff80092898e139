"""What the administrations' pages show and do."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, QueryDict

from renben.catalogue import load
from renben.web.clock import last_round, now, today
from renben.web.config import web_settings
from renben.web.exchange.sending import waiting
from renben.web.flow.models import Outbox, Timer
from renben.web.flow.refusals import Incomplete, NotAllowed, Unknown
from renben.web.flow.sweeper import ATTEMPTS
from renben.web.flow.workdays import years
from renben.web.guard import audit, retention, sealing
from renben.web.guard import tokens as programs
from renben.web.guard.models import AuditEvent, AuditSeal, Emergency, Grant, User
from renben.web.guard.policy import Actor, policy
from renben.web.law import provision
from renben.web.look.pages import Pages
from renben.web.words import say_now

ROWS = 40
VERDICTS = ("justified", "unjustified")


def accounts(page: str | None) -> dict[str, Any]:
    """Accounts with their open grants."""
    found = User.objects.prefetch_related("grants").order_by("pk")
    shown = Pages(found, ROWS).get_page(page)
    rows = [(one, [g for g in one.grants.all() if g.taken_at is None]) for one in shown.object_list]
    regions = sorted(load().regions.items())
    return {"rows": rows, "page": shown, "roles": policy().roles, "regions": [code for code, _ in regions]}


BOUND = {"region", "matter", "office"}
"""Scopes that hold only over the regions of a grant."""


def needs_region(role: str) -> bool:
    """Whether a role can do something over its regions, so that a grant without one would reach everywhere."""
    return any(role in one.roles and one.scope in BOUND for one in policy().permissions.values())


def give(actor: Actor, data: QueryDict) -> None:
    """Give a role; nobody grants himself, and the three administrations exclude each other.

    Raises:
        Incomplete: no such account, role or region, or no region for a role that is bound to one.
        NotAllowed: to oneself, or against the separation of the administrations.
    """
    name, role, region = (data.get(one, "").strip() for one in ("username", "role", "region"))
    user = User.objects.filter(username=name).first()
    if role not in policy().roles:
        raise Incomplete(fields="role")
    if user is None:
        raise Incomplete("refusal.no_account", name=name[:60]) if name else Incomplete(fields="username")
    if region and region not in load().regions:
        raise Incomplete("refusal.region_unknown")
    if not region and needs_region(role):
        raise Incomplete("refusal.region_needed", role=say_now(f"role.{role}"))
    if user.pk == actor.user_id:
        raise NotAllowed("refusal.own_grant")
    if user.grants.filter(role=role, region=region, taken_at=None).exists():
        raise NotAllowed("refusal.grant_there")
    try:
        with transaction.atomic():
            Grant.objects.create(user=user, role=role, region=region, given_by_id=actor.user_id)
    except IntegrityError as error:
        raise NotAllowed("refusal.one_administration") from error
    detail = {"role": role, "region": region}
    audit.record(
        actor, "account", "account.manage", object_type="grant", object_id=str(user.pk), detail=detail
    )


def take(actor: Actor, grant_id: int) -> None:
    """Take a grant back; the row stays."""
    grant = Grant.objects.filter(pk=grant_id, taken_at=None).first()
    if grant is None:
        raise Unknown()
    if grant.user_id == actor.user_id:
        raise NotAllowed("refusal.own_grant")
    Grant.objects.filter(pk=grant_id).update(taken_at=now())
    audit.record(actor, "account", "account.manage", object_type="grant_taken", object_id=str(grant_id))


def unlock(request: HttpRequest, user_id: int) -> None:
    """Forget the failed logins of an account."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise Unknown()
    get_adapter(request).unlock(request, user.username)
    audit.record(request.actor, "account", "account.manage", object_type="unlock", object_id=str(user_id))


def switch(actor: Actor, user_id: int) -> None:
    """Switch an account off, or on again."""
    user = User.objects.filter(pk=user_id).exclude(pk=actor.user_id).first()
    if user is None:
        raise Unknown()
    User.objects.filter(pk=user_id).update(is_active=not user.is_active)
    detail = {"active": not user.is_active}
    audit.record(
        actor, "account", "account.manage", object_type="account", object_id=str(user_id), detail=detail
    )


def audit_page(query: QueryDict, verify: bool = False) -> dict[str, Any]:
    """Newest audit rows, seals, emergencies to review, and the verdict of a check if asked for."""
    rows = AuditEvent.objects.order_by("-pk")
    if kind := query.get("kind", ""):
        rows = rows.filter(kind=kind)
    return {
        "page": Pages(rows, ROWS).get_page(query.get("page")),
        "kind": kind,
        "seals": list(AuditSeal.objects.order_by("-after")[:5]),
        "emergencies": list(
            Emergency.objects.select_related("user").order_by("reviewed_at", "-from_at")[:20]
        ),
        "verdicts": VERDICTS,
        "verdict": sealing.verify() if verify else None,
    }


def judge(actor: Actor, emergency_id: int, verdict: str) -> None:
    """Review one emergency access; nobody reviews his own."""
    if verdict not in VERDICTS:
        raise Incomplete(fields="verdict")
    found = Emergency.objects.filter(pk=emergency_id, reviewed_at=None).exclude(user=actor.user_id)
    if not found.update(reviewed_by=actor.user_id, reviewed_at=now(), verdict=verdict):
        raise Unknown()
    audit.record(actor, "account", "emergency.review", object_type="emergency", object_id=str(emergency_id))


def system() -> dict[str, Any]:
    """Health without anything personal."""
    undelivered_messages, given_up = waiting()
    round_at, runs = last_round()
    return {
        "round_at": round_at,
        "runs": runs,
        "undelivered_messages": undelivered_messages,
        "given_up": given_up,
        "database": connection.vendor,
        "profile": web_settings().profile,
        "undelivered": Outbox.objects.filter(done_at=None, attempts__lt=ATTEMPTS).count(),
        "dead": list(Outbox.objects.filter(done_at=None, attempts__gte=ATTEMPTS)[:50]),
        "timers_late": Timer.objects.filter(done_at=None, fire_on__lt=today()).count(),
        "calendars": sorted(years().items()),
        "periods": retention.periods(today()),
        "seal": AuditSeal.objects.order_by("-after").first(),
        "accounts": User.objects.filter(is_active=True).count(),
    }


def tokens(actor: Actor) -> dict[str, Any]:
    """An account's tokens, and what a new one may hold."""
    law = provision("account_security.token_days", today())
    return {"rows": programs.mine(actor), "offered": programs.offered(actor), "most": law.value}
