"""The exchange for the command line, which may be called before Django is loaded."""

import importlib
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from renben.web import checks, start
from renben.web.config import DEMO_PARTY

PUBLISHERS = {
    "renben.web.programme.publishing": False,
    "renben.web.equality.publishing": False,
    "renben.web.exchange.small_areas": False,
    "renben.web.claims.publishing": True,
    "renben.web.cases.publishing": False,
}
"""Modules that publish tables of their own beside the registry's snapshots -> whether they tell how far they are."""
Tell = Callable[[str, int, int | None], None]
"""Told what is under way, the number of the step, and how many there are."""


def silent(_name: str, _number: int, _total: int | None) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Place:
    """Where the web service's database and the workspace are."""

    folder: Path
    database: str = ""
    demo: bool = False
    workspace: Path | None = None


def enter(place: Place) -> None:
    """Settings of the two folders become this process's, and the tables are brought up to date."""
    given = {"RENBEN_WEB_FOLDER": str(place.folder.resolve()), "RENBEN_WEB_DATABASE": place.database}
    if place.demo:
        given |= {"RENBEN_WEB_DEMO": "1", "RENBEN_WEB_HTTPS": "0", "RENBEN_WEB_PARTY": DEMO_PARTY}
    if place.workspace is not None:
        os.environ["RENBEN_WORKSPACE"] = str(place.workspace.resolve())
    for name, value in given.items():
        if value:
            os.environ.setdefault(name, value)
    start.prepare()
    checks.migrate()


def publish(place: Place, period: str, only: tuple[str, ...], tell: Tell = silent) -> list[dict[str, Any]]:
    """Publish the registry's snapshots and what became of the findings; see exchange.publish and PUBLISHERS."""
    enter(place)
    steps = len(PUBLISHERS) + 1
    tell("registry", 1, steps)
    done = importlib.import_module("renben.web.exchange.publish").publish(period, only)
    for number, (name, tells) in enumerate(() if only else PUBLISHERS.items(), 2):
        tell(name.split(".")[2], number, steps)
        maker = importlib.import_module(name).publish
        done += maker(period, tell) if tells else maker(period)
    return [asdict(one) for one in done]


def sensors(place: Place, file: Path) -> dict[str, Any]:
    """Register the sensors of a file; see cases.sensor_files."""
    enter(place)
    return dict(importlib.import_module("renben.web.cases.sensor_files").sensors(file))


def readings(place: Place, file: Path) -> dict[str, Any]:
    """Take in the readings of a file; see cases.sensor_files."""
    enter(place)
    return dict(importlib.import_module("renben.web.cases.sensor_files").readings(file))


def recount(place: Place, period: str, why: str) -> dict[str, Any]:
    """Correct the equal-treatment snapshots of a period; see equality.snapshots.correct."""
    enter(place)
    versions = importlib.import_module("renben.web.equality.snapshots").correct(period, why)
    return {"period": period, "versions": versions}


def intake(place: Place, period: str) -> dict[str, Any]:
    """Let findings land in tasks; see programme.intake.take_in."""
    enter(place)
    return asdict(importlib.import_module("renben.web.programme.intake").take_in(period))
