"""From five points that an officer shows to the crops of every picture, and what does not fit.

Carries out: GA 461-2004 (ears 207 ± 14 px apart, hair 7-21 px under the edge, eyes at least 207 px above the lower
edge; where hair and eyes conflict the eyes decide) and the guide for exit-entry photos, both from secondary
sources. Only the crops are kept; the points are not: no feature of a face is stored.
"""

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass, fields

from PIL import Image

from renben.web.law import provision

PICTURES = ("id_picture", "exit_entry_picture")
MILLIMETRES_PER_INCH = 25.4


@dataclass(frozen=True)
class Face:
    """Where a face lies in a photo, in pixels from the upper left corner."""

    ear_left: int
    ear_right: int
    eye: int
    hair: int
    chin: int

    @property
    def ears(self) -> int:
        """Distance between the roots of the ears (pixels)."""
        return self.ear_right - self.ear_left

    @property
    def centre(self) -> float:
        """Column in the middle between the ears."""
        return (self.ear_left + self.ear_right) / 2


POINTS = tuple(field.name for field in fields(Face))


@dataclass(frozen=True)
class Crop:
    """A box in the master, in pixels, and the size to which it is scaled."""

    left: float
    top: float
    right: float
    bottom: float
    width: int
    height: int

    @property
    def scale(self) -> float:
        """Pixels of the picture per pixel of the master."""
        return self.height / (self.bottom - self.top)


def face_of(points: Mapping[str, str]) -> Face | None:
    """The face of five numbers as typed, None where one is missing or no number."""
    try:
        values = {name: int(points[name]) for name in POINTS}
    except (KeyError, ValueError):
        return None
    return Face(**values)


def plausible(face: Face, width: int, height: int) -> bool:
    """Whether the points are in order and inside the picture."""
    across = 0 <= face.ear_left < face.ear_right <= width
    return across and 0 <= face.hair < face.eye < face.chin <= height


def crop_of(picture: str, face: Face, day: dt.date) -> Crop:
    """Where a picture is cut from the master."""
    standard = provision(f"photo.{picture}", day).value
    width, height = standard["width"], standard["height"]
    if picture == "id_picture":
        scale = standard["ears"] / face.ears
        above = (standard["top_least"] + standard["top_most"]) / 2 / scale
        top = max(face.hair - above, face.eye + standard["eyes_least"] / scale - height / scale)
    else:
        pixels_per_mm = height / standard["height_mm"]
        scale = sum(standard["head_height"]) / 2 * pixels_per_mm / (face.chin - face.hair)
        top = face.hair - sum(standard["above"]) / 2 * pixels_per_mm / scale
    left = face.centre - width / scale / 2
    return Crop(left, top, left + width / scale, top + height / scale, width, height)


def crop_codes(picture: str, face: Face, crop: Crop, size: tuple[int, int], day: dt.date) -> tuple[str, ...]:
    """What of a picture would not fit its standard."""
    outside = crop.left < -0.5 or crop.top < -0.5 or crop.right > size[0] + 0.5 or crop.bottom > size[1] + 0.5
    codes = ["P_MARGIN"] if outside else []
    own = _id_codes if picture == "id_picture" else _exit_entry_codes
    return (*codes, *own(face, crop, day))


def _id_codes(face: Face, crop: Crop, day: dt.date) -> list[str]:
    standard = provision("photo.id_picture", day).value
    ears, hair = face.ears * crop.scale, (face.hair - crop.top) * crop.scale
    eyes = (crop.bottom - face.eye) * crop.scale
    codes = []
    if abs(ears - standard["ears"]) > standard["ears_tolerance"]:
        codes.append("P_WIDTH")
    fits = eyes >= standard["eyes_least"] - 0.5
    if not fits:
        codes.append("P_EYES")
    if not standard["top_least"] - 0.5 <= hair <= standard["top_most"] + 0.5:
        codes.append("P_TOP_CUT" if fits and hair < standard["top_least"] else "P_TOP")
    return codes


def _exit_entry_codes(face: Face, crop: Crop, day: dt.date) -> list[str]:
    standard = provision("photo.exit_entry_picture", day).value
    per_mm = crop.height / standard["height_mm"]
    ears, below = face.ears * crop.scale / per_mm, (crop.bottom - face.chin) * crop.scale / per_mm
    codes = [] if standard["head_width"][0] <= ears <= standard["head_width"][1] else ["P_WIDTH"]
    return codes if below >= standard["below_least"] else [*codes, "P_CHIN"]


def as_it_is(width: int, height: int) -> Crop:
    """The whole photo as one picture: an identity photo that came in its final form."""
    return Crop(0, 0, width, height, width, height)


def cut(content: bytes, crop: Crop, picture: str, day: dt.date) -> bytes:
    """A picture cut from the master as JPEG, without anything else that the file held."""
    standard = provision(f"photo.{picture}", day).value
    dpi = standard.get("dpi") or round(standard["height"] / standard["height_mm"] * MILLIMETRES_PER_INCH)
    with Image.open(io.BytesIO(content)) as master:
        box = (
            max(crop.left, 0),
            max(crop.top, 0),
            min(crop.right, master.width),
            min(crop.bottom, master.height),
        )
        size = (crop.width, crop.height)
        drawn = master.convert("RGB").resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
        return _written(drawn, standard.get("quality", 0), standard["bytes_most"], dpi)


def _written(drawn: Image.Image, quality: int, most: int, dpi: int) -> bytes:
    """JPEG of a fixed quality where the standard names one, else the best that stays under its size."""
    for level in (quality,) if quality else (95, 90, 85, 80, 75, 70):
        out = io.BytesIO()
        drawn.save(out, "JPEG", quality=level, dpi=(dpi, dpi), subsampling=0)
        if out.tell() <= most:
            break
    return out.getvalue()
