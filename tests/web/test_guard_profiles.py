"""What differs between the profiles mlps3 and asvs2, and the limits that a sign-in has under each."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.password_validation import get_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from renben.web import settings
from renben.web.clock import today
from renben.web.config import WebSettings
from renben.web.guard.models import User
from renben.web.law import provision

FIRST, KINDS = "Correct-horse-7", "renben.web.guard.passwords"
MINUTE, HOUR = 60, 3600


@pytest.fixture
def profile(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Run the guard under a profile, as if in earnest where asked."""

    def choose(name: str, demo: bool = True) -> None:
        chosen = WebSettings(profile=name, demo=demo, https=not demo, second_factor=False)  # type: ignore[arg-type]
        for module in ("limits", "middleware"):
            monkeypatch.setattr(f"renben.web.guard.{module}.web_settings", lambda: chosen)

    return choose


@pytest.fixture
def officer(account: Callable[..., User]) -> User:
    user = account("profiled", "community_officer", "140105")
    user.set_password(FIRST)
    user.save()
    return user


MLPS3 = (f"{KINDS}.ThreeKindsOfCharacter", f"{KINDS}.NotUsedBefore")
"""Rules of the mlps3 profile alone."""


def rules(name: str) -> Any:
    listed = [one["NAME"] for one in settings.AUTH_PASSWORD_VALIDATORS if one["NAME"] not in MLPS3]
    ours = MLPS3 if name == "mlps3" else ()
    options = {one["NAME"]: one.get("OPTIONS", {}) for one in settings.AUTH_PASSWORD_VALIDATORS}
    return get_password_validators(
        [{"NAME": one, "OPTIONS": options.get(one, {})} for one in (*listed, *ours)]
    )


@pytest.mark.parametrize(
    ("password", "mlps3", "asvs2", "why"),
    [
        ("short-Pw-7", False, False, "twelve characters in both"),
        ("passwordpassword", False, True, "one kind of character"),
        ("password12345678", False, True, "two kinds"),
        ("correct horse battery", False, True, "a passphrase: asvs2 forbids rules of composition"),
        ("Correct-horse-8", True, True, "four kinds"),
        ("qwertyuiopasdfghjklzxcvbnm"[:12], False, True, "one kind"),
    ],
)
def test_the_profiles_ask_for_different_passwords(password: str, mlps3: bool, asvs2: bool, why: str) -> None:
    for name, accepted in (("mlps3", mlps3), ("asvs2", asvs2)):
        try:
            validate_password(password, password_validators=rules(name))
            taken = True
        except ValidationError:
            taken = False
        assert taken == accepted, (name, why)


def test_under_mlps3_a_password_of_the_last_five_is_not_taken_again(officer: User) -> None:
    for number in range(5):
        validate_password(f"Another-horse-{number}", officer, rules("mlps3"))
        officer.set_password(f"Another-horse-{number}")
        officer.save()
    for used in (f"Another-horse-{number}" for number in range(5)):
        with pytest.raises(ValidationError, match=r"last|最近"):
            validate_password(used, officer, rules("mlps3"))
        validate_password(used, officer, rules("asvs2"))
    validate_password(FIRST, officer, rules("mlps3"))


@pytest.mark.parametrize(
    ("name", "age", "sent"), [("mlps3", 91, True), ("mlps3", 89, False), ("asvs2", 4000, False)]
)
def test_an_officers_old_password_is_changed_first_under_mlps3_only(
    name: str,
    age: int,
    sent: bool,
    officer: User,
    browse: Callable[..., Client],
    profile: Callable[..., None],
) -> None:
    profile(name, demo=False)
    User.objects.filter(pk=officer.pk).update(password_set_at=timezone.now() - dt.timedelta(days=age))
    answer = browse(officer).get("/office/")
    assert (answer.status_code == 302 and answer["Location"] == "/account/password/") == sent
    assert browse(officer).get("/account/password/").status_code == 200, "the way out is open"


def test_changing_the_password_opens_the_pages_again(
    officer: User, browse: Callable[..., Client], profile: Callable[..., None]
) -> None:
    profile("mlps3", demo=False)
    User.objects.filter(pk=officer.pk).update(password_set_at=timezone.now() - dt.timedelta(days=91))
    client = browse(officer)
    again = {"oldpassword": FIRST, "password1": FIRST, "password2": FIRST}
    assert client.post("/account/password/", again).status_code == 200, "the same password is refused"
    fresh = {"oldpassword": FIRST, "password1": "Another-horse-9", "password2": "Another-horse-9"}
    assert client.post("/account/password/", fresh).status_code == 302
    assert client.get("/office/").status_code == 200


def test_a_resident_never_has_to_change_a_password_at_intervals(
    account: Callable[..., User], browse: Callable[..., Client], profile: Callable[..., None]
) -> None:
    profile("mlps3", demo=False)
    user = account("old-resident", "resident")
    user.set_password(FIRST)
    user.save()
    User.objects.filter(pk=user.pk).update(password_set_at=timezone.now() - dt.timedelta(days=4000))
    assert browse(user).get("/my/cases/").status_code == 200


@pytest.mark.parametrize("name", ["mlps3", "asvs2"])
def test_a_sign_in_ends_when_idle_and_after_its_longest_hours_even_in_use(
    name: str, officer: User, browse: Callable[..., Client], profile: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    profile(name)
    idle = int(provision(f"account_security.idle_minutes_{name}", today()).value) * MINUTE
    longest = int(provision(f"account_security.session_hours_{name}", today()).value) * HOUR
    begun, client = time.time(), browse(officer)

    def at(seconds: int) -> int:
        monkeypatch.setattr("renben.web.guard.limits.time.time", lambda: begun + seconds)
        return client.get("/office/").status_code

    assert at(0) == 200 and at(idle - MINUTE) == 200
    assert at(2 * idle) == 302, "left alone too long"
    monkeypatch.setattr("renben.web.guard.limits.time.time", lambda: begun)
    client = browse(officer)
    step = idle - MINUTE
    assert {at(second) for second in range(0, longest, step)} == {200}, "in use all the time"
    assert at(longest + MINUTE) == 302, "over, although in use"


def test_the_limits_are_stricter_under_mlps3() -> None:
    for limit in ("idle_minutes", "session_hours"):
        values = [provision(f"account_security.{limit}_{name}", today()).value for name in ("mlps3", "asvs2")]
        assert values[0] < values[1]
