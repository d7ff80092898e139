"""One photo, many uses: handed in, checked by an officer, granted, fetched, revoked, replaced, and never readable."""

import datetime as dt
import io
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, NotAllowed, Unknown
from renben.web.guard import crypto, vault
from renben.web.guard.models import AuditEvent, User
from renben.web.guard.policy import Actor
from renben.web.registry import applications, photo_ledger, photos
from renben.web.registry.models import Address, Photo, PhotoGrant
from tests.web.cases import again, do, registered
from tests.web.conftest import answers, set_day
from tests.web.pictures import MASTER_FACE, drawn, encoded, master

People = dict[str, Actor]
Browse = Callable[..., Client]


@pytest.fixture
def resident(people: People, address: Address) -> Actor:
    registered(people, answers(address))
    return again(people["resident"])


def user(actor: Actor) -> User:
    return User.objects.get(pk=actor.user_id)


def hand_in(client: Client, content: bytes, key: str = "photo-begin") -> str:
    """Hand a photo in through the pages; returns the case."""
    first = client.post("/apply/photo/begin/", {"key": key})["Location"]
    base = first.removesuffix("notice/")
    client.post(first, {"notice": "on", "key": f"{key}-1", "do": "next"})
    file = SimpleUploadedFile("face.jpg", content, "image/jpeg")
    answer = client.post(f"{base}photo/", {"file": file, "key": f"{key}-2", "do": "next"})
    assert answer.status_code == 302, re.findall(r'class="error"[^>]*>([^<]+)', answer.content.decode())
    case = base.strip("/").rsplit("/", 1)[1]
    version = str(Case.objects.values_list("version", flat=True).get(pk=case))
    form = {"key": f"{key}-3", "version": version, "step": "submit"}
    assert client.post(f"{base}check/", form).status_code == 302
    return case


def accept(case: str, people: People, **face: str) -> None:
    do(case, "claim", people["officer"])
    do(case, "accept", people["officer"], face=face or MASTER_FACE)


@pytest.fixture
def accepted(resident: Actor, people: People, browse: Browse) -> Photo:
    accept(hand_in(browse(user(resident)), master()), people)
    return Photo.objects.get()


def test_what_is_wrong_with_a_photo_is_said_with_how_to_mend_it(resident: Actor, browse: Browse) -> None:
    client = browse(user(resident))
    first = client.post("/apply/photo/begin/", {"key": "photo-begin"})["Location"]
    page = first.replace("notice/", "photo/")
    for content, said in (
        (master(background=(200, 210, 235)), "Stand before a white wall"),
        (encoded(drawn(600, 800)), "too small"),
        (b"not a picture at all", "cannot be opened"),
        (encoded(drawn(1800, 2400, ears=440, top=520).convert("L"), quality=90), "24-bit colour"),
    ):
        file = SimpleUploadedFile("a.jpg", content, "image/jpeg")
        answer = client.post(page, {"file": file, "key": "photo-wrong-1", "do": "next"})
        assert answer.status_code == 422 and said in answer.content.decode()
    assert client.post(page, {"key": "photo-wrong-2", "do": "next"}).status_code == 422, "none chosen"
    assert not Photo.objects.exists()


def test_the_officer_points_without_javascript_sees_the_pictures_and_accepts(
    resident: Actor, people: People, browse: Browse
) -> None:
    case = hand_in(browse(user(resident)), master())
    officer = browse(user(people["officer"]))
    do(case, "claim", people["officer"])
    points: dict[str, str] = {}
    clicks = {
        "ear_left": (181, 0),
        "ear_right": (299, 9),
        "eye": (5, 224),
        "hair": (5, 139),
        "chin": (9, 303),
    }
    for point, (x, y) in clicks.items():
        form = {**points, "point": point, "at.x": str(x), "at.y": str(y)}
        page = officer.post(f"/office/cases/{case}/face/", form).content.decode()
        points = dict(
            re.findall(r'type="number" name="(ear_left|ear_right|eye|hair|chin)" value="(\d+)"', page)
        )
    assert {name: round(int(value), -1) for name, value in points.items()} == {
        "ear_left": 680, "ear_right": 1120, "eye": 840, "hair": 520, "chin": 1140,
    }  # fmt: skip
    assert page.count("<figure><img") == 2 and "Accept the photo" in page, "both pictures can be cut"
    preview = officer.get(f"/office/cases/{case}/photo/", {**points, "picture": "id_picture"})
    with Image.open(io.BytesIO(preview.content)) as picture:
        assert picture.size == (358, 441)
    version = str(Case.objects.values_list("version", flat=True).get(pk=case))
    form = {**points, "key": "photo-accept", "version": version}
    assert officer.post(f"/office/cases/{case}/step/accept/", form).status_code == 302
    photo = Photo.objects.get()
    assert photo.verdict == "accepted" and set(photo.crops) == {"id_picture", "exit_entry_picture"}
    assert AuditEvent.objects.filter(object_type="photo", kind="read", subject=resident.person_key).exists()


def test_without_points_and_with_points_that_do_not_fit_no_photo_passes(
    resident: Actor, people: People, browse: Browse
) -> None:
    case = hand_in(browse(user(resident)), master())
    do(case, "claim", people["officer"])
    with pytest.raises(Guarded, match="face_points"):
        do(case, "accept", people["officer"], face={"ear_left": "680"})
    with pytest.raises(Guarded, match="face_does_not_fit"):
        do(case, "accept", people["officer"], face={**MASTER_FACE, "ear_left": "20", "ear_right": "1780"})
    assert Photo.objects.get().verdict == "waiting"


def test_place_and_device_are_gone_and_the_photo_cannot_be_read_in_the_database(
    resident: Actor, people: People, browse: Browse
) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "PHONEMAKER", {1: "N", 2: (37.0, 52.0, 0.0)}
    picture = Image.open(io.BytesIO(master()))
    original = encoded(picture, quality=90, dpi=(72, 72), exif=exif)
    assert b"PHONEMAKER" in original
    hand_in(browse(user(resident)), original)
    photo = Photo.objects.get()
    opened = photos.content(photo)
    assert b"PHONEMAKER" not in opened and b"Exif" not in opened
    stored = bytes(photo.content_ct)
    assert b"JFIF" not in stored and opened[200:260] not in stored
    with pytest.raises(crypto.SealBroken):
        vault.unseal(stored, "photo", "another row")
    with pytest.raises(crypto.SealBroken):
        vault.unseal(stored, "document", photo.pk)


def test_a_studio_photo_serves_the_identity_picture_as_it_is_and_nothing_else(
    resident: Actor, people: People, browse: Browse
) -> None:
    content = encoded(drawn())
    accept(
        hand_in(browse(user(resident)), content), people,
        ear_left="75", ear_right="283", eye="165", hair="15", chin="300",
    )  # fmt: skip
    photo = Photo.objects.get()
    assert set(photo.crops) == {"id_picture"}
    found = photos.picture(photo, "id_picture", dt.date(2026, 3, 2))
    assert found is not None
    with Image.open(io.BytesIO(found)) as cut, Image.open(io.BytesIO(content)) as given:
        assert cut.size == (358, 441) and cut.tobytes() == given.tobytes(), "not compressed a second time"
    with pytest.raises(Guarded, match="photo_not_cut"):
        photo_ledger.give(resident, "exit_entry")


def test_remarks_and_whatever_hangs_behind_a_photo_are_cut_off_without_touching_it() -> None:
    exif = Image.Exif()
    exif[0x010F] = "PHONEMAKER"
    content = encoded(drawn(), exif=exif, comment=b"HELLO") + b"PK\x03\x04 hidden"
    found = photos.without_remarks(content)
    assert found is not None and not any(word in found for word in (b"PHONEMAKER", b"HELLO", b"hidden"))
    with Image.open(io.BytesIO(found)) as cut, Image.open(io.BytesIO(content)) as given:
        assert cut.tobytes() == given.tobytes() and cut.info["dpi"] == (350, 350)
    assert photos.without_remarks(encoded(drawn(), "PNG")) is None
    assert photos.without_remarks(encoded(drawn(), progressive=True)) is None


def test_a_use_is_granted_fetched_by_its_code_seen_and_revoked(
    accepted: Photo, resident: Actor, browse: Browse
) -> None:
    mine, office = browse(user(resident)), browse()
    for _ in range(3):
        assert mine.post("/my/photo/give/", {"use": "school"}).status_code == 302
    grant = PhotoGrant.objects.get()
    page = mine.get("/my/photo/").content.decode()
    code = photo_ledger.code_of(grant)
    assert code in page and len(code) == 14
    fetched = office.post("/photo/", {"code": code.lower()})
    assert fetched["Content-Type"] == "image/jpeg" and "attachment" in fetched["Content-Disposition"]
    with Image.open(io.BytesIO(fetched.content)) as picture:
        assert picture.size == (358, 441) and picture.info["dpi"] == (350, 350)
    assert "fetched: 1" in mine.get("/my/photo/").content.decode()
    assert "Exported" in mine.get("/my/data/").content.decode()
    assert office.post("/photo/", {"code": "AAAA-AAAA-AAAA"}).status_code == 404
    assert mine.post(f"/my/photo/grants/{grant.pk}/revoke/").status_code == 302
    assert office.post("/photo/", {"code": code}).status_code == 404, "the code died with the grant"
    row = PhotoGrant.objects.get()
    assert row.deliveries == 1 and row.revoked_at is not None, "the ledger keeps what was fetched"


def test_nobody_else_sees_or_revokes_a_grant(
    accepted: Photo, resident: Actor, people: People, browse: Browse
) -> None:
    grant = photo_ledger.give(resident, "medical")
    stranger = browse(user(people["stranger"]))
    assert stranger.post(f"/my/photo/grants/{grant.pk}/revoke/").status_code == 404
    assert stranger.get("/my/photo/id_picture.jpg").status_code == 404
    assert browse(user(resident)).get("/my/photo/id_picture.jpg").status_code == 200
    case = Case.objects.get(kind="photo")
    assert browse(user(people["elsewhere"])).get(f"/office/cases/{case.pk}/photo/").status_code == 404


def test_a_grant_ends_on_its_day_and_an_old_photo_is_not_used(accepted: Photo, resident: Actor) -> None:
    code = photo_ledger.code_of(photo_ledger.give(resident, "school"))
    set_day(dt.date(2026, 6, 3))
    with pytest.raises(Unknown, match="photo_code"):
        photo_ledger.collect(code)
    photo_ledger.give(resident, "exit_entry")
    set_day(dt.date(2026, 9, 3))
    with pytest.raises(Guarded, match="photo_too_old"):
        photo_ledger.give(resident, "exit_entry")
    photo_ledger.give(resident, "school")
    set_day(dt.date(2031, 3, 3))
    with pytest.raises(Guarded, match="photo_too_old"):
        photo_ledger.give(resident, "school")


def test_a_new_photo_replaces_the_old_one_whose_content_and_uses_end(
    accepted: Photo, resident: Actor, people: People, browse: Browse
) -> None:
    code = photo_ledger.code_of(photo_ledger.give(resident, "school"))
    accept(hand_in(browse(user(resident)), master(top=530), "photo-second"), people)
    old = Photo.objects.get(pk=accepted.pk)
    assert old.verdict == "replaced" and bytes(old.content_ct) == b""
    with pytest.raises(Unknown):
        photo_ledger.collect(code)
    new = photos.in_use(resident.person_key)
    assert new is not None and new.pk != old.pk
    new.verdict = "accepted"
    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.filter(pk=old.pk).update(verdict="accepted")


def test_a_withdrawn_photo_goes_at_once(resident: Actor, browse: Browse) -> None:
    case = hand_in(browse(user(resident)), master())
    do(case, "withdraw", resident)
    photo = Photo.objects.get()
    assert photo.verdict == "dropped" and bytes(photo.content_ct) == b""


def test_the_permit_carries_the_photo_by_law_and_the_ledger_says_so(
    accepted: Photo, resident: Actor, people: People, browse: Browse
) -> None:
    with pytest.raises(NotAllowed, match="by_law"):
        photo_ledger.give(resident, "permit")
    set_day(dt.date(2026, 9, 1))
    case = applications.begin(resident, "residence_permit", "begin-permit").case
    fields = {"notice": "x", "proof_kind": "lease", "proof_to": ""}
    for question in ("notice", "permit_proof"):
        do(case, "save", resident, question=question, fields=fields)
    do(case, "submit", resident)
    do(case, "claim", people["officer"])
    do(case, "accept", people["officer"])
    issuer = browse(user(people["issuer"]))
    assert f"/office/cases/{case}/photo/" in issuer.get(f"/office/cases/{case}/").content.decode()
    assert issuer.get(f"/office/cases/{case}/photo/")["Content-Type"] == "image/jpeg"
    do(case, "issue", people["issuer"])
    grant = PhotoGrant.objects.get()
    assert (grant.use, grant.consent, grant.deliveries) == ("permit", False, 1)
    with pytest.raises(NotAllowed, match="by_law"):
        photo_ledger.revoke(resident, grant.pk)


def test_a_file_that_is_too_large_is_answered_and_not_lost(resident: Actor, browse: Browse) -> None:
    client = browse(user(resident))
    first = client.post("/apply/photo/begin/", {"key": "photo-begin"})["Location"]
    file = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + b"0" * 22_000_000, "image/jpeg")
    answer = client.post(
        first.replace("notice/", "photo/"), {"file": file, "key": "photo-large", "do": "next"}
    )
    assert answer.status_code == 413 and "too large" in answer.content.decode()
