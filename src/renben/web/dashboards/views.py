"""Pages of the dashboards: overview, goal, measure, region, indicators, one indicator, and what is behind a number."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renben.web.dashboards import pages, tracing
from renben.web.guard.policy import route


@route("indicator.read")
def overview(request: HttpRequest) -> HttpResponse:
    """Goals, map, actions."""
    sees_tasks = request.actor.may("task.supervise")
    return render(request, "dashboards/overview.html", {**pages.overview(), "sees_tasks": sees_tasks})


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


@route("indicator.read")
def goal(request: HttpRequest, goal: str) -> HttpResponse:
    """One goal of the plan."""
    return render(request, "dashboards/goal.html", tracing.goal_page(goal))


@route("indicator.read")
def version(request: HttpRequest, dataset: str, period: str, vintage: str) -> HttpResponse:
    """One dataset version behind a number."""
    return render(request, "dashboards/version.html", tracing.version_page(dataset, period, vintage))


@route("indicator.read")
def source(request: HttpRequest, source: str) -> HttpResponse:
    """One publication behind a number."""
    return render(request, "dashboards/source.html", tracing.source_page(source))


@route("indicator.read")
def receipt(request: HttpRequest, indicator: str) -> HttpResponse:
    """What one number rested on, as a file."""
    return tracing.receipt_file(indicator, request.GET)
