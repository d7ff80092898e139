"""The read model of the dashboards: tables of the newest run, read once and kept until the workspace changes."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from renben.catalogue import Catalogue, Plan
from renben.core.period import Period
from renben.core.workspace import Version
from renben.report.evidence import NEEDED, Evidence
from renben.web.exchange import door


@dataclass(frozen=True)
class Step:
    """A dataset version behind a number, and how many steps away it is."""

    depth: int
    dataset: str
    zh: str
    en: str
    period: str
    vintage: str
    made_by: str
    synthetic: bool
    sources: tuple[str, ...]
    note: str
    known: bool
    """False where the version is no longer in the workspace."""


class Reading:
    """One run as the dashboards read it. Frames are shared between requests and never changed."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence

    @property
    def catalogue(self) -> Catalogue:
        """Catalogue of the workspace."""
        return self.evidence.catalogue

    @property
    def plan(self) -> Plan:
        """The plan that is monitored."""
        return self.evidence.plan

    @property
    def period(self) -> str:
        """Period of the run."""
        return str(self.evidence.period)

    @property
    def vintage(self) -> str:
        """Newest vintage used."""
        return self.evidence.vintage

    @cached_property
    def status_of(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Status rows by region and indicator."""
        return {(row["region"], row["indicator"]): row for row in self.evidence.status.to_dicts()}

    def status(self, indicator: str, region: str) -> dict[str, Any] | None:
        """Status row of one indicator in one region, None where there is none."""
        return self.status_of.get((region, indicator))

    def service_rows(self, region: str, year: int) -> list[dict[str, Any]]:
        """Projected demand of everybody in a county at a year end, with supply and chance of a shortage where known."""
        return self._services.get((region, year), [])

    @cached_property
    def _services(self) -> dict[tuple[str, int], list[dict[str, Any]]]:
        """Rows of the demand and of the shortage by county and year; empty where the run made none."""
        keys = ["region", "year", "service"]
        demand, shortage = (self._made(name) for name in ("service_demand", "service_shortage"))
        if demand is None:
            return {}
        rows = demand.filter(pl.col("group") == "all").select(*keys, "median", "p10", "p90")
        if shortage is not None:
            known = shortage.select(*keys, "supply", "supply_year", "gap", "probability", "synthetic")
            rows = rows.join(known, on=keys, how="left")
        found: dict[tuple[str, int], list[dict[str, Any]]] = {}
        for row in rows.sort(keys).to_dicts():
            found.setdefault((row["region"], row["year"]), []).append(row)
        return found

    def _made(self, name: str) -> pl.DataFrame | None:
        """Rows of a dataset of this period with a mark whether they are synthetic; None where it was not made."""
        version = self.evidence.workspace.latest(name, self.evidence.period, self.evidence.as_of)
        if version is None:
            return None
        return version.scan().collect().with_columns(synthetic=pl.lit(version.provenance.synthetic))

    @cached_property
    def values_of(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Value rows by region and indicator."""
        return {
            (row["region"], row["indicator"]): row
            for row in self.evidence.table("indicator_values").to_dicts()
        }

    def value(self, indicator: str, region: str) -> dict[str, Any]:
        """Value row of one indicator in one region, empty where there is none."""
        return self.values_of.get((region, indicator), {})

    def series(self, indicator: str, region: str) -> list[dict[str, Any]]:
        """Known values by year, oldest first."""
        return self.evidence.series(indicator, region).to_dicts()

    def forecast(self, indicator: str, region: str) -> list[dict[str, Any]]:
        """Forecast by year: the projection's where it gives one for this region, else the drift's."""
        projected = self.evidence.projected(indicator) if region == self.evidence.region else pl.DataFrame()
        if projected.height:
            return projected.to_dicts()
        mine = (pl.col("indicator") == indicator) & (pl.col("region") == region)
        return self.evidence.table("indicator_forecasts").filter(mine).sort("year").to_dicts()

    def vintages(self, indicator: str, region: str) -> list[dict[str, Any]]:
        """What earlier runs of the same period said of one value: vintage, value, state; oldest first."""
        space, at = self.evidence.workspace, self.evidence.period
        mine = (pl.col("indicator") == indicator) & (pl.col("region") == region)
        found = []
        for version in space.versions("indicator_values", at):
            rows = version.scan().filter(mine).select("value", "state").collect().to_dicts()
            found += [{"vintage": version.vintage, **row} for row in rows]
        return found

    @cached_property
    def newest_versions(self) -> list[Version]:
        """Newest version of every dataset for the period of the run."""
        space = self.evidence.workspace
        found = (space.latest(name, self.evidence.period) for name in space.names())
        return [version for version in found if version is not None]

    def publications(self, sources: str | None) -> list[dict[str, str]]:
        """Publications named by a cell's sources."""
        return [self.evidence.publications[one] for one in self.evidence.cited(sources)]

    def trace(self, dataset: str = "indicator_values", deepest: int = 6) -> list[Step]:
        """Dataset versions behind a dataset of this run, back to the sources, nearest first."""
        space = self.evidence.workspace
        start = space.latest(dataset, self.evidence.period)
        if start is None:
            return []
        found, seen, open_ = [], {(dataset, str(start.period), start.vintage)}, [(0, start)]
        while open_:
            depth, version = open_.pop(0)
            found.append(self._step(depth, version))
            for read in version.provenance.reads if depth < deepest else ():
                key = (read.dataset, read.period, read.vintage)
                if key not in seen:
                    seen.add(key)
                    open_.append((depth + 1, self._version(*key)))
        return found

    def _version(self, dataset: str, period: str, vintage: str) -> Version:
        path = self.evidence.workspace.data / dataset / period / f"{vintage}.parquet"
        return Version(dataset, Period(period), vintage, path)

    def _step(self, depth: int, version: Version) -> Step:
        named = self.catalogue.datasets.get(version.dataset)
        label = (
            (named.zh or version.dataset, named.en or version.dataset) if named else (version.dataset,) * 2
        )
        place = (depth, version.dataset, *label, str(version.period), version.vintage)
        if not version.path.is_file():
            return Step(*place, "", False, (), "", False)
        known = version.provenance
        return Step(*place, known.made_by, known.synthetic, known.sources, known.note, True)


def reading() -> Reading | None:
    """The newest run, None where the workspace is not there or has no complete run."""
    if not door.is_there():
        return None
    return _read(door.folder(), door.stamp())


@lru_cache(maxsize=2)
def _read(_folder: Path, _stamp: tuple[int, ...]) -> Reading | None:
    space = door.workspace()
    runs = [{version.period for version in space.versions(name)} for name in NEEDED]
    complete = sorted(set.intersection(*runs))
    plans = door.plans()
    if not complete or not plans:
        return None
    return Reading(Evidence(space, plans[0], plans[0].region, complete[-1]))


def missing() -> tuple[str, str]:
    """Why there is no reading: a word key and the folder it is about."""
    return ("empty.no_run" if door.is_there() else "empty.no_workspace"), str(door.folder())


def known_on(reading_: Reading) -> dt.date:
    """Day on which the newest data of a reading became known."""
    return dt.date.fromisoformat(reading_.vintage[:10])
