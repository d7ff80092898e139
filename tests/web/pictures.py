"""Synthetic identity photos: an ellipse on shoulders. Nobody is depicted."""

import io
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def drawn(
    width: int = 358, height: int = 441, *, ears: int = 209, top: int = 15, centre: float | None = None,
    background: tuple[int, int, int] = (254, 254, 254), shade: int = 0, person: bool = True,
) -> Image.Image:  # fmt: skip
    """A head with ears a distance apart, its hair `top` rows under the edge."""
    picture = Image.new("RGB", (width, height), background)
    if shade:
        ramp = np.linspace(0, shade, width).astype(np.int16)
        shaded = np.clip(np.asarray(picture).astype(np.int16) - ramp[None, :, None], 0, 255)
        picture = Image.fromarray(shaded.astype(np.uint8))
    if not person:
        return picture
    middle = (width - 1) / 2 if centre is None else centre
    pen, tall = ImageDraw.Draw(picture), ears * 1.4
    pen.ellipse((middle - ears, top + tall * 0.95, middle + ears, top + tall * 3), fill=(70, 80, 110))
    pen.ellipse((middle - ears / 2, top, middle + ears / 2, top + tall), fill=(214, 178, 150))
    pen.chord((middle - ears / 2, top, middle + ears / 2, top + tall), 180, 360, fill=(40, 35, 32))
    for side in (-1, 1):
        at = middle + side * ears * 0.22
        pen.ellipse(
            (at - ears * 0.05, top + tall * 0.52, at + ears * 0.05, top + tall * 0.56), fill=(30, 30, 30)
        )
    return picture.filter(ImageFilter.GaussianBlur(0.6))


def encoded(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """A picture as a file; a JPEG of quality 70 at 350 dpi unless said otherwise."""
    given = {"quality": 70, "dpi": (350, 350), **options} if kind == "JPEG" else options
    out = io.BytesIO()
    picture.save(out, kind, **{name: value for name, value in given.items() if value is not None})
    return out.getvalue()


def master(**changes: Any) -> bytes:
    """A master photo large enough for every picture: ears 440 px apart at (680, 1120), hair at 520."""
    given = {"ears": 440, "top": 520, "centre": 900.0, **changes}
    return encoded(drawn(1800, 2400, **given), quality=90, dpi=(72, 72))


MASTER_FACE = {"ear_left": "680", "ear_right": "1120", "eye": "840", "hair": "520", "chin": "1136"}
