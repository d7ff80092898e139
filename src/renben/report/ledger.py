"""The ledger of problems over all periods of a plan: what was found, who answered for it, and what became of it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import polars as pl

from renben.core.finding import with_keys
from renben.core.period import Period
from renben.core.workspace import Version, Workspace
from renben.report.evidence import Evidence

FOUND, OUTCOMES = "findings_", "programme_findings"


@dataclass(frozen=True)
class Problem:
    """A finding of some period with its text as it was found, and what the programme says of it."""

    key: str
    period: str
    kind: str
    subject: str
    severity: str
    owner: str
    text_zh: str
    text_en: str
    synthetic: bool
    commitment: str = ""
    """Commitment whose task answers for it; empty where none does or nothing was published."""
    stage: str = ""
    due: dt.date | None = None
    answered: dt.date | None = None
    closed: dt.date | None = None
    again: str = ""
    """Newest later period in which the same was found again, empty for none."""

    @property
    def settled(self) -> bool:
        """Closed, and not found again since."""
        return self.closed is not None and not self.again


def problems(e: Evidence) -> list[Problem]:
    """Findings of the plan's periods up to the report's, oldest first; the same finding of two periods is two."""
    found = [one for period in _periods(e) for one in _of(e, period)]
    newest: dict[tuple[str, str], str] = {}
    for one in found:
        newest[one.kind, one.subject] = max(one.period, newest.get((one.kind, one.subject), ""))
    return [_seen_again(one, newest[one.kind, one.subject]) for one in found]


def _seen_again(one: Problem, newest: str) -> Problem:
    return one if newest == one.period else Problem(**{**one.__dict__, "again": newest})


def _periods(e: Evidence) -> list[Period]:
    """Years of the plan up to the report's for which any check has run."""
    space = e.workspace
    periods = {v.period for name in space.names() if name.startswith(FOUND) for v in space.versions(name)}
    years = (p for p in periods if len(str(p)) == len(str(e.period)))
    return sorted(p for p in years if e.plan.first_year <= p.year <= e.period.year)


def _of(e: Evidence, period: Period) -> list[Problem]:
    space = e.workspace
    outcomes = _outcomes(space, period, e.as_of)
    checks = [space.latest(name, period, e.as_of) for name in space.names() if name.startswith(FOUND)]
    rows = [row for version in checks if version is not None for row in _rows(version, period)]
    return [Problem(**row, period=str(period), **outcomes.get(row["key"], {})) for row in rows]


def _rows(version: Version, period: Period) -> list[dict[str, Any]]:
    made_up = version.provenance.synthetic
    names = ("key", "kind", "subject", "severity", "owner", "text_zh", "text_en")
    keyed = with_keys(version.scan(), str(period)).select(*names, synthetic=pl.lit(made_up))
    return [{**row, "owner": row["owner"] or ""} for row in keyed.to_dicts()]


def _outcomes(space: Workspace, period: Period, as_of: dt.date | None) -> dict[str, dict[str, Any]]:
    """What the programme published of the period's findings, by key."""
    version = space.latest(OUTCOMES, period, as_of)
    if version is None:
        return {}
    names = ("key", "commitment", "stage", "due", "answered", "closed")
    rows = version.scan().select(*names).collect().to_dicts()
    return {row.pop("key"): row for row in rows}
