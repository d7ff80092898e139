"""The library's forms for codes and security keys, with labels in the language of the page."""

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms

from renben.web.words import later


class AddKey(AddWebAuthnForm):  # type: ignore[misc]
    """Add a key under a name of one's own."""

    name = forms.CharField(label=later("key.name"), required=False, max_length=60)


class NameKey(EditWebAuthnForm):  # type: ignore[misc]
    """Give a key another name."""

    name = forms.CharField(label=later("key.name"), max_length=60)


class EnterCode(AuthenticateForm):  # type: ignore[misc]
    """Sign in with a code of the app or a recovery code."""

    code = forms.CharField(
        label=later("factor.code"),
        help_text=later("factor.code_hint"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )


class CodeAgain(ReauthenticateForm):  # type: ignore[misc]
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
