"""Opens the workspace: which folder, whether it is there, and when something in it changed."""

import os
from functools import lru_cache
from pathlib import Path

from renben.catalogue import Catalogue, Plan, load
from renben.catalogue.indicator import Indicator
from renben.catalogue.plan import Measure
from renben.core.errors import RenbenError
from renben.core.workspace import MARKER, Version, Workspace
from renben.settings import current


class ExchangeError(RenbenError):
    """Something cannot pass the door; the message says what to do."""


def folder() -> Path:
    """Folder of the workspace: the setting RENBEN_WORKSPACE, or ./workspace."""
    return current().workspace.absolute()


def is_there() -> bool:
    """Whether the folder is a workspace."""
    return (folder() / MARKER).is_file()


def workspace() -> Workspace:
    """The workspace.

    Raises:
        ExchangeError: there is none.
    """
    found = _found()
    if found is None:
        raise ExchangeError(f"{folder()}: no workspace there. Make one: renben demo {folder()}, "
                            "or set RENBEN_WORKSPACE to the folder of yours.")  # fmt: skip
    return found


def _found() -> Workspace | None:
    return _opened(folder(), _overlay()) if is_there() else None


@lru_cache(maxsize=4)
def _opened(root: Path, _overlay_stamp: tuple[int, ...]) -> Workspace:
    return Workspace(root)


def _overlay() -> tuple[int, ...]:
    """Changes whenever a file of the workspace's own catalogue changes (nanoseconds)."""
    return tuple(sorted(path.stat().st_mtime_ns for path in (folder() / "catalogue").rglob("*.*")))


def catalogue() -> Catalogue:
    """The workspace's catalogue, ours where there is no workspace."""
    found = _found()
    return found.catalogue if found else load()


def newest(dataset: str) -> Version | None:
    """The newest version of a dataset in its last period; None where there is none, or no workspace."""
    space = _found()
    found = space.versions(dataset) if space else []
    return found[-1] if found else None


def plans() -> list[Plan]:
    """Plans of the catalogue, the one issued last first: it is the one that is monitored."""
    return sorted(catalogue().plans.values(), key=lambda plan: plan.issued_on, reverse=True)


def stamp() -> tuple[int, ...]:
    """Changes whenever a dataset version is added (nanoseconds of each period folder's last change)."""
    data = folder() / "data"
    if not data.is_dir():
        return ()
    found = []
    for one in os.scandir(data):
        if one.is_dir():
            found += [period.stat().st_mtime_ns for period in os.scandir(one.path) if period.is_dir()]
    return (*_overlay(), *sorted(found))


def indicators_of(measure: Measure, plan: Plan, known: Catalogue) -> list[Indicator]:
    """Indicators of a measure: those its commitments name, and those that carry its number.

    Indicators carry the numbers of the catalogue's first plan; of other plans only names count.
    """
    named = {one for commitment in measure.commitments.values() for one in commitment.indicators}
    numbered = plan.id == next(iter(known.plans))
    return [
        i
        for i in known.indicators.values()
        if i.id in named or (numbered and measure.number in i.measure_numbers)
    ]
