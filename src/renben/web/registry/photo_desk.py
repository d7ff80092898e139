"""The officer's desk for a photo: point at ears, eyes, hair and chin, and see what would be cut.

Without JavaScript: the photo is a button, the browser sends where it was pressed, and the page comes back with one
more line. The numbers can also be typed. Nothing is kept before the photo is accepted.
"""

import io
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from PIL import Image, ImageDraw

from renben.web.clock import today
from renben.web.flow.models import Case
from renben.web.registry import photo_check, photo_face, photos
from renben.web.registry.models import Photo
from renben.web.registry.photo_face import POINTS, Crop

SHOWN_WIDTH = 480
"""Width at which an officer points at the photo (pixels); a click is scaled from it."""
ACROSS = ("ear_left", "ear_right")


def shown(photo: Photo, query: QueryDict) -> bytes:
    """The photo at the width of the page with lines through the points, or one picture cut after them."""
    content, picture = photos.content(photo), query.get("picture", "")
    face = photo_face.face_of(query)
    if picture in photo_face.PICTURES and face and photo_face.plausible(face, photo.width, photo.height):
        crop: Crop | None = photos.crops(photo, face, today()).get(picture)
        return photo_face.cut(content, crop, picture, today()) if crop else content
    with Image.open(io.BytesIO(content)) as opened:
        scale = SHOWN_WIDTH / opened.width
        drawn = opened.convert("RGB").resize((SHOWN_WIDTH, round(opened.height * scale)))
    pen = ImageDraw.Draw(drawn)
    for name, at in _whole(query).items():
        place = at * scale
        line = (place, 0, place, drawn.height) if name in ACROSS else (0, place, drawn.width, place)
        pen.line(line, fill=(200, 30, 120), width=2)
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=85)
    return out.getvalue()


def _whole(points: Any) -> dict[str, int]:
    typed = {name: str(points.get(name, "")) for name in POINTS}
    return {name: int(text) for name, text in typed.items() if text.isascii() and text.isdigit()}


def face_context(case: Case, data: QueryDict) -> dict[str, Any]:
    """The five points so far, the next one, and what the pictures would be."""
    photo = photos.of_case(case)
    if case.kind != "photo" or photo is None or not photos.usable(photo):
        return {}
    points = {name: str(value) for name, value in _whole(data).items()}
    chosen = data.get("point", "")
    if "at.x" in data and chosen in POINTS:
        points[chosen] = str(_clicked(photo, chosen, data))
    face = photo_face.face_of(points)
    found = photos.codes(photo, face, today()) if face else {}
    return {
        "photo": photo,
        "points": [(name, points.get(name, "")) for name in POINTS],
        "next": next((name for name in POINTS if name not in points), POINTS[0]),
        "complete": face is not None,
        "query": urlencode(points),
        "pictures": [(name, codes, not photos.wrong(codes)) for name, codes in found.items()],
        "looked": photo.codes,
        "sharpness": round(photo_check.sharpness(photos.content(photo))),
        "shown_width": SHOWN_WIDTH,
    }


def _clicked(photo: Photo, point: str, data: QueryDict) -> int:
    """A click on the page's image in pixels of the photo."""
    axis = "at.x" if point in ACROSS else "at.y"
    text = data.get(axis, "")
    return round(int(text) * photo.width / SHOWN_WIDTH) if text.isascii() and text.isdigit() else 0
