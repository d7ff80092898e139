"""Password rules of the mlps3 profile (GB/T 22239: complexity, none used again); asvs2 asks for length only."""

from typing import Any

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError

from renben.web.clock import today
from renben.web.law import provision
from renben.web.words import say_now

KINDS = 3


class LongEnough(MinimumLengthValidator):
    """At least some number of characters, said in the service's own words."""

    def validate(self, password: str, _user: Any = None) -> None:
        """Refuse a password that is shorter."""
        if len(password) < self.min_length:
            raise ValidationError(self.get_help_text(), code="password_too_short")

    def get_help_text(self) -> str:
        """How long it must be."""
        return say_now("password.short", least=self.min_length)


class ThreeKindsOfCharacter:
    """At least three of: small letters, capitals, digits, other characters."""

    def validate(self, password: str, _user: Any = None) -> None:
        """Refuse a password with fewer kinds."""
        tests = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
        if sum(any(test(c) for c in password) for test in tests) < KINDS:
            raise ValidationError(self.get_help_text(), code="too_few_kinds")

    def get_help_text(self) -> str:
        """What a password needs."""
        return say_now("password.kinds")


class NotUsedBefore:
    """Not the present password and none of the last ones."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse a password that the account has or had."""
        if user is None or user.pk is None:
            return
        count = int(provision("account_security.password_history_mlps3", today()).value)
        used = user.used_passwords.order_by("-at").values_list("hash", flat=True)[: count - 1]
        if any(check_password(password, one) for one in (user.password, *used)):
            raise ValidationError(self.get_help_text(), code="used_before")

    def get_help_text(self) -> str:
        """What a password must not be."""
        return say_now("password.used")


class NotCommon(CommonPasswordValidator):
    """Not one of the passwords that are tried first."""

    def get_error_message(self) -> str:
        """What is wrong with it."""
        return say_now("password.common")

    def get_help_text(self) -> str:
        """What a password must not be."""
        return say_now("password.common")


class UnlikeTheName(UserAttributeSimilarityValidator):
    """Nothing like the account's own name."""

    def get_error_message(self) -> str:
        """What is wrong with it."""
        return say_now("password.like_name")

    def get_help_text(self) -> str:
        """What a password must not be."""
        return say_now("password.like_name")
