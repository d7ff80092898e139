"""A map of points drawn on the server as SVG: no tiles, no other host. Seats of counties stand in it to find one's way."""

import html
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from renben.catalogue import load
from renben.web.dashboards.supervision import FILLS
from renben.web.guard.policy import bounds
from renben.web.words import either

WIDTH, HEIGHT, EDGE = 720, 480, 36
KM_LAT = 110.57
KM_LON = 111.32
LEAST_KM = 2.0
"""Width of the ground that is shown at least (km)."""
NAMED = 3
"""Titles that a point tells at most."""
POINT, SEAT, INK = "#0e5a5f", "#7d8388", "#16202b"
PLAIN = (POINT, "#ffffff", 0.85)
"""Fill, colour of the number in it, and how opaque a point without a level is."""


@dataclass(frozen=True)
class Spot:
    """A point in degrees and what it is called."""

    lon: float
    lat: float
    name: str
    level: int | None = None
    """How far a case is supervised, where the map tells that; a higher level is larger and darker, and lies on top."""


@dataclass(frozen=True)
class _Frame:
    """Equirectangular at the middle latitude; pixels per km are the same in both directions."""

    lon: float
    lat: float
    scale: float

    def at(self, spot: Spot) -> tuple[float, float]:
        """Pixels from the left and from the top."""
        x = (spot.lon - self.lon) * KM_LON * math.cos(math.radians(self.lat)) * self.scale
        y = (self.lat - spot.lat) * KM_LAT * self.scale
        return WIDTH / 2 + x, HEIGHT / 2 + y

    def holds(self, spot: Spot) -> bool:
        """Whether a point lies inside the picture."""
        x, y = self.at(spot)
        return EDGE <= x <= WIDTH - EDGE and EDGE <= y <= HEIGHT - EDGE


def point_map(spots: Sequence[Spot], seats: Sequence[Spot], label: str) -> str:
    """The map, empty where there is nothing to draw.

    Args:
        spots: what is shown; points that coincide are one circle with their number.
        seats: places to find one's way by, drawn where they lie inside.
        label: what a screen reader says.
    """
    if not spots:
        return ""
    frame = _frame(spots)
    grouped: dict[tuple[float, float], list[Spot]] = defaultdict(list)
    for one in sorted(spots, key=lambda one: one.level or 0):
        grouped[one.lon, one.lat].append(one)
    body = [_seat(frame, one) for one in seats if frame.holds(one)]
    body += [_circle(frame, found) for found in grouped.values()]
    said = html.escape(label)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{said}">'
        f"<title>{said}</title>{''.join(body)}{_bar(frame)}</svg>"
    )


def county_seats(region: str = "") -> list[Spot]:
    """Seats of the counties of a region (of every region for an empty code), named in the page's language."""
    low, high = bounds(region)
    return [
        Spot(one.lon, one.lat, either(one.name_zh, one.name_en))
        for one in load().regions.values()
        if one.level == "county" and one.lon is not None and one.lat is not None and low <= one.code < high
    ]


def _frame(spots: Sequence[Spot]) -> _Frame:
    lons, lats = [one.lon for one in spots], [one.lat for one in spots]
    lon, lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    wide = max((max(lons) - min(lons)) * KM_LON * math.cos(math.radians(lat)), LEAST_KM)
    high = max((max(lats) - min(lats)) * KM_LAT, LEAST_KM * HEIGHT / WIDTH)
    return _Frame(lon, lat, min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high))


def _seat(frame: _Frame, seat: Spot) -> str:
    x, y = frame.at(seat)
    return (
        f'<rect x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6" fill="{SEAT}"/>'
        f'<text x="{x + 7:.1f}" y="{y + 5:.1f}" font-size="14" fill="{INK}">{html.escape(seat.name)}</text>'
    )


def _circle(frame: _Frame, found: Sequence[Spot]) -> str:
    """Points on one spot, the last of them of the highest level."""
    x, y = frame.at(found[-1])
    level = found[-1].level
    fill, ink, opacity = PLAIN if level is None else (*FILLS[level], 1)
    edge = "#ffffff" if level is None else INK
    radius = 8 + 3 * math.sqrt(len(found) - 1) + (level or 0)
    names = [one.name for one in sorted(found, key=lambda one: -(one.level or 0))]
    told = html.escape("; ".join(names[:NAMED]) + (" …" if len(names) > NAMED else ""))
    count = "" if len(found) == 1 else (
        f'<text x="{x:.1f}" y="{y + 4:.1f}" font-size="12" text-anchor="middle" fill="{ink}">{len(found)}</text>'
    )  # fmt: skip
    return (
        f'<g><title>{told}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" fill-opacity="{opacity}"'
        f' stroke="{edge}"/>{count}</g>'
    )


def _bar(frame: _Frame) -> str:
    """A bar of a round length (km) in the lower left corner."""
    longest = WIDTH / 4 / frame.scale
    power = 10 ** math.floor(math.log10(longest))
    km = max(step * power for step in (1, 2, 5) if step * power <= longest)
    end = EDGE / 2 + km * frame.scale
    text = f"{km:g} km" if km >= 1 else f"{km * 1000:g} m"
    y = HEIGHT - 10
    return (
        f'<path d="M{EDGE / 2:.0f} {y - 5} V{y} H{end:.0f} V{y - 5}" fill="none" stroke="{INK}"/>'
        f'<text x="{end + 6:.0f}" y="{y + 1}" font-size="13" fill="{INK}">{text}</text>'
    )
