"""What is left on a device: signing out asks, turning off deletes everything, what is too old goes and says so."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.browser import CHROMIUM, chromium, sign_in, visitor
from tests.web.offline.device import (
    DUMP,
    HOUSEHOLD,
    LEFT,
    NUMBER,
    STREET,
    begin,
    device,
    enter,
    finish,
    offline,
    opened,
    wait_for,
)
from tests.web.service import Service
from tests.web.window import RULES, SIDEWAYS, axe

pytest.importorskip("playwright", reason="playwright is not installed (dev group)")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
SIGN_OUT = "header form[action='/account/logout/'] button"
AGE = """async (days) => {
  const [row] = await Drafts.store.list();
  await Drafts.store.change(row.id, [row.state], { until: Date.now() + days * 24 * 3600 * 1000 });
}"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("device") / "service").start()
    yield running
    running.stop()


@pytest.fixture
def browser() -> Iterator[Any]:
    with chromium() as one:
        yield one


def at_home(page: Any, unsent: bool = True) -> None:
    """The start page, once the scripts of a device that keeps drafts have run."""
    page.goto("/home/")
    if unsent:
        page.wait_for_selector("#drafts-banner")


def test_a_device_is_left_alone_until_somebody_turns_it_on(service: Service, browser: Any) -> None:
    page = visitor(browser, service.base, "en")
    sign_in(page, "jumin", service.password)
    page.goto("/offline/en/")
    page.wait_for_selector("#turn:not([hidden])")
    assert page.evaluate(LEFT) == [0, 0, 0]
    assert not page.is_visible("#ready")


def test_signing_out_asks_and_may_be_called_off(service: Service, browser: Any) -> None:
    page = device(browser, service, "jumin")
    begin(page, "declaration", HOUSEHOLD)
    at_home(page)
    assert "not sent: 1." in page.inner_text("#drafts-banner")
    page.click(SIGN_OUT)
    page.wait_for_selector("dialog[open]")
    assert "kept encrypted" in page.inner_text("dialog")
    page.keyboard.press("Escape")
    page.goto("/my/cases/")
    assert page.url.endswith("/my/cases/"), "still signed in"


def test_a_draft_that_is_kept_at_sign_out_is_there_for_its_account_only(
    service: Service, browser: Any
) -> None:
    page = device(browser, service, "jumin")
    draft = begin(page, "declaration", HOUSEHOLD)
    at_home(page)
    page.click(SIGN_OUT)
    page.click("dialog [data-leave=keep]")
    page.wait_for_url("**/account/login/**")
    opened(page)
    said = page.inner_text(f"[data-draft='{draft}']")
    assert "another account" in said and page.locator("[data-new=declaration]:visible").count() == 0
    sign_in(page, "jumin", service.password)
    opened(page)
    page.click(f"[data-draft='{draft}'] button >> text=Open")
    page.wait_for_selector("#editor:not([hidden])")
    assert page.input_value("[name='identity-number']") == NUMBER


def test_a_draft_that_is_given_up_at_sign_out_is_gone(service: Service, browser: Any) -> None:
    page = device(browser, service, "jumin")
    begin(page, "declaration", HOUSEHOLD)
    at_home(page)
    page.click(SIGN_OUT)
    page.click("dialog [data-leave=delete]")
    page.wait_for_url("**/account/login/**")
    opened(page)
    assert page.locator("[data-draft]").count() == 0


def test_signing_out_without_drafts_asks_nothing_and_forgets_the_account(
    service: Service, browser: Any
) -> None:
    page = device(browser, service, "jumin")
    at_home(page, unsent=False)
    page.wait_for_timeout(500)
    page.click(SIGN_OUT)
    page.wait_for_url("**/account/login/**")
    opened(page)
    assert page.evaluate("async () => (await Drafts.store.device()).account") == ""
    assert page.is_visible("#sign-in-first")


def test_where_no_script_could_ask_nothing_is_lost_and_the_account_is_forgotten(
    service: Service, browser: Any
) -> None:
    page = device(browser, service, "jumin")
    draft = begin(page, "declaration", HOUSEHOLD)
    page.route("**/elsewhere.js*", lambda route: route.abort())
    page.context.route("**/elsewhere.js*", lambda route: route.abort())
    page.goto("/home/")
    page.click(SIGN_OUT)
    page.wait_for_url("**/account/login/**")
    opened(page)
    assert page.locator(f"[data-draft='{draft}']").count() == 1
    assert page.evaluate("async () => (await Drafts.store.device()).account") == ""


def test_a_device_without_drafts_turned_on_is_cleared_as_before(service: Service, browser: Any) -> None:
    page = visitor(browser, service.base, "en")
    sign_in(page, "jumin", service.password)
    page.evaluate("() => localStorage.setItem('x', '1')")
    page.click(SIGN_OUT)
    page.wait_for_url("**/account/login/**")
    assert page.evaluate("() => localStorage.getItem('x')") is None


def test_turning_off_deletes_everything_and_asks_before(service: Service, browser: Any) -> None:
    page = device(browser, service, "jumin")
    draft = begin(page, "declaration", HOUSEHOLD)
    page.click("[data-leave] >> nth=0")
    page.click("#turn-off")
    page.click("#sure [data-no]")
    assert page.locator(f"[data-draft='{draft}']").count() == 1
    page.click("#turn-off")
    page.click("#sure [data-yes]")
    page.wait_for_selector("#turn:not([hidden])")
    assert page.evaluate(LEFT) == [0, 0, 0]
    assert "drafts=" not in page.evaluate("document.cookie")


def test_a_draft_is_deleted_in_time_with_a_warning_before_and_a_word_after(
    service: Service, browser: Any
) -> None:
    page = device(browser, service, "jumin")
    with offline(page):
        draft = begin(page, "declaration", HOUSEHOLD)
        page.click("[data-leave] >> nth=0")
        page.evaluate(AGE, 2)
        page.locator(f"[data-draft='{draft}']", has_text="send it before").wait_for()
        page.evaluate(AGE, -1)
        opened(page)
        assert "not sent in time" in wait_for(page, draft, "expired")
        assert '"sealed":null' in page.evaluate(DUMP)


def test_deleting_a_draft_asks_first(service: Service, browser: Any) -> None:
    page = device(browser, service)
    draft = begin(page, "report", STREET)
    page.click("#delete")
    page.click("#sure [data-no]")
    assert page.is_visible("#editor")
    page.click("#delete")
    page.click("#sure [data-yes]")
    page.wait_for_selector("#ready:not([hidden])")
    assert page.locator(f"[data-draft='{draft}']").count() == 0


def test_a_draft_that_is_open_in_two_tabs_is_not_overwritten(service: Service, browser: Any) -> None:
    page = device(browser, service)
    draft = begin(page, "report", STREET)
    other = page.context.new_page()
    other.goto(f"/offline/en/#{draft}")
    other.wait_for_selector("#editor:not([hidden])")
    enter(other, {"where-place": "另一处"})
    other.wait_for_selector("#saved:has-text('Kept')")
    enter(page, {"where-place": "这一处"})
    page.wait_for_selector("#saved:has-text('another tab')")
    page.goto("/offline/en/#" + draft)
    page.reload()
    page.wait_for_selector("#editor:not([hidden])")
    assert page.input_value("[name='where-place']") == "另一处"


def test_without_scripts_the_page_leads_to_the_pages_that_need_none(service: Service, browser: Any) -> None:
    page = visitor(browser, service.base, "zh-hans", java_script_enabled=False)
    page.goto("/offline/")
    assert page.is_visible("noscript a[href='/apply/residence_registration/']")
    assert not page.is_visible("#ready") and not page.is_visible("#turn")


@pytest.mark.parametrize(
    ("language", "size", "scheme"), [("zh", "phone", "dark"), ("en", "desktop", "light")]
)
def test_axe_finds_nothing_in_any_state_of_the_page(
    language: str, size: str, scheme: str, service: Service, browser: Any
) -> None:
    page = device(browser, service, "jumin", language, size, color_scheme=scheme)
    looked = [seen(page, "empty")]
    with offline(page):
        draft = begin(
            page, "declaration", {**HOUSEHOLD, "identity-number": "1", "address-words": "手写的地址"}
        )
        page.click("#member-add")
        page.click("#finish")
        page.wait_for_selector("#problems .problem")
        looked.append(seen(page, "mistakes"))
        page.click("[data-remove]")
        enter(page, {"identity-number": NUMBER})
        finish(page)
        wait_for(page, draft, "waiting")
        looked.append(seen(page, "waiting"))
        page.goto("/home/")
        looked.append(seen(page, "away"))
    opened(page, language)
    wait_for(page, draft, "refused")
    begin(page, "report", STREET)
    looked.append(seen(page, "report"))
    page.click("#delete")
    page.wait_for_selector("dialog[open]")
    looked.append(seen(page, "dialog"))
    assert [one for one in looked if one] == []
    assert page.violations == []


def seen(page: Any, state: str) -> list[str]:
    """What axe finds, and what sticks out."""
    found = (
        axe.Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    )
    wrong = [f"{state}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]
    return wrong + [f"{state}: {one}" for one in page.evaluate(SIDEWAYS)]
