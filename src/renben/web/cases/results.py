"""What handling comes to: how many reports were filed, handled in time, closed, put right at once, and how reporters judge it.

Counted are cases, by unit and by county. Filing looks at the cases that were reported in a period; everything else at those
whose handling limit ended in it. The formulas are those of digital city management (indicators C29-01 to C29-04).
Not modelled: weights and points of units, and repeated reports beyond their number.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median

from django.db.models import Q, QuerySet

from renben.core.period import Period
from renben.engines.statistics.comparing import median_interval, wilson
from renben.web.cases.bindings import KIND
from renben.web.cases.models import CityCase
from renben.web.clock import end_of, start_of
from renben.web.equality.comparison import few
from renben.web.flow import deadlines
from renben.web.guard import scope
from renben.web.guard.policy import Actor, within
from renben.web.registry.models import Opinion
from renben.web.registry.opinions import CONTENT
from renben.web.withholding import Limits

READ = "city.results"
UNTRUE = "untrue"
"""Reason for which a report was none."""
HOUR = dt.timedelta(hours=1)
RATES = ("filing", "in_time", "closing", "rework", "reopened", "content")


@dataclass(frozen=True)
class Rate:
    """A share with what it is a share of, and its Wilson interval; everything but the name is None where it is withheld."""

    name: str
    hits: int | None = None
    n: int | None = None
    share: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Hours:
    """Median hours from sending out to what counted as done, with a distribution-free interval."""

    n: int = 0
    median: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass
class Counted:
    """What was counted for one unit or county (cases; hours)."""

    reported: int = 0
    filed: int = 0
    due: int = 0
    in_time: int = 0
    closed: int = 0
    reworked: int = 0
    reopened: int = 0
    hours: list[float] = field(default_factory=list)
    said: list[int] = field(default_factory=list)
    """Marks that reporters gave."""


@dataclass(frozen=True)
class Line:
    """The figures of one unit or county."""

    name: str
    rates: tuple[Rate, ...]
    """In the order of RATES."""
    hours: Hours


def filing(counted: Counted) -> tuple[int, int]:
    """C29-01: filed cases of valid reports."""
    return counted.filed, counted.reported


def in_time(counted: Counted) -> tuple[int, int]:
    """C29-02: handled within the limit, of what was due."""
    return counted.in_time, counted.due


def closing(counted: Counted) -> tuple[int, int]:
    """C29-03: closed, of what was due."""
    return counted.closed, counted.due


def rework(counted: Counted) -> tuple[int, int]:
    """C29-04: not put right when somebody first looked, of what was closed."""
    return counted.reworked, counted.closed


def reopened(counted: Counted) -> tuple[int, int]:
    """Opened again after it was closed, of what was due."""
    return counted.reopened, counted.due


def content(counted: Counted) -> tuple[int, int]:
    """Reporters who gave four or five of five marks, of those who gave any."""
    return sum(mark >= CONTENT for mark in counted.said), len(counted.said)


FORMULAS: tuple[Callable[[Counted], tuple[int, int]], ...] = (
    filing,
    in_time,
    closing,
    rework,
    reopened,
    content,
)
"""In the order of RATES."""


def line(name: str, counted: Counted, confidence: float, opinions: Limits) -> Line:
    """The figures of one unit or county.

    >>> one = line("x", Counted(1000, 940, 900, 846, 880, 22), 0.95, Limits(10, 3, 0.95))
    >>> [round(rate.share, 5) for rate in one.rates[:4]]
    [0.94, 0.94, 0.97778, 0.025]
    """
    rates = [
        _rate(name_, *formula(counted), confidence) for name_, formula in zip(RATES, FORMULAS, strict=True)
    ]
    if few(len(counted.said), content(counted)[0], opinions):
        rates[-1] = Rate(RATES[-1])
    return Line(name, tuple(rates), hours(counted.hours, confidence))


def _rate(name: str, hits: int, n: int, confidence: float) -> Rate:
    if not n:
        return Rate(name, hits, n)
    return Rate(name, hits, n, hits / n, *wilson(hits, n, confidence))


def hours(found: list[float], confidence: float) -> Hours:
    """The median of some spans (hours)."""
    if not found:
        return Hours()
    return Hours(len(found), median(found), *median_interval(found, confidence))


def counted_by(actor: Actor, period: Period, key: str) -> dict[str, Counted]:
    """Cases of an actor's regions in a period, by `unit` or `region`.

    What was not sent out yet has no unit and is counted by county only.
    """
    found: dict[str, Counted] = {}
    with scope.reading_as("review"):
        if key == "region":
            _reported(CityCase.objects.filter(within(actor, READ)), period, found)
        for one in _due(CityCase.objects.filter(within(actor, READ)), period):
            if name := getattr(one, key):
                _count(found.setdefault(name, Counted()), one)
        _opinions(actor, period, key, found)
    return found


def _reported(rows: QuerySet[CityCase], period: Period, found: dict[str, Counted]) -> None:
    """Valid reports: not joined to another case, not void, and not found untrue; and those of them that were filed."""
    of_period = rows.filter(reported_at__range=_moments(period)).exclude(reason=UNTRUE)
    for region, filed in of_period.exclude(case__stage__in=("joined", "void")).values_list(
        "region", "filed_at"
    ):
        one = found.setdefault(region, Counted())
        one.reported += 1
        one.filed += filed is not None


def _due(rows: QuerySet[CityCase], period: Period) -> Iterable[CityCase]:
    """Cases that were done with a limit that ended in a period, or whose limit ran out in it; not those that rest."""
    done = Q(done_at__isnull=False, due_at__range=_moments(period))
    ended = Q(case__due_on__range=(period.start, period.end), case__paused_since=None)
    open_ = Q(done_at=None, case__clock="handle") & ended
    fit = rows.filter(done | open_).exclude(case__stage__in=("joined", "void", "rejected")).exclude(unit="")
    columns = ("unit", "region", "in_time", "failed", "reopened", "dispatched_at", "done_at", "case")
    for one in fit.select_related("case").only(*columns, "case__stage", "case__due_on", "case__due_at"):
        if one.done_at is not None or deadlines.is_over(one.case):
            yield one


def _count(counted: Counted, one: CityCase) -> None:
    closed = one.case.stage == "closed"
    counted.due += 1
    counted.in_time += bool(one.in_time)
    counted.closed += closed
    counted.reworked += closed and one.failed > 0
    counted.reopened += one.reopened > 0
    if one.dispatched_at and one.done_at:
        counted.hours.append((one.done_at - one.dispatched_at) / HOUR)


def _opinions(actor: Actor, period: Period, key: str, found: dict[str, Counted]) -> None:
    """Marks that were given in a period."""
    rows = Opinion.objects.filter(within(actor, READ), kind=KIND, given_on__range=(period.start, period.end))
    column = "region" if key == "region" else f"case__city_case__{key}"
    for name, mark in rows.values_list(column, "score"):
        if name:
            found.setdefault(name, Counted()).said.append(mark)


def _moments(period: Period) -> tuple[dt.datetime, dt.datetime]:
    return start_of(period.start), end_of(period.end)
