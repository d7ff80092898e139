"""Every page of the world in the view, beside the same page in simplified characters, and what must be the same in both."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

from django.db import transaction
from django.test import Client

from renben.web.guard.models import User
from tests.web.tongues import VOID
from tests.web.world import Visit, Visits

SAID = (
    "title", "aria-label", "alt", "placeholder", "label", "data-label", "data-saved", "data-asking", "data-done", "data-failed",
)  # fmt: skip
"""Attributes that are read or heard; every other one is a value, an address or a name."""
FRESH = ("csrfmiddlewaretoken", "key")
UNSAID = ("script", "style", "textarea", "code", "pre")
ANEW = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\brb_[\w-]+…?|(?<=\"challenge\": \")[\w-]+|zh-han[st]\.svg"
)
"""Keys that are made anew for every answer, and the picture of a flow, whose address names the language."""
LATIN = re.compile(r"[0-9A-Za-z.,:%+−–]+")
PARTS = re.compile(r'<[a-z0-9]+|(?:type|role|name)="[^"]*"')


class Page(HTMLParser):
    """The parts of a page.

    `fixed` holds elements with the attributes that nobody reads, and what stands in an element of no language;
    `spoken` holds texts and attributes that are read or heard, with the language that they are marked with.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fixed: list[tuple[str, str]] = []
        self.spoken: list[tuple[str, str]] = []
        self.open: list[tuple[str, str]] = [("", "")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        lang = given.get("lang") or self.open[-1][1]
        if tag not in VOID:
            self.open.append((tag, lang))
        self.spoken += [(lang, given.get(name) or "") for name in SAID]
        if (tag == "span" and list(given) == ["lang"]) or given.get("name") == "language":
            return
        if given.get("name") in FRESH:
            given["value"] = ""
        kept = " ".join(f"{k}={v!r}" for k, v in given.items() if k not in (*SAID, "lang"))
        self.fixed.append((tag, ANEW.sub("*", kept)))

    @property
    def figures(self) -> str:
        """Every digit, letter and sign of a number that is read, in order."""
        return "".join(LATIN.findall(" ".join(text for _, text in self.spoken)))

    def handle_endtag(self, tag: str) -> None:
        while len(self.open) > 1 and self.open.pop()[0] != tag:
            continue

    def handle_data(self, data: str) -> None:
        tag, lang = self.open[-1]
        if tag in UNSAID:
            self.fixed.append((tag, ANEW.sub("*", data)))
        else:
            self.spoken.append((lang, data))


def read(answer: Any) -> Page:
    """The parts of an answer's page."""
    page = Page()
    page.feed(answer.content.decode())
    return page


class Twice(Visits):
    """Visits in the view; a page that shows something new is asked for in simplified characters, too, and that undone."""

    def __init__(self, browse: Callable[..., Client]) -> None:
        super().__init__(lru_cache(maxsize=None)(browse), "zh-hant")
        self.plain = Visits(self.browse, "zh-hans")
        self.pairs: list[tuple[str, Any, Any]] = []
        self.known: set[str] = set()

    def of(self, user: User | None, *addresses: str, post: dict[str, Any] | None = None) -> Iterator[Visit]:
        """Answers in the view."""
        for language in (self.language, self.plain.language):
            self.browse(user, language)
        for one in addresses:
            before = self._undone(self.plain, user, one, post) if post is not None else None
            ((name, answer),) = super().of(user, one, post=post)
            parts = set(PARTS.findall(answer.content.decode(errors="replace")))
            if before is not None or parts - self.known:
                first = before if before is not None else self._undone(self.plain, user, one, post)
                self.pairs.append((name, first, answer))
            self.known |= parts
            yield name, answer

    @staticmethod
    def _undone(visits: Visits, user: User | None, one: str, post: dict[str, Any] | None) -> Any:
        """An answer whose effects, down to the audit, are taken back."""
        for value in (post or {}).values():
            if hasattr(value, "seek"):
                value.seek(0)
        with transaction.atomic():
            ((_, answer),) = visits.of(user, one, post=post)
            transaction.set_rollback(True)
        for value in (post or {}).values():
            if hasattr(value, "seek"):
                value.seek(0)
        return answer
