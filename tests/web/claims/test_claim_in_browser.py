"""One claim from the start page to `granted since`, in a real Chromium without JavaScript, in both languages.

A resident is offered a service, declines another, claims it and looks its receipt over; the office that gives it
grants; a second claim in the meantime leads to the first.
"""

from collections.abc import Iterator

import pytest

from tests.web.browser import CHROMIUM, chromium, sign_in, visitor
from tests.web.service import Service

pytest.importorskip("playwright", reason="playwright is not installed (dev group)")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
ARTICLE, ANSWER = "国务院令第663号第十二条", "合成：请到社区卫生服务中心"
STORY = [
    ("en", "phone", "health_record", "standard-32", ("You are entitled to these", "Waiting for an officer", "granted since 10 June 2026")),
    ("zh-hans", "desktop", "infectious_disease_care", "standard-34", ("您可以享受、还没有申领的服务", "等待受理", "已准予，自 2026年6月10日")),
]  # fmt: skip
"""Language, size, service, key of its page, and what is read on the way."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("claims") / "service").start()
    yield running
    running.stop()


@pytest.mark.parametrize(("language", "size", "item", "key", "said"), STORY, ids=[one[0] for one in STORY])
def test_a_service_is_offered_claimed_granted(
    service: Service, language: str, size: str, item: str, key: str, said: tuple[str, ...]
) -> None:
    own = ":not(:has(input[name=ward]))"
    claim = f"form[action='/services/{item}/claim/']{own} button"
    declined = f"form[action='/services/health_education/offer/']{own}"
    with chromium() as browser:
        resident = visitor(browser, service.base, language, size, java_script_enabled=False)
        officer = visitor(browser, service.base, language, java_script_enabled=False)
        sign_in(resident, "laohu", service.password)
        sign_in(officer, "weijian", service.password)
        assert said[0] in resident.inner_text("main")
        if language == "en":
            press(resident, f"{declined} button")
            assert resident.locator(declined).count() == 0, "declined, it is offered no more"
        press(resident, claim)
        case = str(resident.url.split("/cases/")[1].split("/")[0])
        assert "1985" in resident.inner_text("main") or resident.locator("dl.facts dd").count() >= 3, (
            "what is on record"
        )
        press(resident, "main button[name=do][value=next]")
        press(resident, "main form.actions button")
        assert said[1] in resident.inner_text("main") and resident.locator("#receipt").count() == 1
        resident.goto(f"/services/{key}/")
        assert resident.locator(claim).count() == 0, "one claim at a time"
        officer.goto(f"/office/cases/{case}/")
        press(officer, "form[action$='/step/claim/'] button")
        decide(officer)
        resident.goto("/my/entitlements/")
        assert said[2] in resident.inner_text("main")
        resident.goto(f"/my/cases/{case}/")
        assert ARTICLE in resident.inner_text("main") and ANSWER in resident.inner_text("main")
        resident.goto("/home/")
        assert resident.locator(claim).count() == 0, "granted, it is offered no more"
        for page in (resident, officer):
            assert page.foreign == [] and page.violations == []


def press(page: object, selector: str) -> None:
    """Press a button, also one that is folded away."""
    button = page.locator(selector).first  # type: ignore[attr-defined]
    if not button.is_visible():
        page.locator("details", has=page.locator(selector)).first.locator("summary").first.click()  # type: ignore[attr-defined]
    button.click()
    page.wait_for_load_state()  # type: ignore[attr-defined]


def decide(page: object) -> None:
    """Grant with the article and a word."""
    form = page.locator("details", has=page.locator("form[action$='/step/grant/']")).first  # type: ignore[attr-defined]
    form.locator("summary").first.click()
    form.locator("input[name=article]").fill(ARTICLE)
    form.locator("textarea[name=note]").fill(ANSWER)
    form.locator("button").last.click()
    page.wait_for_load_state()  # type: ignore[attr-defined]
