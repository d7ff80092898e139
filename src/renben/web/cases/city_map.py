"""The public map of open cases: points where they are, as many as lie at one place in one circle, and a bar for the distance.

What the map says stands in the list below it in words.
"""

import html
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from renben.report import figures
from renben.web.cases.paper import EDGE, INK, WIDTH, Paper, names, paper

BELOW = 24
"""Room for the bar (units of the SVG)."""
NAMED = 3
"""Titles that a point tells at most."""
POINT = "#0e5a5f"


@dataclass(frozen=True)
class Spot:
    """A point in degrees and the title of its case."""

    lon: float
    lat: float
    name: str


def spot_map(spots: Sequence[Spot], label: str) -> str:
    """The map as SVG, empty where there is nothing to draw.

    Args:
        spots: what is shown; points that coincide are one circle with their number.
        label: what a screen reader says.
    """
    if not spots:
        return ""
    sheet = paper(spots)
    grouped: dict[tuple[float, float], list[str]] = defaultdict(list)
    for one in spots:
        grouped[one.lon, one.lat].append(one.name)
    body = [*names(sheet), *(_circle(sheet.at(*at), titles) for at, titles in grouped.items()), _bar(sheet)]
    said = html.escape(label)
    size = f'viewBox="0 0 {WIDTH} {sheet.height + BELOW:.0f}"'
    return (
        f'<svg {size} role="img" aria-label="{said}" font-family="{html.escape(figures.FONT)}"><title>{said}</title>'
        f"{''.join(body)}</svg>"
    )


def _circle(at: tuple[float, float], titles: Sequence[str]) -> str:
    """The cases of one place, with their number where there are several."""
    x, y = at
    told = html.escape("; ".join(titles[:NAMED]) + (" …" if len(titles) > NAMED else ""))
    radius = 8 + 3 * math.sqrt(len(titles) - 1)
    count = f'<text x="{x:.1f}" y="{y + 4:.1f}" font-size="12" text-anchor="middle" fill="#ffffff">{len(titles)}</text>'
    return (
        f'<g><title>{told}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{POINT}" fill-opacity="0.85"'
        f' stroke="#ffffff"/>{count if len(titles) > 1 else ""}</g>'
    )


def _bar(sheet: Paper) -> str:
    """A bar of a round length (km) below the drawing."""
    longest = WIDTH / 4 / sheet.scale
    power = 10 ** math.floor(math.log10(longest))
    km = max(step * power for step in (1, 2, 5) if step * power <= longest)
    end, y = EDGE + km * sheet.scale, sheet.height + BELOW - 8
    text = f"{km:g} km" if km >= 1 else f"{km * 1000:g} m"
    return (
        f'<path d="M{EDGE} {y - 6:.0f} V{y:.0f} H{end:.0f} V{y - 6:.0f}" fill="none" stroke="{INK}"/>'
        f'<text x="{end + 8:.0f}" y="{y:.0f}" font-size="14" fill="{INK}">{text}</text>'
    )
