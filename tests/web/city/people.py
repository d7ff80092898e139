"""The people of a city case, and the short way through its stages."""

from collections.abc import Callable
from typing import Any

from django.db import connection

from renben.web import clock
from renben.web.cases.models import CityCase
from renben.web.cases.reporting import Receipt, Told, report
from renben.web.flow.definition import newest
from renben.web.flow.models import Case
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import Grant, User
from renben.web.guard.policy import Actor
from renben.web.programme.models import Seat
from tests.web.cases import KEYS, acting, do
from tests.web.conftest import CITY, COUNTY
from tests.web.test_queries import constant

RUBBISH = {"subclass": "exposed_rubbish", "severity": "ordinary", "title": "垃圾未清运", "place": "示例路3号"}
SEEN = {"ways": ["visit"]}
SCOPED = 6
"""Statements by which PostgreSQL is told in whose scope a page reads."""


def staff() -> dict[str, Actor]:
    """A dispatcher, two offices that handle, two inspectors, and a resident."""
    rows = {
        "dispatcher": ("dispatcher", CITY, ""), "dispatcher2": ("dispatcher", CITY, ""),
        "housing": ("case_handler", CITY, "housing"), "police": ("case_handler", CITY, "police"),
        "inspector": ("inspector", COUNTY, ""), "resident": ("resident", "", ""),
    }  # fmt: skip
    found = {}
    for name, (role, region, office) in rows.items():
        user = User.objects.create(username=f"city-{name}", demo=True)
        Grant.objects.create(user=user, role=role, region=region)
        if office:
            Seat.objects.create(user=user, office=office)
        found[name] = actor_of(user)
    return found


def told(actor: Actor, **given: Any) -> Receipt:
    """A report of rubbish in the county, by an account or by somebody without one."""
    words = {
        "subclass": "exposed_rubbish",
        "region": COUNTY,
        "words": "路口有垃圾",
        "place": "示例路口",
        "phone": "13900000009",
    }
    with acting(actor):
        return report(actor, Told(**{**words, **given}), f"test-key-{next(KEYS)}")


def city(receipt: Receipt) -> CityCase:
    """The city case of a receipt, as it stands."""
    return CityCase.objects.select_related("case").get(pk=receipt.result.case)


def sent_out(staff: dict[str, Actor], unit: str = "housing", **filed: Any) -> str:
    """A case that was reported, filed and sent out."""
    case = told(staff["resident"]).result.case
    do(case, "file", staff["dispatcher"], **{**RUBBISH, **filed})
    do(case, "dispatch", staff["dispatcher"], unit=unit)
    return case


def handled(staff: dict[str, Actor], **measured: Any) -> str:
    """A case of which the unit says that it is done."""
    case = sent_out(staff)
    do(case, "accept", staff["housing"])
    do(case, "done", staff["housing"], note="已清运", **measured)
    return case


def stage(case: str) -> str:
    """Where a case is."""
    return Case.objects.values_list("stage", flat=True).get(pk=case)


def rows(number: int, **columns: Any) -> None:
    """Filed cases in one county, straight into the tables."""
    flow, moment = newest("city_case"), clock.now()
    cases = Case.objects.bulk_create(
        Case(kind="city_case", flow_version=flow.version, stage="filed", region=COUNTY, opened_at=moment,
             stage_since=moment.date(), due_on=moment.date(), number=f"CG-T-{next(KEYS)}")
        for _ in range(number)
    )  # fmt: skip
    given = {
        "subclass": "street_lamp",
        "region": COUNTY,
        "channel": "web",
        "title": "路灯不亮",
        "lon": 112.56,
        "lat": 37.8,
    }
    CityCase.objects.bulk_create(
        CityCase(case=one, reported_at=moment, filed_at=moment, **{**given, **columns}) for one in cases
    )


def steady(ask: Callable[[], object], fill: Callable[[int], None], most: int) -> None:
    """As many queries for one row as for ten and for five hundred; PostgreSQL is told the scope of each piece of work besides."""
    constant(ask, fill, most + SCOPED if connection.vendor == "postgresql" else most)
