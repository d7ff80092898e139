"""Findings of a run, as the programme takes them in."""

from dataclasses import dataclass

from renben.core.finding import with_keys
from renben.core.period import Period
from renben.core.workspace import Version
from renben.web.exchange.door import ExchangeError, workspace

PREFIX = "findings_"


@dataclass(frozen=True)
class Found:
    """One finding with its key and the version in which it stands."""

    key: str
    period: str
    kind: str
    subject: str
    severity: str
    owner: str
    text_zh: str
    text_en: str
    synthetic: bool
    vintage: str
    mechanism: str
    """ACTION/MODULE of the check that found it, empty for a check of the evaluation."""


def mechanism(made_by: str) -> str:
    """ACTION/MODULE of a function's full name, empty where it is no mechanism's.

    >>> mechanism("renben.measures.city.flooding.ponding_repeats")
    'city/flooding'
    """
    parts = made_by.split(".")
    return "/".join(parts[2:4]) if parts[:2] == ["renben", "measures"] and len(parts) > 4 else ""


def findings(period: str) -> list[Found]:
    """Findings of every check for a period from the newest versions, most severe first within a check.

    Raises:
        ExchangeError: no check has run for the period.
    """
    space, at = workspace(), Period(period)
    versions = [space.latest(name, at) for name in space.names() if name.startswith(PREFIX)]
    if not any(versions):
        raise ExchangeError(
            f"{space.root}: no check has run for {period}. First: renben run --period {period}"
        )
    return [one for version in versions if version is not None for one in _found(version)]


def _found(version: Version) -> list[Found]:
    known = version.provenance
    return [
        Found(**{**row, "owner": row["owner"] or ""}, synthetic=known.synthetic, vintage=version.vintage,
              mechanism=mechanism(known.made_by))
        for row in with_keys(version.scan(), str(version.period)).to_dicts()
    ]  # fmt: skip


def newest_period() -> str:
    """The newest period for which any check has run, empty where none has."""
    space = workspace()
    periods = {v.period for name in space.names() if name.startswith(PREFIX) for v in space.versions(name)}
    return str(max(periods)) if periods else ""
