"""No page scrolls sideways on a phone, a tablet or a desktop, in either language; every visit is drawn.

With RENBEN_PICTURES set to a folder, every page is also kept there as a picture:

    RENBEN_PICTURES=/tmp/pages python -m pytest -n 0 tests/web/test_widths.py
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from tests.web.browser import CHROMIUM, chromium
from tests.web.programme.conftest import plan  # noqa: F401
from tests.web.test_accessibility import Window, world  # noqa: F401
from tests.web.world import Visits, World

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

WIDTHS = {390: 844, 768: 1024, 1440: 900}
SIDEWAYS = """() => {
  const page = document.documentElement, found = [];
  if (page.scrollWidth > page.clientWidth + 1) {
    for (const one of document.querySelectorAll("body *")) {
      const box = one.getBoundingClientRect();
      if (box.right > page.clientWidth + 1 && box.width) { found.push(`page: ${one.outerHTML.slice(0, 90)}`); break; }
    }
  }
  for (const one of document.querySelectorAll("main table")) {
    const box = one.parentElement;
    if (one.scrollWidth > box.clientWidth + 1) found.push(`table: ${one.outerHTML.slice(0, 90)}`);
  }
  return found;
}"""
"""The first element that sticks out of a page that scrolls sideways, and tables wider than what holds them."""
PICTURES = os.environ.get("RENBEN_PICTURES", "")


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_no_page_scrolls_sideways(
    world: World,  # noqa: F811
    browse: Callable[..., Client],
    language: str,
    theme: str,
) -> None:
    pages, wrong, drawn = list(Visits(browse, language, theme).every(world)), [], 0
    with chromium() as browser:
        window = Window(browser, language, "phone", theme)
        for name, answer in pages:
            if answer.status_code not in (200, 403, 404, 422) or "html" not in answer.get("Content-Type", ""):
                continue
            window.draw(answer)
            drawn += 1
            for width, height in WIDTHS.items():
                window.page.set_viewport_size({"width": width, "height": height})
                wrong += [(name, width, one) for one in window.page.evaluate(SIDEWAYS)]
                _keep(
                    window.page,
                    f"{drawn:03}-{re.sub(r'[^a-z_0-9]+', '-', name)[:60]}-{language[:2]}-{theme}-{width}",
                )
    assert "\n".join(map(str, wrong)) == ""
    assert drawn > 100


def _keep(page: object, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)  # type: ignore[attr-defined]
