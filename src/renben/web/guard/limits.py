"""How long a sign-in and a password last under the profile of the service: mlps3 or asvs2.

Carries out: GB/T 22239 8.1.4.1 a-b (change passwords at intervals, none used again, end idle sessions) for mlps3;
OWASP ASVS 5.0 6.2.10 (no change at intervals) and 7.3 (documented limits) for asvs2. Residents never have to change
a password at intervals. Days and minutes are provisions of the catalogue, which an operator may replace.
"""

import datetime as dt
import time
from functools import lru_cache
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from renben.web.clock import ZONE, today
from renben.web.config import web_settings
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.law import provision

SEEN_EVERY = 60
SINCE, SEEN = "since", "seen"


def _limit(name: str) -> int:
    return _written(f"account_security.{name}_{web_settings().profile}", today())


@lru_cache(maxsize=64)
def _written(name: str, day: dt.date) -> int:
    return int(provision(name, day).value)


def officer(actor: Actor) -> bool:
    """Whether an actor holds any role but a resident's."""
    return any(role != "resident" for role in actor.roles)


@receiver(user_logged_in)
def _begun(request: HttpRequest, **_: Any) -> None:
    """Note when the sign-in began; nothing that is done later moves it."""
    request.session[SINCE] = int(time.time())


def over(request: HttpRequest) -> bool:
    """Whether a sign-in has lasted too long, or an officer left it alone too long; notes the visit otherwise."""
    session, moment = request.session, int(time.time())
    since = session.setdefault(SINCE, moment)
    if moment - since > _limit("session_hours") * 3600:
        return True
    seen = session.get(SEEN, 0)
    if officer(request.actor) and seen and moment - seen > _limit("idle_minutes") * 60:
        return True
    if moment - seen > SEEN_EVERY:
        session[SEEN] = moment
    return False


def password_is_due(user: User, actor: Actor) -> bool:
    """Whether an officer's password has to be changed before going on; never in demo mode, whose day is turned."""
    settings = web_settings()
    if settings.demo or settings.profile != "mlps3" or not officer(actor) or not user.has_usable_password():
        return False
    if user.password_set_at is None:
        return True
    age = dt.datetime.now(ZONE) - user.password_set_at
    return age > dt.timedelta(days=_limit("password_days"))
