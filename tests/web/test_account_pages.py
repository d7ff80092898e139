"""Pages by which an account protects itself: our words, our look, walked in Chromium from the first password on."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.template.loader import get_template
from django.test import Client
from django.urls import get_resolver

from renben.web.guard.models import User
from tests.web.browser import CHROMIUM, chromium, visitor
from tests.web.codes import code_of
from tests.web.service import Service
from tests.web.tongues import foreign

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)
PASSWORD, NEXT = "Correct-horse-7", "Another-staple-8"
LIBRARY = ("allauth.account.views", "allauth.mfa", "allauth.usersessions")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def templates() -> Iterator[str]:
    """Every template that a route of the account library names."""
    for route in get_resolver().url_patterns:
        view = getattr(getattr(route, "callback", None), "view_class", None)
        if view is not None and view.__module__.startswith(LIBRARY):
            name = getattr(view, "template_name", None)
            if name:
                yield str(name)


def test_every_page_of_the_account_library_that_can_be_reached_is_ours() -> None:
    ours = Path(apps.get_app_config("look").path) / "templates"
    found = set(templates())
    assert len(found) >= 12, found
    assert {name for name in found if not get_template(name).origin.name.startswith(str(ours))} == set()


@pytest.mark.parametrize(
    ("language", "said"), [("en", "The two passwords differ."), ("zh-hans", "两次输入的口令不一样。")]
)
def test_complaints_are_in_our_words(
    language: str, said: str, account: Callable[..., User], browse: Callable[..., Client]
) -> None:
    user = account("complaints", "community_officer", "140105")
    user.set_password(PASSWORD)
    user.save()
    client = browse(user, language)
    given = {"oldpassword": PASSWORD, "password1": NEXT, "password2": NEXT + "x"}
    page = client.post("/account/password/", given).content.decode()
    assert said in page and foreign(page, language[:2]) == []
    common = client.post(
        "/account/password/", given | {"password1": "password1234", "password2": "password1234"}
    )
    assert foreign(common.content.decode(), language[:2]) == []
    assert client.post("/account/password/", given | {"password2": NEXT}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEXT)


class Walk:
    """Looks at each page: axe, both edges, words of the other language."""

    def __init__(self, page: Any, language: str) -> None:
        self.page, self.language, self.wrong, self.seen = page, language, [], []

    def look(self, name: str) -> None:
        """Write down what is wrong with the page that is open."""
        found = axe.Axe().run(self.page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response
        self.wrong += [(name, one["id"], one["nodes"][0]["html"][:120]) for one in found["violations"]]
        if self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
        ):
            self.wrong.append((name, "scrolls sideways", ""))
        self.wrong += [(name, "words", one) for one in foreign(self.page.content(), self.language)]
        self.seen.append(name)

    def go(self, path: str) -> None:
        """Open a page and look at it, over the question for the password where it is asked."""
        self.page.goto(path)
        self.look(path)

    def press(self, selector: str) -> None:
        """Press a button and look at the page that it leads to."""
        self.page.click(selector)
        self.page.wait_for_load_state()
        self.look(re.sub(r"\?.*", "", self.page.url.split("/", 3)[3]) + " after " + selector)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize(("language", "size"), [("zh-hans", "phone"), ("en", "desktop")])
def test_an_account_is_protected_step_by_step_in_a_browser(language: str, size: str, tmp_path: Path) -> None:
    service = Service(tmp_path / "service").start()
    try:
        with chromium() as browser:
            page = visitor(browser, service.base, language, size)
            walk = Walk(page, language[:2])
            protect(walk, service.password)
            assert walk.wrong == [] and len(walk.seen) > 15
            assert page.foreign == [] and page.violations == []
    finally:
        service.stop()


def protect(walk: Walk, password: str) -> None:
    """Sign in wrongly and rightly, set up an app, see and renew the codes, stop using it, change the password."""
    page = walk.page
    walk.go("/account/login/")
    page.fill("input[name=login]", "minjing")
    page.fill("input[name=password]", "wrong")
    walk.press("main button.primary")
    page.fill("input[name=login]", "minjing")
    page.fill("input[name=password]", password)
    walk.press("main button.primary")
    walk.go("/account/factor/")
    walk.go("/account/factor/add/")
    secret = page.inner_text("#authenticator_secret") if page.query_selector("#authenticator_secret") else ""
    if not secret:  # the password is asked once more
        page.fill("input[name=password]", "wrong")
        walk.press("main button.primary")
        page.fill("input[name=password]", password)
        walk.press("main button.primary")
        secret = page.inner_text("#authenticator_secret")
    page.fill("input[name=code]", "000000" if code_of(secret) != "000000" else "111111")
    walk.press("main button.primary")
    page.fill("input[name=code]", code_of(page.inner_text("#authenticator_secret")))
    walk.press("main button.primary")
    walk.go("/account/codes/")
    assert len(page.input_value("#recovery_codes").split()) == 10
    walk.go("/account/codes/new/")
    walk.press("main form:has(button.danger) button")
    walk.go("/account/factor/again/")
    walk.go("/account/keys/")
    walk.go("/account/keys/add/")
    walk.go("/account/factor/remove/")
    walk.press("main form:has(button.danger) button")
    walk.go("/account/sessions/")
    walk.go("/account/password/")
    for name, value in (("oldpassword", password), ("password1", NEXT), ("password2", NEXT)):
        page.fill(f"input[name={name}]", value)
    walk.press("main button.primary")
    page.goto("/account/logout/")
    walk.press("main form.actions button")
