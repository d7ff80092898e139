"""A schematic map: every region of one level is one hexagon, placed near its seat.

Seats are assigned to the cells of a hexagonal grid at the least total squared distance (Hungarian algorithm,
scipy.optimize.linear_sum_assignment). It shows neighbourhood and is no statement about borders.
"""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from renben.core.errors import RenbenError

SLACK = 1.25
"""Grid cells per region; more leaves more gaps and moves regions less."""
LATIN_SIZE, LATIN_MOST = 7.5, 8
"""Size and length of names in Latin letters."""
ROOT3 = math.sqrt(3)


@dataclass(frozen=True)
class Place:
    """A region on the map: code, short name, seat (degrees) and the code of the region above it."""

    code: str
    name: str
    lon: float
    lat: float
    parent: str


@dataclass(frozen=True)
class Shade:
    """How a region is filled: colour and what a reader is told of it."""

    fill: str
    text: str
    ink: str = "#16202b"
    href: str = ""
    """Where the region leads, so that it can be reached by keyboard; empty where the map is a picture only."""
    mark: str = ""
    """A second line below the name, so that colour is not all that tells."""


def hexagons(places: Sequence[Place]) -> dict[str, tuple[int, int]]:
    """Grid cell (column, row) of each region; odd rows are shifted by half a cell to the right.

    Args:
        places: regions with different seats.

    Raises:
        RenbenError: there is no region, or two share a code.
    """
    if not places or len({p.code for p in places}) != len(places):
        raise RenbenError(f"a map needs regions with different codes; got {[p.code for p in places][:5]}")
    return dict(zip((p.code for p in places), _laid_out(tuple((p.lon, p.lat) for p in places)), strict=True))


@lru_cache(maxsize=16)
def _laid_out(places: tuple[tuple[float, float], ...]) -> tuple[tuple[int, int], ...]:
    """The cell of each seat (degrees); a set of regions is laid out once, however often it is drawn."""
    seats = _flat(places)
    cells, centres = _grid(seats)
    cost = ((seats[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    _, columns = linear_sum_assignment(cost)
    return tuple(cells[j] for j in columns)


def _flat(places: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Seats in km east and south of the north-western corner (equirectangular at the middle latitude)."""
    lon, lat = np.array(places).T
    x = (lon - lon.min()) * 111.32 * math.cos(math.radians(float(lat.mean())))
    return np.column_stack([x, (lat.max() - lat) * 110.57])


def _grid(seats: NDArray[np.float64]) -> tuple[list[tuple[int, int]], NDArray[np.float64]]:
    """Hexagon centres around the seats: as many nearest to any seat as there are regions, times the slack."""
    span = np.maximum(np.ptp(seats, axis=0), 1.0)
    near = np.sort(np.linalg.norm(seats[:, None] - seats[None], axis=2), axis=1)
    reach = float(np.median(near[:, min(6, len(seats) - 1)])) or 50.0
    area = _covered(seats, reach)
    width = math.sqrt(area / len(seats) / SLACK * 2 / ROOT3)
    columns, rows = int(span[0] / width) + 4, int(span[1] / (width * ROOT3 / 2)) + 4
    cells = [(c, r) for r in range(-2, rows) for c in range(-2, columns)]
    centres = np.array([((c + (r % 2) / 2) * width, r * width * ROOT3 / 2) for c, r in cells])
    distance = np.linalg.norm(centres[:, None] - seats[None], axis=2).min(axis=1)
    keep = np.argsort(distance, kind="stable")[: max(len(seats), int(len(seats) * SLACK))]
    keep.sort()
    return [cells[i] for i in keep], centres[keep]


def _covered(seats: NDArray[np.float64], reach: float) -> float:
    """Area within half the reach of any seat, counted on a fine raster (km2)."""
    low, high = seats.min(axis=0) - reach, seats.max(axis=0) + reach
    step = max(float((high - low).max()) / 120, 1.0)
    x, y = np.meshgrid(np.arange(low[0], high[0], step), np.arange(low[1], high[1], step))
    points = np.column_stack([x.ravel(), y.ravel()])
    inside = np.linalg.norm(points[:, None] - seats[None], axis=2).min(axis=1) <= reach / 2
    return float(inside.sum()) * step * step


def hex_map(
    places: Sequence[Place], shades: Mapping[str, Shade], legend: Sequence[tuple[str, str]], font: str
) -> str:
    """The map as SVG.

    Args:
        places: regions to draw.
        shades: fill and text by region code.
        legend: (colour, meaning) from top to bottom.
        font: font family of the text.
    """
    cells, size = hexagons(places), 24.0
    low_c, low_r = min(c for c, _ in cells.values()), min(r for _, r in cells.values())
    centre = {
        code: (((c - low_c) + (r % 2) / 2) * size * ROOT3 + size * 1.6, (r - low_r) * size * 1.5 + size * 1.6)
        for code, (c, r) in cells.items()
    }
    width = max(x for x, _ in centre.values()) + size * 9
    height = max(y for _, y in centre.values()) + size * 1.6
    body = [_hexagon(p, centre[p.code], size, shades[p.code]) for p in places]
    body += _borders(places, cells, centre, size)
    body += legend_svg(legend, width - size * 6.6, size)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" font-family="{html.escape(font)}">'
    return head + '<rect width="100%" height="100%" fill="#ffffff"/>' + "".join(body) + "</svg>"


def _corners(x: float, y: float, size: float) -> list[tuple[float, float]]:
    return [(x + size * math.sin(math.pi / 3 * k), y - size * math.cos(math.pi / 3 * k)) for k in range(6)]


def _hexagon(place: Place, at: tuple[float, float], size: float, shade: Shade) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in _corners(*at, size * 0.97))
    size = 11 if len(place.name) <= 3 else LATIN_SIZE
    label = place.name if len(place.name) <= LATIN_MOST else f"{place.name[: LATIN_MOST - 1]}."
    said, x = html.escape(f"{place.name} {shade.text}"), f"{at[0]:.1f}"
    lines = [(at[1] + (-1 if shade.mark else 4), size, label), (at[1] + 12, 11, shade.mark)]
    texts = "".join(
        f'<text x="{x}" y="{y:.1f}" font-size="{high}" text-anchor="middle" fill="{shade.ink}">{html.escape(text)}</text>'
        for y, high, text in lines
        if text
    )
    cell = f'<title>{said}</title><polygon points="{points}" fill="{shade.fill}" stroke="#ffffff" stroke-width="1"/>{texts}'
    if shade.href:
        return f'<a href="{html.escape(shade.href)}" aria-label="{said}">{cell}</a>'
    return f"<g>{cell}</g>"


def _borders(
    places: Sequence[Place],
    cells: Mapping[str, tuple[int, int]],
    centre: Mapping[str, tuple[float, float]],
    size: float,
) -> list[str]:
    """Thick lines where the neighbour belongs to another parent."""
    parent = {cells[p.code]: p.parent for p in places}
    lines = []
    for place in places:
        corners = _corners(*centre[place.code], size)
        for k, neighbour in enumerate(_neighbours(*cells[place.code])):
            if parent.get(neighbour) != place.parent:
                (x1, y1), (x2, y2) = corners[k], corners[(k + 1) % 6]
                lines.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')
    return ['<g stroke="#2b3642" stroke-width="1.8" stroke-linecap="round">', *lines, "</g>"]


def _neighbours(c: int, r: int) -> list[tuple[int, int]]:
    """Cells beyond each edge, from the upper right clockwise; edge k runs from corner k to corner k + 1."""
    shift = r % 2
    return [
        (c + shift, r - 1),
        (c + 1, r),
        (c + shift, r + 1),
        (c - 1 + shift, r + 1),
        (c - 1, r),
        (c - 1 + shift, r - 1),
    ]


def legend_svg(legend: Sequence[tuple[str, str]], x: float, size: float) -> list[str]:
    """Boxes with their meaning, from top to bottom."""
    found = []
    for i, (colour, meaning) in enumerate(legend):
        y = size + i * 22
        found.append(
            f'<rect x="{x:.0f}" y="{y:.0f}" width="16" height="16" fill="{colour}" stroke="#8a939c"/>'
            f'<text x="{x + 24:.0f}" y="{y + 13:.0f}" font-size="15" fill="#16202b">{html.escape(meaning)}</text>'
        )
    return found
