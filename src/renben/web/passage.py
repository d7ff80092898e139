"""The exchange for the command line, which may be called before Django is loaded."""

import importlib
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from renben.web import checks, start
from renben.web.config import DEMO_PARTY

PUBLISHERS = (
    "renben.web.programme.publishing",
    "renben.web.equality.publishing",
    "renben.web.exchange.small_areas",
    "renben.web.claims.publishing",
)
"""Modules that publish tables of their own beside the registry's snapshots."""


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


def publish(place: Place, period: str, only: tuple[str, ...]) -> list[dict[str, Any]]:
    """Publish the registry's snapshots and what became of the findings; see exchange.publish and PUBLISHERS."""
    enter(place)
    done = importlib.import_module("renben.web.exchange.publish").publish(period, only)
    if not only:
        for name in PUBLISHERS:
            done += importlib.import_module(name).publish(period)
    return [asdict(one) for one in done]


def recount(place: Place, period: str, why: str) -> dict[str, Any]:
    """Correct the equal-treatment snapshots of a period; see equality.snapshots.correct."""
    enter(place)
    versions = importlib.import_module("renben.web.equality.snapshots").correct(period, why)
    return {"period": period, "versions": versions}


def intake(place: Place, period: str) -> dict[str, Any]:
    """Let findings land in tasks; see programme.intake.take_in."""
    enter(place)
    return asdict(importlib.import_module("renben.web.programme.intake").take_in(period))
