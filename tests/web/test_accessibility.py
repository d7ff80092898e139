"""Every page in a real browser, in both languages and both themes (test_world.py holds the visits whole): axe finds
nothing, and no page scrolls sideways on a phone, a tablet or a desktop.

Pages are answered by the code under test in this process, so that the templates behind each are known; Chromium
then draws the answers one by one and gets nothing from anywhere else.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from renben.core.workspace import Workspace
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry.models import Address
from tests.web.browser import CHROMIUM, SIZES, chromium, visitor
from tests.web.conftest import answers
from tests.web.planted import Planted
from tests.web.programme.conftest import plan  # noqa: F401
from tests.web.window import PICTURES, Window
from tests.web.world import Visit, Visits, World, build

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

LOOKS = [("zh-hans", "phone", "dark"), ("en", "desktop", "light")]
SHORT = "zh-hans"
"""The language whose words are shorter: what fits in the other one fits in it, so pages that show nothing new are left out."""
NARROW = ("phone",)
"""Where a page that shows nothing new is looked at for what sticks out: with other words, on the narrowest screen."""
ELEMENT = re.compile(r'<[a-z0-9]+|(?:class|type|role)="[^"]*"|aria-[a-z]+=')


@pytest.fixture
def world(
    planted: Planted, people: dict[str, Actor], address: Address, plan: Any, account: Callable[..., User],  # noqa: F811
    ran: Workspace,
) -> World:  # fmt: skip
    return build(planted, people, answers(address), plan, account)


def told_apart(pages: list[Visit]) -> Iterator[Visit]:
    """Pages with a template or an element (name, class, role) that no page before had; the rest show nothing new."""
    known: set[str] = set()
    for name, answer in pages:
        parts = set(ELEMENT.findall(answer.content.decode())) | {str(one.name) for one in answer.templates}
        fresh = parts - known
        known |= fresh
        if fresh:
            yield name, answer


@pytest.mark.parametrize(("language", "size", "theme"), LOOKS)
def test_axe_finds_nothing_on_any_page_and_none_scrolls_sideways(
    world: World, browse: Callable[..., Client], language: str, size: str, theme: str
) -> None:
    pages, wrong = list(Visits(browse, language, theme).every(world)), []
    assert {name for name, answer in pages if answer.status_code not in (200, 403, 404, 422)} == set()
    fresh = {id(answer) for _, answer in told_apart(pages)}
    with chromium() as browser:
        window = Window(browser, language, size, theme)
        for number, (name, answer) in enumerate(pages, 1):
            if "html" not in answer.get("Content-Type", ""):
                continue
            if id(answer) not in fresh and language == SHORT and not PICTURES:
                continue
            window.draw(answer)
            wrong += window.wrong(name) if id(answer) in fresh else []
            sizes = tuple(SIZES) if id(answer) in fresh or PICTURES else NARROW
            wrong += window.too_wide(name, f"{number:03}-{name[:60]}-{language[:2]}-{theme}", sizes)
        assert window.page.foreign == [] and window.page.violations == []
    assert "\n".join(map(str, wrong)) == ""
    assert len(pages) > 100 and len(fresh) > 25


def test_a_page_that_is_too_wide_is_found(browse: Callable[..., Client]) -> None:
    answer = browse().get("/")
    bar = b'<main><table style="width:600px"><tr><td>wide</td></tr></table>'
    answer.content = re.sub(rb"<main[^>]*>", bar, answer.content, count=1)
    answer.headers["Content-Security-Policy"] = ""
    with chromium() as browser:
        window = Window(browser, "en", "desktop", "light")
        window.draw(answer)
        assert {what for _, what, _ in window.too_wide("/")} == {"sticks out on a phone"}


def test_a_fault_of_a_page_is_found(browse: Callable[..., Client]) -> None:
    answer = browse().get("/")
    answer.content = answer.content.replace(b"<main", b'<img src="/static/look/mark.svg"><main', 1)
    with chromium() as browser:
        window = Window(browser, "en", "phone", "light")
        window.draw(answer)
        assert "image-alt" in {rule for _, rule, _ in window.wrong("/")}


def test_without_a_run_the_dashboards_say_what_to_do_and_are_accessible(
    account: Callable[..., User],
    browse: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("RENBEN_WORKSPACE", str(tmp_path / "none"))
    visits = Visits(browse, "zh-hans", "dark")
    pages = list(visits.of(account("x-lead", "programme_officer", "140000"), "overview", "indicators"))
    with chromium() as browser:
        window = Window(browser, "zh-hans", "phone", "dark")
        for name, answer in pages:
            window.draw(answer)
            assert window.wrong(name) + window.too_wide(name) == []
    assert "dashboards/_missing.html" in visits.seen


def test_the_registration_can_be_begun_with_the_keyboard_alone(tmp_path: Path) -> None:
    from tests.web.browser import sign_in  # noqa: PLC0415
    from tests.web.service import Service  # noqa: PLC0415

    service = Service(tmp_path / "service").start()
    try:
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
    finally:
        service.stop()
