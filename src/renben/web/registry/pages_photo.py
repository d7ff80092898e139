"""What the photo pages show: the resident's photo with its ledger, the recipients' door, the officer's look."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from renben.web.clock import today
from renben.web.flow.command import offered
from renben.web.flow.models import Case
from renben.web.flow.refusals import NoSuchStep, Unknown
from renben.web.guard import audit
from renben.web.guard.policy import Actor
from renben.web.registry import pages_office, people, photo_desk, photo_face, photo_ledger, photos
from renben.web.registry.models import PhotoGrant
from renben.web.registry.photo_ledger import Use


@dataclass(frozen=True)
class Offer:
    """A use as the resident sees it: granted or not, with its code, or why it cannot be granted."""

    use: Use
    grant: PhotoGrant | None
    code: str
    problem: str


def my_photo(actor: Actor) -> dict[str, Any]:
    """The photo in use, what it may be used for, and the ledger."""
    day, photo = today(), photos.in_use(actor.person_key)
    keys = people.all_keys(actor.person_key) if actor.person_key else []
    rows = photo_ledger.ledger(keys)
    running = {one.use: one for one in rows if one.revoked_at is None and one.expires_on >= day}
    offers = [
        Offer(
            use, running.get(use.name), photo_ledger.code_of(running[use.name]) if use.name in running else "",
            photo_ledger.problem(photo, use, day),
        )
        for use in photo_ledger.uses(day)
    ]  # fmt: skip
    open_case = Case.objects.filter(applicant=actor.user_id, kind="photo", closed_on=None).first()
    return {
        "photo": photo, "offers": offers, "rows": rows, "today": day, "open_case": open_case,
        "pictures": [name for name in photo_face.PICTURES if photo and name in photo.crops],
        "until": photo_ledger.usable_until(photo, "permit", day) if photo else None,
        "on_record": actor.person_key is not None,
    }  # fmt: skip


def jpeg(content: bytes, name: str = "") -> HttpResponse:
    """A picture as an answer; with a name, as a download."""
    response = HttpResponse(content, content_type="image/jpeg")
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def my_picture(actor: Actor, name: str) -> HttpResponse:
    """One picture of the resident's own photo."""
    photo = photos.in_use(actor.person_key)
    found = photos.picture(photo, name, today()) if photo else None
    if found is None:
        raise Unknown()
    return jpeg(found)


def collected(request: HttpRequest) -> HttpResponse:
    """The picture behind a code, or the form again with what is wrong."""
    try:
        content, name = photo_ledger.collect(request.POST.get("code", ""))
    except Unknown:
        return render(request, "registry/photo_collect.html", {"wrong": True}, status=404)
    return jpeg(content, name)


def office_picture(actor: Actor, case_id: UUID, query: QueryDict) -> HttpResponse:
    """The photo of a photo case with the points so far, or the applicant's picture in any other case."""
    case = pages_office.office_view(actor, case_id)
    photo = photos.of_case(case) if case.kind == "photo" else photos.in_use(case.person_key)
    if photo is None or not photos.usable(photo):
        return HttpResponse(status=204)
    audit.record(
        actor, "read", "photo.see", object_type="photo", object_id=str(photo.pk), subject=photo.person_key,
        region=case.region,
    )  # fmt: skip
    if case.kind == "photo":
        return jpeg(photo_desk.shown(photo, query))
    found = photos.picture(photo, "id_picture", today())
    if found is None:
        raise Unknown()
    return jpeg(found)


def pointed(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The photo with one more point, what would be cut, and the step that accepts it.

    Raises:
        NoSuchStep: the case is about no photo, or its photo is gone.
    """
    case = pages_office.office_view(request.actor, case_id)
    face = photo_desk.face_context(case, request.POST)
    if not face:
        raise NoSuchStep()
    steps = [one.action for one in offered(case, request.actor)]
    context = {"case": case, "face": face, "may_accept": "accept" in steps}
    return render(request, "registry/photo_face.html", context)


def given(request: HttpRequest) -> HttpResponse:
    """Grant one use and go back to the ledger."""
    photo_ledger.give(request.actor, request.POST.get("use", ""))
    return redirect("my_photo")
