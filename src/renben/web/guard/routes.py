"""Permissions of the routes that a library brings; ours declare their own beside the view."""

from collections.abc import Callable
from typing import Any

from renben.web.guard.policy import PUBLIC, SIGNED_IN

LIBRARY_ROUTES = {
    "account_login": PUBLIC,
    "account_logout": SIGNED_IN,
    "account_signup": PUBLIC,
    "account_inactive": PUBLIC,
    "account_change_password": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": PUBLIC,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "mfa_remove_webauthn": SIGNED_IN,
    "mfa_edit_webauthn": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "usersessions_list": SIGNED_IN,
    "set_language": PUBLIC,
}


def permission_of(view: Callable[..., Any], name: str | None) -> str | None:
    """The permission that a route declares, None where it declares none."""
    return getattr(view, "permission", None) or LIBRARY_ROUTES.get(name or "")
