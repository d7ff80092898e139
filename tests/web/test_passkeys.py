"""A security key as the second factor, in Chromium with its virtual authenticator, against the running service."""

import base64
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.faults.database import as_application, drop
from tests.web.browser import CHROMIUM, chromium, visitor
from tests.web.service import Service
from tests.web.test_postgresql import APP, server_is_there

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
KEY = {
    "protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
CHECK = "/account/factor/check/"


class Enrolled(NamedTuple):
    """What the officer holds after adding a key."""

    credential: dict[str, Any]
    codes: list[str]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that asks officers for a second factor, called by a name: keys are not bound to addresses.

    On PostgreSQL as the application role where there is a server: the policies hold whoever signs in.
    """
    folder = tmp_path_factory.mktemp("keys") / "service"
    database = as_application(folder, APP) if server_is_there() else ""
    running = Service(folder, database, RENBEN_WEB_SECOND_FACTOR="1").start()
    running.base = running.base.replace("127.0.0.1", "localhost")
    yield running
    running.stop()
    if database:
        drop(database)


@pytest.fixture(scope="module")
def enrolled(service: Service) -> Enrolled:
    """An officer who has no second factor adds a key: the password is asked once more, codes are given."""
    with chromium() as browser:
        page = visitor(browser, service.base, "zh-hans")
        session, key = authenticator(page)
        begin(page, service, "**/account/factor/")
        page.goto("/office/")
        assert page.url.endswith("/account/factor/"), "no personal page before a second factor"
        page.goto("/account/keys/add/")
        page.wait_for_url("**/account/again/**")
        page.fill("input[name=password]", service.password)
        page.click("main form button[type=submit]")
        page.wait_for_url("**/account/keys/add/")
        page.fill("input[name=name]", "示例安全密钥")
        page.click("#mfa_webauthn_add")
        page.wait_for_url("**/account/codes/")
        codes = page.input_value("#recovery_codes").split()
        assert len(codes) == 10, "the recovery codes can be read"
        page.goto("/account/keys/")
        assert "示例安全密钥" in page.inner_text("main")
        assert page.goto("/office/").status == 200 and page.url.endswith("/office/")
        assert page.foreign == [] and page.violations == []
        (credential,) = session.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    return Enrolled(credential, codes)


def test_the_key_signs_in_and_the_password_alone_opens_nothing(service: Service, enrolled: Enrolled) -> None:
    with chromium() as browser:
        page = visitor(browser, service.base, "zh-hans")
        authenticator(page, enrolled.credential)
        begin(page, service)
        page.goto("/office/")
        assert page.url.endswith(CHECK), "the password alone opens nothing"
        assert not page.is_visible("[data-without-keys]") and not page.is_visible("[data-key-failed]")
        page.click("#mfa_webauthn_authenticate")
        page.wait_for_url("**/home/")
        assert page.goto("/office/").status == 200 and page.url.endswith("/office/")
        assert page.foreign == [] and page.violations == []


def test_a_key_that_the_account_does_not_know_is_told_so_on_the_page(
    service: Service, enrolled: Enrolled
) -> None:
    assert enrolled.codes
    with chromium() as browser:
        page = visitor(browser, service.base, "en")
        authenticator(page)
        begin(page, service)
        page.click("#mfa_webauthn_authenticate")
        page.wait_for_selector("[data-key-failed]", state="visible")
        opens_nothing(page)


def test_a_forged_key_under_the_true_keys_name_is_refused_by_the_service(
    service: Service, enrolled: Enrolled
) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    secret = other.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    with chromium() as browser:
        page = visitor(browser, service.base, "en")
        authenticator(page, {**enrolled.credential, "privateKey": base64.b64encode(secret).decode()})
        begin(page, service)
        with page.expect_response(lambda r: r.request.method == "POST" and r.url.endswith(CHECK)) as answer:
            page.click("#mfa_webauthn_authenticate")
        assert answer.value.status == 200
        page.wait_for_selector("main .problem[data-focus]", state="visible")
        opens_nothing(page)


def test_without_scripts_the_page_names_the_codes_and_a_code_signs_in_once(
    service: Service, enrolled: Enrolled
) -> None:
    code = enrolled.codes[0]
    with chromium() as browser:
        page = visitor(browser, service.base, "en", java_script_enabled=False)
        begin(page, service)
        assert "recovery code" in page.inner_text("[data-without-keys]")
        assert not page.is_visible("#mfa_webauthn_authenticate"), "no button that does nothing"
        enter(page, code)
        page.wait_for_url("**/home/")
        page.goto("/account/keys/add/")
        page.fill("input[name=password]", service.password)
        page.click("main form button[type=submit]")
        page.wait_for_url("**/account/keys/add/")
        assert "authenticator app" in page.inner_text("[data-without-keys]")
        assert not page.is_visible("#mfa_webauthn_add")
        assert page.is_visible("main a[href='/account/factor/add/']")
        again = visitor(browser, service.base, "en", java_script_enabled=False)
        begin(again, service)
        enter(again, code)
        again.wait_for_selector("main .problem[data-focus]", state="visible")
        opens_nothing(again)


def authenticator(page: Any, credential: dict[str, Any] | None = None) -> tuple[Any, str]:
    """A security key plugged into the browser, empty or holding a credential."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    key = session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]
    if credential is not None:
        session.send("WebAuthn.addCredential", {"authenticatorId": key, "credential": credential})
    return session, key


def begin(page: Any, service: Service, then: str = f"**{CHECK}**") -> None:
    """Name and password."""
    page.goto("/account/login/")
    page.fill("input[name=login]", "minjing")
    page.fill("input[name=password]", service.password)
    page.click("main button.primary")
    page.wait_for_url(then)


def enter(page: Any, code: str) -> None:
    """Type a code and send it."""
    page.fill("input[name=code]", code)
    page.click("form:has(input[name=code]) button")


def opens_nothing(page: Any) -> None:
    """The sign-in is where it was, and no personal page opens."""
    assert page.url.endswith(CHECK)
    page.goto("/office/")
    assert page.url.endswith(CHECK)
