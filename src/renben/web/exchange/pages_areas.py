"""The page of the small areas: what was published, as it was published, of the counties of the reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.http import QueryDict

from renben.core.workspace import Version
from renben.web.exchange import door, small_areas
from renben.web.exchange.small_areas import Limits, limits
from renben.web.guard import audit
from renben.web.guard.policy import Actor
from renben.web.registry.population_counts import NAMES
from renben.web.registry.small_area_counts import DIMENSIONS, KINDS, NOT_TOLD, SEXES, UNKNOWN, WHOLE

READ = "population.read"


@dataclass(frozen=True)
class Line:
    """One area with its counts by group; None where a count is withheld, 0 where there is nobody."""

    area: str
    counts: list[int | None]
    whole: bool
    """The county itself."""

    @property
    def told(self) -> bool:
        """Whether the area is a town that is known."""
        return not self.area.endswith(NOT_TOLD) or self.whole


@dataclass(frozen=True)
class Asked:
    """What the reader chose, each from what there is."""

    region: str
    concept: str
    dimension: str


def page(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """The newest published table of one county, by one way of grouping."""
    version = door.newest(small_areas.NAME)
    rows = _mine(actor, version)
    regions = sorted(set(rows["region"])) if rows.height else []
    asked = Asked(
        _one(query.get("region"), regions),
        _one(query.get("concept"), ("actual", *NAMES)),
        _one(query.get("by"), DIMENSIONS),
    )
    groups, lines = _lines(rows, asked)
    audit.record(
        actor, "list", READ, object_type="small_areas", region=asked.region, detail={"rows": len(lines)}
    )
    return {
        "version": version, "regions": regions, "asked": asked, "concepts": sorted(NAMES), "dimensions": DIMENSIONS,
        "groups": groups, "lines": lines, "limits": _limits(version),
        "withheld": sum(count is None for line in lines for count in line.counts),
    }  # fmt: skip


def _limits(version: Version | None) -> Limits | None:
    return limits(version.day) if version else None


def _mine(actor: Actor, version: Version | None) -> pl.DataFrame:
    if version is None:
        return pl.DataFrame(schema=small_areas.COLUMNS)
    found = version.scan().collect()
    mine = [one for one in found["region"].unique() if actor.may(READ, one)]
    return found.filter(pl.col("region").is_in(mine))


def _one(said: str | None, known: Sequence[str]) -> str:
    """What was chosen where there is such a thing, else the first that there is."""
    return said if said is not None and said in known else next(iter(known), "")


def _lines(rows: pl.DataFrame, asked: Asked) -> tuple[list[str], list[Line]]:
    some = rows.filter(
        pl.col("region") == asked.region, pl.col("concept") == asked.concept,
        pl.col("dimension").is_in([WHOLE, asked.dimension]),
    )  # fmt: skip
    found = {(row["area"], row["group"]): row["persons"] for row in some.to_dicts()}
    groups = _ordered({group for _, group in found})
    areas = sorted({area for area, _ in found} - {asked.region})
    order = [asked.region, *areas] if found else []
    return groups, [
        Line(area, [found.get((area, group)) for group in groups], area == asked.region) for area in order
    ]


def _ordered(groups: set[str]) -> list[str]:
    """Everybody first, what is unknown last, ages by their first year."""
    known = [WHOLE, *SEXES.values(), *KINDS.values()]

    def place(group: str) -> tuple[int, int]:
        if group in known:
            return known.index(group), 0
        first = group.rstrip("+").split("-")[0]
        return len(known) + (group == UNKNOWN), int(first) if first.isdigit() else 0

    return sorted(groups, key=place)
