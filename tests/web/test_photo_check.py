"""The worked table of the specification: fourteen synthetic files and what is said of each, then the crops."""

import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from renben.web.registry import photo_check, photo_face
from renben.web.registry.photo_face import Face
from tests.web.pictures import MASTER_FACE, drawn, encoded, master

DAY = dt.date(2026, 3, 2)
GOOD = encoded(drawn())
CASES = [
    ("good", GOOD, ()),
    ("light blue background", encoded(drawn(background=(210, 225, 250))), ("P_BG",)),
    ("grey background", encoded(drawn(background=(240, 240, 240))), ("P_BG",)),
    ("shaded background", encoded(drawn(shade=30)), ("P_BG",)),
    ("shifted by 25 px", encoded(drawn(centre=178.5 + 25)), ("P_CENTRE",)),
    ("head 30 px lower", encoded(drawn(top=45)), ("P_TOP",)),
    ("PNG", encoded(drawn(), "PNG", dpi=(350, 350)), ("P_JPEG",)),
    ("no resolution", encoded(drawn(), dpi=None), ("P_DPI_MISSING",)),
    ("300 dpi", encoded(drawn(), dpi=(300, 300)), ("P_DPI",)),
    ("413 x 531", encoded(drawn(413, 531)), ("P_SIZE",)),
    ("grey", encoded(drawn().convert("L")), ("P_MODE",)),
    ("CMYK", encoded(drawn().convert("CMYK")), ("P_MODE",)),
    ("blank", encoded(drawn(person=False)), ("P_NOPERSON",)),
    ("two junk bytes", b"\xff\xd8", ("P_UNREADABLE",)),
    ("nothing", b"", ("P_UNREADABLE",)),
    ("quality 30", encoded(drawn(), quality=30), ("P_JPEG",)),
]


@pytest.mark.parametrize(("why", "content", "codes"), CASES, ids=[case[0] for case in CASES])
def test_a_synthetic_file_gets_the_codes_of_the_table(
    why: str, content: bytes, codes: tuple[str, ...]
) -> None:
    found = photo_check.look(content, DAY).codes
    assert tuple(code for code in found if code != "P_BYTES") == codes, why


@pytest.mark.parametrize("quality", [60, 70, 80, 95])
def test_the_quality_of_a_jpeg_is_recovered_from_its_table(quality: int) -> None:
    with Image.open(io.BytesIO(encoded(drawn(), quality=quality))) as picture:
        assert photo_check.quality_of(picture) == pytest.approx(quality, abs=0.6)


def test_a_turned_photo_is_judged_upright_and_an_animated_one_is_refused() -> None:
    upright = Image.open(io.BytesIO(master()))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = encoded(upright.rotate(90, expand=True), quality=90, exif=exif)
    found = photo_check.look(turned, DAY)
    assert found.codes == () and (found.width, found.height) == (1800, 2400)
    out = io.BytesIO()
    drawn().save(out, "PNG", save_all=True, append_images=[drawn(top=30)])
    assert photo_check.look(out.getvalue(), DAY).codes == ("P_ANIMATED",)


def test_a_blurred_photo_is_less_sharp() -> None:
    from PIL import ImageFilter  # noqa: PLC0415

    blurred = encoded(drawn().filter(ImageFilter.GaussianBlur(4)))
    assert photo_check.sharpness(blurred) < photo_check.sharpness(GOOD) / 3


def test_the_identity_picture_cut_from_a_master_passes_the_standard_itself() -> None:
    face = photo_face.face_of(MASTER_FACE)
    assert face is not None and photo_face.plausible(face, 1800, 2400)
    crop = photo_face.crop_of("id_picture", face, DAY)
    assert photo_face.crop_codes("id_picture", face, crop, (1800, 2400), DAY) == ()
    picture = photo_face.cut(master(), crop, "id_picture", DAY)
    found = photo_check.look(picture, DAY)
    assert found.kind == "id" and found.wrong == ()
    assert found.silhouette is not None and 7 <= found.silhouette.top <= 21


def test_the_exit_entry_picture_keeps_head_and_margins_in_millimetres() -> None:
    face = photo_face.face_of(MASTER_FACE)
    assert face is not None
    crop = photo_face.crop_of("exit_entry_picture", face, DAY)
    assert photo_face.crop_codes("exit_entry_picture", face, crop, (1800, 2400), DAY) == ()
    per_mm = 640 / 48
    assert (face.chin - face.hair) * crop.scale / per_mm == pytest.approx(30.5)
    assert (face.hair - crop.top) * crop.scale / per_mm == pytest.approx(4)
    picture = photo_face.cut(master(), crop, "exit_entry_picture", DAY)
    with Image.open(io.BytesIO(picture)) as opened:
        assert opened.size == (480, 640) and not opened.getexif() and len(picture) <= 81_920


def test_an_identity_photo_cannot_be_enlarged_into_an_exit_entry_photo() -> None:
    face = Face(75, 283, 170, 15, 290)
    crop = photo_face.crop_of("exit_entry_picture", face, DAY)
    assert "P_MARGIN" in photo_face.crop_codes("exit_entry_picture", face, crop, (358, 441), DAY)


def test_where_hair_and_eyes_conflict_the_eyes_decide() -> None:
    tall = Face(680, 1120, 1100, 520, 1300)
    crop = photo_face.crop_of("id_picture", tall, DAY)
    codes = photo_face.crop_codes("id_picture", tall, crop, (1800, 2400), DAY)
    assert codes == ("P_TOP_CUT",), "the hair may be cut, and it is said"
    assert (crop.bottom - tall.eye) * crop.scale >= 206.5


@given(ears=st.integers(414, 600), hair=st.integers(500, 700), centre=st.integers(850, 950))
def test_every_crop_has_ears_207_pixels_apart_in_its_middle(ears: int, hair: int, centre: int) -> None:
    face = Face(centre - ears // 2, centre + ears - ears // 2, hair + ears // 2, hair, hair + ears * 4 // 3)
    crop = photo_face.crop_of("id_picture", face, DAY)
    assert face.ears * crop.scale == pytest.approx(207)
    assert (face.centre - crop.left) * crop.scale == pytest.approx(179)


@pytest.mark.parametrize("points", [{}, {**MASTER_FACE, "eye": "x"}, {**MASTER_FACE, "chin": ""}])
def test_a_face_without_all_its_points_is_none(points: dict[str, str]) -> None:
    assert photo_face.face_of(points) is None
