"""Where the open cases are, as a drawing of this service: points by level, and the names of the counties around them.

What the map says stands in the board's table in words.
"""

import html
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import capfirst

from renben.report import figures, tilemap
from renben.web.cases.paper import EDGE, INK, WIDTH, Paper, names, paper
from renben.web.dashboards.supervision import FILLS
from renben.web.words import say_now

BELOW = 34
"""Room for the legend (units of the SVG)."""


@dataclass(frozen=True)
class Dot:
    """A place (degrees), the level that its case has reached, and what is said of it."""

    lon: float
    lat: float
    level: int
    text: str


def point_map(dots: Sequence[Dot]) -> str:
    """The map as SVG.

    Args:
        dots: at least one; the last ones lie on top.
    """
    sheet = paper(dots)
    counted = Counter(one.level for one in dots)
    title = capfirst(say_now("city.map.title", n=len(dots)))
    body = [*names(sheet), *(_dot(sheet, one) for one in sorted(dots, key=lambda one: one.level))]
    body += _legend(counted, sheet.height)
    size = f'viewBox="0 0 {WIDTH} {sheet.height + BELOW:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{html.escape(title)}" font-family="{html.escape(figures.FONT)}">'
    return f'{head}<rect width="100%" height="100%" fill="#ffffff"/>{"".join(body)}</svg>'


def _dot(sheet: Paper, one: Dot) -> str:
    x, y = sheet.at(one.lon, one.lat)
    fill, _ = FILLS.get(one.level, FILLS[0])
    said = html.escape(f"{one.text} · {say_now(f'watch.level.{one.level}')}")
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{5 + one.level}" fill="{fill}" stroke="{INK}" stroke-width="1"><title>{said}</title></circle>'


def _legend(counted: Counter[int], top: float) -> list[str]:
    """Levels that occur, with how many, in a row below the drawing."""
    found, x = [], float(EDGE)
    for level in (one for one in FILLS if counted[one]):
        text = f"{capfirst(say_now(f'watch.level.{level}'))} {counted[level]}"
        found += tilemap.legend_svg([(FILLS[level][0], text)], x, top + 8)
        x += 60 + 15 * sum(1.0 if ord(sign) > 255 else 0.55 for sign in text)
    return found
