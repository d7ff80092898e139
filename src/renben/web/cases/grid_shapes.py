"""Polygons of grids: read from GeoJSON with everything that is wrong said, and asked whether a point lies in one.

Coordinates are whole ten-millionths of a degree (about a centimetre), so that every answer is exact. A polygon holds its
border, the border of its holes, too; which of two neighbours a point of the shared border belongs to is said in `grids`.
Source of the format: RFC 7946, sections 3.1.6 and 3.1.7. Not modelled: polygons over the 180th meridian; heights.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

UNIT = 10_000_000
"""Parts of a degree."""
MOST_POINTS = 400
"""Points of one ring."""
Point = tuple[int, int]
Ring = Sequence[Sequence[int]]
Shape = list[list[list[list[int]]]]
LON, LAT = 180, 90
SHOWN = 40
"""Signs of what is wrong that are said."""


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a shape: a word (`city.grid.wrong.WORD`), and where."""

    word: str
    at: str = ""


class NotAShape(ValueError):
    """A geometry that is no polygon we can ask."""

    def __init__(self, word: str, at: str = "") -> None:
        super().__init__(f"{word} {at}")
        self.wrong = Wrong(word, at)


def unit(degrees: float) -> int:
    """Degrees in ten-millionths."""
    return round(degrees * UNIT)


def holds(shape: Shape, x: int, y: int) -> bool:
    """Whether a point lies in one of the polygons or on a border.

    >>> holds([[[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]]], 4, 2)
    True
    """
    return any(_in_polygon(polygon, x, y) for polygon in shape)


def _in_polygon(polygon: Sequence[Ring], x: int, y: int) -> bool:
    outer, *holes = polygon
    return side(outer, x, y) >= 0 and not any(side(hole, x, y) > 0 for hole in holes)


def side(ring: Ring, x: int, y: int) -> int:
    """1 inside a ring, 0 on its border, -1 outside (ray to the east, in whole numbers)."""
    inside = False
    for (ax, ay), (bx, by) in pairwise(ring):
        turn = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        if turn == 0 and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by):
            return 0
        if (ay > y) != (by > y) and (turn > 0) == (by > ay):
            inside = not inside
    return 1 if inside else -1


def box(shape: Shape) -> tuple[int, int, int, int]:
    """West, south, east and north of a shape."""
    points = [point for polygon in shape for point in polygon[0]]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def shape_of(geometry: Any) -> Shape:
    """The polygons of a GeoJSON geometry.

    Raises:
        NotAShape: another kind of geometry, or a ring that is none; says which.
    """
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    given = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(given, list) or not given:
        raise NotAShape("kind", str(kind or "—"))
    polygons = [given] if kind == "Polygon" else given
    return [_polygon(one) for one in polygons]


def _polygon(given: Any) -> list[list[list[int]]]:
    if not isinstance(given, list) or not given:
        raise NotAShape("ring")
    rings = [_ring(one) for one in given]
    for hole in rings[1:]:
        if side(rings[0], *hole[0]) < 0:
            raise NotAShape("hole", _said(hole[0]))
    return rings


def _ring(given: Any) -> list[list[int]]:
    if not isinstance(given, list) or len(given) < 4:
        raise NotAShape("ring")
    if len(given) > MOST_POINTS + 1:
        raise NotAShape("points", str(len(given)))
    points = [_point(one) for one in given]
    if points[0] != points[-1]:
        raise NotAShape("open", _said(points[-1]))
    ring = [points[0], *(b for a, b in pairwise(points) if a != b)]
    if len(ring) < 4 or _area(ring) == 0:
        raise NotAShape("flat", _said(points[0]))
    if (found := _crossing(ring)) is not None:
        raise NotAShape("crosses", _said(found))
    return [list(one) for one in ring]


def _point(given: Any) -> Point:
    pair = given[:2] if isinstance(given, list) else []
    if len(pair) < 2 or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in pair):
        raise NotAShape("point", str(given)[:SHOWN])
    lon, lat = pair
    if not (-LON <= lon <= LON and -LAT <= lat <= LAT):  # nor infinite, nor no number
        raise NotAShape("degrees", f"{lon}, {lat}"[:SHOWN])
    return unit(lon), unit(lat)


def _said(point: Sequence[int]) -> str:
    return f"{point[0] / UNIT:.6f}, {point[1] / UNIT:.6f}"


def _area(ring: Sequence[Point]) -> int:
    """Twice the area, signed."""
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(ring))


def _crossing(ring: Sequence[Point]) -> Point | None:
    """Where a ring meets itself beside its own corners; None where it does not."""
    edges = list(pairwise(ring))
    for n, one in enumerate(edges):
        if _turns_back(one, edges[(n + 1) % len(edges)]):
            return one[1]
        for m in _others(n, len(edges)):
            if _meet(one, edges[m]):
                return edges[m][0]
    return None


def _others(n: int, count: int) -> Iterator[int]:
    """Edges after the next one that do not share a corner with an edge."""
    last = count - 1 if n == 0 else count
    return iter(range(n + 2, last))


def _turn(a: Point, b: Point, c: Point) -> int:
    found = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (found > 0) - (found < 0)


def _turns_back(one: tuple[Point, Point], then: tuple[Point, Point]) -> bool:
    (a, b), (_, c) = one, then
    ahead = (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1])
    return _turn(a, b, c) == 0 and ahead < 0


def _meet(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two edges have a point in common."""
    (a, b), (c, d) = one, other
    if max(a[0], b[0]) < min(c[0], d[0]) or max(c[0], d[0]) < min(a[0], b[0]):
        return False
    if max(a[1], b[1]) < min(c[1], d[1]) or max(c[1], d[1]) < min(a[1], b[1]):
        return False
    return _turn(a, b, c) * _turn(a, b, d) <= 0 and _turn(c, d, a) * _turn(c, d, b) <= 0
