"""The page of the comparison."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renben.web.equality import pages
from renben.web.guard.policy import route


@route("equality.read")
def page(request: HttpRequest) -> HttpResponse:
    """Whether like cases are decided alike."""
    return render(request, "equality/page.html", pages.page(request.actor, request.GET))
