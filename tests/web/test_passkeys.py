"""A security key as the second factor, in Chromium with its virtual authenticator, against the running service."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.browser import CHROMIUM, chromium, visitor
from tests.web.service import Service

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
KEY = {
    "protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that asks officers for a second factor, called by a name: keys are not bound to addresses."""
    running = Service(tmp_path_factory.mktemp("keys") / "service", RENBEN_WEB_SECOND_FACTOR="1").start()
    running.base = running.base.replace("127.0.0.1", "localhost")
    yield running
    running.stop()


def authenticator(page: Any) -> tuple[Any, str]:
    """A security key plugged into the browser."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]


def test_an_officer_adds_a_key_and_signs_in_with_it_and_no_other_key_opens_the_account(
    service: Service,
) -> None:
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
        assert page.goto("/office/").status == 200 and page.url.endswith("/office/")
        page.goto("/account/keys/")
        assert "示例安全密钥" in page.inner_text("main")
        assert session.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
        page.goto("/home/")
        page.click("form[action$='/logout/'] button")
        begin(page, service)
        page.goto("/office/")
        assert page.url.endswith("/account/factor/check/"), "the password alone opens nothing"
        page.click("#mfa_webauthn_authenticate")
        page.wait_for_url("**/home/")
        assert page.goto("/office/").status == 200 and page.url.endswith("/office/")
        assert page.foreign == [] and page.violations == []
        stranger(browser, service)


def begin(page: Any, service: Service, then: str = "**/account/factor/check/**") -> None:
    """Name and password."""
    page.goto("/account/login/")
    page.fill("input[name=login]", "minjing")
    page.fill("input[name=password]", service.password)
    page.click("main button.primary")
    page.wait_for_url(then)


def stranger(browser: Any, service: Service) -> None:
    """Somebody with the password and another key."""
    other = visitor(browser, service.base, "en")
    authenticator(other)
    begin(other, service)
    other.click("#mfa_webauthn_authenticate")
    other.wait_for_timeout(1500)
    assert "/account/factor/check/" in other.url
    other.goto("/office/")
    assert other.url.endswith("/account/factor/check/"), "another key opens nothing"
