"""Officers and residents run the registry's errands in a real Chromium, without JavaScript and on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from renben.web.registry.identifiers import check_digit
from tests.web import errands
from tests.web.browser import CHROMIUM, chromium, sign_in, visitor
from tests.web.service import Service

pytest.importorskip("playwright", reason="playwright is not installed (dev group)")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("registry") / "service").start()
    yield running
    running.stop()


def test_the_synthetic_number_is_one() -> None:
    number = errands.COUNTER[1][1]["fill:number"]
    assert check_digit(number[:17]) == number[17]


def test_one_photo_is_handed_in_checked_and_used_twice(service: Service, tmp_path: Path) -> None:
    with chromium() as browser:
        resident = visitor(browser, service.base, "en", "phone", java_script_enabled=False)
        officer = visitor(browser, service.base, "en", java_script_enabled=False)
        school = visitor(browser, service.base, "en")
        for page, name in ((resident, "laohu"), (officer, "minjing")):
            sign_in(page, name, service.password)
        case = errands.hand_in_photo(resident, errands.photo_file(tmp_path))
        errands.claim(officer, case)
        errands.point(officer, case)
        assert officer.locator("figure img").count() == 2, "both pictures are shown before accepting"
        errands.accept(officer)
        resident.goto("/my/photo/")
        for _ in range(2):
            resident.click("form[action='/my/photo/give/'] button >> nth=0")
            resident.wait_for_load_state()
        codes = resident.locator("p.code").all_inner_texts()
        assert len(codes) == 2
        assert errands.fetched(school, codes[0]) == (358, 441)
        resident.goto("/my/photo/")
        assert "fetched: 1" in resident.inner_text("main")
        resident.click("form[action$='/revoke/'] button >> nth=0")
        resident.wait_for_load_state()
        school.goto("/photo/")
        school.fill("#code", codes[0])
        school.click("main button.primary")
        school.wait_for_load_state()
        assert school.locator(".problem").count() == 1, "taken back"
        for page in (resident, officer, school):
            assert page.foreign == [] and page.violations == []


def test_a_form_is_taken_down_at_the_counter_and_its_person_takes_the_record_over(service: Service) -> None:
    with chromium() as browser:
        officer = visitor(browser, service.base, "en", java_script_enabled=False)
        sign_in(officer, "minjing", service.password)
        case = errands.take_down(officer)
        assert officer.url.endswith("/check/") and "示例申" in officer.inner_text("main")
        officer.emulate_media(media="print")
        assert officer.locator(".signature").is_visible() and not officer.locator("main form").is_visible()
        officer.emulate_media(media="screen")
        errands.hand_in(officer)
        assert officer.url.endswith("/slip/") and "JD-140105-2026" in officer.inner_text(".receipt")
        errands.claim(officer, case)
        assert officer.locator("form[action$='/step/approve/']").count() == 0, (
            "whoever took it down does not decide"
        )
        assert officer.foreign == [] and officer.violations == []
