"""Where the open cases are, as a drawing of this service: points by level, and the names of the counties around them.

Nothing is fetched from anywhere: there are no tiles and no streets. Places are put on paper equirectangularly at the middle
latitude. What the map says stands in the board's table in words.
"""

import html
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import get_language

from renben.catalogue import Region, load
from renben.report import figures, tilemap
from renben.web.dashboards.supervision import FILLS
from renben.web.law import region_name
from renben.web.words import say_now

WIDTH, MOST, LEAST, EDGE, BELOW = 720, 560, 260, 26, 34
"""Width, greatest and least height of the drawing, its margin, and the room for the legend (units of the SVG)."""
KM_LON, KM_LAT = 111.32, 110.57
"""Length of a degree on the equator (km)."""
SMALLEST = 1.5
"""Side of the smallest piece of land that is drawn (km): points of one street are not torn apart over the whole map."""
INK = "#16202b"


@dataclass(frozen=True)
class Dot:
    """A place (degrees), the level that its case has reached, and what is said of it."""

    lon: float
    lat: float
    level: int
    text: str


@dataclass(frozen=True)
class _Paper:
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


def point_map(dots: Sequence[Dot]) -> str:
    """The map as SVG.

    Args:
        dots: at least one; the last ones lie on top.
    """
    paper = _paper(dots)
    counted = Counter(one.level for one in dots)
    title = capfirst(say_now("city.map.title", n=len(dots)))
    body = [*_names(paper), *(_dot(paper, one) for one in sorted(dots, key=lambda one: one.level))]
    body += _legend(counted, paper.height)
    size = f'viewBox="0 0 {WIDTH} {paper.height + BELOW:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{html.escape(title)}" font-family="{html.escape(figures.FONT)}">'
    return f'{head}<rect width="100%" height="100%" fill="#ffffff"/>{"".join(body)}</svg>'


def _paper(dots: Sequence[Dot]) -> _Paper:
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
    return _Paper(min(lons) - spare / east_km, max(lats) + above / KM_LAT, scale, east_km, height)


def _dot(paper: _Paper, one: Dot) -> str:
    x, y = paper.at(one.lon, one.lat)
    fill, _ = FILLS.get(one.level, FILLS[0])
    said = html.escape(f"{one.text} · {say_now(f'watch.level.{one.level}')}")
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{5 + one.level}" fill="{fill}" stroke="{INK}" stroke-width="1"><title>{said}</title></circle>'


def _names(paper: _Paper) -> Iterable[str]:
    """Names of the counties whose seats lie on the paper, so that a reader knows where it is."""
    for one in load().regions.values():
        if one.level != "county" or one.valid_to is not None or one.lon is None or one.lat is None:
            continue
        x, y = paper.at(one.lon, one.lat)
        if EDGE <= x <= WIDTH - EDGE and EDGE <= y <= paper.height - EDGE:
            yield _name(one, x, y)


def _name(region: Region, x: float, y: float) -> str:
    text = html.escape(region_name(region.code, get_language() or "zh"))
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="14" text-anchor="middle" fill="#5b6670">{text}</text>'


def _legend(counted: Counter[int], top: float) -> list[str]:
    """Levels that occur, with how many, in a row below the drawing."""
    found, x = [], float(EDGE)
    for level in (one for one in FILLS if counted[one]):
        text = f"{capfirst(say_now(f'watch.level.{level}'))} {counted[level]}"
        found += tilemap.legend_svg([(FILLS[level][0], text)], x, top + 8)
        x += 60 + 15 * sum(1.0 if ord(sign) > 255 else 0.55 for sign in text)
    return found
