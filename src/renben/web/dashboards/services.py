"""What people of a county will need, and where it will fall short: rows of the projection as a page shows them."""

from dataclasses import dataclass

from renben.engines.projection.service import SERVICES
from renben.report.tongue import Tongue
from renben.web.dashboards.cells import ranged
from renben.web.exchange.reading import Reading
from renben.web.words import say_now

NEVER = 1e-6
"""No number of draws makes a shortage certain or impossible."""


@dataclass(frozen=True)
class Need:
    """One service of one county at one year end, ready to be shown."""

    name: str
    demand: str
    """Median with the band of 80 %."""
    supply: str
    """With its year; a dash where nobody reported one."""
    gap: str
    chance: str
    short: bool
    """More likely than not it falls short."""
    synthetic: bool


def needs(read: Reading, region: str, year: int, t: Tongue) -> list[Need]:
    """Every service of a county at a year end; none where the run projected nothing for it."""
    found = []
    for row in sorted(read.service_rows(region, year), key=lambda one: SERVICES.index(one["service"])):
        chance, supply = row.get("probability"), row.get("supply")
        low, high = (t.number(row[name], "person", 0) for name in ("p10", "p90"))
        found.append(
            Need(
                name=say_now(f"service.{row['service']}"),
                demand=ranged(t.number(row["median"], "person", 0), low, high),
                supply="—" if supply is None else f"{t.number(supply, 'person', 0)} ({row['supply_year']})",
                gap="—" if supply is None else t.signed(round(row["gap"]), "person"),
                chance="—" if chance is None else t.share(min(max(chance, NEVER), 1 - NEVER)),
                short=chance is not None and chance > 0.5,
                synthetic=bool(row.get("synthetic")) and supply is not None,
            )
        )
    return found
