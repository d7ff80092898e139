"""A map from an operator's boundaries: GeoJSON whose features have the code of a region in their properties."""

import html
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renben.core.errors import RenbenError
from renben.report.tilemap import Shade, legend_svg

SIZE, EDGE, BESIDE = 900, 20, 200
"""Longer side of the map, its margin, and the room for the legend (units of the SVG)."""


def boundary_map(
    path: Path, shades: Mapping[str, Shade], legend: Sequence[tuple[str, str]], font: str
) -> str:
    """A map from an operator's GeoJSON whose features have a `code` property.

    Args:
        path: the file; polygons and multipolygons in degrees.
        shades: fill and text by region code.
        legend: (colour, meaning) from top to bottom.
        font: font family of the text.

    Raises:
        RenbenError: the file is no GeoJSON, or no feature has a known code.
    """
    known = [(code, ring) for code, ring in _read(path) if code in shades]
    if not known:
        example = next(iter(shades), "")
        raise RenbenError(
            f"{path}: no feature has a code of the regions shown; codes are GB/T 2260, e.g. {example}."
        )
    return _drawn(known, shades, legend, font)


def _drawn(
    known: list[tuple[str, NDArray[np.float64]]],
    shades: Mapping[str, Shade],
    legend: Sequence[tuple[str, str]],
    font: str,
) -> str:
    every = np.vstack([ring for _, ring in known])
    low, high = every.min(axis=0), every.max(axis=0)
    squeeze = math.cos(math.radians(float((low[1] + high[1]) / 2)))
    scale = SIZE / max((high[0] - low[0]) * squeeze, high[1] - low[1], 1e-9)
    body = [
        _polygon((ring - low) * (squeeze, 1) * scale, (high[1] - low[1]) * scale, shades[code])
        for code, ring in known
    ]
    width = float((high[0] - low[0]) * squeeze * scale) + EDGE + BESIDE
    height = float((high[1] - low[1]) * scale) + 2 * EDGE
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" font-family="{html.escape(font)}">'
    sheet = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return head + sheet + "".join(body) + "".join(legend_svg(legend, width - BESIDE + EDGE, 24)) + "</svg>"


def _read(path: Path) -> list[tuple[str, NDArray[np.float64]]]:
    """Outer rings with the code of their feature."""
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        pairs = [(str(f["properties"]["code"]), ring) for f in features for ring in _rings(f["geometry"])]
        return [(code, np.array(ring, dtype=float)[:, :2]) for code, ring in pairs]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise RenbenError(
            f"{path}: not GeoJSON with a code in each feature's properties ({error!r}); correct or remove it."
        ) from error


def _rings(geometry: dict[str, Any]) -> list[list[list[float]]]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [polygon[0] for polygon in polygons]


def _polygon(points: NDArray[np.float64], height: float, shade: Shade) -> str:
    """A polygon of points east and north of the corner, turned so that north is up."""
    listed = " ".join(f"{x + EDGE:.1f},{height - y + EDGE:.1f}" for x, y in points)
    text = html.escape(shade.text)
    return f'<polygon points="{listed}" fill="{shade.fill}" stroke="#2b3642" stroke-width="0.6"><title>{text}</title></polygon>'
