"""The page of the results, and the same as a table for other programs."""

import csv
import io
from typing import Any

from django.http import HttpResponse, QueryDict

from renben.core.period import Period, of_kind
from renben.web.cases.results import RATES, READ, Line, counted_by, line
from renben.web.clock import today
from renben.web.guard import audit
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.registry.opinions import TABLE as OPINIONS
from renben.web.withholding import limits
from renben.web.words import say_now, share_now, written

KEYS = ("unit", "region")
SPANS = {"monthly": 13, "quarterly": 5}
"""Kinds of period and how many of each can be chosen, the running one first."""
INDICATORS = {"filing": "C29-01", "in_time": "C29-02", "closing": "C29-03", "rework": "C29-04"}


def page(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """Results of a period by unit and by county, with their definitions."""
    found = periods()
    period = chosen(query)
    tables = {key: lines(actor, period, key) for key in KEYS}
    audit.record(actor, "list", READ, object_type="city_results",
                 detail={"rows": sum(map(len, tables.values())), "period": period.text})  # fmt: skip
    confidence = provision("city_case.confidence", period.end)
    return {
        "tables": tables.items(), "period": period, "periods": found, "running": period.end >= today(), "rates": RATES,
        "indicators": INDICATORS, "confidence": share_now(float(confidence.value)), "limits": limits(OPINIONS, period.end),
    }  # fmt: skip


def periods() -> list[Period]:
    """Months and quarters that can be chosen, the running ones first."""
    found = []
    for kind, most in SPANS.items():
        one = of_kind(kind, today())
        for _ in range(most):
            found.append(one)
            one = one.previous()
    return found


def chosen(query: QueryDict) -> Period:
    """The period that an address asks for, else the running month."""
    found = periods()
    return next((one for one in found if one.text == query.get("period")), found[0])


def lines(actor: Actor, period: Period, key: str) -> list[Line]:
    """Figures by unit or county, in the order of their names."""
    confidence = float(provision("city_case.confidence", period.end).value)
    bounds, found = limits(OPINIONS, period.end), counted_by(actor, period, key)
    return [line(name, found[name], confidence, bounds) for name in sorted(found)]


@written()
def file(actor: Actor, query: QueryDict) -> HttpResponse:
    """The results of a period as CSV: one row for each unit or county and figure."""
    period = chosen(query)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(
        [
            say_now(f"city.results.column.{name}")
            for name in ("by", "name", "period", "figure", "hits", "n", "value", "low", "high")
        ]
    )
    rows = [row for key in KEYS for one in lines(actor, period, key) for row in _rows(key, one, period)]
    table.writerows(rows)
    audit.record(
        actor, "export", READ, object_type="city_results", detail={"rows": len(rows), "period": period.text}
    )
    answer = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="city-results-{period.text}.csv"'
    return answer


def _rows(key: str, one: Line, period: Period) -> list[list[Any]]:
    """The rows of one unit or county; a figure that is withheld is empty."""
    found: list[list[Any]] = [
        [key, one.name, period.text, rate.name, *_cells(rate.hits, rate.n, rate.share, rate.low, rate.high)]
        for rate in one.rates
        if key == "region" or rate.name != "filing"
    ]
    span = one.hours
    return [
        *found,
        [key, one.name, period.text, "median_hours", *_cells(None, span.n, span.median, span.low, span.high)],
    ]


def _cells(hits: int | None, n: int | None, *values: float | None) -> list[Any]:
    shown = ["" if value is None else f"{value:.6g}" for value in values]
    return ["" if hits is None else hits, "" if n is None else n, *shown]
