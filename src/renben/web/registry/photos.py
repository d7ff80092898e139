"""One photo of a person: handed in, checked by an officer, cut for each use, replaced or dropped.

Carries out: Personal Information Protection Law arts. 28-29 (a face photo is sensitive: it is sealed apart, and no
feature is extracted from it). Who may use it is the ledger's matter (`photo_ledger`). Not modelled: comparing
faces, which this service never does.
"""

import datetime as dt
import hashlib
import hmac
import io
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PIL import Image, ImageOps

from renben.web.clock import now
from renben.web.flow.bindings import Step
from renben.web.flow.models import Case
from renben.web.guard import crypto, retention, scope, subjects, vault
from renben.web.guard.erasing import Due, erase
from renben.web.registry import people, photo_check, photo_face
from renben.web.registry.answers import DONE, answers_of
from renben.web.registry.models import Photo, PhotoGrant
from renben.web.registry.photo_face import PICTURES, Crop, Face

PURPOSE = "photo"
JOB = "registry"
"""Sees every hold: whoever takes the step may not."""
GONE = ("dropped", "replaced")
"""Photos that are used for nothing any more, also where a hold still keeps the picture."""
MASTER_QUALITY = 92
START_OF_SCAN = 0xDA
REMARKS = (*range(0xE1, 0xF0), 0xFE)
"""JPEG segments that say something beside the picture: APP1-APP15 (EXIF, thumbnails, profiles) and comments."""


def plain(content: bytes, kind: str) -> bytes:
    """An identity photo byte for byte without its remarks; a master upright and drawn anew, so that place, time and
    device written into it are gone."""
    stripped = without_remarks(content) if kind == "id" else None
    if stripped is not None:
        return stripped
    with Image.open(io.BytesIO(content)) as picture:
        out = io.BytesIO()
        ImageOps.exif_transpose(picture).convert("RGB").save(out, "JPEG", quality=MASTER_QUALITY)
    return out.getvalue()


def without_remarks(content: bytes) -> bytes | None:
    """A baseline JPEG without application segments (but its resolution), comments and what follows its end; not
    compressed again. None for anything else."""
    if not content.startswith(b"\xff\xd8"):
        return None
    at, kept = 2, [b"\xff\xd8"]
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != 0xC2:
        marker, end = content[at + 1], at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker not in REMARKS:
            kept.append(content[at:end])
        at = end
        if marker == START_OF_SCAN:
            last = content.find(b"\xff\xd9", at)
            return b"".join([*kept, content[at : last + 2]]) if last > 0 else None
    return None


def keep_draft(case: Case, content: bytes, day: dt.date) -> str:
    """Seal a checked photo for a case and return its key; an earlier draft of the case goes, unless it is held."""
    found = photo_check.look(content, day)
    cleaned = plain(content, found.kind)
    mark = hmac.new(crypto.index_key(PURPOSE), f"{case.pk}|".encode() + cleaned, hashlib.sha256).hexdigest()
    key = uuid.UUID(mark[:32])
    with scope.as_job(JOB):
        earlier = Photo.objects.filter(case=case.pk, verdict="draft").exclude(pk=key)
        subjects.free(earlier, "pk", day).delete()
    row = Photo(
        id=key, person_key=case.person_key, case=case.pk, kind=found.kind, taken_on=day, width=found.width,
        height=found.height, hash=mark, codes=list(found.codes), verdict="draft",
        content_ct=vault.seal(cleaned, PURPOSE, key),
    )  # fmt: skip
    Photo.objects.bulk_create([row], ignore_conflicts=True)
    return str(key)


def usable(photo: Photo) -> bool:
    """Whether a photo may be shown and cut; one that only a hold keeps may not."""
    return bool(photo.content_ct) and photo.verdict not in GONE


def content(photo: Photo) -> bytes:
    """The photo, unsealed."""
    return vault.unseal(photo.content_ct, PURPOSE, photo.pk)


def of_case(case: Case) -> Photo | None:
    """The photo that a case is about."""
    key = answers_of(case).get("photo")
    return Photo.objects.filter(pk=key, case=case.pk).first() if key else None


def in_use(key: uuid.UUID | None) -> Photo | None:
    """The accepted photo of a person."""
    if key is None:
        return None
    return Photo.objects.filter(person_key__in=people.all_keys(key), verdict="accepted").first()


def crops(photo: Photo, face: Face, day: dt.date) -> dict[str, Crop]:
    """Every picture that can be cut from a photo, with its box."""
    if photo.kind == "id":
        return {"id_picture": photo_face.as_it_is(photo.width, photo.height)}
    return {picture: photo_face.crop_of(picture, face, day) for picture in PICTURES}


def codes(photo: Photo, face: Face, day: dt.date) -> dict[str, tuple[str, ...]]:
    """What does not fit, per picture."""
    size = (photo.width, photo.height)
    if not photo_face.plausible(face, *size):
        return {"id_picture": ("P_POINTS",)}
    return {
        picture: photo_face.crop_codes(picture, face, crop, size, day)
        for picture, crop in crops(photo, face, day).items()
    }


def wrong(found: tuple[str, ...]) -> tuple[str, ...]:
    """Codes that forbid a picture."""
    return tuple(code for code in found if code not in photo_check.WARNINGS)


def picture(photo: Photo, name: str, day: dt.date) -> bytes | None:
    """One picture of an accepted photo, None where it could not be cut."""
    box = photo.crops.get(name)
    if box is None or not usable(photo):
        return None
    if photo.kind == "id":
        return content(photo)
    return photo_face.cut(content(photo), Crop(*box), name, day)


def facts(case: Case, payload: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    """Facts that the guards of photo cases ask for."""
    photo, face = of_case(case), photo_face.face_of(payload.get("face") or {})
    fits = None
    if photo is not None and face is not None:
        fits = not wrong(codes(photo, face, day)["id_picture"])
    done = set(answers_of(case).get(DONE, ()))
    return {
        "questions_missing": len({"notice", "photo"} - done),
        "photo_given": photo is not None,
        "face_given": face is not None,
        "face_fits": fits,
        "returns": case.returns,
    }


def hand_in(step: Step) -> None:
    """The photo now waits for an officer; what was handed in before in this case goes."""
    photo = of_case(step.case)
    if photo is None:
        raise ValueError(f"case {step.case.id}: no photo; the guard `complete` let it pass.")
    _forget(Photo.objects.filter(case=step.case.id).exclude(pk=photo.pk), "dropped", step.day)
    Photo.objects.filter(pk=photo.pk).update(verdict="waiting")


def accept(step: Step) -> None:
    """Keep the boxes of every picture that fits; the photo used so far is replaced and its uses end."""
    photo, face = of_case(step.case), photo_face.face_of(step.payload["face"])
    if photo is None or face is None:
        raise ValueError(f"case {step.case.id}: no photo or no points; the guard `fits` let it pass.")
    found = codes(photo, face, step.day)
    boxes = {
        name: [crop.left, crop.top, crop.right, crop.bottom, crop.width, crop.height]
        for name, crop in crops(photo, face, step.day).items()
        if not wrong(found[name])
    }
    before = Photo.objects.filter(person_key__in=people.all_keys(photo.person_key), verdict="accepted")
    PhotoGrant.objects.filter(photo__in=before, revoked_at=None).update(revoked_at=now())
    _forget(before, "replaced", step.day)
    Photo.objects.filter(pk=photo.pk).update(verdict="accepted", crops=boxes, decided_on=step.day)
    step.detail["pictures"] = sorted(boxes)


def ask_again(step: Step) -> None:
    """Mark the photo's page and count the return."""
    step.case.marks = ["photo"]
    step.case.returns += 1


def drop(step: Step) -> None:
    """The case led to nothing: the photo goes."""
    _forget(Photo.objects.filter(case=step.case.id).exclude(verdict="accepted"), "dropped", step.day)


def _forget(photos: Any, verdict: str, day: dt.date) -> None:
    """Drop photos and take their content away, unless it is held; the rows stay for the ledger."""
    keys = list(photos.exclude(verdict__in=GONE).values_list("pk", flat=True))
    Photo.objects.filter(pk__in=keys).update(verdict=verdict, dropped_on=day)
    with scope.as_job(JOB):
        due = dropped(day)
        erase(replace(due, rows=due.rows.filter(pk__in=keys)), day)


def dropped(day: dt.date) -> Due:
    """Pictures of photos that led to nothing or were replaced, and are past their period."""
    rule, last = retention.days("dropped_photo_days", day)
    rows = Photo.objects.filter(verdict__in=GONE, dropped_on__lte=last).exclude(content_ct=b"")
    return Due(rows, "photo.picture", rule, empty={"content_ct": b"", "crops": {}})
