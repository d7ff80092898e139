"""Residence years across cities: which spells under a permit count here, which do not, and why.

Carries out: Decree 663 arts. 10 (endorsement, years counted continuously) and 16 (years as a condition of settling).
Art. 10 does not say whether a lapse restarts the years or only leaves its own days out; both readings are here, the
provision permit_lifecycle.lapse_rule chooses. Whether years from elsewhere count is the receiving city's rule.
Not modelled: years before permits existed; a temporary residence card of earlier years.
"""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from renben.web.registry.permit_rules import residence_years

RULES = ("restart", "pause")
RECOGNISED = ("none", "province", "nation")


@dataclass(frozen=True)
class Lived:
    """A spell of living in a county: from arrival until departure (not included), None while it goes on."""

    region: str
    since: dt.date
    until: dt.date | None


@dataclass(frozen=True)
class Held:
    """A permit: from when its years are counted, until when it was held, and the times for which it was suspended."""

    region: str
    number: str
    since: dt.date
    until: dt.date | None
    lapses: tuple[tuple[dt.date, dt.date | None], ...] = ()
    """(lapse, late endorsement), None where it was never endorsed again."""


@dataclass(frozen=True)
class Record:
    """What one city knows of a person."""

    lived: tuple[Lived, ...]
    held: tuple[Held, ...]
    issuer: str = ""
    """Party that certified it; empty for our own records."""
    standing: str = "counted"
    """Of a certificate: undecided, counted or declined."""


@dataclass(frozen=True)
class Rule:
    """The provisions by which years are counted here."""

    home: str
    """Region whose rule it is (six digits)."""
    lapse: str
    recognised: str
    most_gap: int
    """Days between two cities that do not break continuity, under the reading restart."""


@dataclass(frozen=True)
class Line:
    """One stretch of days under a permit: whether it counts, and the reason where it does not."""

    region: str
    since: dt.date
    until: dt.date
    counts: bool
    reason: str
    """Word key years.reason.NAME."""
    issuer: str = ""
    permit: str = ""

    @property
    def days(self) -> int:
        """Length (days)."""
        return (self.until - self.since).days


@dataclass(frozen=True)
class Ledger:
    """Every stretch in order, and the years that count."""

    lines: tuple[Line, ...]
    years: int
    """Full years that count here (years)."""
    days: int
    """Days that count, each once (days)."""
    rule: Rule


def ledger(records: Sequence[Record], rule: Rule, day: dt.date) -> Ledger:
    """Which stretches under a permit count here on a day.

    Args:
        records: our own and certified ones.
        rule: the receiving city's.
        day: the day on which the years are asked for.

    Raises:
        ValueError: a rule that is not known.
    """
    if rule.lapse not in RULES or rule.recognised not in RECOGNISED:
        raise ValueError(
            f"rule {rule.lapse!r}, {rule.recognised!r}: {', '.join(RULES)}; {', '.join(RECOGNISED)}."
        )
    found = [line for record in records for line in _stretches(record, rule, day)]
    found.sort(key=lambda one: (one.since, one.until, one.issuer != ""))
    lines = _each_day_once(found)
    if rule.lapse == "restart":
        lines = _continuous(lines, records, rule)
    counted = [(one.since, one.until) for one in lines if one.counts]
    return Ledger(tuple(lines), _full_years(counted, day), sum((b - a).days for a, b in counted), rule)


def _stretches(record: Record, rule: Rule, day: dt.date) -> list[Line]:
    """The stretches of every permit of a record, those under suspension among them."""
    found = []
    for one in record.held:
        end = min(one.until or day, day)
        at = one.since
        for lapsed, endorsed in one.lapses:
            found.append(_line(record, one, at, min(lapsed, end), rule, ""))
            found.append(_line(record, one, lapsed, min(endorsed or end, end), rule, "suspended"))
            at = min(endorsed or end, end)
        found.append(_line(record, one, at, end, rule, ""))
    return [line for line in found if line.days > 0]


def _line(record: Record, one: Held, since: dt.date, until: dt.date, rule: Rule, reason: str) -> Line:
    reason = _elsewhere(record, one, rule) or reason
    return Line(one.region, since, until, not reason, reason or "counts", record.issuer, one.number)


def _elsewhere(record: Record, one: Held, rule: Rule) -> str:
    """Why a permit of another city does not count here, empty where it does."""
    if not record.issuer and one.region[:4] == rule.home[:4]:
        return ""
    if record.standing != "counted":
        return record.standing
    if rule.recognised == "none":
        return "not_recognised"
    if rule.recognised == "province" and one.region[:2] != rule.home[:2]:
        return "other_province"
    return ""


def _each_day_once(lines: Sequence[Line]) -> list[Line]:
    """No day counts twice: what an earlier stretch has counted is cut off a later one."""
    found: list[Line] = []
    reached: dt.date | None = None
    for one in lines:
        if not one.counts or reached is None or one.since >= reached:
            found.append(one)
        elif one.until <= reached:
            found.append(_changed(one, one.since, one.until, "twice"))
        else:
            found += [_changed(one, one.since, reached, "twice"), _changed(one, reached, one.until, "counts")]
        if one.counts:
            reached = max(reached or one.until, one.until)
    return found


def _changed(one: Line, since: dt.date, until: dt.date, reason: str) -> Line:
    return Line(one.region, since, until, reason == "counts", reason, one.issuer, one.permit)


def _continuous(lines: Sequence[Line], records: Sequence[Record], rule: Rule) -> list[Line]:
    """The reading restart: nothing before the last late endorsement or break counts."""
    start = _last_start(lines, records, rule)
    return [
        _changed(one, one.since, one.until, "before_restart") if one.counts and one.since < start else one
        for one in lines
    ]


def _last_start(lines: Sequence[Line], records: Sequence[Record], rule: Rule) -> dt.date:
    """Day from which the counted stretches are continuous."""
    counted = [one for one in lines if one.counts]
    if not counted:
        return dt.date.min
    start = counted[0].since
    for before, after in itertools.pairwise(counted):
        if before.until == after.since:
            continue
        if before.permit == after.permit or not _moved_on(before, after, records, rule):
            start = after.since
    return start


def _moved_on(before: Line, after: Line, records: Sequence[Record], rule: Rule) -> bool:
    """Whether somebody went from one place straight to the next: a new permit needs half a year there first."""
    lived = sorted((one for record in records for one in record.lived), key=lambda one: one.since)
    left = max((one.until for one in lived if one.region[:4] == before.region[:4] and one.until
                and one.since < before.until and one.until <= after.since), default=before.until)  # fmt: skip
    here = [one.since for one in lived if one.region[:4] == after.region[:4] and one.since <= after.since
            and (one.until is None or one.until >= after.since)]  # fmt: skip
    arrived = max(here, default=after.since)
    return (arrived - left).days <= rule.most_gap


def _full_years(counted: Sequence[tuple[dt.date, dt.date]], day: dt.date) -> int:
    """Full years of the days that count, as if they had been one stretch that ends on the day (years)."""
    if not counted:
        return 0
    days = sum((b - a).days for a, b in counted)
    return residence_years(day - dt.timedelta(days=days), (), day, "pause")
