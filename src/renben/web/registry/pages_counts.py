"""What officers see in numbers: what applicants said, and how many live where."""

import datetime as dt
from typing import Any

from django.http import QueryDict

from renben.web.clock import today
from renben.web.flow.definition import newest
from renben.web.guard import audit
from renben.web.guard.policy import Actor
from renben.web.law import provision
from renben.web.registry import opinions, population_counts
from renben.web.withholding import limits
from renben.web.words import say_now, share_now

OPINION_YEARS = 3
"""Years of opinions that can be chosen."""
CONCEPTS = ("actual", "resident", "separated", "floating", "floating_by_order")
"""Population concepts in the order of their columns."""


def opinions_page(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """What applicants said about closed cases in a year, by office and kind.

    The running month is not counted: whoever looked every day could see what the last one said.
    """
    years = range(today().year, today().year - OPINION_YEARS, -1)
    year = next((one for one in years if str(one) == query.get("year")), today().year)
    bounds = limits(opinions.TABLE, today())
    last = min(dt.date(year, 12, 31), today().replace(day=1) - dt.timedelta(days=1))
    found = opinions.lines(actor, dt.date(year, 1, 1), last, bounds)
    audit.record(actor, "list", opinions.READ, object_type="opinion", detail={"rows": len(found)})
    return {
        "lines": [(one, newest(one.kind)) for one in found], "last": last, "year": year, "years": years, "limits": bounds,
        "confidence": share_now(bounds.confidence),
    }  # fmt: skip


def population(actor: Actor) -> dict[str, Any]:
    """Counts of the five concepts per county, and what each of them means."""
    law = provision("population_concepts.half_year_months", today())
    means = [(name, say_now(f"population.{name}.means", months=law.value)) for name in CONCEPTS]
    return {"rows": population_counts.counts(actor, today()), "today": today(), "law": law, "means": means}
