"""The library's forms for accounts, with labels, hints and complaints in the language of the page."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm, SignupForm
from django.contrib.auth.password_validation import (
    get_default_password_validators,
    password_validators_help_text_html,
)
from django.core.exceptions import ValidationError

from renben.web.guard.passwords import NotUsedBefore
from renben.web.words import later

SAME = "password2"


class Worded:
    """Gives the fields of a form of the library our labels and takes away placeholders, which hide what was asked."""

    labels: dict[str, str]
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, key in self.labels.items():
            if name in self.fields:
                self.fields[name].label = later(key)
                self.fields[name].widget.attrs.pop("placeholder", None)

    def add_error(self, field: str | None, error: Any) -> None:
        """Say in our words that two passwords differ; every other complaint is as it was."""
        both = field == SAME and not isinstance(error, ValidationError)
        super().add_error(field, later("password.differ") if both else error)  # type: ignore[misc]


class SignIn(Worded, LoginForm):  # type: ignore[misc]
    """Sign in with a user name and a password."""

    labels = {"login": "user.name", "password": "password.one"}


class SignUp(Worded, SignupForm):  # type: ignore[misc]
    """Make an account."""

    labels = {"username": "user.name", "password1": "password.one", "password2": "password.repeat"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = [one for one in get_default_password_validators() if not isinstance(one, NotUsedBefore)]
        self.fields["password1"].help_text = password_validators_help_text_html(rules)
        self.fields["username"].help_text = later("sign_up.name_hint")


class ChangePassword(Worded, ChangePasswordForm):  # type: ignore[misc]
    """Change the password."""

    labels = {"oldpassword": "password.current", "password1": "password.new", "password2": "password.repeat"}


class PasswordAgain(Worded, ReauthenticateForm):  # type: ignore[misc]
    """Give the password once more."""

    labels = {"password": "password.one"}
