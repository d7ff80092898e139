"""What an app for codes shows (RFC 6238), now or some steps of 30 seconds away."""

import time

from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value


def code_of(secret: str, steps: int = 0, moment: float | None = None) -> str:
    """The code for a secret, `steps` after the moment (before it, where negative)."""
    step = int(time.time() if moment is None else moment) // app_settings.TOTP_PERIOD
    return format_hotp_value(hotp_value(secret, step + steps))
