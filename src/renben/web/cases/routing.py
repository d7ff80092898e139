"""Which office handles what: the rules in force, what they say of a case, and what other rules would have said.

A city or a county writes its own rules, in order; the first that fits names the office. Where the rules of the county name
nobody, those of its city are asked, and then the catalogue (`office` of the subclass). Rules propose: a dispatcher sends.
Asked for in the specification (feature 27): a dry run on the cases of the last month, and running cases stay where they are.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from renben.catalogue import load
from renben.web.cases.classes import subclasses
from renben.web.cases.models import CityCase, RouteRule, RouteSet
from renben.web.cases.units import units_in
from renben.web.clock import start_of, today
from renben.web.guard import scope
from renben.web.guard.policy import bounds, covers, inside
from renben.web.law import provision

DRAFT, IN_FORCE, PAST = "draft", "in_force", "past"
RULES, CATALOGUE = "rules", "catalogue"
"""Where a proposal comes from."""
SHOWN = 100
"""Lines of a dry run that a page shows at most."""


@dataclass(frozen=True)
class Proposal:
    """The office that is proposed for a case, and why."""

    unit: str
    source: str
    region: str = ""
    """Whose rules name it; empty for the catalogue."""
    version: int = 0
    place: int = 0
    """Number of the rule."""


@dataclass(frozen=True)
class Rules:
    """One version of the rules of a city or county."""

    region: str
    version: int
    rows: tuple[RouteRule, ...]

    def propose(self, region: str, subclass: str, severity: str, grid: str = "") -> Proposal | None:
        """What the first rule that fits a case says; None where none does."""
        for row in self.rows:
            if fits(row, region, subclass, severity, grid):
                return Proposal(row.unit, RULES, self.region, self.version, row.place)
        return None


def fits(row: RouteRule, region: str, subclass: str, severity: str, grid: str = "") -> bool:
    """Whether a rule is about a case."""
    known = subclasses().get(subclass)
    about = {"", subclass, known.of if known else subclass}
    return (
        (not row.county or covers(row.county, region))
        and row.grid in ("", grid)
        and row.what in about
        and row.severity in ("", severity)
    )


def above(region: str) -> list[str]:
    """A county and the city above it, the county first; a city alone.

    >>> above("140105")
    ['140105', '140100']
    """
    found, at = [], load().regions.get(region[:6])
    while at is not None and at.level in ("county", "prefecture"):
        found.append(at.code)
        at = load().regions.get(at.parent or "")
    return found


def in_force(region: str) -> list[Rules]:
    """Rules in force for a region, its own before its city's."""
    order = above(region)
    with scope.reading_as("flow"):  # an officer of a county does not read the city's rows
        sets = RouteSet.objects.filter(region__in=order, state=IN_FORCE).prefetch_related("rules")
        found = [rules_of(one) for one in sets]
    return sorted(found, key=lambda one: order.index(one.region))


def rules_of(routes: RouteSet) -> Rules:
    """A version with its rules in order."""
    rows = sorted(routes.rules.all(), key=lambda one: one.place)
    return Rules(routes.region, routes.version, tuple(rows))


def proposed(region: str, subclass: str, severity: str, grid: str = "") -> Proposal:
    """The office that the rules in force propose for a case of a region, or the catalogue."""
    return propose(in_force(region), region, subclass, severity, grid)


def propose(rules: Iterable[Rules], region: str, subclass: str, severity: str, grid: str = "") -> Proposal:
    """What the first of some rules says, or the catalogue."""
    for one in rules:
        if (found := one.propose(region, subclass, severity, grid)) is not None:
            return found
    known = subclasses().get(subclass)
    return Proposal(known.office if known else "", CATALOGUE)


@dataclass(frozen=True)
class Tried:
    """A case of the dry run: who had it (or would have it now), and who would."""

    city: CityCase
    old: str
    new: str
    fitted: bool
    """Whether a rule of the draft is about it; otherwise the city's rules or the catalogue name the office."""


@dataclass
class Trial:
    """What a draft comes to over the cases that were filed lately."""

    days: int
    since: dt.date
    cases: int = 0
    moved: int = 0
    unfitted: int = 0
    units: dict[str, list[int]] = field(default_factory=dict)
    """Office -> cases (before, after)."""
    no_account: list[str] = field(default_factory=list)
    """Offices that the draft names and for which nobody handles cases there."""
    lines: list[Tried] = field(default_factory=list)
    """Cases that change their office or that no rule fits, the newest first."""

    @property
    def kept(self) -> dict[str, Any]:
        """What is kept with the version: counts, no cases."""
        return {
            "days": self.days, "since": self.since.isoformat(), "on": today().isoformat(), "cases": self.cases, "moved": self.moved,
            "unfitted": self.unfitted, "units": self.units, "no_account": self.no_account,
        }  # fmt: skip

    @property
    def by_unit(self) -> list[tuple[str, int, int, int]]:
        """Office, cases before and after, and the difference; the greatest change first."""
        rows = [(unit, before, after, after - before) for unit, (before, after) in self.units.items()]
        return sorted(rows, key=lambda row: (-abs(row[3]), row[0]))


def trial(draft: RouteSet) -> Trial:
    """Ask a draft about every case of its region that was filed lately; nothing is changed."""
    days = int(provision("city_case.trial_days", today(), draft.region).value)
    since = today() - dt.timedelta(days=days)
    found, rules = Trial(days, since), rules_of(draft)
    for tried in _tried(draft.region, rules, since):
        found.cases += 1
        found.moved += tried.old != tried.new
        found.unfitted += not tried.fitted
        for place, unit in enumerate((tried.old, tried.new)):
            found.units.setdefault(unit, [0, 0])[place] += 1
        if (tried.old != tried.new or not tried.fitted) and len(found.lines) < SHOWN:
            found.lines.append(tried)
    found.no_account = unreachable(rules.rows, draft.region)
    return found


def _tried(region: str, rules: Rules, since: dt.date) -> list[Tried]:
    """Every case that was filed lately in a region, with the office before and after."""
    known: dict[str, list[Rules]] = {}
    with scope.reading_as("flow"):
        rows = CityCase.objects.filter(inside([bounds(region)]), filed_at__gte=start_of(since))
        cities = list(rows.select_related("case").order_by("-filed_at", "pk"))
    found = []
    for one in cities:
        if one.region not in known:
            known[one.region] = in_force(one.region)
        now = known[one.region]
        about = (one.region, one.subclass, one.severity, one.grid)
        own = rules.propose(*about)
        others = [each for each in now if each.region != rules.region]
        new = own or propose(others, *about)
        old = one.unit or propose(now, *about).unit
        found.append(Tried(one, old, new.unit, own is not None))
    return found


def unreachable(rows: Sequence[RouteRule], region: str) -> list[str]:
    """Offices that some rules name and to which no case of their county could be sent."""
    there: dict[str, list[str]] = {}
    missing = Counter[str]()
    for row in rows:
        place = row.county or region
        if row.unit not in there.setdefault(place, units_in(place)):
            missing[row.unit] += 1
    return sorted(missing)
