"""Unit grids: which one a point falls in, how the table is kept by days, and what the board and the rules make of it."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from renben.web.cases import grid_desk, grids, routing, routing_desk
from renben.web.cases.grid_files import read
from renben.web.cases.grid_shapes import UNIT, NotAShape, holds, shape_of, side
from renben.web.cases.models import CityCase, Grid, RouteSet
from renben.web.clock import today
from renben.web.flow.refusals import Guarded, Incomplete, Unknown
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import AuditEvent, Grant, User
from renben.web.guard.policy import Actor
from tests.web.cases import acting, do
from tests.web.city.people import RUBBISH, city, staff, told
from tests.web.conftest import CITY, COUNTY, DAY, OTHER_COUNTY, set_day
from tests.web.test_queries import queries

Staff = dict[str, Actor]
Browse = Callable[..., Client]
D = dt.timedelta(days=1)
WEST, EAST = "G20", "G10"
"""Codes of two squares that share the line of 112.56 degrees; the lower code is the eastern one."""


@pytest.fixture
def people() -> Staff:
    """Everybody who has a part in it."""
    return staff()


def square(west: float, south: float = 37.80, size: float = 0.01) -> list[list[list[float]]]:
    east, north = west + size, south + size
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def feature(code: str, west: float, **own: Any) -> dict[str, Any]:
    given = {"code": code, "zh": f"合成网格{code}", "office": "housing", **own}
    return {
        "type": "Feature",
        "properties": given,
        "geometry": {"type": "Polygon", "coordinates": square(west)},
    }


def file(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


TWO = file(feature(WEST, 112.55), feature(EAST, 112.56))


def form(**given: str) -> QueryDict:
    found = QueryDict(mutable=True)
    found.update(given)
    return found


def upload(
    people: Staff, data: bytes = TWO, first: dt.date = DAY, region: str = COUNTY, **more: str
) -> grid_desk.Taken:
    with acting(people["dispatcher"]):
        return grid_desk.upload(people["dispatcher"], region, form(first_day=first.isoformat(), **more), data)


def stated(people: Staff, code: str, first: dt.date, region: str = COUNTY, **more: str) -> None:
    said = {
        "code": code,
        "zh": f"合成网格{code}",
        "office": "housing",
        "first_day": first.isoformat(),
        **more,
    }
    with acting(people["dispatcher"]):
        grid_desk.state(people["dispatcher"], region, form(**said))


@pytest.mark.parametrize(("lon", "lat", "code"), [
    (112.555, 37.805, WEST), (112.565, 37.805, EAST),
    (112.56, 37.805, EAST),  # on the shared border: one of them, the lower code
    (112.56, 37.80, EAST), (112.56, 37.81, EAST),  # where its corners meet the border of the other
    (112.55, 37.805, WEST), (112.555, 37.81, WEST), (112.57, 37.80, EAST),  # on the outer borders and a corner
    (112.5599999, 37.805, WEST), (112.5499999, 37.805, ""), (112.555, 37.8100001, ""), (112.58, 37.805, ""),
])  # fmt: skip
def test_a_point_falls_in_exactly_one_grid_and_on_a_border_in_that_of_the_lower_code(
    people: Staff, lon: float, lat: float, code: str
) -> None:
    upload(people)
    assert grids.at(COUNTY, lon, lat, DAY) == (f"{COUNTY}:{code}" if code else "")
    assert grids.at(OTHER_COUNTY, lon, lat, DAY) == "" and grids.at(COUNTY, None, None, DAY) == ""


BOX, LINE = 20, st.integers(0, 20)


@given(LINE, LINE, LINE, LINE)
def test_two_parts_of_a_cut_square_share_only_the_cut(low: int, high: int, x: int, y: int) -> None:
    """The reference: on which side of the cut from (low, 0) to (high, 20) a point lies, by the sign of a product."""
    left = [[0, 0], [low, 0], [high, BOX], [0, BOX], [0, 0]]
    right = [[low, 0], [BOX, 0], [BOX, BOX], [high, BOX], [low, 0]]
    turn = (high - low) * y - BOX * (x - low)  # above zero: left of the cut
    flat = {"left": low == high == 0, "right": low == high == BOX}
    if not flat["left"]:
        assert holds([[left]], x, y) == (turn >= 0)
    if not flat["right"]:
        assert holds([[right]], x, y) == (turn <= 0)
    if not any(flat.values()) and 0 < x < BOX and 0 < y < BOX:
        assert (side(left, x, y) > 0) + (side(right, x, y) > 0) == (turn != 0)


def test_a_hole_is_not_in_the_grid_but_its_border_is() -> None:
    ring, hole = square(112.0, 37.0, 1.0)[0], square(112.4, 37.4, 0.2)[0]
    shape = shape_of({"type": "Polygon", "coordinates": [ring, hole]})
    inside = {
        (112.5, 37.5): False,
        (112.4, 37.5): True,
        (112.2, 37.5): True,
        (113.0, 37.5): True,
        (113.1, 37.5): False,
    }
    assert {at: holds(shape, *(round(one * UNIT) for one in at)) for at in inside} == inside
    two = shape_of({"type": "MultiPolygon", "coordinates": [square(112.0), square(113.0)]})
    assert holds(two, 1_130_050_000, 378_050_000) and not holds(two, 1_125_000_000, 378_050_000)


RING = square(112.0)[0]


@pytest.mark.parametrize(("word", "geometry"), [
    ("kind", None), ("kind", {"type": "Point", "coordinates": [112.0, 37.0]}), ("kind", {"type": "Polygon", "coordinates": []}),
    ("ring", {"type": "Polygon", "coordinates": [RING[:3]]}),
    ("open", {"type": "Polygon", "coordinates": [[*RING[:4], [112.005, 37.8]]]}),
    ("flat", {"type": "Polygon", "coordinates": [[[112, 37], [113, 37], [114, 37], [112, 37]]]}),
    ("flat", {"type": "Polygon", "coordinates": [[[112, 37], [112, 37], [112, 37], [112, 37]]]}),
    ("crosses", {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 3], [0, 0]]]}),
    ("crosses", {"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 4], [4, 6], [4, 4], [0, 4], [0, 0]]]}),  # a spike
    ("crosses", {"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [2, 2], [4, 4], [0, 4], [2, 2], [0, 0]]]}),  # a waist
    ("hole", {"type": "Polygon", "coordinates": [RING, square(114.0)[0]]}),
    ("degrees", {"type": "Polygon", "coordinates": [[[37, 112], [38, 112], [38, 113], [37, 112]]]}),  # latitude first
    ("point", {"type": "Polygon", "coordinates": [[["112", 37], [113, 37], [113, 38], ["112", 37]]]}),
    ("degrees", {"type": "Polygon", "coordinates": [[[float("nan"), 37], [113, 37], [113, 38], [112, 37]]]}),
    ("degrees", {"type": "Polygon", "coordinates": [[[10**400, 37], [113, 37], [113, 38], [112, 37]]]}),
    ("points", {"type": "Polygon", "coordinates": [[[112 + n / 1000, 37] for n in range(402)]]}),
])  # fmt: skip
def test_a_geometry_that_is_no_grid_is_refused_with_the_reason(word: str, geometry: Any) -> None:
    with pytest.raises(NotAShape) as refused:
        shape_of(geometry)
    assert refused.value.wrong.word == word


@pytest.mark.parametrize(("word", "data"), [
    ("json", b"\xff\xfe"), ("json", b"{"), ("collection", b"[]"), ("collection", b'{"type": "FeatureCollection", "features": []}'),
    ("crs", b'{"type": "FeatureCollection", "features": [{}], "crs": {}}'), ("large", b" " * 2_000_001),
    ("many", file(*[{}] * 501)), ("code", file(feature("网格", 112))), ("zh", file(feature("A", 112, zh=""))),
    ("charge", file(feature("A", 112, office=""))), ("charge", file(feature("A", 112, account="x"))),
    ("signs", file(feature("A", 112, zh="网格\x00"))), ("signs", file(feature("A", 112, towns="HALF")).replace(b"HALF", b"\\ud800")),
    ("long", file(feature("A", 112, towns="x" * 201))), ("twice", file(feature("A", 112), feature("A", 113))),
    ("kind", file({"properties": {"code": "A", "zh": "x", "office": "y"}})), ("code", file({"properties": 7})),
])  # fmt: skip
def test_a_file_that_cannot_be_taken_in_says_why(word: str, data: bytes) -> None:
    assert [one.word for one in read(data).wrong] == [word]


def test_a_file_is_taken_in_whole_or_not_at_all(people: Staff) -> None:
    data = file(feature("A", 112.55), feature("B", 112.56, office="nobody"), feature("C", 112.57, zh=""))
    taken = upload(people, data)
    assert [(one.number, one.code, one.word) for one in taken.wrong] == [(3, "C", "zh"), (2, "B", "charge")]
    assert not Grid.objects.exists()


def test_the_same_file_again_changes_nothing_and_another_hand_is_a_row_of_its_own(people: Staff) -> None:
    assert (upload(people).new, upload(people).same, Grid.objects.count()) == (2, 2, 2)
    handed = file(feature(WEST, 112.55, office="", account="city-inspector"), feature("G30", 112.57))
    taken = upload(people, handed, DAY + 5 * D, others="1")
    assert (taken.new, taken.changed, taken.same, taken.ended) == (1, 1, 0, 1)
    rows = [
        (one.code, one.first_day, one.last_day, one.office, one.account is not None)
        for one in Grid.objects.order_by("code", "first_day")
    ]
    assert rows == [
        (EAST, DAY, DAY + 4 * D, "housing", False), (WEST, DAY, DAY + 4 * D, "housing", False),
        (WEST, DAY + 5 * D, None, "", True), ("G30", DAY + 5 * D, None, "housing", False),
    ]  # fmt: skip
    late = upload(people, file(feature(WEST, 112.59)), DAY + 2 * D)
    assert [one.word for one in late.wrong] == ["day"]
    assert AuditEvent.objects.filter(kind="command", object_type="grid").count() == 3


def test_a_case_keeps_the_grid_of_the_day_of_its_report(people: Staff) -> None:
    upload(people)
    first = city(told(people["resident"], lon=112.555, lat=37.805))
    set_day(DAY + 10 * D)
    upload(people, file(feature("N1", 112.55)), DAY + 10 * D, others="1")
    second = city(told(people["resident"], lon=112.555, lat=37.805))
    first.refresh_from_db()
    assert (first.grid, second.grid) == (f"{COUNTY}:{WEST}", f"{COUNTY}:N1")
    found = grids.of_case(first)
    assert found is not None and (found.last_day, found.office) == (DAY + 9 * D, "housing")
    assert city(told(people["resident"])).grid == "", "without a point there is no grid"


def test_where_the_table_of_days_gone_by_is_mended_cases_are_asked_anew(people: Staff) -> None:
    before = city(told(people["resident"], lon=112.555, lat=37.805))
    set_day(DAY + 3 * D)
    later = city(told(people["resident"], lon=112.565, lat=37.805))
    assert (before.grid, later.grid) == ("", "")
    assert upload(people, first=DAY + 2 * D).moved == 1
    stated(people, EAST, DAY + 3 * D, office="police")
    grid = Grid.objects.get(code=EAST, last_day=None)
    assert grid.shape and grid.office == "police", "handed over, it keeps its shape"
    with acting(people["dispatcher"]):
        grid_desk.end(
            people["dispatcher"], COUNTY, form(grid=str(grid.pk), last_day=(DAY + 3 * D).isoformat())
        )
    for one in (before, later):
        one.refresh_from_db()
        day = one.reported_at.date()
        assert one.grid == grids.at(COUNTY, one.lon, one.lat, day), "what is kept is what the table says"
    assert (before.grid, later.grid) == ("", f"{COUNTY}:{EAST}")
    assert grids.at(COUNTY, 112.565, 37.805, DAY + 4 * D) == ""


@pytest.mark.parametrize(("said", "named"), [
    ({"code": "网"}, "grid_code"), ({"zh": ""}, "grid_zh"), ({"account": "city-inspector"}, "grid_charge"),
    ({"office": ""}, "grid_charge"), ({"office": "nobody"}, "grid_charge"), ({"office": "", "account": "nobody"}, "grid_charge"),
    ({"first_day": "soon"}, "first_day"), ({"last_day": "2026-01-01"}, "last_day"), ({"en": "x" * 81}, "grid_long"),
])  # fmt: skip
def test_a_grid_that_is_not_written_right_is_refused_and_says_what(
    people: Staff, said: dict[str, str], named: str
) -> None:
    good = {"code": "A", "zh": "合成", "office": "housing", "first_day": str(DAY)}
    with acting(people["dispatcher"]), pytest.raises(Incomplete) as refused:
        grid_desk.state(people["dispatcher"], COUNTY, form(**{**good, **said}))
    assert refused.value.values["fields"] == named and not Grid.objects.exists()


def test_a_code_has_one_row_a_day_and_only_its_county_keeps_it(people: Staff) -> None:
    stated(people, "A", DAY)
    with pytest.raises(Guarded, match="grid_day"):
        stated(people, "A", DAY)
    grid = Grid.objects.get()
    assert grid.shape == [] and grids.at(COUNTY, 112.555, 37.805, DAY) == "", (
        "without a shape no point falls in"
    )
    other = User.objects.create(username="grid-elsewhere", demo=True)
    Grant.objects.create(user=other, role="dispatcher", region=OTHER_COUNTY)
    stranger = actor_of(other)
    with acting(stranger):
        for ask in (
            lambda: grid_desk.state(stranger, COUNTY, form(code="B", zh="x", office="housing", first_day="2026-03-02")),
            lambda: grid_desk.end(stranger, COUNTY, form(grid=str(grid.pk), last_day="2026-03-02")),
            lambda: grid_desk.upload(stranger, COUNTY, form(first_day="2026-03-02"), TWO),
        ):  # fmt: skip
            with pytest.raises(Unknown):
                ask()
    with acting(people["dispatcher"]), pytest.raises(Incomplete):
        grid_desk.end(people["dispatcher"], COUNTY, form(grid=str(grid.pk), last_day=(DAY - D).isoformat()))
    for wrong in ("", "x", str(grid.pk + 1)):
        with acting(people["dispatcher"]), pytest.raises(Unknown):
            grid_desk.end(people["dispatcher"], COUNTY, form(grid=wrong, last_day=str(DAY)))


def test_the_board_filters_and_counts_by_grid(people: Staff, browse: Browse) -> None:
    upload(people)
    for lon in (112.555, 112.556, 112.565):
        told(people["resident"], lon=lon, lat=37.805)
    told(people["resident"])
    desk = browse(User.objects.get(pk=people["dispatcher"].user_id))
    found = desk.get("/city/desk/?view=open").context
    assert [(key[7:], one.code, n) for key, one, n in found["grids"]] == [(EAST, EAST, 1), (WEST, WEST, 2)]
    assert dict(found["tabs"])["open"] == 4
    narrowed = desk.get(f"/city/desk/?view=open&grid={COUNTY}:{WEST}").context
    assert {row.city.grid for row in narrowed["rows"]} == {f"{COUNTY}:{WEST}"} and dict(narrowed["tabs"])[
        "open"
    ] == 2
    assert [n for _, _, n in narrowed["grids"]] == [1, 2], "the counts of the others stay"
    elsewhere = desk.get(f"/city/desk/?view=open&county={OTHER_COUNTY}&grid={COUNTY}:{WEST}").context
    assert "grid" not in elsewhere["chosen"], "a grid of another county is no filter"
    assert "grid" not in desk.get("/city/desk/?grid=';--").context["chosen"]
    case = CityCase.objects.filter(grid=f"{COUNTY}:{WEST}")[0]
    page = desk.get(f"/city/desk/{case.pk}/").content.decode()
    assert f"Grid {WEST}" in page and "合成网格" in page and "Housing" in page


def test_many_grids_cost_the_board_no_more_queries_than_one(people: Staff, browse: Browse) -> None:
    upload(people, file(feature("G000", 112.55)))
    told(people["resident"], lon=112.555, lat=37.805)
    desk = browse(User.objects.get(pk=people["dispatcher"].user_id))
    one = queries(lambda: desk.get(f"/city/desk/?view=open&county={COUNTY}"))
    upload(people, file(*(feature(f"G{n:03}", 112.56 + n / 100) for n in range(1, 40))))
    for n in range(1, 9):
        told(people["resident"], lon=112.565 + n / 100, lat=37.805)
    assert queries(lambda: desk.get(f"/city/desk/?view=open&county={COUNTY}")) == one


def rules(people: Staff, region: str, *rows: tuple[str, ...]) -> RouteSet:
    with acting(people["dispatcher"]):
        routing_desk.begin(people["dispatcher"], region, "")
        draft = RouteSet.objects.get(region=region, state="draft")
        cells = {
            f"{name}-{n}": value
            for n, row in enumerate(rows)
            for name, value in zip(routing_desk.COLUMNS, row, strict=True)
        }
        places = {f"place-{n}": str(n) for n in range(len(rows))}
        routing_desk.save(
            people["dispatcher"], region, {"seen": routing_desk.digest(draft), **places, **cells}
        )
    return RouteSet.objects.get(region=region, state="draft")


def test_a_rule_may_name_a_grid_and_the_dry_run_says_who_moves(people: Staff) -> None:
    upload(people)
    inside, outside = (
        told(people["resident"], lon=lon, lat=37.805).result.case for lon in (112.555, 112.565)
    )
    for case in (inside, outside):
        do(case, "file", people["dispatcher"], **RUBBISH)
    draft = rules(people, CITY, ("", f"{COUNTY}:{WEST}", "", "", "police"))
    found = routing.trial(draft)
    assert (found.cases, found.moved, found.unfitted) == (2, 1, 1)
    assert {str(one.city.pk): one.new for one in found.lines} == {
        str(inside): "police",
        str(outside): "housing",
    }
    with acting(people["dispatcher2"]):
        routing_desk.publish(people["dispatcher2"], CITY, routing_desk.digest(draft))
    assert routing.proposed(COUNTY, "exposed_rubbish", "ordinary", f"{COUNTY}:{WEST}").unit == "police"
    assert routing.proposed(COUNTY, "exposed_rubbish", "ordinary", f"{COUNTY}:{EAST}").unit == "housing"
    assert routing.proposed(COUNTY, "exposed_rubbish", "ordinary").unit == "housing"


@pytest.mark.parametrize(("county", "grid"), [
    ("", f"{COUNTY}:gone"), (OTHER_COUNTY, f"{COUNTY}:{WEST}"), ("", "'"), ("", f"{COUNTY}:old"),
])  # fmt: skip
def test_a_rule_about_a_grid_that_does_not_stand_there_is_refused(
    people: Staff, county: str, grid: str
) -> None:
    upload(people)
    stated(people, "old", DAY - 9 * D, last_day=(DAY - D).isoformat())
    with pytest.raises(Incomplete) as refused:
        rules(people, CITY, (county, grid, "", "", "police"))
    assert refused.value.values["fields"] == "grid"


@pytest.mark.parametrize(("language", "said"), [
    ("en", ("Unit grids", "Taken in: 2 new", "Nothing was taken in", "Longitude comes first")),
    ("zh-hans", ("单元网格", "已导入：新增 2", "没有导入任何网格", "经度在前")),
])  # fmt: skip
def test_the_page_takes_a_file_in_says_what_is_wrong_and_hands_a_grid_over(
    people: Staff, browse: Browse, language: str, said: tuple[str, ...]
) -> None:
    desk = browse(User.objects.get(pk=people["dispatcher"].user_id), language)
    assert said[0] in desk.get(f"/city/grids/?region={COUNTY}").content.decode()

    def sent(data: bytes) -> Any:
        posted = {"first_day": today().isoformat(), "file": SimpleUploadedFile("g.geojson", data)}
        return desk.post(f"/city/grids/{COUNTY}/file/", posted, follow=True)

    turned = feature("A", 112)
    turned["geometry"]["coordinates"] = [[[37, 112], [38, 112], [38, 113], [37, 112]]]
    wrong = sent(file(turned))
    assert (
        wrong.status_code == 422 and said[2] in wrong.content.decode() and said[3] in wrong.content.decode()
    )
    assert said[1] in sent(TWO).content.decode()
    given = {
        "code": WEST,
        "zh": "合成西",
        "office": "",
        "account": "city-inspector",
        "first_day": str(DAY + D),
    }
    assert desk.post(f"/city/grids/{COUNTY}/state/", given).status_code == 302
    page = desk.get(f"/city/grids/?region={COUNTY}")
    assert [one.grid.code for one in page.context["later"]] == [
        WEST
    ] and "city-inspector" in page.content.decode()
    grid = Grid.objects.get(code=EAST)
    assert (
        desk.post(f"/city/grids/{COUNTY}/end/", {"grid": grid.pk, "last_day": str(DAY + D)}).status_code
        == 302
    )
    unit = browse(User.objects.get(pk=people["housing"].user_id), language)
    assert unit.get("/city/grids/").status_code == 403
