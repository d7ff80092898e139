"""Paper for maps that this service draws itself: degrees to places of an SVG, and the counties to find one's way by.

Nothing is fetched from anywhere: there are no tiles and no streets. Places are put on paper equirectangularly at the middle
latitude.
"""

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import get_language

from renben.catalogue import Region, load
from renben.web.law import region_name

WIDTH, MOST, LEAST, EDGE = 720, 560, 260, 26
"""Width, greatest and least height of the drawing, and its margin (units of the SVG)."""
KM_LON, KM_LAT = 111.32, 110.57
"""Length of a degree on the equator (km)."""
SMALLEST = 1.5
"""Side of the smallest piece of land that is drawn (km): points of one street are not torn apart over the whole map."""
INK = "#16202b"


class Placed(Protocol):
    """What has a point."""

    @property
    def lon(self) -> float:
        """Degrees east."""

    @property
    def lat(self) -> float:
        """Degrees north."""


@dataclass(frozen=True)
class Paper:
    """From degrees to units of the drawing."""

    west: float
    north: float
    scale: float
    """Units per km."""
    east_km: float
    """Length of a degree of longitude (km)."""
    height: float

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Units from the left and from the top."""
        return (
            EDGE + (lon - self.west) * self.east_km * self.scale,
            EDGE + (self.north - lat) * KM_LAT * self.scale,
        )


def paper(dots: Sequence[Placed]) -> Paper:
    """Paper on which all points lie, about as wide as it may be."""
    lons, lats = [one.lon for one in dots], [one.lat for one in dots]
    middle = (min(lats) + max(lats)) / 2
    east_km = KM_LON * max(math.cos(math.radians(middle)), 0.01)
    wide = max((max(lons) - min(lons)) * east_km, SMALLEST)
    high = max((max(lats) - min(lats)) * KM_LAT, SMALLEST)
    scale = min((WIDTH - 2 * EDGE) / wide, (MOST - 2 * EDGE) / high)
    height = max(high * scale + 2 * EDGE, LEAST)
    spare = ((WIDTH - 2 * EDGE) / scale - (max(lons) - min(lons)) * east_km) / 2
    above = ((height - 2 * EDGE) / scale - (max(lats) - min(lats)) * KM_LAT) / 2
    return Paper(min(lons) - spare / east_km, max(lats) + above / KM_LAT, scale, east_km, height)


def names(sheet: Paper) -> Iterable[str]:
    """Names of the counties whose seats lie on the paper, so that a reader knows where it is."""
    for one in load().regions.values():
        if one.level != "county" or one.valid_to is not None or one.lon is None or one.lat is None:
            continue
        x, y = sheet.at(one.lon, one.lat)
        if EDGE <= x <= WIDTH - EDGE and EDGE <= y <= sheet.height - EDGE:
            yield _name(one, x, y)


def _name(region: Region, x: float, y: float) -> str:
    text = html.escape(region_name(region.code, get_language() or "zh"))
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="14" text-anchor="middle" fill="#5b6670">{text}</text>'
