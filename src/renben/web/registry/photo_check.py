"""Checks an identity photo as far as pixels tell: size, resolution, colour, file, background, silhouette.

Carries out: GA 461-2004 (limits are the provision photo.id_picture, from secondary sources) and our defaults for
a master photo. Where ears, eyes and chin are is never guessed: an officer points at them (`photo_face`), and
without that no photo passes. Not modelled: uniform, headwear, glasses and likeness, which a person looks at.
"""

import datetime as dt
import io
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from renben.web.law import provision

LARGEST = 20_000_000
MOST_PIXELS = 40_000_000
WARNINGS = ("P_BYTES", "P_DPI_MISSING", "P_TOP_CUT")
"""Codes that are told and do not refuse a photo."""
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Silhouette:
    """Where the person stands before the background, in pixels of the picture."""

    top: int
    centre: float


DAMAGED = (
    UnidentifiedImageError, OSError, EOFError, ValueError, SyntaxError, IndexError, struct.error, zlib.error,
    Image.DecompressionBombError,
)  # fmt: skip
"""What the picture library raises, far from the cause, when a part of the file is damaged."""


@dataclass(frozen=True)
class Looked:
    """What the pixels of a photo tell."""

    codes: tuple[str, ...]
    width: int = 0
    height: int = 0
    kind: str = ""
    """`id` for a picture of exactly the size of the identity photo, `master` for any other."""
    silhouette: Silhouette | None = None

    @property
    def wrong(self) -> tuple[str, ...]:
        """Codes that refuse the photo."""
        return tuple(code for code in self.codes if code not in WARNINGS)


def look(content: bytes, day: dt.date) -> Looked:
    """Check a photo file; an identity photo against its standard, any other as a master.

    Args:
        content: the file as it was uploaded.
        day: the day whose provisions hold.
    """
    if len(content) > LARGEST:
        return Looked(("P_LARGE",))
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return _opened(picture, content, day)
    except DAMAGED:
        return Looked(("P_UNREADABLE",))


def _opened(picture: Image.Image, content: bytes, day: dt.date) -> Looked:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        return Looked(("P_LARGE",), width, height)
    if getattr(picture, "n_frames", 1) > 1:
        return Looked(("P_ANIMATED",), width, height)
    standard = provision("photo.id_picture", day).value
    exact = (width, height) == (standard["width"], standard["height"])
    kind = "id" if exact else "master"
    codes = _file_codes(picture, content, day) if exact else _master_codes(picture, day)
    if picture.mode != "RGB":
        return Looked((*codes, "P_MODE"), width, height, kind)
    upright = ImageOps.exif_transpose(picture)
    pixels = np.asarray(upright.convert("RGB"))
    seen, silhouette = _picture_codes(pixels, exact, day)
    return Looked((*codes, *seen), upright.width, upright.height, kind, silhouette)


def _file_codes(picture: Image.Image, content: bytes, day: dt.date) -> tuple[str, ...]:
    standard = provision("photo.id_picture", day).value
    slack = provision("photo.tolerances", day).value
    codes = []
    dpi = picture.info.get("dpi")
    if dpi is None:
        codes.append("P_DPI_MISSING")
    elif abs(float(dpi[0]) - standard["dpi"]) > slack["dpi"]:
        codes.append("P_DPI")
    if picture.format != "JPEG" or quality_of(picture) < standard["quality"] - slack["quality_below"]:
        codes.append("P_JPEG")
    if not standard["bytes_least"] <= len(content) <= standard["bytes_most"]:
        codes.append("P_BYTES")
    return tuple(codes)


def _master_codes(picture: Image.Image, day: dt.date) -> tuple[str, ...]:
    """A master must leave room for a face of the least width with its margins."""
    need = provision("photo.master", day).value
    least = need["ears_least"] * (1 + 2 * need["beside"])
    codes = [] if min(picture.size) >= least else ["P_SIZE"]
    return tuple(codes if picture.format in ("JPEG", "PNG") else [*codes, "P_FORMAT"])


@lru_cache(maxsize=1)
def _standard_table() -> float:
    """Sum of the luminance quantisation table at quality 50, which is the table of the JPEG standard itself."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", quality=50)
    return float(sum(Image.open(out).quantization[0]))  # type: ignore[attr-defined]


def quality_of(picture: Image.Image) -> float:
    """Quality factor (1-100) with which a JPEG was written, recovered from its quantisation table."""
    tables: Mapping[int, Any] = getattr(picture, "quantization", {})
    if 0 not in tables:
        return 0.0
    scale = 100 * sum(tables[0]) / _standard_table()
    return (200 - scale) / 2 if scale <= 100 else 5000 / scale


def _picture_codes(pixels: Pixels, exact: bool, day: dt.date) -> tuple[list[str], Silhouette | None]:
    """Background first: where it is not white, the silhouette means nothing and is not asked for."""
    white = provision("photo.background", day).value
    if not _is_white(pixels, white, provision("photo.id_picture", day).value):
        return ["P_BG"], None
    mask = (pixels < white["foreground_below"]).any(axis=2)
    slack = provision("photo.tolerances", day).value
    if mask.mean() < slack["person_least"]:
        return ["P_NOPERSON"], None
    found = _silhouette(mask)
    return (_silhouette_codes(found, pixels.shape[1], day) if exact else []), found


def _is_white(pixels: Pixels, white: Mapping[str, Any], standard: Mapping[str, Any]) -> bool:
    """Whether the two top corners, as large in proportion as on an identity photo, are evenly white."""
    rows = max(1, round(white["rows"] * pixels.shape[0] / standard["height"]))
    columns = max(1, round(white["columns"] * pixels.shape[1] / standard["width"]))
    return all(
        corner.mean() >= white["mean_least"]
        and corner.std() <= white["deviation_most"]
        and np.percentile(corner, 1) >= white["percentile_least"]
        for corner in (pixels[:rows, :columns], pixels[:rows, -columns:])
    )


def _silhouette(mask: NDArray[np.bool_]) -> Silhouette:
    """Top row of the person, and the middle between the outermost columns of the head's rows."""
    filled = mask.sum(axis=1)
    top = int(np.argmax(filled >= max(3, mask.shape[1] // 100)))
    head = mask[top : top + max(1, (mask.shape[0] - top) // 3)]
    columns = np.flatnonzero(head.any(axis=0))
    return Silhouette(top, (float(columns[0]) + float(columns[-1])) / 2)


def _silhouette_codes(found: Silhouette, width: int, day: dt.date) -> list[str]:
    standard = provision("photo.id_picture", day).value
    codes = []
    if abs(found.centre - (width - 1) / 2) > provision("photo.tolerances", day).value["centre_px"]:
        codes.append("P_CENTRE")
    if not standard["top_least"] <= found.top <= standard["top_most"]:
        codes.append("P_TOP")
    return codes


def sharpness(content: bytes) -> float:
    """Variance of the Laplacian of the brightness (grey levels squared); a number to compare, not a limit."""
    with Image.open(io.BytesIO(content)) as picture:
        grey = np.asarray(picture.convert("L"), dtype=np.float64)
    inner = -4 * grey[1:-1, 1:-1] + grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return float(inner.var())
