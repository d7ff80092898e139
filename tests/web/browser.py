"""A real Chromium for tests and pictures: no other host, an empty profile, phone or desktop."""

import contextlib
import shutil
from collections.abc import Iterator
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"phone": (390, 844), "tablet": (768, 1024), "desktop": (1440, 900)}


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """A headless browser that is closed at the end."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def visitor(browser: Any, base: str, language: str = "zh-hans", size: str = "desktop", **options: Any) -> Any:
    """A fresh page of a visitor with a language; collects requests to other hosts and policy violations."""
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=base, viewport={"width": width, "height": height}, locale="zh-CN", **options
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": base}])
    page = context.new_page()
    page.foreign, page.violations = [], []
    page.on(
        "request", lambda r: page.foreign.append(r.url) if not r.url.startswith((base, "data:")) else None
    )
    page.on("console", lambda m: page.violations.append(m.text) if "Content Security" in m.text else None)
    page.on("pageerror", lambda e: page.violations.append(str(e)))
    return page


def sign_in(page: Any, name: str, password: str) -> None:
    """Sign in as an account."""
    page.goto("/account/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.click("main button.primary")
    page.wait_for_url("**/home/")
