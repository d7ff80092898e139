"""Counts the comparison once for every period that is over and keeps it: a decision of today changes nothing shown today.

Each range of regions over which somebody may read has a snapshot of its own, and an account sees that of its own range
only: two ranges of which one lies in the other would give away what is withheld. A period before the service's first
case has none. A correction counts anew and adds a version that says why; the versions before stay.

Not modelled: two accounts of different ranges that put their figures together.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from django.db import transaction

from renben.core.period import Period
from renben.web import spans
from renben.web.append import append
from renben.web.clock import today
from renben.web.equality.comparison import TABLE, Cell, compare
from renben.web.equality.decisions import DIMENSIONS, Decision, decisions
from renben.web.equality.models import Snapshot
from renben.web.flow.models import CaseEvent
from renben.web.guard import audit, scope
from renben.web.guard.models import Grant
from renben.web.guard.policy import Actor, covers, policy
from renben.web.withholding import Limits, limits

READ = "equality.read"
JOB = Actor(None, job="registry")
EVERYWHERE = ""
DISTRICT = DIMENSIONS.index("district")
LONGEST_WHY = 400


class NotCounted(ValueError):
    """A correction that cannot be made."""

    shown_to_users = True


def daily() -> int:
    """Count what is over today (snapshots)."""
    return count(today())


def ranges() -> list[str]:
    """Ranges over which some account may read, and everything."""
    roles = policy().permissions[READ].roles
    granted = Grant.objects.filter(role__in=roles, taken_at=None).values_list("region", flat=True)
    return sorted({EVERYWHERE, *(region[:6] for region in granted.distinct())})


@dataclass
class Cases:
    """Decided cases by period, read once for all ranges."""

    read: dict[str, list[Decision]] = field(default_factory=dict)

    def of(self, period: Period, range_: str) -> list[Decision]:
        """Those of a range of regions."""
        if period.text not in self.read:
            self.read[period.text] = decisions(JOB, READ, period.start, period.end)
        return [one for one in self.read[period.text] if covers(range_, one.groups[DISTRICT])]


def count(day: dt.date) -> int:
    """Make the snapshots that are not there yet of periods that are over on a day (snapshots)."""
    with transaction.atomic(), scope.as_job("registry"):
        begun = CaseEvent.objects.order_by("pk").values_list("day", flat=True).first()
        if begun is None:
            return 0
        newest = dict(Snapshot.objects.filter(version=1).order_by("pk").values_list("range", "period"))
        cases = Cases()
        fresh = [
            _counted(range_, period, cases, day)
            for range_ in ranges()
            for period in spans.since(TABLE, newest.get(range_, ""), day)
            if period.end >= begun
        ]
        return append(*fresh, skip_known=True) if fresh else 0


def _counted(range_: str, period: Period, cases: Cases, day: dt.date) -> Snapshot:
    bounds = limits(TABLE, period.end)
    cells = [asdict(cell) for cell in compare(cases.of(period, range_), bounds)]
    return Snapshot(
        range=range_, period=period.text, version=1, made_on=day, why="", cells=cells, group=bounds.group,
        count=bounds.count, confidence=bounds.confidence,
    )  # fmt: skip


def correct(period: str, why: str) -> int:
    """Count a period anew and add a version for each range in which something differs (versions).

    Args:
        period: of which there are snapshots.
        why: what was wrong, shown on the page.

    Raises:
        NotCounted: no reason, or nothing was counted for the period.
    """
    if not why.strip():
        raise NotCounted(
            f"correction of {period}: no reason given; say with --why what was wrong, the page shows it."
        )
    with transaction.atomic(), scope.as_job("registry"):
        before = newest_of(Snapshot.objects.filter(period=period))
        if not before:
            known = sorted(set(Snapshot.objects.values_list("period", flat=True)))
            raise NotCounted(
                f"{period}: nothing was counted for it; counted are {', '.join(known) or 'none so far'}."
            )
        cases, made = Cases(), 0
        for old in before:
            fresh = _counted(old.range, Period(period), cases, today())
            if fresh.cells != old.cells:
                fresh.version, fresh.why = old.version + 1, why.strip()[:LONGEST_WHY]
                made += append(fresh)
        audit.record(JOB, "system", READ, object_type="equality", object_id=period, detail={"versions": made})
    return made


def newest_of(rows: Iterable[Snapshot]) -> list[Snapshot]:
    """The newest version of each range and period, the latest period first."""
    found: dict[tuple[str, str], Snapshot] = {}
    for row in sorted(rows, key=lambda one: one.version):
        found[row.range, row.period] = row
    return sorted(found.values(), key=lambda one: Period(one.period), reverse=True)


def cells_of(one: Snapshot) -> list[Cell]:
    """The cells as they were counted."""
    return [Cell(**row) for row in one.cells]


def limits_of(one: Snapshot) -> Limits:
    """The limits under which it was counted."""
    return Limits(one.group, one.count, one.confidence)


def of(actor: Actor) -> list[Snapshot]:
    """Snapshots of exactly the ranges of an actor's grants, the newest version of each, the latest period first."""
    mine = [region[:6] for region in actor.regions(READ)]
    return newest_of(Snapshot.objects.filter(range__in=mine))


def first_day(day: dt.date) -> dt.date:
    """The day on which the period that is running now can be counted."""
    return spans.running(TABLE, day).end + dt.timedelta(days=1)
