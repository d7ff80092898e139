"""City cases in the world of pages: cases in every state and hand, sensors, rules of routing, and the visits that show them."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Protocol

from django.core.files.uploadedfile import SimpleUploadedFile

from renben.web.cases import grids, sensor_desk, sensors
from renben.web.cases.models import CityCase, Grid, RouteRule, RouteSet
from renben.web.cases.reporting import RECEIVER, Told, report
from renben.web.clock import now, today
from renben.web.flow.models import Case
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import User
from renben.web.guard.policy import Actor
from tests.web.cases import acting, do
from tests.web.city import people as city_people
from tests.web.city.people import RUBBISH, SEEN, handled, staff, told
from tests.web.planted import COUNTY

Visit = tuple[str, Any]


class Walk(Protocol):
    """Whoever opens pages in one language and look."""

    language: str
    theme: str

    def of(self, user: User | None, *addresses: str, post: dict[str, Any] | None = None) -> Iterator[Visit]:
        """Visits of one person."""


def sensed(centre: Actor) -> None:
    """A sensor under water with readings set aside, one that was never heard, and one that has ended."""
    for name in ("SHI-01", "SHI-02", "SHI-03"):
        given = {"id": name, "region": COUNTY, "place": "合成路下穿通道", "lon": "112.56", "lat": "37.8"}
        with acting(centre):
            sensor_desk.register(centre, given)
    moment = int(now().timestamp() * 1000) - 3_600_000
    wet = [sensors.Item("SHI-01", moment + n * 60_000, 0.2 + n / 100, 2) for n in range(8)]
    with acting(centre):
        sensors.take(
            centre, [*wet, sensors.Item("SHI-01", moment, 9.0, 2), sensors.Item("SHI-01", moment, 0.1, 1)]
        )
        sensor_desk.end(centre, "SHI-03")


def city_reports(resident: Actor) -> None:
    """City cases in every state that a reporter can meet: with points, closed in and out of time, refused, joined."""
    crew = staff()
    for n in range(22):
        lon, lat = 112.55 + n // 3 / 50, 37.8 + n % 5 / 100
        case = told(crew["resident"], lon=lon, lat=lat).result.case
        do(case, "file", crew["dispatcher"], **{**RUBBISH, "title": f"合成：垃圾未清运 {n}"})
    mine = told(resident).result
    do(mine.case, "file", crew["dispatcher"], **RUBBISH)
    do(told(RECEIVER).result.case, "join", crew["dispatcher"], into=mine.number)
    do(told(resident).result.case, "reject", crew["dispatcher"], reason="not_public", note="合成")
    for in_time in (True, False):
        case = handled(crew)
        do(case, "confirm", crew["inspector"], note="合成", **SEEN)
        CityCase.objects.filter(pk=case).update(in_time=in_time)


def city_cases(users: dict[str, User]) -> None:
    """Cases on the map at every level, some near each other, one in each hand, and rules of routing with their history."""
    dispatcher, unit = (actor_of(users[name]) for name in ("dispatcher", "case_handler"))
    city_people.rows(30, synthetic=True)
    for n, one in enumerate(CityCase.objects.filter(synthetic=True)):
        CityCase.objects.filter(pk=one.pk).update(lon=112.56 + n / 400, lat=37.8 + n / 500)
        Case.objects.filter(pk=one.pk).update(level=n % 5)
    for n in range(2):
        reported(Told("street_lamp", COUNTY, "合成：路灯", "合成路", "13900000000", 112.56, 37.8), n)
    for n, steps in enumerate((("accept",), ("accept", "done"))):
        case = reported(Told("ponding", COUNTY, "合成：积水", "合成路", severity="urgent"), n)
        do(
            case,
            "file",
            dispatcher,
            subclass="ponding",
            severity="urgent",
            title="合成：积水",
            place="合成路",
        )
        do(case, "dispatch", dispatcher, unit="housing")
        for step in steps:
            do(case, step, unit, "合成：已排除", depth_m="0.3", duration_min="20")
    routed(users)
    gridded(users)


def reported(told: Told, number: int) -> str:
    """A case from a report of somebody without an account."""
    with acting(RECEIVER):
        return report(RECEIVER, told, f"world-city-{told.subclass}-{number}").result.case


def routed(users: dict[str, User]) -> None:
    """A version in force, one before it, and a draft of somebody else."""
    for version, state in enumerate(("past", "in_force", "draft"), 1):
        published = {} if state == "draft" else {"published_by": 1, "published_at": now()}
        trial = (
            {"on": today().isoformat(), "cases": 9, "moved": 2, "unfitted": 1} if state == "in_force" else {}
        )
        routes = RouteSet.objects.create(region="140100", version=version, state=state, made_by=2, made_at=now(), trial=trial,
                                         **published)  # fmt: skip
        for place, unit in enumerate(("police", "housing")[: version or 1], 1):
            RouteRule.objects.create(
                routes=routes, place=place, what="ponding" if place == 1 else "", unit=unit
            )


def gridded(users: dict[str, User]) -> None:
    """Grids that stand, by office and by account, one without a shape or an English name, one before and one to come."""
    day, week = today(), dt.timedelta(days=7)
    west, south = 1_125_500_000, 378_000_000
    square = [
        [west, south],
        [west + 200_000, south],
        [west + 200_000, south + 200_000],
        [west, south + 200_000],
        [west, south],
    ]
    whose = {"office": "housing"}, {"account": users["inspector"].pk}, {"office": "police"}
    for n, (charge, first, last) in enumerate(
        zip(
            (*whose, *whose[:2]),
            (day - week,) * 4 + (day + week,),
            (None,) * 3 + (day - week, None),
            strict=True,
        ),
        1,
    ):
        edges = {
            "shape": [[square]],
            "west": west,
            "south": south,
            "east": west + 200_000,
            "north": south + 200_000,
        }
        Grid.objects.create(
            region=COUNTY, code=f"G{n}", zh=f"合成网格{n}", en="" if n == 3 else f"Synthetic grid {n}", towns="合成街道",
            first_day=first, last_day=last, made_at=now(), **charge, **({} if n == 3 else edges),
        )  # fmt: skip
    grids.placed_anew(COUNTY, day - week)
    draft = RouteSet.objects.get(state="draft")
    RouteRule.objects.create(routes=draft, place=9, grid=f"{COUNTY}:G1", unit="police")


def reporters(visits: Walk, users: dict[str, User]) -> Iterator[Visit]:
    """Reporting a problem page by page, right and wrong; following it; what is public of all."""
    yield from visits.of(None, "city", f"/city/?region={COUNTY}&view=closed", "/city/?kind=ponding&page=2")
    yield from visits.of(None, "city_report", "city_follow")
    told_so_far = {"subclass": "exposed_rubbish", "region": COUNTY, "place": "合成路口", "words": "合成：有垃圾",
                   "severity": "ordinary", "phone": "", "key": f"world-city-{visits.language}-{visits.theme}"}  # fmt: skip
    for page in ("what", "where", "near", "words", "phone"):
        yield from visits.of(None, "city_report", post={**told_so_far, "page": page, "into": "new"})
    for page, wrong in (("what", "subclass"), ("where", "region"), ("near", "into"), ("words", "words")):
        yield from visits.of(None, "city_report", post={**told_so_far, "page": page, wrong: ""})
    into = str(
        CityCase.objects.filter(filed_at__isnull=False, case__closed_on=None).values_list("pk", flat=True)[0]
    )
    yield from visits.of(None, "city_report", post={**told_so_far, "page": "phone", "into": into})
    sent = {**told_so_far, "page": "check", "do": "send"}
    yield from visits.of(users["resident"], "city_report", post=sent)
    receipts = list(visits.of(None, "city_report", post=sent))
    yield from receipts
    code = receipts[0][1].content.decode().split('class="code"><strong>')[1][:14]
    yield from visits.of(None, "city_follow", post={"code": code})
    yield from visits.of(None, "city_follow", post={"code": "AAAA-AAAA-AAAA"})
    resident = users["resident"]
    for case in Case.objects.filter(kind="city_case", applicant=resident.pk):
        yield from visits.of(resident, f"/my/cases/{case.pk}/")
    closed = CityCase.objects.filter(case__stage="closed").select_related("case").first()
    assert closed is not None and closed.case.applicant is not None
    yield from visits.of(User.objects.get(pk=closed.case.applicant), f"/my/cases/{closed.pk}/")


def officers(visits: Walk, users: dict[str, User]) -> Iterator[Visit]:
    """City cases as the dispatcher, the unit and the inspector see them; a call taken down, rules, results."""
    desk, unit, look = (users[name] for name in ("dispatcher", "case_handler", "inspector"))
    stages = ("reported", "filed", "dispatched", "handling", "verifying")
    one = {
        stage: f"/city/desk/{Case.objects.filter(kind='city_case', stage=stage).order_by('-number')[0].pk}/"
        for stage in stages
    }
    yield from visits.of(desk, "home", "city_desk", "/city/desk/?view=open", "/city/desk/?view=closed&late=1")
    yield from visits.of(desk, one["reported"], f"{one['reported']}reports/", one["filed"], one["dispatched"])
    yield from visits.of(unit, "home", "city_desk", "/city/desk/?view=to_accept", one["handling"])
    yield from visits.of(look, "home", "city_desk", one["verifying"])
    form = {"key": f"world-call-{visits.language}-{visits.theme}", "channel": "phone", "subclass": "street_lamp",
            "region": COUNTY, "words": "合成：路灯", "place": "合成路", "severity": "ordinary"}  # fmt: skip
    yield from visits.of(desk, "city_take_down")
    yield from visits.of(desk, "city_take_down", post={**form, "subclass": ""})
    yield from visits.of(desk, "city_take_down", post=form)
    yield from visits.of(
        desk,
        "/city/routing/?region=140100",
        "/city/routing/140100/trial/",
        "/city/routing/?region=140105",
        f"/city/grids/?region={COUNTY}",
        f"/city/desk/?view=open&county={COUNTY}&grid={COUNTY}:G1",
    )
    broken = SimpleUploadedFile(
        "grids.geojson", b'{"type": "FeatureCollection", "features": [{"properties": {"code": "!"}}]}'
    )
    posted = {"first_day": today().isoformat(), "file": broken}
    yield from visits.of(desk, f"/city/grids/{COUNTY}/file/", post=posted)
    yield from visits.of(unit, "city_results")
    yield from visits.of(users["programme_officer"], "city_results")
