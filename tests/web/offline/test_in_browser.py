"""Drafts on a device in a real Chromium: kept without a network, sent once, whatever happens in between."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.browser import CHROMIUM, chromium
from tests.web.offline.device import (
    ADDRESS,
    DUMP,
    HOUSEHOLD,
    KEPT,
    NAME,
    NO_LOCKS,
    NUMBER,
    STREET,
    as_account,
    begin,
    device,
    enter,
    finish,
    number_of,
    numbers,
    offline,
    opened,
    wait_for,
)
from tests.web.service import Service

pytest.importorskip("playwright", reason="playwright is not installed (dev group)")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("offline") / "service").start()
    yield running
    running.stop()


@pytest.fixture
def browser() -> Iterator[Any]:
    with chromium() as one:
        yield one


def test_a_household_written_down_without_a_network_survives_a_reload_and_is_sent_once(
    service: Service, browser: Any
) -> None:
    page = device(browser, service, "jumin")
    before = numbers(page)
    opened(page)
    with offline(page):
        opened(page)
        assert "No network" in page.inner_text("#net")
        draft = begin(page, "declaration", HOUSEHOLD)
        page.reload()
        page.wait_for_selector("#editor:not([hidden])")
        assert page.input_value("[name='identity-number']") == NUMBER
        assert page.is_checked("[name='stay-housing'][value='site']") and page.is_checked(
            "[name='notice-notice']"
        )
        stored = page.evaluate(DUMP)
        assert draft in stored and NUMBER not in stored and NAME not in stored.encode().decode(), "sealed"
        finish(page)
        page.locator(f"[data-draft='{draft}']", has_text="No network; it is sent").wait_for()
        page.goto("/my/cases/")
        assert "No network" in page.inner_text("main") and page.locator("a[href='/offline/en/']").count() == 1
        opened(page)
        wait_for(page, draft, "waiting")
    number = number_of(page, draft)
    assert re.fullmatch(r"JD-140105-2026-\d+", number)
    assert (
        page.evaluate("async (id) => (await Drafts.store.list()).find((one) => one.id === id).sealed", draft)
        is None
    )
    assert sorted(numbers(page)) == sorted([*before, number])
    assert page.foreign == [] and page.violations == []


def test_nothing_of_a_person_is_ever_cached(service: Service, browser: Any) -> None:
    page = device(browser, service, "laohu")
    for address in ("/home/", "/my/data/", "/my/household/", "/my/cases/"):
        page.goto(address)
    kept = page.evaluate(KEPT)
    assert kept and all(one.startswith(("/offline/", "/static/")) for one in kept)
    with offline(page):
        page.goto("/my/data/")
        assert "No network" in page.inner_text("main") and "示例" not in page.content()


def test_an_answer_that_was_lost_is_asked_for_again_and_makes_no_second_case(
    service: Service, browser: Any
) -> None:
    page = device(browser, service, "jumin")
    before = len(numbers(page))
    opened(page)
    draft = begin(page, "declaration", {**HOUSEHOLD, "identity-name": "示例失"})
    answered: list[int] = []

    def lose(route: Any) -> None:
        answered.append(route.fetch().status)
        route.abort()

    page.context.route("**/offline/send/**", lose)
    finish(page)
    page.locator(f"[data-draft='{draft}']", has_text="Sending again makes no second case").wait_for()
    assert answered == [200], "the service had taken it in"
    assert page.locator(f"[data-draft='{draft}'] button", has_text="Open").count() == 0, (
        "not to be changed meanwhile"
    )
    page.context.unroute("**/offline/send/**")
    page.click("#send-all")
    number = number_of(page, draft)
    found = numbers(page)
    assert number in found and len(found) == before + 1


@pytest.mark.parametrize("locks", [True, False])
def test_two_tabs_that_send_at_once_make_one_case(service: Service, browser: Any, locks: bool) -> None:
    page = device(browser, service, "jumin")
    if not locks:
        page.context.add_init_script(NO_LOCKS)
    before = len(numbers(page))
    opened(page)
    other = page.context.new_page()
    opened(other)
    with offline(page):
        draft = begin(page, "declaration", HOUSEHOLD)
        finish(page)
        wait_for(page, draft, "waiting")
        wait_for(other, draft, "waiting")
    for tab in (page, other):
        tab.evaluate("() => { Drafts.sendAll('all'); }")
    number = number_of(page, draft)
    assert number_of(other, draft) == number
    assert len(numbers(page)) == before + 1


def test_what_the_service_refuses_is_mended_at_its_field_and_sent_under_the_same_key(
    service: Service, browser: Any
) -> None:
    page = device(browser, service, "jumin")
    draft = begin(page, "declaration", {**HOUSEHOLD, "address-words": "手写的地址"})
    finish(page)
    wait_for(page, draft, "refused")
    page.click(f"[data-draft='{draft}'] button >> text=Mend")
    page.wait_for_selector("#problems .problem")
    assert "did not take it" in page.inner_text("#problems")
    assert "Nothing found" in page.inner_text("[data-question=address] .wrong .error")
    page.click("#problems a")
    assert page.evaluate("document.activeElement.name") == "address-words"
    page.fill("[name='address-words']", ADDRESS)
    finish(page)
    assert number_of(page, draft).startswith("JD-")


def test_what_the_device_can_see_is_said_before_anything_is_sent(service: Service, browser: Any) -> None:
    page = device(browser, service, "jumin")
    with offline(page):
        begin(
            page,
            "declaration",
            {**HOUSEHOLD, "identity-number": NUMBER[:-1] + "5", "arrival-arrival": "2031-01-01"},
        )
        page.click("#member-add")
        page.click("#finish")
        page.wait_for_selector("#problems .problem")
        found = page.locator("#problems li").all_inner_texts()
        assert any("check character" in one for one in found) and any("after today" in one for one in found)
        assert page.locator("[data-member] .wrong").count() == 2, "a name and a number are lacking"
        page.click("[data-remove]")
        enter(page, {"identity-number": NUMBER, "arrival-arrival": "2026-06-10"})
        finish(page)


def test_a_draft_waits_for_its_own_account(service: Service, browser: Any) -> None:
    page = device(browser, service, "jumin")
    with offline(page):
        draft = begin(page, "declaration", HOUSEHOLD)
        finish(page)
        page.context.clear_cookies(name="sessionid")
    as_account(page, "laohu", service.password)
    opened(page)
    page.locator(f"[data-draft='{draft}']", has_text="another account").wait_for()
    assert page.locator(f"[data-draft='{draft}'] button").all_inner_texts() == ["Delete"]
    sent: list[str] = []
    page.context.on("request", lambda one: sent.append(one.url) if "/send/" in one.url else None)
    page.click("#send-all")
    page.wait_for_timeout(500)
    wait_for(page, draft, "waiting")
    assert sent == []
    as_account(page, "jumin", service.password)
    opened(page)
    assert number_of(page, draft).startswith("JD-")


def test_where_the_session_ended_it_asks_to_sign_in(service: Service, browser: Any) -> None:
    page = device(browser, service, "jumin")
    draft = begin(page, "declaration", HOUSEHOLD)
    page.context.clear_cookies(name="sessionid")
    finish(page)
    page.locator(f"[data-draft='{draft}'] a", has_text="Sign in").wait_for()
    page.click(f"[data-draft='{draft}'] a >> text=Sign in")
    page.fill("input[name=login]", "jumin")
    page.fill("input[name=password]", service.password)
    page.click("main button.primary")
    page.wait_for_url("**/offline/en/")
    assert number_of(page, draft).startswith("JD-")


def test_a_service_that_was_killed_in_between_gets_it_when_it_is_back(service: Service, browser: Any) -> None:
    page = device(browser, service, "jumin")
    draft = begin(page, "declaration", HOUSEHOLD)
    service.kill()
    try:
        finish(page)
        page.locator(f"[data-draft='{draft}']", has_text="No answer").wait_for()
    finally:
        service.start()
    page.click("#send-all")
    number = number_of(page, draft)
    assert numbers(page).count(number) == 1


def test_an_officers_visit_is_handed_in_and_the_slip_can_be_printed(service: Service, browser: Any) -> None:
    page = device(browser, service, "minjing")
    with offline(page):
        draft = begin(page, "visit", {**HOUSEHOLD, "contact-phone": ""})
        page.click("#finish")
        page.wait_for_selector("[data-question=counter] .wrong >> nth=1")
        enter(page, {"counter-read_back": True, "counter-signed": True})
        finish(page)
    number = number_of(page, draft)
    page.click(f"[data-draft='{draft}'] a >> text=Print the slip")
    page.wait_for_url("**/slip/")
    assert number in page.inner_text("main")


def test_anybody_reports_from_the_street_with_place_and_photo(
    service: Service, browser: Any, tmp_path: Path
) -> None:
    from tests.web.errands import photo_file  # noqa: PLC0415

    page = device(
        browser, service, geolocation={"latitude": 37.8, "longitude": 112.5}, permissions=["geolocation"]
    )
    with offline(page):
        draft = begin(page, "report", STREET)
        page.click("#locate button")
        page.wait_for_selector("#locate [role=status]:has-text('stands')")
        assert page.input_value("[name='where-lat']") == "37.80000"
        page.set_input_files("[name='check-photo']", str(photo_file(tmp_path)))
        page.wait_for_selector("[data-file]")
        page.reload()
        page.wait_for_selector("[data-file]")
        assert "synthetic.jpg" in page.inner_text("[data-file]") and "synthetic" not in page.evaluate(DUMP)
        finish(page)
    number_of(page, draft)
    code = re.search(r"follow it: ([0-9A-Z-]{14})\.", page.inner_text(f"[data-draft='{draft}']"))
    assert code is not None, "shown until it is removed, since it opens the way to follow it"
    page.goto("/city/follow/")
    page.fill("main input[name=code]", code.group(1))
    page.click("main button.primary")
    page.wait_for_load_state()
    assert "CG-140105-2026" in page.inner_text("main")


def test_a_countys_addresses_that_are_kept_can_be_chosen_without_a_network(
    service: Service, browser: Any
) -> None:
    page = device(browser, service, "jumin")
    page.select_option("#lists-region", "140105")
    page.click("#lists-keep")
    page.wait_for_selector("#lists-said:has-text('Kept')")
    with offline(page):
        draft = begin(page, "declaration", {**HOUSEHOLD, "address-words": "坞城路"})
        assert page.locator("#address-list option").count() == 3
        assert "by hand" in page.inner_text("#address-said")
        page.fill("[name='address-words']", ADDRESS)
        page.wait_for_selector("#address-said:has-text('a standard address')")
        assert page.input_value("[name='address-address']").isdigit()
        finish(page)
    assert number_of(page, draft).startswith("JD-")
