"""Readings of sensors: one case for each ponding however they are told, and nothing that is dropped in silence."""

import datetime as dt
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from renben.web import clock
from renben.web.cases import sensor_desk, sensor_files, sensors
from renben.web.cases.models import CityCase, Ponding, Reading, Report, Sensor, SetAside
from renben.web.cases.reporting import texts
from renben.web.flow.refusals import Guarded, Incomplete, Unknown
from renben.web.guard import retention
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from renben.web.guard.tokens import issue
from tests.web.cases import acting, do
from tests.web.city.people import SEEN
from tests.web.city.people import staff as made_staff
from tests.web.conftest import CITY, COUNTY, DAY, OTHER_COUNTY, set_day

MINUTE = 60_000
PLACE = {"id": "SHI-01", "region": COUNTY, "place": "示例路下穿通道", "lon": "112.56", "lat": "37.80"}
MOMENT = dt.datetime(2026, 3, 2, 12, 0, tzinfo=clock.ZONE)
BEGAN = int(MOMENT.timestamp() * 1000) - 120 * MINUTE


@pytest.fixture
def staff() -> dict[str, Actor]:
    return made_staff()


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noon of the service's day."""
    for module in ("sensors", "sensor_desk"):
        monkeypatch.setattr(f"renben.web.cases.{module}.now", lambda: MOMENT)


@pytest.fixture
def sensor(staff: dict[str, Actor]) -> Sensor:
    with acting(staff["dispatcher"]):
        assert sensor_desk.register(staff["dispatcher"], PLACE)
    return Sensor.objects.get(pk="SHI-01")


def said(
    *depths: float | None, first: int = 0, sensor: str = "SHI-01", quality: int = 2
) -> list[sensors.Item]:
    return [
        sensors.Item(sensor, BEGAN + (first + n) * MINUTE, depth, quality) for n, depth in enumerate(depths)
    ]


def rain(deep: float = 0.2) -> list[sensors.Item]:
    return said(0.0, 0.0, *[deep + n / 1000 for n in range(10)], *[0.0] * 15)


def take(actor: Actor, items: list[sensors.Item]) -> sensors.Taken:
    with acting(actor):
        return sensors.take(actor, items)


def cases() -> list[CityCase]:
    return list(CityCase.objects.filter(channel="sensor").select_related("case"))


def test_water_that_stands_opens_one_case_at_the_sensor(staff: dict[str, Actor], sensor: Sensor) -> None:
    done = take(staff["dispatcher"], rain())
    (case,) = cases()
    assert (done.taken, done.known, done.aside) == (27, 0, [])
    assert [one.number for one in done.alarms] == [case.case.number]
    assert (case.subclass, case.severity, case.region, case.lon) == ("ponding", "ordinary", COUNTY, 112.56)
    assert case.case.applicant is None and case.synthetic
    told = texts(Report.objects.get(city=case))
    assert told["place"] == PLACE["place"] and "SHI-01" in told["words"]
    wet = Ponding.objects.get()
    assert (
        wet.start == BEGAN + 2 * MINUTE
        and wet.end == BEGAN + 12 * MINUTE
        and wet.peak == pytest.approx(0.209)
    )


def test_the_same_readings_again_and_in_parts_open_no_second_case(
    staff: dict[str, Actor], sensor: Sensor
) -> None:
    everything = rain()
    for n in range(0, len(everything), 4):
        take(staff["dispatcher"], everything[n : n + 4])
    again = take(staff["dispatcher"], everything)
    assert (again.taken, again.known, again.aside, again.alarms) == (0, 27, [], [])
    assert len(cases()) == 1 and Ponding.objects.count() == 1 and Reading.objects.count() == 27


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (0, 2, 1)])
def test_parts_that_overtake_each_other_within_the_tolerance_are_one_ponding(
    staff: dict[str, Actor], sensor: Sensor, order: tuple[int, ...]
) -> None:
    wet = [0.2 + n / 1000 for n in range(9)]
    parts = [said(*wet[n * 3 : n * 3 + 3], first=n * 3) for n in range(3)]
    for n in order:
        take(staff["dispatcher"], parts[n])
    take(staff["dispatcher"], said(*[0.0] * 30, first=9))
    assert len(cases()) == 1
    wet_once = Ponding.objects.get()
    assert wet_once.end == BEGAN + 9 * MINUTE and wet_once.alarm >= wet_once.start + 5 * MINUTE


def test_a_late_reading_that_takes_the_alarm_back_ends_it_and_opens_nothing(
    staff: dict[str, Actor], sensor: Sensor
) -> None:
    items = said(0.2, 0.21, 0.22, 0.23, 0.24, 0.25, 0.0)
    take(staff["dispatcher"], items[:2] + items[3:6])
    assert len(cases()) == 1
    take(staff["dispatcher"], [items[6], sensors.Item("SHI-01", items[2].at, 0.0, 2)])
    assert Ponding.objects.get().end is not None and len(cases()) == 1
    take(staff["dispatcher"], said(*[0.3 + n / 1000 for n in range(8)], first=30))
    assert len(cases()) == 2, "the next water is another ponding"


def test_two_rains_are_two_cases(staff: dict[str, Actor], sensor: Sensor) -> None:
    take(staff["dispatcher"], rain())
    take(staff["dispatcher"], said(*[0.3 + n / 1000 for n in range(10)], first=40))
    assert len(cases()) == 2 and Ponding.objects.filter(end=None).count() == 1


def test_deep_water_is_urgent_also_when_it_becomes_deep_later(
    staff: dict[str, Actor], sensor: Sensor
) -> None:
    take(staff["dispatcher"], said(*[0.2 + n / 1000 for n in range(7)]))
    assert cases()[0].severity == "ordinary"
    take(staff["dispatcher"], said(0.5, first=7))
    assert cases()[0].severity == "urgent" and Ponding.objects.get().urgent


def test_what_an_officer_filed_is_not_changed_by_deeper_water(
    staff: dict[str, Actor], sensor: Sensor
) -> None:
    take(staff["dispatcher"], said(*[0.2 + n / 1000 for n in range(7)]))
    filed = {"subclass": "ponding", "severity": "ordinary", "title": "积水", "place": "示例路下穿通道"}
    do(cases()[0].pk, "file", staff["dispatcher"], **filed)
    take(staff["dispatcher"], said(0.9, first=7))
    assert cases()[0].severity == "ordinary" and Ponding.objects.get().peak == 0.9


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (sensors.Item("SHI-01", BEGAN, 0.2, 1), "quality"), (sensors.Item("SHI-01", BEGAN, 0.2, 0), "quality"),
        (sensors.Item("SHI-01", BEGAN, None, 2), "impossible"), (sensors.Item("SHI-01", BEGAN, float("nan"), 2), "impossible"),
        (sensors.Item("SHI-01", BEGAN, 5.1, 2), "impossible"), (sensors.Item("SHI-01", BEGAN, -0.06, 2), "impossible"),
        (sensors.Item("SHI-01", BEGAN + 126 * MINUTE, 0.2, 2), "future"),
        (sensors.Item("SHI-01", BEGAN - 8 * 1440 * MINUTE, 0.2, 2), "old"),
        (sensors.Item("SHI-99", BEGAN, 0.2, 2), "unknown"),
    ],
)  # fmt: skip
def test_what_cannot_count_is_set_aside_with_its_reason_and_counted(
    staff: dict[str, Actor], sensor: Sensor, item: sensors.Item, reason: str
) -> None:
    done = take(staff["dispatcher"], [item, item])
    assert [one.reason for one in done.aside] == [reason] * 2 and done.taken == 0
    (line,) = SetAside.objects.all()
    assert (line.reason, line.readings, line.sensor) == (reason, 2, "" if reason == "unknown" else "SHI-01")
    assert not Reading.objects.exists()


def test_every_reading_is_taken_known_or_set_aside(staff: dict[str, Actor], sensor: Sensor) -> None:
    take(staff["dispatcher"], said(*[0.0] * 30, first=30))
    late, twice = said(0.1, first=5), said(0.0, first=59)
    differs, bad, inside = said(0.3, first=58), said(0.1, first=60, quality=0), said(0.1, 0.1, first=61)
    sent = [*late, *twice, *differs, *bad, *inside, inside[0], sensors.Item("SHI-01", inside[1].at, 0.4, 2)]
    done = take(staff["dispatcher"], sent)
    assert sorted(one.reason for one in done.aside) == ["differs", "differs", "late", "quality"]
    assert (done.taken, done.known) == (2, 2) and done.taken + done.known + len(done.aside) == len(sent)
    assert sum(SetAside.objects.values_list("readings", flat=True)) == 4


def test_a_stuck_sensor_is_named_and_its_alarm_stays_one(staff: dict[str, Actor], sensor: Sensor) -> None:
    done = take(staff["dispatcher"], said(*[0.3] * 140, first=-20))
    assert [one.reason for one in done.aside] == ["stuck"] * 9, "those that no late reading can overtake"
    assert len(cases()) == 1 and Ponding.objects.get().end is None and done.taken == 140


def test_nobody_sends_for_sensors_of_other_regions(staff: dict[str, Actor], sensor: Sensor) -> None:
    other = Actor(10**6, (("dispatcher", OTHER_COUNTY),))
    done = take(other, rain())
    assert {one.reason for one in done.aside} == {"unknown"} and not cases()
    assert take(staff["housing"], rain()).taken == 0, "only the centre's role holds the permission"


def test_a_sensor_that_has_ended_is_listened_to_no_longer(staff: dict[str, Actor], sensor: Sensor) -> None:
    with acting(staff["dispatcher"]):
        sensor_desk.end(staff["dispatcher"], "SHI-01")
        with pytest.raises(Unknown):
            sensor_desk.end(staff["dispatcher"], "SHI-01")
    assert {one.reason for one in take(staff["dispatcher"], rain()).aside} == {"ended"} and not cases()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"id": "a b"}, "sensor"), ({"id": ""}, "sensor"), ({"region": CITY}, "sensor_region"), ({"region": "141002"}, "sensor_region"),
        ({"place": " "}, "sensor_place"), ({"lat": "95"}, "sensor_point"), ({"lon": "nan"}, "sensor_point"), ({"lon": ""}, "sensor_point"),
    ],
)  # fmt: skip
def test_a_sensor_that_cannot_be_registered_says_what_is_wrong(
    staff: dict[str, Actor], wrong: dict[str, str], named: str
) -> None:
    with acting(staff["dispatcher"]), pytest.raises(Incomplete) as refused:
        sensor_desk.register(staff["dispatcher"], {**PLACE, **wrong})
    assert refused.value.values["fields"] == named and not Sensor.objects.exists()


def test_a_name_stands_for_one_place(staff: dict[str, Actor], sensor: Sensor) -> None:
    with acting(staff["dispatcher"]):
        assert sensor_desk.register(staff["dispatcher"], PLACE) is False
        with pytest.raises(Guarded, match="sensor_known"):
            sensor_desk.register(staff["dispatcher"], {**PLACE, "lat": "37.81"})


def test_readings_past_their_days_go_and_the_ponding_stays(staff: dict[str, Actor], sensor: Sensor) -> None:
    take(staff["dispatcher"], rain())
    assert retention.retain(DAY + dt.timedelta(days=30))["readings"] == 0
    assert retention.retain(DAY + dt.timedelta(days=31))["readings"] > 0
    assert Reading.objects.count() <= 10 and Ponding.objects.count() == 1
    assert take(staff["dispatcher"], rain()).alarms == []


def test_a_file_of_sensors_and_a_file_of_readings_do_the_same_as_the_door(tmp_path: Path) -> None:
    known, told = tmp_path / "sensors.csv", tmp_path / "readings.jsonl"
    known.write_text("id,region,place,lon,lat\nSHI-01,140105,示例路,112.5,37.8\n", encoding="utf-8")
    lines = [f'{{"s": "{one.sensor}", "t": {one.at}, "v": {one.depth}, "q": 2}}' for one in rain()]
    told.write_text("\n".join(lines), encoding="utf-8")
    assert sensor_files.sensors(known) == {"sensors": 1, "new": 1}
    assert sensor_files.sensors(known) == {"sensors": 1, "new": 0}
    first, again = sensor_files.readings(told), sensor_files.readings(told)
    assert (
        first["taken"] == 27
        and len(first["alarms"]) == 1
        and again == {"taken": 0, "known": 27, "aside": {}, "alarms": []}
    )
    as_csv = tmp_path / "readings.csv"
    as_csv.write_text(f"s,t,v,q\nSHI-01,{BEGAN},,2\n", encoding="utf-8")
    assert sensor_files.readings(as_csv)["aside"] == {"impossible": 1}


@pytest.mark.parametrize(
    "text", ["s,t,v\na,1,2\n", "s,t,v,q\na,x,2,2\n", "s,t,v,q\na,1,2,9\n", "s,t,v,q\n,1,2,2\n"]
)
def test_a_line_that_is_no_reading_is_named_and_nothing_is_taken(tmp_path: Path, text: str) -> None:
    path = tmp_path / "readings.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(sensor_files.FileError, match=r"readings.csv:2"):
        sensor_files.readings(path)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sensors.jsonl"
    path.write_text("[1, 2]\n", encoding="utf-8")
    with pytest.raises(sensor_files.FileError, match="cannot be read"):
        sensor_files.sensors(path)
    path.write_text('{"id": "x"}\n', encoding="utf-8")
    with pytest.raises(sensor_files.FileError, match="nothing was registered"):
        sensor_files.sensors(path)


class Form(dict[str, Any]):
    """What the token's form sends."""

    def getlist(self, name: str) -> list[str]:
        return list(self[name])


def bearer(actor: Actor) -> dict[str, str]:
    secret = issue(actor, Form(name="gateway", permissions=["city.reading"], days="30"))  # type: ignore[arg-type]
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def send(body: Any, header: dict[str, str]) -> Any:
    return Client().post("/api/v1/readings", body, content_type="application/json", **header)


def as_json(items: list[sensors.Item]) -> list[dict[str, Any]]:
    return [{"s": one.sensor, "t": one.at, "v": one.depth, "q": one.quality} for one in items]


def test_a_program_sends_with_a_token_made_for_nothing_else(staff: dict[str, Actor], sensor: Sensor) -> None:
    header = bearer(staff["dispatcher"])
    first, again = send(as_json(rain()), header).json(), send(as_json(rain()), header).json()
    (case,) = cases()
    assert first["taken"] == 27 and first["alarms"] == [
        {"s": "SHI-01", "case": str(case.pk), "number": case.case.number}
    ]
    assert again == {"taken": 0, "known": 27, "aside": [], "alarms": []}
    bad = send([{"s": "SHI-01", "t": BEGAN, "v": 0.1, "q": 1}], header).json()
    assert bad["aside"] == [{"s": "SHI-01", "t": BEGAN, "reason": "quality"}]
    assert Client().get("/api/v1/tasks", **header).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400), ({"s": "SHI-01"}, 422), ([{"s": "SHI-01", "t": "x", "v": 1, "q": 2}], 422), ([{"s": "", "t": 1, "v": 1, "q": 2}], 422),
        ([{"s": "\x00", "t": 1, "v": 1, "q": 2}], 200), ([{"s": "\ud800", "t": 1, "v": 1, "q": 2}], 422), ([{"s": "SHI-01", "t": 1, "v": 1, "q": 4}], 422), ([{"s": "SHI-01", "t": 1, "v": 1, "q": 2}] * 5_001, 422), ([], 200),
    ],
)  # fmt: skip
def test_a_body_that_is_no_list_of_readings_is_answered_with_how_to_go_on(
    staff: dict[str, Actor], sensor: Sensor, body: Any, status: int
) -> None:
    answer = send(body, bearer(staff["dispatcher"]))
    assert answer.status_code == status and (status == 200 or answer.json()["next_step"])
    assert send(as_json(rain()), {}).status_code == 401


def test_the_page_shows_sensors_water_and_what_was_set_aside(
    staff: dict[str, Actor], sensor: Sensor, browse: Callable[..., Client]
) -> None:
    client = browse(User.objects.get(username="city-dispatcher"))
    take(staff["dispatcher"], [*said(*[0.2 + n / 1000 for n in range(7)]), *said(0.2, first=20, quality=0)])
    page = client.get("/city/sensors/").content.decode()
    assert "ponding, 0.21 m at most" in page and cases()[0].case.number in page and "bad quality 1" in page
    added = client.post("/city/sensors/", {**PLACE, "id": "SHI-02"})
    assert added.status_code == 302 and Sensor.objects.count() == 2
    assert client.post("/city/sensors/", {**PLACE, "id": "?"}).status_code == 422
    assert client.post("/city/sensors/SHI-02/end/").status_code == 302
    assert client.post("/city/sensors/SHI-02/end/").status_code == 404
    assert browse(User.objects.get(username="city-housing")).get("/city/sensors/").status_code == 403


def test_a_centre_sees_and_ends_sensors_of_its_regions_only(staff: dict[str, Actor], sensor: Sensor) -> None:
    other = Actor(10**6, (("dispatcher", OTHER_COUNTY),))
    with acting(other):
        assert sensor_desk.page(other)["rows"] == []
        with pytest.raises(Unknown):
            sensor_desk.end(other, "SHI-01")


def test_a_case_of_a_sensor_goes_its_way_to_the_end(staff: dict[str, Actor], sensor: Sensor) -> None:
    take(staff["dispatcher"], rain())
    case = cases()[0].pk
    do(
        case,
        "file",
        staff["dispatcher"],
        subclass="ponding",
        severity="ordinary",
        title="积水",
        place="示例路",
    )
    do(case, "dispatch", staff["dispatcher"], unit="housing")
    do(case, "accept", staff["housing"])
    do(case, "done", staff["housing"], note="已排除", depth_m="0.21", duration_min="10")
    do(case, "confirm", staff["inspector"], note="已退水", **SEEN)
    assert CityCase.objects.get(pk=case).case.stage == "closed"
    assert actor_of(User.objects.get(username="city-dispatcher")).may("city.reading", COUNTY)
    set_day(DAY + dt.timedelta(days=1))
    assert list(itertools.islice(Ponding.objects.values_list("case", flat=True), 2)) == [case]
