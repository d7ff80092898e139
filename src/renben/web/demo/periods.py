"""What a service that has run for a while would hold in the demo: draws of past months, and the snapshots of past periods."""

import datetime as dt

from renben.core.period import Period, of_kind
from renben.web.demo import people
from renben.web.equality import snapshots
from renben.web.flow.command import Command, act
from renben.web.flow.models import Case
from renben.web.guard.accounts import actor_of
from renben.web.guard.models import Grant
from renben.web.spotcheck import drawing
from renben.web.spotcheck.models import Check

DAY = dt.timedelta(days=1)
LATER = 5 * DAY
FOUND = (
    ("confirm", {"ways": ["papers", "call"]}, "演示：材料与登记一致，申请人确认。"),
    ("give_up", {"ways": ["call"]}, "演示：三次联系不上申请人。"),
    ("dispute", {"ways": ["papers", "visit"], "reason": "record_wrong"}, "演示：门牌号与实际住处不符。"),
)
"""What the demo's officers find, in turn: step, how, and what they write."""


def live_through(day: dt.date) -> None:
    """Draw every month before the demo's day, and count every quarter, on the day on which each was over."""
    first = (
        Case.objects.filter(closed_on__isnull=False)
        .order_by("closed_on")
        .values_list("closed_on", flat=True)
        .first()
    )
    if first is None:
        return
    month = of_kind("monthly", first)
    while month.end < day:
        over = month.end + DAY
        people.turn(over)
        drawing.draw(month)
        drawing.give_out()
        snapshots.count(over)
        month = _next(month)
    people.turn(day)
    drawing.catch_up(day)
    _found(day)


def _found(day: dt.date) -> None:
    """Let the other office look at all drawn cases but the newest: that one waits, and one is to be put right."""
    waiting = list(Check.objects.exclude(case=None).select_related("case").order_by("case__opened_at", "pk"))
    for number, check in enumerate(waiting[:-1]):
        grants = Grant.objects.filter(role="community_officer", region=check.region, taken_at=None)
        grant = grants.select_related("user").first()
        if grant is None:
            continue
        people.turn(check.case.opened_at.date() + LATER)
        action, payload, note = FOUND[number % len(FOUND)]
        for step, given, text in (("claim", {}, ""), (action, payload, note)):
            key = f"demo-{step}-{check.pk}"
            act(Command(check.case_id, step, actor_of(grant.user), key, None, given, text))
    people.turn(day)


def _next(month: Period) -> Period:
    return of_kind("monthly", month.end + DAY)
