"""The public page of city cases: officers' words, place, state and kind, a map, shares by month; nothing of reports."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from renben.web.cases.city_map import Spot, point_map
from renben.web.cases.models import CityCase
from renben.web.cases.reporting import RECEIVER
from renben.web.guard.policy import Actor
from tests.web.cases import do
from tests.web.city.people import RUBBISH, SEEN, handled, staff, told
from tests.web.city.test_reporting_pages import POINT, filed, send
from tests.web.conftest import COUNTY

Staff = dict[str, Actor]
Browse = Callable[..., Client]
NOTE = "内部意见"


@pytest.fixture
def people() -> Staff:
    """Everybody who has a part in it."""
    return staff()


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_the_public_page_shows_what_officers_wrote_and_nothing_of_reports(
    people: Staff, browse: Browse
) -> None:
    told(people["resident"], words="未立案的话", place="未立案的地方")
    there = filed(people, lon=POINT[0], lat=POINT[1], words="李四乱扔", place="李四家", phone="13912345678")
    pages = [text(browse(None, language).get("/city/")) for language in ("en", "zh-hans")]
    for page in pages:
        assert "垃圾未清运" in page and "示例路3号" in page and there.case.number in page
        assert not any(one in page for one in ("李四", "13912345678", "未立案的", "112.5489", "37.8706"))
        assert (
            page.count("<circle") == 1
            and 'role="img"' in page
            and "http" not in page.split("<svg")[1].split("</svg>")[0]
        )
    assert "Housing" in text(browse().get(f"/city/?region={COUNTY}")) or there.unit == ""


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", 3), (f"region={COUNTY}", 3), ("region=140100", 3), ("region=140106", 0), ("view=open", 2), ("view=closed", 1),
        ("kind=street_lamp", 1), ("kind=street_lamp&view=closed", 0), ("kind=nonsense&region=999999&view=x&page=99", 3),
    ],
)  # fmt: skip
def test_the_public_page_is_narrowed_by_place_state_and_kind(
    query: str, seen: int, people: Staff, browse: Browse
) -> None:
    filed(people, title="甲")
    filed(people, "street_lamp", "乙")
    closed = filed(people, title="丙")
    do(closed.pk, "void", people["dispatcher"], note=NOTE)
    page = text(browse().get(f"/city/?{query}"))
    assert page.count('data-label="What and where"') == seen
    assert ("There is no such case" in page) == (seen == 0)


def test_the_share_in_time_stands_by_month(people: Staff, browse: Browse) -> None:
    for n in range(3):
        case = handled(people)
        do(case, "confirm", people["inspector"], note=NOTE, **SEEN)
        CityCase.objects.filter(pk=case).update(in_time=n > 0)
    page = text(browse().get("/city/"))
    assert "March 2026" in page and "66.7" in page
    assert 'data-label="Closed" class="num">3<' in page


def test_a_case_counts_in_the_month_of_this_zone_in_which_it_was_closed(
    people: Staff, browse: Browse
) -> None:
    moments = ("2026-02-28T23:59:59", "2026-03-01T00:00:00", "2025-04-01T00:00:00", "2025-03-31T23:59:59")
    for moment in moments:
        case = handled(people)
        do(case, "confirm", people["inspector"], note=NOTE, **SEEN)
        CityCase.objects.filter(pk=case).update(closed_at=dt.datetime.fromisoformat(f"{moment}+08:00"))
    page = text(browse().get("/city/"))
    months = re.findall('data-label="Month">([^<]+)<', page)
    assert months == ["March 2026", "February 2026", "April 2025"], "a year, the newest first"


def test_pages_of_a_list_keep_its_filters(people: Staff, browse: Browse) -> None:
    for n in range(21):
        filed(people, title=f"案{n}")
    page = text(browse().get(f"/city/?region={COUNTY}&kind=exposed_rubbish&view=open"))
    assert f"?page=2&view=open&kind=exposed_rubbish&amp;region={COUNTY}" in page.replace("&amp;view", "&view")
    assert "案0" in text(browse().get(f"/city/?region={COUNTY}&page=2"))


def test_public_pages_take_as_many_queries_for_fifty_cases_as_for_one(people: Staff, browse: Browse) -> None:
    made = told(RECEIVER)
    do(made.result.case, "file", people["dispatcher"], **RUBBISH)
    counts = []
    for more in (0, 49):
        for n in range(more):
            filed(people, title=f"案{n}", lon=POINT[0] + n / 1000, lat=POINT[1])
            send(browse(), key=f"many-key-{n}", into=made.result.case)
        for ask in (
            lambda: browse().get("/city/"),
            lambda: browse().post("/city/follow/", {"code": made.code}),
        ):
            with CaptureQueriesContext(connection) as seen:
                ask()
            counts.append(len(seen))
    assert counts[:2] == counts[2:] and max(counts) <= 14, counts


def test_a_map_of_one_point_or_of_many_in_one_place_can_be_drawn() -> None:
    one = point_map(
        [Spot(112.5, 37.8, "<甲>")], [Spot(112.501, 37.801, "A & B"), Spot(100, 10, "far")], "map"
    )
    assert one.count("<circle") == 1 and "&lt;甲&gt;" in one and "A &amp; B" in one and "far" not in one
    many = point_map([Spot(112.5, 37.8, str(n)) for n in range(7)], [], "map")
    assert many.count("<circle") == 1 and ">7</text>" in many and "0; 1; 2 …" in many
    assert point_map([], [], "map") == ""
