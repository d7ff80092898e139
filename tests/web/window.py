"""A window of Chromium that draws answers of this process, and says what is wrong with how they look.

With RENBEN_PICTURES set to a folder, every page is also kept there as a picture at each width:

    RENBEN_PICTURES=/tmp/pages python -m pytest -n 0 tests/web/test_accessibility.py -k any_page
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.web.browser import SIZES, visitor

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)

BASE = "http://127.0.0.1:1"
"""Nothing listens there; every request of the browser is answered by this process."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
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


class Window:
    """A page of Chromium that draws answers of this process."""

    def __init__(self, browser: Any, language: str, size: str, theme: str) -> None:
        self.page, self.size = visitor(browser, BASE, language, size, color_scheme=theme), SIZES[size]
        self.statics: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.client, self.answer = Client(), None
        self.page.route("**/*", self._give)

    def draw(self, answer: Any) -> None:
        """Show an answer, as if it had come from its own address."""
        self.answer = answer
        self.page.goto(BASE + str(answer.request["PATH_INFO"]), wait_until="load")

    def _give(self, route: Any) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            if path not in self.statics:
                self.statics[path] = _parts(self.client.get(path))
            status, headers, body = self.statics[path]
        else:
            status, headers, body = _parts(self.answer)
        route.fulfill(status=status, headers=headers, body=body)

    def wrong(self, name: str) -> list[tuple[str, str, str]]:
        """What axe finds in the page that is shown."""
        found = (
            axe.Axe()
            .run(self.page, options={"runOnly": RULES, "resultTypes": ["violations"]})
            .response["violations"]
        )
        return [(name, one["id"], one["nodes"][0]["html"][:150]) for one in found]

    def too_wide(
        self, name: str, kept: str = "", sizes: Sequence[str] = tuple(SIZES)
    ) -> list[tuple[str, str, str]]:
        """What sticks out of the page on a phone, a tablet or a desktop; the window is a phone's, tablet's and desktop's in turn."""
        found = []
        for size in sizes:
            width, height = SIZES[size]
            self.page.set_viewport_size({"width": width, "height": height})
            found += [(name, f"sticks out on a {size}", one) for one in self.page.evaluate(SIDEWAYS)]
            if PICTURES and kept:
                Path(PICTURES).mkdir(parents=True, exist_ok=True)
                clean = re.sub(r"[^a-z_0-9]+", "-", kept)
                self.page.screenshot(path=str(Path(PICTURES) / f"{clean}-{width}.png"), full_page=True)
        self.page.set_viewport_size(dict(zip(("width", "height"), self.size, strict=True)))
        return found


def _parts(answer: Any) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and content of an answer."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, dict(answer.items()), body
