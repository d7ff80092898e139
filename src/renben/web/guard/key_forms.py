"""The library's forms for codes and security keys, with labels in the language of the page."""

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.cache import cache

from renben.web.words import later


class AddKey(AddWebAuthnForm):  # type: ignore[misc]
    """Add a key under a name of one's own."""

    name = forms.CharField(label=later("key.name"), required=False, max_length=60)


class NameKey(EditWebAuthnForm):  # type: ignore[misc]
    """Give a key another name."""

    name = forms.CharField(label=later("key.name"), max_length=60)


class TakenOnce(BaseAuthenticateForm):  # type: ignore[misc]
    """A code of the app is taken once for as long as it would be good; the library forgets it after one step of 30 s."""

    def clean_code(self) -> str:
        """The code, where it is right and new."""
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            good_for = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
            used = f"totp-taken-by-{self.user.pk}-{''.join(filter(str.isdigit, code))}"
            if not cache.add(used, "y", timeout=good_for):
                self._emit_authentication_failed(self.authenticator)
                raise get_adapter().validation_error("incorrect_code")
        return code


class EnterCode(TakenOnce, AuthenticateForm):  # type: ignore[misc]
    """Sign in with a code of the app or a recovery code."""

    code = forms.CharField(
        label=later("factor.code"),
        help_text=later("factor.code_hint"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )


class CodeAgain(TakenOnce, ReauthenticateForm):  # type: ignore[misc]
    """Give a code once more before the account's protection is changed."""

    code = forms.CharField(
        label=later("factor.code"),
        help_text=later("factor.code_hint"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )


class FirstCode(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app, which shows that it took the secret."""

    code = forms.CharField(
        label=later("totp.code"),
        help_text=later("totp.code_hint"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
