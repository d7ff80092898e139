"""Axe finds nothing on the programme's and the dashboards' pages, phone and desktop, both languages and themes."""

import re
from collections.abc import Iterator

import pytest

from renben.core.workspace import Workspace
from tests.web.browser import CHROMIUM, chromium, sign_in, visitor
from tests.web.service import Service

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

PAGES = (
    "/programme/", "/programme/tasks/", "TASK", "/programme/unplaced/", "/overview/", "/overview/measures/1/",
    "/overview/regions/140100/", "/overview/indicators/", "/overview/indicators/urban_rate_resident/",
)  # fmt: skip
LOOKS = [("zh-hans", "phone", "dark"), ("en", "desktop", "light")]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def service(evaluated_once: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("axe-programme") / "service"
    running = Service(folder, RENBEN_WORKSPACE=str(evaluated_once.root)).start()
    yield running
    running.stop()


@pytest.mark.parametrize(("language", "size", "theme"), LOOKS)
def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    service: Service, language: str, size: str, theme: str
) -> None:
    wrong = []
    with chromium() as browser:
        page = visitor(browser, service.base, language, size, java_script_enabled=True)
        page.context.add_cookies([{"name": "theme", "value": theme, "url": service.base}])
        sign_in(page, "guihua", service.password)
        page.goto("/programme/tasks/")
        task = re.sub("^https?://[^/]+", "", str(page.locator("main tbody a").first.get_attribute("href")))
        for address in PAGES:
            page.goto(task if address == "TASK" else address)
            found = axe.Axe().run(page, options={"runOnly": RULES})
            wrong += [
                (address, one["id"], one["nodes"][0]["html"][:150]) for one in found.response["violations"]
            ]
            if page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
            ):
                wrong.append((address, "scrolls sideways", size))
        assert page.foreign == [] and page.violations == []
    assert "\n".join(map(str, wrong)) == ""
