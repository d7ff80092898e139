"""The published take-up of services, and what departments report beside it, as the page reads them."""

from dataclasses import dataclass
from typing import Any

from renben.web.exchange import door

NAME, GAP = "service_take_up", "uptake_gap"


@dataclass(frozen=True)
class TakeUp:
    """The newest publication of the registry."""

    period: str
    vintage: str
    synthetic: bool
    rows: list[dict[str, Any]]
    users: dict[tuple[str, str], int]
    """(region, rule) -> people who use it, as departments report; of the newest run that knows."""


def newest() -> TakeUp | None:
    """The newest publication, None where there is none."""
    version = door.newest(NAME)
    if version is None:
        return None
    reported = door.newest(GAP)
    rows = reported.scan().select("region", "rule", "users").collect().rows() if reported else []
    return TakeUp(
        str(version.period), version.vintage, version.provenance.synthetic,
        version.scan().sort("region", "rule").collect().to_dicts(), {(at, rule): users for at, rule, users in rows},
    )  # fmt: skip
