"""The shipped facts with one run of everything, as several rooms need it: made once in a test run, then copied."""

import datetime as dt
from pathlib import Path

from renben.cli.steps import STEPS
from renben.core.period import Period
from renben.core.run import run
from renben.core.workspace import Workspace
from renben.evaluation.facts import store_facts
from tests import once

YEAR = "2024"
NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


def clock() -> dt.datetime:
    """When the workspace was made."""
    return NOW


def _make(root: Path) -> None:
    space = Workspace.create(root)
    store_facts(space, clock)
    run(space, STEPS, Period(YEAR), now=clock)


def evaluated(target: Path) -> Workspace:
    """A copy of one's own, in a folder that does not exist yet."""
    return Workspace(once.copied("evaluated", _make, target))
