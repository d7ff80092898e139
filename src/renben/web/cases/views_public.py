"""Pages that need no account: report a problem in the street, follow it, and read what is public of all cases."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renben.web.cases import pages_follow, pages_public, pages_report
from renben.web.guard.policy import PUBLIC, route


@route(PUBLIC)
def city(request: HttpRequest) -> HttpResponse:
    """Filed cases of a place: list, map, how many and how many in time."""
    return render(request, "cases/city.html", pages_public.page(request.GET))


@route(PUBLIC, "GET", "POST")
def report(request: HttpRequest) -> HttpResponse:
    """Report a problem, one question per page."""
    return pages_report.answered(request) if request.method == "POST" else pages_report.begin(request)


@route(PUBLIC, "GET", "POST")
def follow(request: HttpRequest) -> HttpResponse:
    """Follow a report by its code."""
    return (
        pages_follow.looked(request) if request.method == "POST" else render(request, pages_follow.PAGE, {})
    )


@route(PUBLIC, "POST")
def follow_opinion(request: HttpRequest) -> HttpResponse:
    """Say whether it is really put right."""
    return pages_follow.said(request)
