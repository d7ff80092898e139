"""Signing in: one lock-out, a second factor for officers, idle sessions, three administrations apart."""

import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client

from renben.web.config import WebSettings
from renben.web.guard.models import AuditEvent, Grant, User
from tests.web.codes import code_of

PASSWORD = "Correct-horse-7"


@pytest.fixture
def officer(account: Callable[..., User]) -> User:
    cache.clear()
    user = account("signing-in", "community_officer", "140105")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, name: str, password: str = PASSWORD) -> int:
    return client.post("/account/login/", {"login": name, "password": password}).status_code


def test_five_failures_lock_an_account_until_the_security_administrator_unlocks_it(
    officer: User, account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    client = Client()
    sequence = [
        client.post("/account/login/", {"login": "signing-in", "password": "wrong"}) for _ in range(8)
    ]
    assert ["Too many" in page.content.decode() or "过多" in page.content.decode() for page in sequence] == [
        False, False, False, False, False, True, True, True,
    ]  # fmt: skip
    assert sign_in(Client(), "signing-in") == 200, "the right password does not open a locked account"
    security = account("security", "security_admin")
    assert browse(security).post(f"/accounts/{officer.pk}/unlock/").status_code == 302
    assert sign_in(Client(), "signing-in") == 302
    assert AuditEvent.objects.filter(kind="login_failed", object_id=str(officer.pk)).count() == 5
    assert AuditEvent.objects.filter(object_type="unlock", actor=security.pk).count() == 1


def test_a_session_gets_a_new_identity_on_signing_in_and_dies_with_the_account(officer: User) -> None:
    client = Client()
    client.get("/account/login/")
    sign_in(client, "signing-in")
    before = client.session.session_key
    assert client.get("/home/").status_code == 200
    assert before
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert client.get("/home/").status_code == 302


def test_an_officer_sees_no_personal_page_before_the_second_factor(
    officer: User, browse: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    earnest = WebSettings(second_factor=True)
    monkeypatch.setattr("renben.web.guard.middleware.web_settings", lambda: earnest)
    client = browse(officer)
    answer = client.get("/office/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/factor/")
    secret = generate_totp_secret()
    TOTP.activate(officer, secret)
    assert client.get("/office/").status_code == 200


STEP = 30
MOMENT = 1_900_000_020.0
"""The beginning of a step; the tests of codes stand still there."""


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set the clock that codes are read by."""
    clock = {"at": MOMENT}
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", SimpleNamespace(time=lambda: clock["at"]))
    return lambda seconds: clock.update(at=MOMENT + seconds)


def asked_for_a_code() -> Client:
    """Somebody who gave the password and is asked for a code."""
    client = Client()
    answer = client.post("/account/login/", {"login": "signing-in", "password": PASSWORD})
    assert answer["Location"].startswith("/account/factor/check/")
    return client


@pytest.mark.parametrize("written", ["{}", " {} ", "{}-"])
@pytest.mark.parametrize("later", [0, 1.5 * STEP])
def test_a_code_of_the_second_factor_works_once(
    officer: User, still: Callable[[float], None], later: float, written: str
) -> None:
    """Also past the step of 30 seconds for which the library remembers it: a code is good for a step more."""
    secret = generate_totp_secret()
    factor = TOTP.activate(officer, secret)
    code = code_of(secret, moment=MOMENT)
    first, second = asked_for_a_code(), asked_for_a_code()
    assert first.post("/account/factor/check/", {"code": code}).status_code == 302
    still(later)
    if later > STEP:
        assert cache.delete(factor._get_used_cache_key(code)), "by now the library has forgotten it"
    page = second.post("/account/factor/check/", {"code": written.format(code)})
    assert page.status_code == 200, "a replayed code is refused"


@pytest.mark.parametrize(("steps", "status"), [(-2, 200), (-1, 302), (0, 302), (1, 302), (2, 200)])
def test_a_clock_may_be_one_step_away(
    officer: User, still: Callable[[float], None], steps: int, status: int
) -> None:
    """RFC 6238 section 5.2: at most one step for the way from the app to the service."""
    secret = generate_totp_secret()
    TOTP.activate(officer, secret)
    still(0)
    code = code_of(secret, steps, MOMENT)
    assert asked_for_a_code().post("/account/factor/check/", {"code": code}).status_code == status


def test_an_idle_officer_has_to_sign_in_again(
    officer: User, monkeypatch: pytest.MonkeyPatch, browse: Callable[..., Client]
) -> None:
    monkeypatch.setenv("RENBEN_WEB_SECOND_FACTOR", "0")
    relaxed = WebSettings()
    monkeypatch.setattr("renben.web.guard.middleware.web_settings", lambda: relaxed)
    client = browse(officer)
    assert client.get("/office/").status_code == 200
    later = time.time() + 16 * 60
    monkeypatch.setattr("renben.web.guard.limits.time.time", lambda: later)
    answer = client.get("/office/")
    assert answer.status_code == 302 and "/account/login/" in answer["Location"]


def test_the_three_administrations_exclude_each_other_in_the_database(account: Callable[..., User]) -> None:
    user = account("mixed", "system_admin")
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(user=user, role="auditor")
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(user=user, role="resident", given_by=user)


def test_signing_up_gives_a_residents_account_and_weak_passwords_are_refused() -> None:
    client = Client()
    weak = {"username": "newcomer", "password1": "aaaaaaaaaaaaa", "password2": "aaaaaaaaaaaaa"}
    assert client.post("/account/signup/", weak).status_code == 200
    assert not User.objects.filter(username="newcomer").exists()
    client.post("/account/signup/", {"username": "newcomer", "password1": PASSWORD, "password2": PASSWORD})
    assert list(Grant.objects.filter(user__username="newcomer").values_list("role", "region")) == [
        ("resident", "")
    ]
    assert User.objects.get(username="newcomer").demo, "made in a demonstration, which starts again with it"


def test_the_security_administrator_grants_and_cannot_grant_himself(
    account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    security, other = account("security", "security_admin"), account("other")
    client = browse(security)
    give = {"username": "other", "role": "community_officer", "region": "140105"}
    assert client.post("/accounts/grant/", give).status_code == 302
    assert client.post("/accounts/grant/", {**give, "username": "security"}).status_code == 403
    assert client.post("/accounts/grant/", {**give, "region": "999999"}).status_code == 422
    grant = other.grants.get()
    assert client.post(f"/accounts/grants/{grant.pk}/take/").status_code == 302
    assert other.grants.get().taken_at is not None


def test_a_role_bound_to_regions_is_not_given_without_one(
    account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    client = browse(account("security", "security_admin"))
    other = account("other")
    give = {"username": "other", "role": "community_officer", "region": ""}
    refused = client.post("/accounts/grant/", give, headers={"Accept-Language": "en"})
    assert refused.status_code == 422 and not other.grants.filter(role="community_officer").exists()
    assert "Without one the grant would reach everywhere" in refused.content.decode()
    assert client.post("/accounts/grant/", {**give, "role": "auditor"}).status_code == 302
    assert client.post("/accounts/grant/", {**give, "role": "auditor"}).status_code == 403, (
        "it is there already"
    )


def test_an_unknown_account_is_named_and_the_page_says_where_accounts_come_from(
    account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    client = browse(account("security", "security_admin"))
    give = {"username": "nobody-here", "role": "community_officer", "region": "140105"}
    said = client.post("/accounts/grant/", give).content.decode()
    assert "nobody-here" in said and "username, role" not in said
    page = client.get("/accounts/").content.decode()
    assert "Make an account" in page and '<option value="140105">' in page
