"""Which words of a page are in another language than the page, and not marked as such."""

import re
from html.parser import HTMLParser

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\uff08-\uff1b\u3001\u3002]+")
"""Chinese characters and the punctuation that only Chinese writes."""
SPELLED = re.compile(r"[A-Za-z][A-Za-z'’-]+(?: [A-Za-z][A-Za-z'’-]+)+")
"""Two words in Latin letters after each other: a phrase, no abbreviation and no unit."""
SHOWN = ("title", "aria-label", "alt", "placeholder", "data-label")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNSPOKEN = {"script", "style", "code"}
"""Formulas and names of datasets are in no language."""


class Foreign(HTMLParser):
    """Collects what stands in the page's other language outside an element that says so."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.looked = HAN if language == "en" else SPELLED
        self.open: list[tuple[str, str]] = [("", language)]
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        told = given.get("lang") or self.open[-1][1]
        if tag in UNSPOKEN:
            told = "zxx"
        for name in SHOWN:
            self._look(given.get(name) or "", told)
        if tag not in VOID:
            self.open.append((tag, told))

    def handle_endtag(self, tag: str) -> None:
        while len(self.open) > 1 and self.open.pop()[0] != tag:
            continue

    def handle_data(self, data: str) -> None:
        self._look(data, self.open[-1][1])

    def _look(self, text: str, told: str) -> None:
        here = self.open[0][1][:2]
        if told[:2] == here and (hit := self.looked.search(text)):
            self.found.append(f"{hit[0]} … {' '.join(text.split())[:90]}")


def foreign(page: str, language: str) -> list[str]:
    """Words in the page's other language that are not marked.

    Args:
        page: HTML.
        language: of the page, `zh` or `en`.
    """
    reader = Foreign(language)
    reader.feed(page)
    return reader.found
