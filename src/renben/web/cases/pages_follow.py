"""The page on which a code from a receipt is typed, and what it opens."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renben.web.cases import following
from renben.web.flow.refusals import Unknown

PAGE = "cases/follow.html"


def looked(request: HttpRequest) -> HttpResponse:
    """Where the report of a code stands; the form once more where there is none."""
    code = request.POST.get("code", "")
    try:
        found = following.by_code(code)
    except Unknown:
        return render(request, PAGE, {"wrong": True, "code": code[:40]}, status=404)
    return render(request, PAGE, {**found, "code": code, "found": True})


def said(request: HttpRequest) -> HttpResponse:
    """Keep what the reporter says of a closed case, and show where it stands."""
    data = request.POST
    following.say(data.get("code", ""), data.get("score", ""), data.get("word", ""), data.get("key", ""))
    return looked(request)
