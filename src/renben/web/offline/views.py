"""The page of drafts, what a device keeps of it, who is signed in, and the doors of the queue."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect

from renben.web.cases.reporting import MAY
from renben.web.clock import today
from renben.web.flow.refusals import Unknown
from renben.web.guard.headers import DRAFTS, KEPT, keep_drafts
from renben.web.guard.policy import PUBLIC, route
from renben.web.offline import door, sending, shell
from renben.web.registry.declarations import ASSIST
from renben.web.words import side_now

SCRIPT = "text/javascript; charset=utf-8"


@route(PUBLIC)
def index(_request: HttpRequest) -> HttpResponse:
    """To the page in the language of the request."""
    return redirect("offline_page", list(shell.LANGUAGES)[side_now()])


@route(PUBLIC)
def page(_request: HttpRequest, language: str) -> HttpResponse:
    """The page of drafts: the same for everybody, since a device keeps it."""
    return HttpResponse(shell.page(_known(language), today()))


@route(PUBLIC)
def kit(_request: HttpRequest, language: str) -> HttpResponse:
    """Words, lists and values for the page's scripts."""
    return JsonResponse(shell.kit(_known(language), today()))


def _known(language: str) -> str:
    if language not in shell.LANGUAGES:
        raise Unknown()
    return language


@route(PUBLIC)
def away(_request: HttpRequest) -> HttpResponse:
    """What a device shows instead of any other page while there is no network."""
    return HttpResponse(shell.away())


@route(PUBLIC)
def worker(_request: HttpRequest) -> HttpResponse:
    """The worker's script; it stands at the root, since it answers for every page when there is no network."""
    return HttpResponse(shell.worker(today()), content_type=SCRIPT)


@route(PUBLIC)
def who(request: HttpRequest) -> HttpResponse:
    """Which account is signed in, what it may send, a fresh form token and the service's day."""
    actor = request.actor
    may = {"declaration": "registration.apply", "visit": ASSIST, "report": MAY}
    kinds = [kind for kind, permission in may.items() if actor.may(permission)]
    if "report" in kinds and not actor.may("my.read"):
        kinds.remove("report")  # such an account's reports are nobody's, as on the form
    account = door.opaque(request.user)
    return JsonResponse(
        {"account": account, "may": kinds, "token": get_token(request), "day": today().isoformat()}
    )


@route(PUBLIC, "POST")
def device(request: HttpRequest) -> HttpResponse:
    """Turn drafts on this device on or off: a cookie, by which signing out knows that it must not clear them unasked."""
    response = HttpResponse(status=204)
    if request.POST.get("drafts") == KEPT:
        keep_drafts(request, response, KEPT)
    else:
        response.delete_cookie(DRAFTS, samesite="Lax")
    return response


@route("address.list")
def addresses(request: HttpRequest) -> HttpResponse:
    """Standard addresses of a county, for a device to keep."""
    return JsonResponse(sending.addresses(request.GET.get("region", "")))


@route("registration.apply", "POST")
@door.answered
def declaration(request: HttpRequest) -> dict[str, object]:
    """Take a household's own registration in."""
    return sending.declaration(request)


@route("registration.assist", "POST")
@door.answered
def visit(request: HttpRequest) -> dict[str, object]:
    """Take in what an officer wrote down on a visit."""
    return sending.visit(request)


@route(PUBLIC, "POST")
@door.answered
def report(request: HttpRequest) -> dict[str, object]:
    """Take in a problem in the street."""
    return sending.report(request)
