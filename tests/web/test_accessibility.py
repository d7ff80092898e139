"""axe in a real browser on every kind of page, both languages, light and dark, phone and desktop."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.browser import CHROMIUM, chromium, sign_in, visitor
from tests.web.service import Service

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

PAGES = {
    "": ["/", "/account/login/", "/account/signup/", "/apply/residence_registration/", "/nothing/"],
    "laohu": ["/home/", "/my/cases/", "/my/permit/", "/my/entitlements/", "/my/data/"],
    "jumin": ["/home/", "QUESTIONS"],
    "minjing": [
        "/home/",
        "/office/",
        "CASE",
        "/office/search/",
        "/population/",
        "/flows/",
        "/flows/permit_life/1/",
    ],
    "shenji": ["/home/", "/audit/"],
    "anquan": ["/accounts/", "/account/password/", "/account/factor/", "/account/factor/add/"],
    "xitong": ["/system/"],
}
LOOKS = [("zh-hans", "phone", "light"), ("en", "desktop", "dark")]
QUESTIONS = (
    "notice",
    "identity",
    "contact",
    "hukou",
    "arrival",
    "place",
    "address",
    "stay",
    "members",
    "proof",
    "check",
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("axe") / "service").start()
    yield running
    running.stop()


def addresses(page: Any, listed: list[str]) -> Iterator[str]:
    for one in listed:
        if one == "QUESTIONS":
            page.goto("/apply/residence_registration/")
            page.click("main button.primary")
            base = page.url.removesuffix("notice/")
            yield from (f"{base}{name}/" for name in QUESTIONS)
        elif one == "CASE":
            page.goto("/office/")
            yield page.locator("tbody a").first.get_attribute("href")
        else:
            yield one


@pytest.mark.parametrize(("language", "size", "theme"), LOOKS)
def test_axe_finds_nothing_wrong(
    service: Service, tmp_path: Path, language: str, size: str, theme: str
) -> None:
    wrong = []
    with chromium() as browser:
        for name, listed in PAGES.items():
            page = visitor(browser, service.base, language, size)
            page.context.add_cookies([{"name": "theme", "value": theme, "url": service.base}])
            if name:
                sign_in(page, name, service.password)
            for address in addresses(page, listed):
                page.goto(address)
                found = axe.Axe().run(
                    page,
                    options={
                        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
                    },
                )
                wrong += [
                    (address.removeprefix(service.base), one["id"], one["nodes"][0]["html"][:150])
                    for one in found.response["violations"]
                ]
                wide = page.evaluate(
                    "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
                )
                if wide:
                    wrong.append((address, "scrolls sideways", size))
            assert page.foreign == [] and page.violations == [], name
    assert "\n".join(map(str, wrong)) == ""


def test_the_registration_can_be_begun_with_the_keyboard_alone(service: Service) -> None:
    with chromium() as browser:
        page = visitor(browser, service.base, "en")
        sign_in(page, "jumin", service.password)
        page.goto("/apply/residence_registration/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip", (
            "the first stop skips to the content"
        )
        page.locator("main button.primary").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/notice/")
        page.locator("input[name=notice]").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.wait_for_url("**/identity/")
