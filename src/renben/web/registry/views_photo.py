"""Pages of the photo: the resident's ledger, the officer's check, and the recipients' door."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.guard.policy import PUBLIC, route
from renben.web.registry import pages_photo, photo_ledger


@route("my.read")
def my_photo(request: HttpRequest) -> HttpResponse:
    """The photo in use, what it is used for, and who has it."""
    return render(request, "registry/my_photo.html", pages_photo.my_photo(request.actor))


@route("my.read")
def my_picture(request: HttpRequest, name: str) -> HttpResponse:
    """One picture of one's own photo."""
    return pages_photo.my_picture(request.actor, name)


@route("photo.apply", "POST")
def give(request: HttpRequest) -> HttpResponse:
    """Let one use have the photo."""
    return pages_photo.given(request)


@route("photo.apply", "POST")
def revoke(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Take one use back."""
    photo_ledger.revoke(request.actor, grant_id)
    return redirect("my_photo")


@route(PUBLIC, "GET", "POST")
def collect(request: HttpRequest) -> HttpResponse:
    """A recipient fetches the picture for which a resident gave it a code."""
    if request.method == "POST":
        return pages_photo.collected(request)
    return render(request, "registry/photo_collect.html", {})


@route("photo.see")
def office_picture(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The photo of a case; every look is recorded."""
    return pages_photo.office_picture(request.actor, case_id, request.GET)


@route("photo.review", "GET", "POST")
def face(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Point at ears, eyes, hair and chin; nothing is kept before the photo is accepted."""
    return pages_photo.pointed(request, case_id)
