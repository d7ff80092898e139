"""Every page of the world in the view: what comes back is as in simplified characters, records stay, the rest is converted."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from renben.core.workspace import Workspace
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.registry.models import Address
from renben.web.words.traditional import only_simplified
from tests.web import planted as planting
from tests.web import world as worlds
from tests.web.browser import CHROMIUM, chromium
from tests.web.conftest import answers
from tests.web.programme.conftest import plan  # noqa: F401
from tests.web.script_view import Page, Twice, read
from tests.web.window import Window
from tests.web.world import World, build

NAME = "马后发"
"""A name on record whose every character another script would change."""
WRITTEN = re.compile(f"{NAME}|马|合成|示例|路灯不亮|垃圾未清运|积水")
"""What somebody wrote or what is on record in the synthetic world begins with or holds one of these."""


@pytest.fixture
def world(
    monkeypatch: pytest.MonkeyPatch, people: dict[str, Actor], address: Address, plan: Any,  # noqa: F811
    account: Callable[..., User], ran: Workspace,
) -> World:  # fmt: skip
    for module in (planting, worlds):
        monkeypatch.setattr(module, "NAME", NAME)
    monkeypatch.setitem(planting.MEMBER, "name", NAME)
    return build(planting.plant(people, address, answers), people, answers(address), plan, account)


def changed(first: Page, view: Page) -> list[str]:
    """What must be the same in both and is not."""
    return [f"{a} != {b}" for a, b in zip(first.fixed, view.fixed, strict=False) if a != b][:3] + (
        [] if len(first.fixed) == len(view.fixed) else [f"{len(first.fixed)} != {len(view.fixed)} elements"]
    )


def left(view: Page) -> set[str]:
    """Texts of the view in simplified characters that are neither on record nor marked."""
    return {
        " ".join(text.split())[:90]
        for lang, text in view.spoken
        if lang == "zh-Hant" and not only_simplified().isdisjoint(text) and not WRITTEN.search(text)
    }


def test_values_records_and_files_are_the_same_in_the_view_and_every_other_text_is_converted(
    world: World, browse: Callable[..., Client]
) -> None:
    twice, wrong, named = Twice(browse), list[str](), 0
    pages = list(twice.every(world))
    for name, first, answer in twice.pairs:
        if "html" not in answer.get("Content-Type", ""):
            wrong += [] if first.content == answer.content else [f"{name}: another file"]
            continue
        plain, view = read(first), read(answer)
        shown = answer.content.decode().count(NAME)
        named += shown
        wrong += [f"{name}: {one}" for one in changed(plain, view)]
        if answer.request["REQUEST_METHOD"] == "GET" and plain.figures != view.figures:
            wrong.append(f"{name}: other numbers")
        wrong += (
            [] if first.content.decode().count(NAME) == shown else [f"{name}: a name is written otherwise"]
        )
    for name, answer in pages:
        if "html" in answer.get("Content-Type", "") and "/offline/" not in name:
            wrong += [f"{name}: {one}" for one in left(read(answer))]
    assert "\n".join(wrong) == ""
    assert len(pages) > 200 and len(twice.pairs) > 100 and named > 10


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_axe_finds_nothing_in_the_view_and_it_fits_on_a_phone(
    world: World, browse: Callable[..., Client]
) -> None:
    visits, wrong = worlds.Visits(browse, "zh-hant", "dark"), []
    asked = {
        "": ("/", "/city/report/"),
        "resident": ("/my/data/",),
        "officer": ("/office/",),
        "programme_officer": ("/overview/",),
    }
    pages = [one for role, addresses in asked.items() for one in visits.of(world.users.get(role), *addresses)]
    with chromium() as browser:
        window = Window(browser, "zh-hant", "phone", "dark")
        for name, answer in pages:
            window.draw(answer)
            wrong += window.wrong(name) + window.too_wide(name, sizes=("phone",))
        window.page.keyboard.press("Tab")
        assert window.page.evaluate("document.activeElement.className") == "skip"
        labels = window.page.get_by_role("group", name="語言").get_by_role("button").all_inner_texts()
        assert labels == ["简体", "English"]
        assert window.page.foreign == [] and window.page.violations == []
    assert "\n".join(map(str, wrong)) == ""
