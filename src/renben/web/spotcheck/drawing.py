"""Draws closed cases by lot, once per office and month, and gives each to another office.

The seed follows from office, month and the service's own key: nobody can know before a case is closed whether it will be
drawn, and whoever has the stored seed can draw again and find the same ones (`repeats`). Asked for in the specification
(feature 31): the unit that closed a case does not verify it.

Not modelled: a draw in proportion to the kinds of case; an office draws from all of its decided cases of the month.
"""

import datetime as dt
import hashlib
import math
from collections.abc import Iterable

from django.db import transaction

from renben.core.period import Period, of_kind
from renben.web.append import append
from renben.web.clock import today
from renben.web.flow.command import open_case
from renben.web.flow.definition import flow_of
from renben.web.flow.models import Case
from renben.web.flow.numbers import next_number
from renben.web.flow.sweeper import SWEEPER
from renben.web.guard import audit, crypto, scope
from renben.web.guard.models import Instance
from renben.web.law import provision
from renben.web.spotcheck.models import Check, Draw
from renben.web.spotcheck.offices import COUNTY, KIND, chosen, desks, drawn_kinds, lot

DONE = "spot_checks_drawn"
"""Month up to which every office was drawn."""
DECIDED = ("granted", "refused")
PREFIX = "HC"


def daily() -> int:
    """Draw what is over today, and give out what waits for an office (cases drawn)."""
    drawn = catch_up(today())
    give_out()
    return drawn


def catch_up(day: dt.date) -> int:
    """Draw every month that is over and was not drawn yet; of months before the first draw only the last (cases)."""
    last = of_kind("monthly", day).previous()
    done = Instance.objects.filter(name=DONE).values_list("value", flat=True).first()
    periods = [last]
    while done and periods[0].start > Period(done).end:
        periods.insert(0, periods[0].previous())
    drawn = sum(draw(period) for period in (periods[1:] if done else periods))
    Instance.objects.update_or_create(name=DONE, defaults={"value": max(last.text, done or "")})
    return drawn


def draw(period: Period) -> int:
    """Draw a month for every office that closed something in it and was not drawn yet (cases drawn)."""
    with transaction.atomic():
        scope.enter(SWEEPER)
        closed = closed_in(period)
    known = set(Draw.objects.filter(period=period.text).values_list("office", flat=True))
    return sum(_office(office, period, closed[office]) for office in sorted(set(closed) - known))


def closed_in(period: Period) -> dict[str, list[Case]]:
    """Cases that were granted or refused in a month, by the office that closed them."""
    found = Case.objects.filter(kind__in=drawn_kinds(), closed_on__range=(period.start, period.end))
    by_office: dict[str, list[Case]] = {}
    for case in found.only("kind", "flow_version", "stage", "region").iterator():
        outcome = flow_of(case.kind, case.flow_version).stages[case.stage].outcome
        if case.region and outcome in DECIDED:
            by_office.setdefault(case.region[:COUNTY], []).append(case)
    return by_office


def _office(office: str, period: Period, closed: list[Case]) -> int:
    """One office's draw with its checks, in one transaction; nothing where somebody else has just drawn it."""
    with transaction.atomic():
        scope.enter(SWEEPER)
        share = float(provision("spot_check.share", period.end, office).value)
        seed = crypto.blind_index(f"{office}|{period}", KIND)
        names = [str(case.pk) for case in closed]
        taken = set(drawn(names, seed, share))
        row = Draw(office=office, period=period.text, closed=len(names), drawn=len(taken), share=share, seed=seed,
                   digest=_digest(names), made_on=today())  # fmt: skip
        if not append(row, skip_known=True):
            return 0
        made = Draw.objects.get(office=office, period=period.text)
        Check.objects.bulk_create(
            Check(draw=made, about=case, kind=case.kind, office=office)
            for case in closed
            if str(case.pk) in taken
        )
        audit.record(SWEEPER, "system", object_type=KIND, object_id=f"{office}/{period}", region=office,
                     detail={"closed": len(names), "drawn": len(taken)})  # fmt: skip
    return len(taken)


def drawn(names: Iterable[str], seed: str, share: float) -> list[str]:
    """The share of some names that a seed draws, rounded up: one at least where there is any.

    >>> drawn(["a", "b", "c", "d"], "seed", 0.5) == drawn(["d", "c", "b", "a"], "seed", 0.5)
    True
    """
    order = sorted(names, key=lambda name: lot(seed, name))
    return order[: math.ceil(round(share * len(order), 9))]


def _digest(names: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


def repeats(made: Draw) -> bool:
    """Whether the stored seed draws the same cases again from the cases of the month that are decided as they were."""
    with scope.reading_as("review"):
        names = [str(case.pk) for case in closed_in(Period(made.period)).get(made.office, [])]
        taken = {str(key) for key in made.checks.values_list("about", flat=True)}
    return _digest(names) == made.digest and set(drawn(names, made.seed, made.share)) == taken


def give_out() -> int:
    """Open the look at every drawn case for which there is an office now (cases)."""
    with transaction.atomic():
        scope.enter(SWEEPER)
        waiting = list(Check.objects.filter(case=None).select_related("draw").order_by("pk"))
        sitting = desks() if waiting else []
    return sum(_give(check, chosen(check, check.draw.seed, sitting)) for check in waiting)


def _give(check: Check, region: str) -> int:
    """One look, opened once however often it is tried."""
    if not region:
        return 0
    with transaction.atomic():
        scope.enter(SWEEPER)
        if not Check.objects.filter(pk=check.pk, case=None).exists():
            return 0
        number = next_number(region, today().year, KIND, PREFIX)
        opened = open_case(
            KIND, SWEEPER, f"{KIND}:{check.draw_id}:{check.about_id}", region, applicant=None, number=number
        )
        Check.objects.filter(pk=check.pk).update(case=opened.case, region=region)
    return 1
