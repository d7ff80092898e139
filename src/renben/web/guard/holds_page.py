"""Pages of holds: what runs and what ended, one hold with its course, and the form that sets one."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import QueryDict

from renben.web.clock import today
from renben.web.flow.definition import flow_of
from renben.web.flow.models import Case
from renben.web.flow.refusals import Unknown
from renben.web.guard import audit, hold_subjects, holds, scope
from renben.web.guard.hold_subjects import JOB, READ, SET, Subject
from renben.web.guard.holds import KINDS, Given
from renben.web.guard.models import Hold
from renben.web.guard.policy import Actor, within
from renben.web.law import provision
from renben.web.look.pages import Pages
from renben.web.registry import people
from renben.web.registry.models import Person

ROWS = 25
RUNNING, ENDED = VIEWS = ("running", "ended")


def page(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """Holds of the actor's regions, those that end soonest first, or those that ended; every person shown is recorded."""
    view = ENDED if query.get("view") == ENDED else RUNNING
    rows = Hold.objects.filter(within(actor, READ))
    rows = (
        rows.running(today()).order_by("until_on", "pk")
        if view == RUNNING
        else rows.over(today()).order_by("-set_at", "pk")
    )
    shown = Pages(rows, ROWS).get_page(query.get("page"))
    listed = list(shown.object_list)
    found = _subjects(listed)
    told = [found[hold.pk].whose for hold in listed if hold.told]
    rest = [
        audit.event(actor, "list", READ, object_type="hold", object_id=str(hold.pk), region=hold.region)
        for hold in listed
        if not hold.told or found[hold.pk].whose is None
    ]
    audit.record_list(actor, READ, "hold", told, *rest)
    return {
        "rows": [(hold, found[hold.pk], holds.state(hold, today())) for hold in listed],
        "page": shown, "view": view, "views": VIEWS,
    }  # fmt: skip


def _subjects(listed: list[Hold]) -> dict[UUID, Subject]:
    """Each hold with its person or case, looked up together; neither is there any more where it was deleted."""
    with scope.reading_as(JOB):
        cases = Case.objects.in_bulk([hold.case for hold in listed if hold.case])
        keys = [UUID(str(hold.person_key)) for hold in listed if hold.person_key]
        keys += [one.person_key for one in cases.values() if one.person_key]
        persons: dict[UUID, Person] = people.persons(keys)
    return {hold.pk: _subject(hold, persons, cases) for hold in listed}


def _subject(hold: Hold, persons: dict[UUID, Person], cases: dict[UUID, Case]) -> Subject:
    case = cases.get(hold.case) if hold.case else None
    key = hold.person_key or (case.person_key if case else None)
    return Subject(persons.get(key) if key else None, case)


def found(actor: Actor, data: QueryDict) -> dict[str, Any]:
    """The form for a hold on what was found."""
    about = hold_subjects.find(actor, data.get("number", ""))
    return form(about)


def form(about: Subject) -> dict[str, Any]:
    """What the form that sets a hold shows of its subject, and offers."""
    most = provision("hold.most_days", today())
    case = about.case
    return {
        "about": about, "flow": flow_of(case.kind, case.flow_version) if case else None, "what": "case" if case else "person", "kinds": KINDS, "most": most.value,
        "least": provision("hold.shortest_ground", today()).value, "first": today() + dt.timedelta(days=1),
        "last": today() + dt.timedelta(days=int(most.value)),
    }  # fmt: skip


def begin(actor: Actor, data: QueryDict) -> UUID:
    """Set a hold on a person or case that was found; its key is returned."""
    about = hold_subjects.by_key(actor, data.get("what", ""), data.get("of", ""))
    given = Given(
        data.get("kind", ""), _day(data), data.get("reason", ""), data.get("told", "") != "no",
        data.get("untold", ""),
    )  # fmt: skip
    return UUID(str(holds.begin(actor, about, given, data.get("key", "")).pk))


def one(actor: Actor, hold_id: UUID) -> dict[str, Any]:
    """One hold with its course and what can be done; the look is recorded."""
    hold = holds.hold_of(actor, hold_id, READ)
    holds.recorded(actor, hold, "read", READ, "hold")
    state = holds.state(hold, today())
    return {
        "hold": hold, "about": _subjects([hold])[hold.pk], "state": state, "steps": holds.steps_of(hold),
        "open": state in (holds.RUNNING, holds.ASKED), "asked": state == holds.ASKED,
        "mine": hold.asked_by_id == actor.user_id, "first": hold.until_on + dt.timedelta(days=1),
        "last": today() + dt.timedelta(days=int(provision("hold.most_days", today()).value)),
        "least": provision("hold.shortest_ground", today()).value,
    }  # fmt: skip


SETTING: dict[str, Callable[[Actor, Hold, str, str], None]] = {
    "ask_lift": holds.ask_lift,
    "tell": holds.tell,
}
LIFTING: dict[str, Callable[[Actor, Hold, str, str], None]] = {"lift": holds.lift, "keep_on": holds.keep_on}
"""What the setter's and the second person's routes do."""


def take_step(actor: Actor, hold_id: UUID, action: str, permission: str, data: QueryDict) -> None:
    """Extend, ask to lift, lift, keep on, or tell.

    Raises:
        Unknown: no such step under this permission.
    """
    hold = holds.hold_of(actor, hold_id, permission)
    why, key = data.get("reason", ""), data.get("key", "")
    if action == "extend" and permission == SET:
        holds.extend(actor, hold, _day(data), why, key)
        return
    do = (SETTING if permission == SET else LIFTING).get(action)
    if do is None:
        raise Unknown()
    do(actor, hold, why, key)


def _day(data: QueryDict) -> dt.date | None:
    try:
        return dt.date.fromisoformat(data.get("until", ""))
    except ValueError:
        return None
