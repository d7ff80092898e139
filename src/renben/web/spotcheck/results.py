"""What other offices found, as counts of each office whose cases were looked at; nobody's name and no single case.

Counted are looks that were said in a period that is over, so that no figure shows what was found today.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from renben.core.period import Period
from renben.engines.statistics.comparing import wilson
from renben.web import spans
from renben.web.clock import today
from renben.web.equality.comparison import few
from renben.web.guard import audit, scope
from renben.web.guard.policy import Actor, within
from renben.web.spotcheck.models import Check, Draw
from renben.web.spotcheck.offices import READ
from renben.web.withholding import Limits, limits
from renben.web.words import share_now

TABLE = "spot_check"
"""Whose limits hold for the counts."""
PERIODS = 8
"""Periods that can be chosen."""
VERDICTS = ("confirmed", "disputed", "unclear")


@dataclass(frozen=True)
class Line:
    """What was found about one office; everything is None where it is withheld."""

    office: str
    n: int | None = None
    counts: tuple[int, ...] = ()
    """In the order of VERDICTS."""
    share: float | None = None
    """Confirmed among those that could be checked."""
    low: float | None = None
    high: float | None = None
    reasons: tuple[tuple[str, int], ...] = ()
    """Why cases were not confirmed, small counts left out."""

    @property
    def named(self) -> list[tuple[str, int]]:
        """Each verdict with its count."""
        return list(zip(VERDICTS, self.counts, strict=True))


def page(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """Results of a period that is over, for the offices of an actor's regions, and the draws of its months."""
    periods = [spans.over(TABLE, today())]
    while len(periods) < PERIODS:
        periods.append(periods[-1].previous())
    period = next((one for one in periods if one.text == query.get("period")), periods[0])
    bounds = limits(TABLE, period.end)
    found, draws = lines(actor, period, bounds), _draws(actor, period, bounds)
    audit.record(
        actor, "list", READ, object_type="spot_check", detail={"rows": len(found), "period": period.text}
    )
    return {
        "lines": found, "draws": draws, "period": period, "periods": periods, "limits": bounds, "verdicts": VERDICTS,
        "confidence": share_now(bounds.confidence), "next": spans.running(TABLE, today()).end,
    }  # fmt: skip


def lines(actor: Actor, period: Period, bounds: Limits) -> list[Line]:
    """What was said in a period, by the office that closed the cases."""
    with scope.reading_as("review"):
        rows = Check.objects.filter(within(actor, READ, "office"), said_on__range=(period.start, period.end))
        said: dict[str, list[tuple[str, str]]] = {}
        for office, verdict, reason in rows.values_list("office", "verdict", "reason"):
            said.setdefault(office, []).append((verdict, reason))
    return [_line(office, said[office], bounds) for office in sorted(said)]


def _line(office: str, said: list[tuple[str, str]], bounds: Limits) -> Line:
    """A line, withheld as a whole where it rests on few or a result in it is rare; no totals are shown."""
    counted = Counter(verdict for verdict, _ in said)
    counts = tuple(counted[name] for name in VERDICTS)
    if any(few(len(said), n, bounds) for n in counts[1:]):
        return Line(office)
    checked = counts[0] + counts[1]
    low, high = wilson(counts[0], checked, bounds.confidence)
    reasons = Counter(reason for _, reason in said if reason).most_common()
    common = tuple((reason, n) for reason, n in reasons if n >= bounds.count)
    return Line(office, len(said), counts, counts[0] / checked, low, high, common)


def _draws(actor: Actor, period: Period, bounds: Limits) -> list[tuple[Draw, bool]]:
    """Draws of cases closed in a period, and whether their numbers are large enough to be shown."""
    first, last = period.start.isoformat()[:7], period.end.isoformat()[:7]
    rows = Draw.objects.filter(within(actor, READ, "office"), period__gte=first, period__lte=last)
    return [(one, one.closed >= bounds.group) for one in rows.order_by("office", "period")]
