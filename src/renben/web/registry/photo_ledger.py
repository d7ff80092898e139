"""The ledger of a photo's uses: who may have it, for what, on which ground, until when, and who fetched it.

Carries out: Personal Information Protection Law arts. 13, 15, 23, 29 (separate consent, told beforehand, withdrawn as
easily as given). A recipient fetches its picture with a one-time code that the resident shows; nothing is sent.
Not modelled: accounts of the receiving organs.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from renben.web.clock import now, today
from renben.web.flow.bindings import Step
from renben.web.flow.refusals import Guarded, NotAllowed, Unknown
from renben.web.guard import audit, crypto, paper_codes, scope
from renben.web.guard.policy import NOBODY, Actor
from renben.web.law import provision
from renben.web.registry import people, photos
from renben.web.registry.models import Photo, PhotoGrant
from renben.web.registry.permit_rules import add_months, add_years


@dataclass(frozen=True)
class Use:
    """One thing that a photo may be used for."""

    name: str
    picture: str
    consent: bool
    ref: str


def uses(day: dt.date) -> list[Use]:
    """Every use that is written, in order."""
    written = provision("photo.uses", day).value
    return [
        Use(name, row["picture"], row["ground"] == "consent", row["ref"]) for name, row in written.items()
    ]


def use_named(name: str, day: dt.date) -> Use:
    """One use.

    Raises:
        Unknown: not written.
    """
    for one in uses(day):
        if one.name == name:
            return one
    raise Unknown()


def usable_until(photo: Photo, use: str, day: dt.date) -> dt.date:
    """Last day on which a photo is young enough for a use."""
    months = provision("photo.max_age_months", day).value
    person = people.person(photo.person_key)
    child = person is not None and add_years(person.birth, 16) > photo.taken_on
    return add_months(photo.taken_on, int(months.get(use) or months["child" if child else "adult"]))


def problem(photo: Photo | None, use: Use, day: dt.date) -> str:
    """Word of why a photo cannot be used for something, empty where it can."""
    if photo is None:
        return "refusal.no_photo_in_use"
    if use.picture not in photo.crops:
        return "refusal.photo_not_cut"
    return "" if day <= usable_until(photo, use.name, day) else "refusal.photo_too_old"


def give(actor: Actor, name: str) -> PhotoGrant:
    """Let one use have the photo; a use that has it keeps what it has.

    Raises:
        Guarded: no photo in use, too old, or it does not hold this picture.
        NotAllowed: the law, not consent, is the ground of this use.
    """
    day = today()
    use, photo = use_named(name, day), photos.in_use(actor.person_key)
    if not use.consent:
        raise NotAllowed("refusal.photo_by_law")
    if word := problem(photo, use, day):
        raise Guarded(word)
    with transaction.atomic():
        found = grant(photo, use, day)
        audit.record(
            actor, "command", "photo.apply", object_type="photo_grant", object_id=str(found.pk),
            subject=actor.person_key, detail={"use": name, "given": True},
        )  # fmt: skip
    return found


def grant(photo: Any, use: Use, day: dt.date) -> PhotoGrant:
    """The grant of a use of a photo: the running one, or a new one with its code."""
    PhotoGrant.objects.filter(photo=photo, use=use.name, revoked_at=None, expires_on__lt=day).update(
        revoked_at=now()
    )
    found = PhotoGrant.objects.filter(photo=photo, use=use.name, revoked_at=None).first()
    if found is not None:
        return found
    months = int(provision("photo.grant_months", day).value)
    code = paper_codes.fresh()
    row = PhotoGrant(
        photo=photo, use=use.name, profile=use.picture, recipient=use.name, purpose=use.name,
        legal_basis=use.ref, consent=use.consent, notified_at=now(),
        expires_on=min(add_months(day, months), usable_until(photo, use.name, day)),
        code_index=crypto.blind_index(code, "photo.code"),
        code_ct=crypto.encrypt(code, "photo_grant.code", f"{photo.pk}/{use.name}"),
    )  # fmt: skip
    PhotoGrant.objects.bulk_create([row], ignore_conflicts=True)
    return PhotoGrant.objects.get(photo=photo, use=use.name, revoked_at=None)


def code_of(grant: PhotoGrant) -> str:
    """The code of a grant in groups of four, as the resident shows it."""
    return paper_codes.grouped(
        crypto.decrypt(grant.code_ct, "photo_grant.code", f"{grant.photo_id}/{grant.use}")
    )


def revoke(actor: Actor, grant_id: int) -> None:
    """Take a use back; what was fetched before stays written in the ledger.

    Raises:
        Unknown: not one of the resident's own grants, or ended already.
        NotAllowed: the law is its ground.
    """
    keys = people.all_keys(actor.person_key) if actor.person_key else []
    grant = PhotoGrant.objects.filter(pk=grant_id, photo__person_key__in=keys, revoked_at=None).first()
    if grant is None:
        raise Unknown()
    if not grant.consent:
        raise NotAllowed("refusal.photo_by_law")
    with transaction.atomic():
        PhotoGrant.objects.filter(pk=grant_id, revoked_at=None).update(revoked_at=now())
        audit.record(
            actor, "command", "photo.apply", object_type="photo_grant", object_id=str(grant_id),
            subject=actor.person_key, detail={"use": grant.use, "revoked": True},
        )  # fmt: skip


def collect(code: str) -> tuple[bytes, str]:
    """The picture behind a code, with its name; every fetch is written where the resident sees it.

    Raises:
        Unknown: no such code, revoked, run out, or the photo was replaced.
    """
    index = crypto.blind_index(paper_codes.folded(code), "photo.code")
    with transaction.atomic(), scope.as_job("registry"):  # whoever shows the code needs no account
        grant = (
            PhotoGrant.objects.select_related("photo")
            .filter(code_index=index, revoked_at=None, expires_on__gte=today(), photo__verdict="accepted")
            .first()
        )
        picture = photos.picture(grant.photo, grant.profile, today()) if grant else None
        if grant is None or picture is None:
            raise Unknown("refusal.photo_code")
        moment = now()
        PhotoGrant.objects.filter(pk=grant.pk).update(delivered_at=moment, deliveries=F("deliveries") + 1)
        audit.record(
            NOBODY, "export", "photo.apply", object_type="photo", object_id=str(grant.pk),
            subject=grant.photo.person_key, detail={"use": grant.use},
        )  # fmt: skip
    return picture, f"{grant.use}.jpg"


def use_for_permit(step: Step, key: uuid.UUID) -> None:
    """The permit carries the photo in use: by law, and written into the ledger."""
    photo, use = photos.in_use(key), use_named("permit", step.day)
    if photo is None or problem(photo, use, step.day):
        return
    found = grant(photo, use, step.day)
    PhotoGrant.objects.filter(pk=found.pk).update(delivered_at=now(), deliveries=F("deliveries") + 1)
    step.detail["photo"] = str(photo.pk)


def ledger(keys: list[uuid.UUID]) -> list[PhotoGrant]:
    """Every use that the photos of a person had or have, newest first."""
    rows = PhotoGrant.objects.filter(photo__person_key__in=keys).select_related("photo")
    return list(rows.order_by("-notified_at", "-pk"))
