"""Publishes snapshots of the registry into sources of the workspace, as counts and under pseudonyms.

What passes: persons by region and population concept, settlers by region and origin, moves of residence and of
registration by county, and one row per settler under a pseudonym that is made anew each year (keyed hash), with region, origin, month and ground.
What never passes: names, numbers, phones, addresses, birth days, and the registry's own person keys.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.conf import settings
from django.db import transaction

from renben.core.period import Period
from renben.core.schema import canonical
from renben.core.workspace import Provenance, Version, Workspace
from renben.web.clock import now, today
from renben.web.exchange.door import ExchangeError, workspace
from renben.web.exchange.moves import moves
from renben.web.guard import audit, crypto, scope
from renben.web.guard.models import Grant
from renben.web.guard.policy import Actor, covers, policy
from renben.web.registry import population_counts
from renben.web.registry.models import Settlement

ORIGINS = ("cross_province", "in_province", "in_city")
LEVELS = ("province", "prefecture", "county")
JOB = Actor(None, (("data_steward", ""),), job="registry")


@dataclass(frozen=True)
class Published:
    """What became of one dataset: its rows, and the vintage in which they are now."""

    dataset: str
    rows: int
    vintage: str
    fresh: bool
    """False where the newest vintage says the same already."""


def publish(period: str, only: tuple[str, ...] = ()) -> list[Published]:
    """Publish the registry's state on the service's day as new vintages of a year.

    Args:
        period: a year; events of that year up to the service's day are counted.
        only: names of datasets; all where empty.

    Raises:
        ExchangeError: no workspace, not a year, a year that has not begun, or an unknown dataset.
    """
    year, space = _year(period), workspace()
    unknown = [name for name in only if name not in MAKERS]
    if unknown:
        raise ExchangeError(f"{unknown[0]}: not published by the registry; it publishes {', '.join(MAKERS)}.")
    with scope.reading_as("registry"):  # minutes in a large registry: no writer waits for it
        frames = {name: make(space, year) for name, make in MAKERS.items() if not only or name in only}
    with transaction.atomic(), scope.as_job("registry"):
        return [store(space, name, Period(period), frame) for name, frame in frames.items() if frame.height]


def _year(period: str) -> int:
    if not (period.isascii() and period.isdigit() and len(period) == 4):
        raise ExchangeError(f"period {period!r}: the registry publishes whole years, such as {today().year}.")
    if int(period) > today().year:
        raise ExchangeError(f"period {period}: that year has not begun; today is {today()}.")
    return int(period)


def served(space: Workspace) -> list[str]:
    """Regions whose settlements are decided here: every region inside a range of an account that decides."""
    roles = policy().permissions["settlement.decide"].roles
    ranges = set(Grant.objects.filter(role__in=roles, taken_at=None).values_list("region", flat=True))
    known = [r.code for r in space.catalogue.regions.values() if r.level in LEVELS]
    return [code for code in known if any(covers(one, code) for one in ranges)]


def _settlements_of(year: int) -> list[tuple[Any, str, str, dt.date, str]]:
    rows = Settlement.objects.current().filter(decided__year=year, decided__lte=today())
    return list(rows.order_by("pk").values_list("person_key", "region", "origin", "decided", "basis"))


def _settlements(space: Workspace, year: int) -> pl.DataFrame:
    """Settlers by region and origin (persons); rows of regions that are not served here stay as they were."""
    counts: Counter[tuple[str, str]] = Counter()
    codes = served(space)
    for _, region, origin, _, _ in _settlements_of(year):
        counts.update((code, origin) for code in codes if covers(code, region[:6]))
    rows = [(code, origin, counts[code, origin]) for code in codes for origin in ORIGINS]
    mine = pl.DataFrame(rows, ["region", "origin", "persons"], orient="row")
    kept = space.latest("settlements", Period(str(year)))
    if kept is None or not rows:
        return mine
    others = kept.scan().collect().join(mine, on=["region", "origin"], how="anti")
    return pl.concat([mine, others.select(mine.columns)], how="vertical_relaxed")


def _settlers(_space: Workspace, year: int) -> pl.DataFrame:
    """One row per settler under this year's pseudonym."""
    rows = [
        (
            crypto.blind_index(str(person), f"exchange.settlers.{year}"),
            region[:6],
            origin,
            f"{day:%Y-%m}",
            basis,
        )
        for person, region, origin, day, basis in _settlements_of(year)
    ]
    names = ["settler", "region", "origin", "month", "basis"]
    return pl.DataFrame(rows, dict.fromkeys(names, pl.String), orient="row").unique("settler", keep="last")


def _population(_space: Workspace, year: int) -> pl.DataFrame:
    """Persons of each population concept by county at the end of the year, or today in the running year."""
    day = min(today(), dt.date(year, 12, 31))
    rows = [
        (one.region[:6], name, one.counts[name], one.unknown[name])
        for one in population_counts.counts(JOB, day)
        for name in population_counts.NAMES
    ]
    frame = pl.DataFrame(rows, ["region", "concept", "persons", "unknown"], orient="row")
    return frame.group_by("region", "concept").agg(pl.col("persons", "unknown").sum()) if rows else frame


def _moves(space: Workspace, year: int) -> pl.DataFrame:
    """Moves of residence and of registration by county (persons)."""
    return moves(space, year, served(space))


MAKERS: dict[str, Callable[[Workspace, int], pl.DataFrame]] = {
    "settlements": _settlements,
    "registry_settlers": _settlers,
    "registry_population": _population,
    "registry_moves": _moves,
}


def store(
    space: Workspace,
    name: str,
    period: Period,
    frame: pl.DataFrame,
    permission: str = "population.read",
    synthetic: bool = False,
) -> Published:
    """A new vintage, or the newest where it says the same; the passage is written into the audit.

    Args:
        space: the workspace.
        name: of the dataset.
        period: of the version.
        frame: its rows.
        permission: under which whoever reads the pages would see the same.
        synthetic: whether any row rests on made-up data; in the demo everything does.
    """
    done = _stored(space, name, period, frame, synthetic)
    detail = {"period": str(period), "vintage": done.vintage, "rows": done.rows}
    audit.record(JOB, "export", permission, object_type="exchange", object_id=name, detail=detail)
    return done


def _stored(space: Workspace, name: str, period: Period, frame: pl.DataFrame, synthetic: bool) -> Published:
    dataset, before = space.dataset(name), space.latest(name, period)
    ready = canonical(frame.lazy(), dataset).collect().sort(dataset.grain)
    if before is not None and _says(before).sort(dataset.grain).equals(ready):
        return Published(name, ready.height, before.vintage, False)
    made_up = (
        settings.DEMO
        or synthetic
        or (name == "settlements" and before is not None and before.provenance.synthetic)
    )
    provenance = Provenance(
        dataset=name, period=str(period), made_by="renben exchange publish", synthetic=made_up,
        sources=(f"registry snapshot {today()}",), created_at=now(),
    )  # fmt: skip
    version = space.write_checked(ready.lazy(), dataset, provenance, _vintage(before))
    return Published(name, ready.height, version.vintage, True)


def _says(version: Version) -> pl.DataFrame:
    return version.scan().collect()


def _vintage(before: Version | None) -> dt.date:
    """The service's day; never before a vintage that is there already, so that the newest is the newest."""
    return max(today(), before.day) if before else today()
