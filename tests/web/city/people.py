"""The people of a city case, and the short way through its stages."""

from typing import Any

from renben.web.cases.models import CityCase
from renben.web.cases.reporting import Receipt, Told, report
from renben.web.flow.models import Case
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import Grant, User
from renben.web.guard.policy import Actor
from renben.web.programme.models import Seat
from tests.web.cases import KEYS, acting, do
from tests.web.conftest import CITY, COUNTY

RUBBISH = {"subclass": "exposed_rubbish", "severity": "ordinary", "title": "垃圾未清运", "place": "示例路3号"}
SEEN = {"ways": ["visit"]}


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
