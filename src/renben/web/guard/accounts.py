"""Accounts: who a request's user is, what signing up gives, and the trace of signing in."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from renben.web.clock import now
from renben.web.config import web_settings
from renben.web.guard import audit
from renben.web.guard.models import Grant, User
from renben.web.guard.policy import NOBODY, Actor
from renben.web.words import later

SAID = {
    "account_inactive": "inactive.title",
    "enter_current_password": "refused.current_password",
    "incorrect_code": "refused.code",
    "incorrect_password": "refused.password",
    "invalid_login": "refused.sign_in",
    "rate_limited": "refused.too_fast",
    "same_as_current": "refused.same",
    "too_many_login_attempts": "refused.too_many",
    "username_blacklisted": "refused.name_taken",
    "username_password_mismatch": "refused.sign_in",
    "username_taken": "refused.name_taken",
}
"""The library's complaints that an account of this service can meet, and our words for them."""


class Adapter(DefaultAccountAdapter):
    """allauth's account hooks: a new account is a resident's and nothing else."""

    error_messages = DefaultAccountAdapter.error_messages | {code: later(key) for code, key in SAID.items()}

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Save a new account with the resident's role."""
        user.password_set_at = now()
        user.demo = (
            web_settings().demo
        )  # made in a demonstration, it does not keep the demonstration from starting again
        user = super().save_user(request, user, form, commit)
        Grant.objects.create(user=user, role="resident", region="")
        return user

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002
        """Failures are counted per account name, under whatever host name the service is called."""
        return f"login:{credentials.get('username', '').lower()}"

    def unlock(self, request: HttpRequest, username: str) -> None:
        """Forget the failed attempts on an account."""
        self._delete_login_attempts_cached_email(request, username=username)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's hooks for the second factor: complaints in our words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": later("key.keep_one"),
        "cannot_generate_recovery_codes": later("codes.none_yet"),
        "incorrect_code": later("refused.code"),
    }


def actor_of(user: User, request: str = "") -> Actor:
    """The actor behind an account, with its open grants: those that came with the request's account, else read now."""
    grants = getattr(user, "open_grants", None)  # through the lazy object that stands for a request's account
    if grants is None:
        grants = tuple(user.grants.filter(taken_at__isnull=True).order_by("pk").values_list("role", "region"))
    return Actor(user.pk, grants, user.person_key, request=request)


@receiver(user_logged_in)
def _signed_in(user: User, **_: Any) -> None:
    audit.record(actor_of(user), "login", object_type="account", object_id=str(user.pk))


@receiver(user_logged_out)
def _signed_out(user: User | None, **_: Any) -> None:
    if user is not None:
        audit.record(actor_of(user), "logout", object_type="account", object_id=str(user.pk))


@receiver(user_login_failed)
def _refused(credentials: dict[str, Any], **_: Any) -> None:
    name = str(credentials.get("username", ""))
    known = User.objects.filter(username__iexact=name).values_list("pk", flat=True).first()
    audit.record(NOBODY, "login_failed", object_type="account", object_id=str(known or "unknown"))
