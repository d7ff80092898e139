"""Story 3 on the real service and database: rain becomes evidence.

A sensor's readings arrive in a wrong order, are sent twice, and the service is killed in the middle: one case. It is filed,
sent out, handled within its limit and looked at by somebody else. What was confirmed is published; a run makes it a
waterlogging point, shows how fast its owner cleared it, and the next period's run ranks it for the drainage works.
Everything here is synthetic.
"""

import datetime as dt
import json
import re
import sqlite3
import urllib.request
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from renben.core.period import Period
from renben.core.workspace import Workspace
from tests.command import renben
from tests.faults.client import Visitor
from tests.stories.city_steps import took
from tests.stories.workspaces import in_its_own_process, without_projection
from tests.web.service import Service

COUNTY, CITY, YEAR, NEXT = "140105", "140100", "2026", "2027"
SENSOR = {"id": "STORY-01", "region": COUNTY, "place": "示例路下穿通道", "lon": "112.56", "lat": "37.80"}
MINUTE = 60_000
HOUR_EAST = 8
Sent = dict[str, Any]


class Story:
    """The folders, the service, and the gateway that sends what the sensor measures."""

    def __init__(self, folder: Path) -> None:
        self.space, self.token = folder / "workspace", ""
        self.service = Service(folder / "service", RENBEN_WORKSPACE=str(self.space))
        renben("init", str(self.space))
        without_projection(self.space)
        self.service.start()
        zone = dt.timezone(dt.timedelta(hours=HOUR_EAST))
        day = dt.date.fromisoformat(
            self.rows("select value from guard_instance where name = 'demo_day'")[0][0]
        )
        self.began = (
            round(dt.datetime.combine(day, dt.datetime.now(zone).time(), zone).timestamp()) * 1000
            - 60 * MINUTE
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.service.folder / "web.sqlite3") as database:
            return database.execute(query).fetchall()

    def set_up(self) -> None:
        """The operation centre registers its sensor and makes a token for the gateway, for nothing but readings."""
        centre = Visitor(self.service.base).sign_in("zhihui", self.service.password)
        centre.get("/city/sensors/")
        assert centre.post("/city/sensors/", SENSOR) == (302, "/city/sensors/")
        page = centre.get("/account/tokens/").decode()
        assert "city.reading" in page
        connection = centre.connection()
        form = {"name": "gateway", "permissions": "city.reading", "days": "30"}
        connection.request("POST", "/account/tokens/", centre.body(form), centre.headers())
        found = re.search(r"rb_[\w-]{20,}", connection.getresponse().read().decode())
        assert found is not None
        self.token = found.group()

    def depths(self, *depths: float, first: int = 0) -> list[Sent]:
        """One reading a minute."""
        return [
            {"s": SENSOR["id"], "t": self.began + (first + n) * MINUTE, "v": depth, "q": 2}
            for n, depth in enumerate(depths)
        ]

    def send(self, readings: list[Sent]) -> dict[str, Any]:
        """What the door answers to readings."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(
            f"{self.service.base}/api/v1/readings", json.dumps(readings).encode(), headers
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            found: dict[str, Any] = json.loads(answer.read())
        return found

    def kill(self) -> None:
        """kill -9 in the middle, and up again."""
        self.service.kill()
        self.service.start()

    def alarm(self) -> str:
        """Water rises; the service dies after the alarm and everything is sent again. The case's number."""
        rising = self.depths(0.0, 0.02, 0.2, 0.35, 0.5)
        standing = self.depths(0.58, 0.62, 0.66, 0.61, first=5)
        assert self.send(rising)["alarms"] == []
        first = self.send([*standing[2:], *rising, *standing[:2]])
        assert (first["taken"], first["known"]) == (4, 5) and len(first["alarms"]) == 1
        self.kill()
        again = self.send([*rising, *standing, {**rising[0], "t": rising[0]["t"] + 1, "q": 0}])
        assert (again["taken"], again["known"], again["alarms"]) == (0, 9, [])
        assert [one["reason"] for one in again["aside"]] == ["quality"]
        (case,) = self.rows(
            "select number, severity from flow_case join cases_citycase on case_id = id where channel = 'sensor'"
        )
        assert case[1] == "urgent" and case[0] == first["alarms"][0]["number"]
        return str(case[0])

    def handle(self, number: str) -> None:
        """Each account takes its own steps, and none takes another's."""
        filed = {
            "subclass": "ponding",
            "severity": "urgent",
            "title": "下穿通道积水",
            "place": SENSOR["place"],
        }
        measured = {"depth_m": "0.66", "duration_min": "40"}
        said = took(
            self.service.folder, number,
            ("shizheng", "file", filed, ""), ("zhihui", "file", filed, ""), ("zhihui", "dispatch", {"unit": "housing"}, ""),
            ("shizheng", "accept", {}, ""), ("shizheng", "done", {}, "已排除"), ("shizheng", "done", measured, "已抽排"),
            ("shizheng", "confirm", {"ways": ["visit"]}, "看过"), ("hecha", "confirm", {"ways": ["visit", "sensor"]}, "已退水"),
        )  # fmt: skip
        assert said == [
            "refusal.not_allowed", "filed", "dispatched", "handling", "refusal.city_measured", "verifying", "refusal.not_allowed",
            "closed",
        ]  # fmt: skip

    def run(self, period: str) -> Any:
        renben("run", "--period", period, "-w", str(self.space))
        return lambda name: Workspace(self.space).read(name, period)


@pytest.fixture
def story(tmp_path: Path) -> Any:
    told = Story(tmp_path)
    try:
        yield told
    finally:
        told.service.stop()


@pytest.mark.timeout(300)
def test_rain_becomes_a_case_a_point_and_a_rank_among_the_next_years_works(story: Story) -> None:
    story.set_up()
    number = story.alarm()
    story.handle(number)
    dry = story.send(story.depths(*[0.0] * 15, first=30))
    assert dry["taken"] == 15 and dry["alarms"] == []
    assert story.rows('select count(*), count("end") from cases_ponding') == [(1, 1)]
    place = ("--period", YEAR, "-w", str(story.space), "--folder", str(story.service.folder), "--demo")
    in_its_own_process("exchange", "publish", *place)

    read = story.run(YEAR)
    by_unit = pl.col("region") == COUNTY, pl.col("unit") == "housing"
    (cleared,) = read("ponding_clearance").filter(*by_unit).to_dicts()
    assert cleared["events"] >= 1 and cleared["in_time_share"] == 1.0, (
        "with what the demonstration had before"
    )
    assert cleared["hours_median"] >= 0, "from the alarm until the unit said it was done"
    handled = read("city_case_result").filter(region=CITY, unit="housing").to_dicts()[0]
    assert 0 < handled["on_time_rate"] <= 1 and 0 < handled["closing_rate"] <= 1
    (point,) = read("ponding_point").filter(point=number).to_dicts()
    assert (point["severity"], point["status"], point["events"]) == ("I", "open", 1)
    values = read("indicator_values").filter(pl.col("region") == COUNTY)
    shown = {row["indicator"]: (row["value"], row["synthetic"]) for row in values.to_dicts()}
    assert shown["city_case_on_time_rate"][1] is True and shown["ponding_points_open"][0] >= 1.0

    read = story.run(NEXT)
    (work,) = read("drainage_priority").filter(point=number).to_dicts()
    assert (work["rank"], work["severity"], work["persons_reason"]) == (1, "I", "no_data")
    version = Workspace(story.space).latest("drainage_priority", Period(NEXT))
    assert version is not None and version.provenance.synthetic, "made-up data stay marked"
