"""What a report is written from: dataset versions of one period with everything that must be said about them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from renben.catalogue import Catalogue
from renben.catalogue.indicator import Indicator
from renben.catalogue.plan import Plan
from renben.core.errors import RenbenError
from renben.core.finding import with_keys
from renben.core.period import Period
from renben.core.workspace import Cite, Version, Workspace

NEEDED = ("indicator_values", "indicator_history", "target_status", "indicator_forecasts")
OPTIONAL = ("projection_rates", "projection_targets", "reporting", "programme_findings", "programme_tasks")


@dataclass(frozen=True)
class Evidence:
    """Tables of one region and period, and the versions they come from.

    Raises:
        RenbenError: a needed dataset has no version for the period.
    """

    workspace: Workspace
    plan: Plan
    region: str
    period: Period
    as_of: dt.date | None = None
    extra: tuple[str, ...] = ()
    """Datasets that this kind of report needs beside those of every report."""

    @property
    def catalogue(self) -> Catalogue:
        """Catalogue of the workspace."""
        return self.workspace.catalogue

    @cached_property
    def versions(self) -> dict[str, Version]:
        """Version of each dataset that is used."""
        found = {
            name: self.workspace.latest(name, self.period, self.as_of) for name in (*NEEDED, *self.extra)
        }
        lacking = [name for name, version in found.items() if version is None]
        if lacking:
            raise RenbenError(
                f"a report for {self.period} needs {', '.join(lacking)}; first: renben run --period {self.period}"
            )
        known = {
            n: v
            for n in OPTIONAL
            if n in self.catalogue.datasets and (v := self.workspace.latest(n, self.period, self.as_of))
        }
        return {**{n: v for n, v in found.items() if v}, **known}

    def table(self, name: str) -> pl.DataFrame:
        """Rows of a dataset; empty where an optional one has no version."""
        return self.versions[name].scan().collect() if name in self.versions else pl.DataFrame()

    @cached_property
    def status(self) -> pl.DataFrame:
        """Status of every indicator and region."""
        return self.table("target_status")

    @cached_property
    def own(self) -> dict[str, dict[str, Any]]:
        """Status rows of the report's region by indicator."""
        return {
            row["indicator"]: row for row in self.status.filter(pl.col("region") == self.region).to_dicts()
        }

    @cached_property
    def values(self) -> dict[str, dict[str, Any]]:
        """Values of the report's region by indicator."""
        return {
            row["indicator"]: row
            for row in self.table("indicator_values").filter(pl.col("region") == self.region).to_dicts()
        }

    @cached_property
    def valued(self) -> list[Indicator]:
        """Indicators of the catalogue that have a value for the report's region, in its order."""
        return [
            i for i in self.catalogue.indicators.values() if self.own.get(i.id, {}).get("value") is not None
        ]

    @cached_property
    def history(self) -> pl.DataFrame:
        """Values of all years and regions."""
        return self.table("indicator_history")

    def made_up(self, row: Mapping[str, Any]) -> bool:
        """Whether a status row rests on synthetic data: its own value, or the newest one where it has none."""
        if row.get("synthetic") is True or self._values_made_up(row["region"], row["indicator"]):
            return True
        return row["value"] is None and (row["region"], row["indicator"]) in self._lately_made_up

    def _values_made_up(self, region: str, indicator: str) -> bool:
        value = self.values.get(indicator, {}) if region == self.region else {}
        return value.get("synthetic") is True or value.get("state") == "synthetic"

    @cached_property
    def _lately_made_up(self) -> frozenset[tuple[str, str]]:
        """Regions and indicators whose newest value is synthetic."""
        if "synthetic" not in self.history.columns:
            return frozenset()
        known = self.history.filter(pl.col("value").is_not_null()).sort("year")
        last = known.group_by("region", "indicator", maintain_order=True).last().filter(pl.col("synthetic"))
        return frozenset(last.select("region", "indicator").iter_rows())

    def class_of(self, row: Mapping[str, Any]) -> str:
        """Status of a row as reports count it: a class on synthetic data is no class of the real world."""
        return "synthetic" if row["status"] != "grey" and self.made_up(row) else str(row["status"])

    def series(self, indicator: str, region: str | None = None) -> pl.DataFrame:
        """Values of one indicator and region by year, without gaps filled."""
        mine = (pl.col("indicator") == indicator) & (pl.col("region") == (region or self.region))
        return self.history.filter(mine & pl.col("value").is_not_null()).sort("year")

    def forecast(self, indicator: str) -> pl.DataFrame:
        """Drift forecast of one indicator for the report's region by year."""
        mine = (pl.col("indicator") == indicator) & (pl.col("region") == self.region)
        return self.table("indicator_forecasts").filter(mine).sort("year")

    def projected(self, indicator: str) -> pl.DataFrame:
        """Projection of one indicator for the report's region by year; empty where there is none."""
        frame = self.table("projection_rates")
        if not frame.height:
            return frame
        rate = self.catalogue.indicators[indicator].id.removeprefix("urban_rate_")
        return frame.filter((pl.col("region") == self.region) & (pl.col("rate") == rate)).sort("year")

    def chance(self, target: float, year: int) -> float | None:
        """Probability of a resident share of at least the target (percent) by the projection, or None."""
        frame = self.table("projection_targets")
        if not frame.height:
            return None
        mine = (
            (pl.col("region") == self.region) & (pl.col("year") == year) & (pl.col("target") == f"{target:g}")
        )
        found = frame.filter(mine)["probability"]
        return float(found[0]) if len(found) else None

    def newest(self, indicator: str) -> dict[str, dict[str, Any]]:
        """Newest value of one indicator of each region up to the report's year, by region."""
        mine = (pl.col("indicator") == indicator) & pl.col("value").is_not_null()
        rows = self.history.filter(mine & (pl.col("year") <= self.period.year)).sort("year")
        return {row["region"]: row for row in rows.group_by("region", maintain_order=True).last().to_dicts()}

    def under(self, code: str) -> bool:
        """Whether a region is the report's region or lies in it."""
        at: str | None = code
        while at is not None and at != self.region:
            at = self.catalogue.regions[at].parent if at in self.catalogue.regions else None
        return at == self.region

    @cached_property
    def findings(self) -> pl.DataFrame:
        """Findings of every check for the period with a `synthetic` column, most severe first."""
        frames = [
            with_keys(v.scan(), str(self.period)).with_columns(synthetic=pl.lit(v.provenance.synthetic))
            for v in self.checks.values()
        ]
        every = pl.concat(frames) if frames else pl.DataFrame()
        rank = pl.col("severity").replace_strict(
            {"major": 0, "error": 1, "warning": 2, "info": 3}, return_dtype=pl.Int8
        )
        return every.sort(rank, "synthetic", "kind", "subject") if every.height else every

    @cached_property
    def checks(self) -> dict[str, Version]:
        """Version of the findings of each check."""
        names = [n for n in self.workspace.names() if n.startswith("findings_")]
        return {n: v for n in names if (v := self.workspace.latest(n, self.period, self.as_of))}

    @property
    def synthetic(self) -> list[str]:
        """Datasets behind this report that rest on synthetic data."""
        return sorted(n for n, v in {**self.versions, **self.checks}.items() if v.provenance.synthetic)

    @property
    def uncertain(self) -> list[Cite]:
        """Provisions behind this report that are not law or plan text."""
        every = {(c.name, c.region): c for v in self.versions.values() for c in v.provenance.uncertain()}
        return [every[key] for key in sorted(every, key=str)]

    @property
    def vintage(self) -> str:
        """Newest vintage among the indicators and their status: the cut-off day of the data."""
        return max(self.versions[name].vintage for name in NEEDED)

    @cached_property
    def publications(self) -> dict[str, dict[str, str]]:
        """Publication, publisher and date of each source id, with title and publisher in both languages."""
        folder = self.catalogue.folders[0] / "facts"
        frame, words = (
            pl.read_csv(folder / f"{name}.csv", infer_schema=False) for name in ("sources", "sources_words")
        )
        return {row["source"]: row for row in frame.join(words, on="source", how="left").to_dicts()}

    def cited(self, sources: str | None) -> list[str]:
        """Source ids of a cell (joined by ; and with a prefix such as derived:)."""
        ids = [part.split(":", 1)[-1] for part in (sources or "").split(";")]
        return [i for i in dict.fromkeys(ids) if i in self.publications]

    @cached_property
    def numbered_sources(self) -> dict[str, int]:
        """Number of each publication behind the region's values, in the order of their ids."""
        cells = [row["sources"] for row in self.values.values() if row["value"] is not None]
        cells += self.history.filter(pl.col("value").is_not_null())["sources"].unique().to_list()
        return {
            id_: n for n, id_ in enumerate(sorted({s for cell in cells for s in self.cited(cell)}), start=1)
        }
