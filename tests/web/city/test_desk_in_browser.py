"""The officers' journeys with city cases in a real Chromium: without JavaScript, on a phone, and with the keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.browser import CHROMIUM, chromium, sign_in, visitor
from tests.web.city import errands
from tests.web.service import Service

pytest.importorskip("playwright", reason="playwright is not installed (dev group)")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("city") / "service").start()
    yield running
    running.stop()


def test_a_call_goes_from_the_desk_over_the_unit_to_the_inspector(service: Service, tmp_path: Path) -> None:
    with chromium() as browser:
        desk = visitor(browser, service.base, "en", java_script_enabled=False)
        unit = visitor(browser, service.base, "zh-hans", "phone", java_script_enabled=False)
        look = visitor(browser, service.base, "en", "phone", java_script_enabled=False)
        for page, name in ((desk, "zhihui"), (unit, "shizheng"), (look, "hecha")):
            sign_in(page, name, service.password)
        case, code = errands.taken_down(desk)
        assert len(code.replace("-", "")) == 12
        errands.press(desk, case, "file", title="路灯不亮", place="示例路口")
        errands.press(desk, case, "dispatch")
        number = desk.locator("dl.facts.row dd.num").first.inner_text()
        unit.goto("/city/desk/?view=to_accept")
        unit.click(f"text={number}")
        unit.wait_for_load_state()
        assert errands.WORDS["phone"] not in unit.content()
        errands.press(unit, case, "accept")
        errands.press(unit, case, "done", note="已更换灯头", file=errands.photo(tmp_path))
        look.goto("/city/desk/")
        assert number in look.inner_text("main")
        look.goto(f"{case}reports/")
        assert errands.WORDS["phone"] in look.inner_text("main"), "the inspector may call back"
        errands.press(look, case, "confirm", ways="call", note="来电人确认已亮灯")
        assert "Closed" in look.inner_text("h1")
        for page in (desk, unit, look):
            assert page.foreign == [] and page.violations == []


def test_the_board_is_walked_with_the_keyboard_and_its_map_fetches_nothing(service: Service) -> None:
    with chromium() as browser:
        page = visitor(browser, service.base, "zh-hans")
        sign_in(page, "zhihui", service.password)
        page.goto("/city/desk/?view=open")
        assert page.locator("svg circle").count() >= 8
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/city/desk/*-*/")
        assert page.foreign == [] and page.violations == []


def test_rules_are_tried_and_published_by_the_second_dispatcher(service: Service) -> None:
    with chromium() as browser:
        page = visitor(browser, service.base, "en", java_script_enabled=False)
        sign_in(page, "zhihui", service.password)
        page.goto("/city/routing/")
        assert "A colleague changed it last" in page.inner_text("main")
        page.goto("/city/routing/140100/trial/")
        assert "Emergency Management" in page.inner_text("main .notice.warn")
        page.click("form[action$='/publish/'] button")
        page.wait_for_load_state()
        assert "The rules are in force" in page.inner_text("main") and "version 2" in page.inner_text("main")
