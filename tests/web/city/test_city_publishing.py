"""City cases leave the service as counts, confirmed ponding as events; a past year goes on until its cases are closed."""

import datetime as dt
from typing import Any

import pytest

from renben.core.period import Period
from renben.core.workspace import Workspace
from renben.web import clock
from renben.web.cases import publishing
from renben.web.cases.models import CityCase
from renben.web.flow.models import Case
from renben.web.guard.models import AuditEvent
from renben.web.guard.policy import Actor
from tests.web.cases import do
from tests.web.city.people import RUBBISH, SEEN, handled, sent_out, staff, told
from tests.web.conftest import COUNTY, DAY

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=clock.ZONE)
PONDING = {"subclass": "ponding", "title": "积水", "place": "示例路"}


@pytest.fixture
def people() -> dict[str, Actor]:
    return staff()


def rows(space: Workspace, name: str, year: str = "2026") -> list[dict[str, Any]]:
    version = space.latest(name, Period(year))
    return version.scan().collect().to_dicts() if version else []


def at(case: Any, **moments: Any) -> None:
    CityCase.objects.filter(pk=case).update(**moments)


def test_cases_are_counted_by_what_became_of_them(people: dict[str, Actor], workspace: Workspace) -> None:
    first = handled(people)
    do(first, "confirm", people["inspector"], note="干净", **SEEN)
    at(first, reported_at=NOON, dispatched_at=NOON, done_at=NOON + dt.timedelta(hours=3))
    second = handled(people)
    do(second, "not_done", people["inspector"], note="仍有", **SEEN)
    do(second, "done", people["housing"], note="再清")
    do(second, "confirm", people["inspector"], note="干净", **SEEN)
    at(second, reported_at=NOON, dispatched_at=NOON, done_at=NOON + dt.timedelta(hours=5), in_time=False)
    late, running = sent_out(people), sent_out(people)
    Case.objects.filter(pk=late).update(due_on=DAY - dt.timedelta(days=1))
    rejected = told(people["resident"]).result.case
    do(rejected, "reject", people["dispatcher"], note="现场没有", reason="not_found")
    joined, waiting = told(people["resident"]).result, told(people["resident"]).result
    do(joined.case, "join", people["dispatcher"], into=Case.objects.get(pk=running).number)
    assert [one.rows for one in publishing.publish("2026")] == [2]
    mine, nobody = sorted(rows(workspace, "city_cases"), key=lambda row: row["unit"])
    assert {name: mine[name] for name in publishing.COUNTS} == {
        "reported": 4, "rejected": 0, "joined": 0, "filed": 4, "dispatched": 4, "due": 3, "done": 2, "in_time": 1,
        "closed": 2, "failed": 1, "reopened": 0,
    }  # fmt: skip
    assert (mine["hours_mean"], mine["hours_median"], mine["month"], mine["region"]) == (
        4.0,
        4.0,
        "2026-03",
        COUNTY,
    )
    assert {name: nobody[name] for name in ("unit", "reported", "rejected", "joined", "filed", "hours_mean")} == {
        "unit": "none", "reported": 3, "rejected": 1, "joined": 1, "filed": 0, "hours_mean": None,
    }  # fmt: skip
    assert waiting.number and workspace.latest("city_cases", Period("2026")).provenance.synthetic  # type: ignore[union-attr]
    assert (
        AuditEvent.objects.filter(kind="export", permission="city.results", object_id="city_cases").count()
        == 1
    )


def ponded(people: dict[str, Actor]) -> str:
    case = sent_out(people, **PONDING)
    do(case, "accept", people["housing"])
    do(case, "done", people["housing"], note="已排除", depth_m="0.6", duration_min="45")
    at(
        case,
        reported_at=NOON,
        dispatched_at=NOON,
        done_at=NOON + dt.timedelta(minutes=90),
        lon=112.56,
        lat=37.8,
        reports=3,
    )
    return case


def test_ponding_is_published_once_somebody_confirmed_it(
    people: dict[str, Actor], workspace: Workspace
) -> None:
    case = ponded(people)
    publishing.publish("2026")
    assert rows(workspace, "ponding_events") == []
    do(case, "confirm", people["inspector"], note="已退水", **SEEN)
    publishing.publish("2026")
    (event,) = rows(workspace, "ponding_events")
    assert event == {
        "key": Case.objects.get(pk=case).number, "region": COUNTY, "unit": "housing", "lon": 112.56, "lat": 37.8, "day": DAY,
        "depth_m": 0.6, "duration_min": 45.0, "reports": 3, "channel": "web", "hours_to_clear": 1.5, "in_time": True,
    }  # fmt: skip


def test_a_year_that_is_over_is_counted_on_and_nothing_new_makes_no_version(
    people: dict[str, Actor], workspace: Workspace
) -> None:
    case = ponded(people)
    at(case, reported_at=NOON.replace(year=2025))
    assert publishing.daily() == 1 and rows(workspace, "city_cases", "2025")[0]["closed"] == 0
    do(case, "confirm", people["inspector"], note="已退水", **SEEN)
    assert publishing.daily() == 2 and publishing.daily() == 0
    assert rows(workspace, "city_cases", "2025")[0]["closed"] == 1 and rows(workspace, "city_cases") == []


def test_without_cases_or_workspace_nothing_is_published(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert publishing.publish("2026") == [] and publishing.daily() == 0
    monkeypatch.setenv("RENBEN_WORKSPACE", str(workspace.root / "nowhere"))
    assert publishing.daily() == 0


def test_nothing_that_a_reporter_wrote_leaves_the_service(
    people: dict[str, Actor], workspace: Workspace
) -> None:
    case = told(
        people["resident"], words="张三家门口积水", phone="13912345678", subclass="ponding"
    ).result.case
    do(
        case,
        "file",
        people["dispatcher"],
        **{**RUBBISH, **PONDING},
    )
    publishing.publish("2026")
    written = b"".join(path.read_bytes() for path in workspace.data.rglob("*.parquet"))
    assert (
        "张三".encode() not in written and b"13912345678" not in written and "示例路".encode() not in written
    )
