"""What the doors of the queue have in common: whose draft it is, what was sent, and how they answer.

A draft belongs to the account under which it was begun, or to nobody. It is never taken in under another one: the page
looks before it sends, and the door looks again. Nothing else that a device says is trusted: every answer goes through the
forms of the pages, and the number is given here.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from pydantic import ValidationError

from renben.core.errors import LawError
from renben.web.api.schemas import DeclarationIn
from renben.web.flow.refusals import Incomplete, Refusal
from renben.web.flow.workdays import CalendarError
from renben.web.look.errors import told
from renben.web.offline.shell import LANGUAGES
from renben.web.registry.declarations import COUNTER, Mistaken

MISTAKEN = 422


class OtherAccount(Refusal):
    """The draft belongs to another account than the one that is signed in."""

    status = 409
    word = "offline.other_account"


def opaque(user: Any) -> str:
    """By what a device knows an account again: nothing can be read from it, and no change of keys alters it.

    Empty for somebody who is not signed in.
    """
    if not user.is_authenticated:
        return ""
    return hashlib.sha256(f"{user.pk}|{user.date_joined.isoformat()}".encode()).hexdigest()[:32]


def answered(take: Callable[[HttpRequest], dict[str, Any]]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer in JSON and in the language of the draft; refuse another account's, and say every mistake by its field."""

    @wraps(take)
    def spoken(request: HttpRequest) -> HttpResponse:
        language = LANGUAGES.get(request.POST.get("language", ""), LANGUAGES["zh"])
        with translation.override(language):
            try:
                return JsonResponse(take(request))
            except Mistaken as error:
                found = [{"where": one.where, "why": one.why} for one in error.mistakes]
                return JsonResponse({"mistakes": found}, status=MISTAKEN)
            except Refusal as error:
                return JsonResponse({"code": error.word, "problem": told(error)}, status=error.status)
            except (LawError, CalendarError) as error:
                return JsonResponse({"code": "law", "problem": str(error)}, status=MISTAKEN)

    return spoken


def owned(request: HttpRequest) -> bool:
    """Whether the draft is the signed-in account's; False for one that is nobody's.

    Raises:
        OtherAccount: somebody else's, or nobody is signed in.
    """
    account = request.POST.get("account", "")
    if account and account != opaque(request.user):
        raise OtherAccount()
    return bool(account)


def key_of(request: HttpRequest) -> str:
    """The one-time key that was made with the draft.

    Raises:
        Incomplete: none.
    """
    try:
        return str(UUID(request.POST.get("key", "")))
    except ValueError as error:
        raise Incomplete(fields="key") from error


def draft_of(request: HttpRequest) -> dict[str, Any]:
    """What was written down, as text in JSON.

    Raises:
        Incomplete: nothing that can be read.
    """
    try:
        found = json.loads(request.POST.get("draft", ""))
    except (ValueError, RecursionError) as error:
        raise Incomplete("offline.unreadable") from error
    if not isinstance(found, dict):
        raise Incomplete("offline.unreadable")
    return found


def household_of(request: HttpRequest) -> dict[str, Any]:
    """A declaration in the shape in which programs send it, with the file that came along.

    Raises:
        Incomplete: not in that shape.
    """
    found = draft_of(request)
    ticks = found.pop(COUNTER, None)
    try:
        given = DeclarationIn.model_validate(found).dict(exclude_unset=True)
    except ValidationError as error:
        raise Incomplete("offline.unreadable") from error
    file = request.FILES.get("file")
    if file is not None:
        content = base64.b64encode(file.read()).decode()
        given["proof"] = {**given["proof"], "file": {"name": str(file.name), "base64": content}}
    return given if ticks is None else {**given, COUNTER: ticks}
