"""Pages of the dashboards: overview, measure, region, indicators, one indicator."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renben.web.dashboards import pages
from renben.web.guard.policy import route


@route("indicator.read")
def overview(request: HttpRequest) -> HttpResponse:
    """Goals, map, actions."""
    return render(request, "dashboards/overview.html", pages.overview())


@route("indicator.read")
def measure(request: HttpRequest, number: int) -> HttpResponse:
    """One measure."""
    return render(
        request, "dashboards/measure.html", pages.measure(number, request.actor.may("task.supervise"))
    )


@route("indicator.read")
def region(request: HttpRequest, code: str) -> HttpResponse:
    """One region."""
    return render(request, "dashboards/region.html", pages.region(code))


@route("indicator.read")
def indicators(request: HttpRequest) -> HttpResponse:
    """All indicators."""
    return render(request, "dashboards/indicators.html", pages.indicators())


@route("indicator.read")
def indicator(request: HttpRequest, indicator: str) -> HttpResponse:
    """One indicator."""
    return render(request, "dashboards/indicator.html", pages.indicator(indicator, request.GET))
