"""Makes the demo's city cases and rules of routing, by the same commands as everybody else's."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from renben.catalogue import load
from renben.web.cases import routing_desk
from renben.web.cases.models import RouteSet
from renben.web.cases.reporting import RECEIVER, Told, report
from renben.web.cases.routing import DRAFT
from renben.web.demo import people
from renben.web.demo.people import DAY
from renben.web.flow.command import Command, act
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import User
from renben.web.guard.policy import Actor

FILED = ("file",)
ACCEPTED = (*FILED, "dispatch", "accept")
STEPS: dict[str, tuple[str, ...]] = {
    "reported": (), "rejected": ("reject",), "filed": FILED, "no_owner": (*FILED, "orphan"), "dispatched": (*FILED, "dispatch"),
    "handling": ACCEPTED, "to_suspend": (*ACCEPTED, "ask_rest"), "suspended": (*ACCEPTED, "ask_rest", "rest"),
    "verifying": (*ACCEPTED, "done"), "not_done": (*ACCEPTED, "done", "not_done"), "closed": (*ACCEPTED, "done", "confirm"),
}  # fmt: skip
"""Stage to which a case is taken (or the look that sent it back) -> steps on the way."""
LATER = ("done", "not_done", "confirm")
"""Steps that are taken on the day on which the unit was done."""


@lru_cache(maxsize=1)
def written() -> dict[str, Any]:
    """What catalogue/demo/city_cases.yaml says, an operator's file over ours; empty where there is none."""
    found: dict[str, Any] = {}
    for path in load().files("demo", "city_cases.yaml"):
        found.update(yaml.safe_load(path.read_text(encoding="utf-8")))
    return found


@dataclass(frozen=True)
class Crew:
    """Who takes the steps."""

    dispatcher: Actor
    second: Actor
    unit: Actor
    inspector: Actor


def live_through(day: dt.date) -> None:
    """Rules in force and a draft, then every case on its own days up to its stage."""
    said = written()
    crew = Crew(
        _actor(said["dispatcher"]),
        _actor(said["second"]),
        _actor(said["unit"]["account"]),
        _actor(said["inspector"]),
    )
    oldest = max((one["days"] for one in said["cases"]), default=0)
    people.turn(day - (oldest + 1) * DAY)
    _rules(crew, said)
    for number, one in enumerate(said["cases"]):
        _case(crew, one, number, day)
    people.turn(day)


def _actor(username: str) -> Actor:
    return actor_of(User.objects.get(username=username))


def _rules(crew: Crew, said: dict[str, Any]) -> None:
    """One version in force, made by one and published by the other, and a draft of the other that waits."""
    region = crew.dispatcher.regions(routing_desk.ROUTE)[0]
    _write(crew.dispatcher, region, said["rules"])
    draft = RouteSet.objects.get(region=region, state=DRAFT)
    routing_desk.publish(crew.second, region, routing_desk.digest(draft))
    _write(crew.second, region, said["draft"])


def _write(actor: Actor, region: str, rows: list[dict[str, str]]) -> None:
    draft = routing_desk.begin(actor, region, "")
    form = {"seen": routing_desk.digest(draft)}
    for number, row in enumerate(rows):
        form[f"place-{number}"] = str(number + 1)
        form |= {f"{name}-{number}": row.get(name, "") for name in routing_desk.COLUMNS}
    routing_desk.save(actor, region, form)


def _case(crew: Crew, one: dict[str, Any], number: int, day: dt.date) -> None:
    """Report one case and take it up to its stage."""
    first, done = day - one["days"] * DAY, day - one.get("done", one["days"]) * DAY
    people.turn(first)
    lon, lat = one.get("at", (None, None))
    told = Told(
        one["subclass"], one["region"], one["words"], one["where"], one.get("phone", ""), lon, lat,
        one.get("severity", "ordinary"), synthetic=True,
    )  # fmt: skip
    actor = _actor(one["by"]) if "by" in one else RECEIVER
    case = report(actor, told, f"demo-city-{number}").result.case
    for step in STEPS[one["upto"]]:
        people.turn(done if step in LATER else first)
        given, note = _given(one, step, first)
        act(Command(case, step, _by(crew, step), f"demo-city-{number}-{step}", None, given, note))  # type: ignore[arg-type]


def _by(crew: Crew, step: str) -> Actor:
    """Who takes a step."""
    if step in ("accept", "done", "ask_rest"):
        return crew.unit
    return crew.inspector if step in ("confirm", "not_done") else crew.dispatcher


def _given(one: dict[str, Any], step: str, day: dt.date) -> tuple[dict[str, Any], str]:
    """What a step is given, and what is written with it."""
    given: dict[str, dict[str, Any]] = {
        "file": {"subclass": one["subclass"], "severity": one.get("severity", "ordinary"), "title": one.get("title"),
                 "place": one.get("place")},
        "dispatch": {"unit": written()["unit"]["office"]},
        "reject": {"reason": one.get("reason")},
        "ask_rest": {"until": (day + one.get("rest", 1) * DAY).isoformat()},
        "done": one.get("measured", {}),
        "confirm": {"ways": ["visit"]},
        "not_done": {"ways": ["visit", "photo"]},
    }  # fmt: skip
    looked = step in ("confirm", "not_done")
    return given.get(step, {}), str(one.get("found" if looked else "note", ""))
