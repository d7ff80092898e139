"""Puts the catalogue's facts into a workspace as versions of the base data, each on the day it became known."""

import datetime as dt
from collections.abc import Callable

import polars as pl

from renben.catalogue.facts_map import fact_versions
from renben.core.schema import canonical
from renben.core.workspace import Provenance, Workspace

MADE_BY = "catalogue/facts"


def store_facts(
    space: Workspace, now: Callable[[], dt.datetime], tell: Callable[[str, int, int], None] = lambda *_: None
) -> int:
    """Write what the facts give and the workspace does not have yet; returns the number of new versions.

    Args:
        space: the workspace.
        now: clock, used for `created_at` only.
        tell: called with name, number and total before each version.
    """
    versions = list(fact_versions(space.catalogue))
    have = {(v.dataset, str(v.period), v.day) for name in _names(space) for v in space.versions(name)}
    missing = [v for v in versions if (v.dataset, v.period, v.day) not in have]
    for number, version in enumerate(missing, start=1):
        tell(f"{version.dataset} {version.period}", number, len(missing))
        _write(space, version.dataset, version.period, version.day, version.rows.lazy(), version.sources, now)
    return len(missing)


def _names(space: Workspace) -> tuple[str, ...]:
    return tuple(n for n in ("elements", "indicator_published") if n in space.names())


def _write(
    space: Workspace,
    name: str,
    period: str,
    day: dt.date,
    frame: pl.LazyFrame,
    sources: tuple[str, ...],
    now: Callable[[], dt.datetime],
) -> None:
    dataset = space.dataset(name)
    provenance = Provenance(dataset=name, period=period, made_by=MADE_BY, sources=sources, created_at=now())
    space.write_checked(canonical(frame, dataset), dataset, provenance, day)
