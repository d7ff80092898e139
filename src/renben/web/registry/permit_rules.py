"""Dates of a residence permit's life: eligibility, endorsement windows, lapse, residence years.

Carries out: Decree 663 arts. 2, 9, 10. Art. 10 does not say whether years lost by a late endorsement restart
or only pause; both readings are here, the provision permit_lifecycle.lapse_rule chooses.
"""

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from renben.web.law import provision

DAY = dt.timedelta(days=1)


def add_months(day: dt.date, months: int) -> dt.date:
    """A day some calendar months later, cut to the month's end.

    >>> add_months(dt.date(2025, 8, 31), 6)
    datetime.date(2026, 2, 28)
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_years(day: dt.date, years: int) -> dt.date:
    """A day some years later; 29 February becomes 28 February where there is none."""
    return add_months(day, 12 * years)


def eligible_on(arrival: dt.date, day: dt.date, region: str = "") -> dt.date:
    """First day on which half a year of living there is reached, from arrival (Decree 663 art. 2; ADR 0007)."""
    law = provision("residence_permit.min_months", day, region)
    return add_months(arrival, int(law.value))


@dataclass(frozen=True)
class Window:
    """The days in which an endorsement is made, both included."""

    opens: dt.date
    due: dt.date

    def holds(self, day: dt.date) -> bool:
        """Whether a day lies in the window."""
        return self.opens <= day <= self.due


def next_due(anchor: dt.date, after: dt.date, region: str = "") -> dt.date:
    """First full year of residence after a day."""
    years = int(provision("permit_lifecycle.endorsement_every_years", after, region).value)
    count = 1
    while add_years(anchor, years * count) <= after:
        count += 1
    return add_years(anchor, years * count)


def window(due: dt.date, region: str = "") -> Window:
    """The endorsement window that ends on a due day (Decree 663 art. 10, second paragraph)."""
    months = int(provision("residence_permit.endorse_window_months", due, region).value)
    return Window(add_months(due, -months), due)


def anchor_day(registered: dt.date, issued: dt.date, region: str = "") -> dt.date:
    """Day from which full years count: the provision says issue or registration."""
    return issued if provision("permit_lifecycle.anchor", issued, region).value == "issue" else registered


def anchor_after_late(anchor: dt.date, done: dt.date, region: str = "") -> dt.date:
    """Anchor after a late endorsement: that day under `restart`, unchanged under `pause`."""
    return done if provision("permit_lifecycle.lapse_rule", done, region).value == "restart" else anchor


def residence_years(
    anchor: dt.date, gaps: Sequence[tuple[dt.date, dt.date]], asked: dt.date, rule: str
) -> int:
    """Full years of continuous residence under a permit (years).

    Args:
        anchor: day from which years count.
        gaps: (lapse, late endorsement) of every suspension, in order.
        asked: the day on which the years are asked for.
        rule: restart (from the last late endorsement) or pause (without the gaps).

    Raises:
        ValueError: another rule.
    """
    if rule not in ("restart", "pause"):
        raise ValueError(f"lapse rule {rule!r}: restart or pause.")
    closed = [gap for gap in gaps if gap[1] <= asked]
    if rule == "restart":
        return _full_years(closed[-1][1] if closed else anchor, asked)
    lost = sum(((end - start).days for start, end in closed), 0)
    return _full_years(anchor, asked - lost * DAY)


def _full_years(start: dt.date, end: dt.date) -> int:
    years = end.year - start.year
    return years if add_years(start, years) <= end else max(years - 1, 0)


def union_years(intervals: Sequence[tuple[dt.date, dt.date]]) -> float:
    """Length of the union of intervals, so that no day counts twice (years of 365.25 days)."""
    total, reached = 0, None
    for start, end in sorted(intervals):
        begin = start if reached is None or start > reached else reached
        if end > begin:
            total += (end - begin).days
            reached = end
    return total / 365.25
