"""The schematic map of one indicator: five classes of equal number, missing data in a colour of their own."""

from itertools import pairwise
from typing import Any

from renben.catalogue import Region
from renben.catalogue.indicator import Indicator
from renben.report import figures, tilemap
from renben.report.sections.county_map import FILLS, NO_DATA
from renben.report.sections.wording import unit_name
from renben.report.tongue import Tongue
from renben.web.exchange.reading import Reading

FEWEST = 3
ENDINGS = (" County", " District", " City")


def regions_of(reading: Reading, level: str) -> list[Region]:
    """Regions of a level below the plan's region that have a seat."""
    every = reading.catalogue.regions.values()
    return [r for r in every if r.level == level and r.lon is not None and reading.evidence.under(r.code)]


def region_map(reading: Reading, indicator: Indicator, t: Tongue) -> str:
    """The map by county, by city where counties have no data, or empty."""
    newest = reading.evidence.newest(indicator.id)
    for level in ("county", "prefecture"):
        places = regions_of(reading, level)
        values = {r.code: newest[r.code] for r in places if r.code in newest}
        if len(places) >= FEWEST and len(values) >= FEWEST:
            return _drawn(reading, places, values, indicator, t)
    return ""


def _drawn(
    reading: Reading, places: list[Region], values: dict[str, Any], indicator: Indicator, t: Tongue
) -> str:
    cuts = _cuts(sorted(row["value"] for row in values.values()))
    unit = unit_name(reading.evidence, indicator.unit, t)
    shades, legend = {}, []
    for place in places:
        row = values.get(place.code)
        if row is None:
            shades[place.code] = tilemap.Shade(NO_DATA, t("无数据", "no data"))
            continue
        fill, ink = FILLS[sum(row["value"] >= cut for cut in cuts[1:-1])]
        shades[place.code] = tilemap.Shade(
            fill, f"{t.number(row['value'], indicator.unit)} {unit} ({row['year']})", ink
        )
    for (fill, _), (low, high) in zip(FILLS, pairwise(cuts), strict=False):
        legend.append((fill, f"{t.number(low, indicator.unit)}–{t.number(high, indicator.unit)}"))
    legend.append((NO_DATA, t("无数据", "no data")))
    drawn = [tilemap.Place(p.code, short(p, t), p.lon or 0, p.lat or 0, p.parent or "") for p in places]
    return tilemap.hex_map(drawn, shades, legend, figures.FONT)


def _cuts(values: list[float]) -> list[float]:
    """Limits of at most five classes with about as many regions each (in the values' unit)."""
    n = len(values)
    return sorted({values[min(n * k // len(FILLS), n - 1)] for k in range(len(FILLS))} | {values[-1]})


def short(place: Region, t: Tongue) -> str:
    """A region's name as it fits into its cell."""
    spoken, name = place.name_en, place.name_zh
    for ending in ENDINGS:
        spoken = spoken.removesuffix(ending)
    if len(name) > 2:
        name = name.removesuffix("市").removesuffix("县").removesuffix("区")
    return t(name, spoken)
