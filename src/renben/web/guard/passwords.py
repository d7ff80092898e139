"""Password rules of the mlps3 profile (GB/T 22239: complexity); asvs2 asks for length only."""

from typing import Any

from django.core.exceptions import ValidationError

from renben.web.words import say_now

KINDS = 3


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
