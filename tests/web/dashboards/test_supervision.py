# ruff: noqa: F811
"""The supervision map counts open tasks by city and level, says it without colour, and is reached by keyboard."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable

import pytest
from django.test import Client

from renben.catalogue import Plan, load
from renben.core.workspace import Workspace
from renben.report.tilemap import Place, Shade, hex_map
from renben.web.dashboards.supervision import FILLS, Watched, watched
from renben.web.flow.sweeper import sweep
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.programme.models import Task
from tests.web.browser import CHROMIUM, chromium
from tests.web.cases import do
from tests.web.programme.conftest import cast  # noqa: F401
from tests.web.programme.test_collectives import cities  # noqa: F401
from tests.web.window import Window

Cast = dict[str, Actor]
DATONG = "140200"


def raised(cast: Cast, times: int, owner: str = f"gov_{DATONG}") -> Task:
    task = Task.objects.get(owner=owner)
    for _ in range(times):
        do(task.pk, "step_up", cast["lead"], "合成：久拖不办")
    return task


def test_each_city_counts_its_open_tasks_by_level(cities: Plan, cast: Cast) -> None:
    raised(cast, 3)
    found = watched(load(), cities)
    assert found[DATONG] == Watched(DATONG, 1, 0, (0, 0, 0, 1, 0)) and found[DATONG].worst == 3
    others = [one for code, one in found.items() if code not in (DATONG, "140000")]
    assert len(others) == 10 and {one.levels for one in others} == {(1, 0, 0, 0, 0)}
    assert (
        sum(one.open for one in found.values())
        == Task.objects.filter(line=False, case__closed_on=None).count()
    )
    assert "140000" in found, "tasks of provincial offices are counted, for the whole region"


def test_a_countys_task_is_in_its_citys_cell_and_a_closed_one_in_none(cities: Plan, cast: Cast) -> None:
    task = Task.objects.get(owner=f"gov_{DATONG}")
    Task.objects.filter(pk=task.pk).update(owner="gov_140221")
    assert watched(load(), cities)[DATONG].open == 1
    do(task.pk, "dissolve", cast["lead"], "合成：不涉及")
    assert DATONG not in watched(load(), cities)


def test_what_is_past_its_day_is_late_and_rises(
    cities: Plan,
    cast: Cast,
    turn: Callable[[dt.date], None],
) -> None:
    due = Task.objects.get(owner=f"gov_{DATONG}").case.due_on
    assert due is not None
    turn(due + dt.timedelta(1))
    sweep()
    one = watched(load(), cities)[DATONG]
    assert (one.late, one.worst) == (1, 2), "urged by its clock on the day after"


def test_the_page_shows_map_and_table_with_the_same_numbers(
    cities: Plan,
    cast: Cast,
    ran: Workspace,
    browse: Callable[..., Client],
) -> None:
    raised(cast, 4)
    text = browse(User.objects.get(pk=cast["lead"].user_id)).get("/overview/").content.decode()
    cells = re.findall(r'<a href="#watch-(\d{6})" aria-label="([^"]+)"', text)
    assert len(cells) == 11 and dict(cells)[DATONG] == "Datong escalated: 1 of 1 open tasks"
    assert all(f'id="watch-{code}"' in text for code, _ in cells)
    said = Counter(re.sub(r"^\w+ ", "", label).split(":")[0] for _, label in cells)
    assert said == {"in time": 10, "escalated": 1}


def test_without_a_task_the_page_says_so(
    account: Callable[..., User], browse: Callable[..., Client], ran: Workspace
) -> None:
    text = browse(account("w-lead", "programme_officer", "140000")).get("/overview/").content.decode()
    assert "No task of the programme is open." in text and 'href="#watch-' not in text


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_the_map_is_walked_with_the_keyboard_and_leads_to_the_table(
    cities: Plan,
    cast: Cast,
    ran: Workspace,
    browse: Callable[..., Client],
) -> None:
    raised(cast, 2)
    answer = browse(User.objects.get(pk=cast["lead"].user_id)).get("/overview/")
    with chromium() as browser:
        window = Window(browser, "en", "phone", "light")
        window.draw(answer)
        assert window.wrong("/overview/") + window.too_wide("/overview/") == []
        window.page.focus("main figure.watch a >> nth=0")
        reached = set()
        for _ in range(11):
            reached.add(window.page.evaluate("document.activeElement.getAttribute('href')"))
            window.page.keyboard.press("Tab")
        assert len(reached) == 11 and all(one.startswith("#watch-") for one in reached)
        window.page.focus(f'main figure.watch a[href="#watch-{DATONG}"]')
        window.page.keyboard.press("Enter")
        assert window.page.evaluate("location.hash") == f"#watch-{DATONG}"


def channel(part: str) -> float:
    value = int(part, 16) / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def luminance(colour: str) -> float:
    red, green, blue = (channel(colour[at : at + 2]) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("fill", "ink"), FILLS.values())
def test_names_can_be_read_on_every_fill(fill: str, ink: str) -> None:
    light, dark = sorted((luminance(fill), luminance(ink)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_a_map_without_links_is_drawn_as_before() -> None:
    places = [Place("1", "甲", 112.0, 37.0, ""), Place("2", "乙", 113.0, 38.0, "")]
    plain = hex_map(places, {p.code: Shade("#ffffff", "x") for p in places}, [], "serif")
    linked = hex_map(
        places, {p.code: Shade("#ffffff", "x", href="#r", mark="1/2") for p in places}, [], "serif"
    )
    assert "<a " not in plain and linked.count('<a href="#r" aria-label=') == 2 and linked.count("1/2") == 2
