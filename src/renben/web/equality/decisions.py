"""Decided cases with what the comparison asks of them: outcome, returns, time, and the group the person belongs to.

A person's groups come from the registry, or from the answers of the case while they are kept. Where neither is there
any more the group is `unknown`: such cases are counted and never left out.

Carries out: measures (二)(四)(五) of the plan ask for equal treatment; 居住证暂行条例 art. 12-13 for equal services.
Not modelled: whether the cases were alike in what the law asks.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import Q

from renben.web.flow.definition import Flow, flow_of, flows
from renben.web.flow.models import Case, CaseEvent
from renben.web.guard import scope
from renben.web.guard.policy import Actor, policy, within
from renben.web.law import provision
from renben.web.registry.answers import answers_of, day_of
from renben.web.registry.held import SEXES
from renben.web.registry.models import Person

UNKNOWN = "unknown"
DIMENSIONS = ("hukou", "sex", "age", "district")
SENT = ("submit", "hand_in")
CITY, COUNTY = 4, 6
"""Digits of a division code that name the city and the county."""
CHUNK = 500


@dataclass(frozen=True)
class Decision:
    """One decided case without anything that names it."""

    kind: str
    refused: bool
    returned: bool
    late: bool | None
    """Decided after its due day; None where no deadline ran."""
    days: int | None
    """Calendar days from sending to the decision, without those in which the applicant held it."""
    groups: tuple[str, ...]
    """The person's group in each of DIMENSIONS."""


OF_THINGS = ("city_case",)
"""Kinds of cases in which nobody is granted or refused anything for oneself."""


def kinds() -> tuple[str, ...]:
    """Kinds of cases that a resident applies for and that are granted or refused; cases about things are not among them."""
    found: dict[str, None] = {}
    for flow in flows().values():
        outcomes = {stage.outcome for stage in flow.stages.values()}
        mine = flow.apply in policy().permissions and "resident" in policy().permissions[flow.apply].roles
        if mine and flow.name not in OF_THINGS and {"granted", "refused"} <= outcomes:
            found[flow.name] = None
    return tuple(found)


def decisions(actor: Actor, permission: str, first: dt.date, last: dt.date) -> list[Decision]:
    """Cases of an actor's regions that were decided in a period, both days included.

    Args:
        actor: whose regions bound the cases; a job's are all.
        permission: under which the actor asks.
        first: first day.
        last: last day.
    """
    mine = Q() if actor.job else within(actor, permission, "region")
    with scope.reading_as("registry"):
        found = Case.objects.filter(mine, kind__in=kinds(), closed_on__range=(first, last)).order_by("pk")
        rows = list(found)
        return [one for at in range(0, len(rows), CHUNK) for one in _of(rows[at : at + CHUNK])]


def _of(cases: list[Case]) -> Iterator[Decision]:
    keys = {case.person_key for case in cases if case.person_key}
    people = {one.key: one for one in Person.objects.current().filter(key__in=keys)}
    events: dict[Any, list[CaseEvent]] = {}
    for event in CaseEvent.objects.filter(case__in=cases).order_by("seq"):
        events.setdefault(event.case_id, []).append(event)
    for case in cases:
        flow = flow_of(case.kind, case.flow_version)
        outcome = flow.stages[case.stage].outcome
        if outcome in ("granted", "refused"):
            yield Decision(
                case.kind, outcome == "refused", case.returns > 0, _late(case), _days(case, flow, events.get(case.pk, [])),
                _groups(case, people.get(case.person_key)),
            )  # fmt: skip


def _late(case: Case) -> bool | None:
    return None if case.due_on is None or case.closed_on is None else case.closed_on > case.due_on


def _days(case: Case, flow: Flow, events: list[CaseEvent]) -> int | None:
    """Days from the first sending to the end, without those in stages whose clock stands."""
    sent = next((one for one in events if one.action in SENT), None)
    if sent is None or case.closed_on is None:
        return None
    course = [one for one in events if one.seq >= sent.seq]
    stood = sum(
        (after.day - before.day).days
        for before, after in pairwise(course)
        if flow.stages[before.to_stage].clock == "stopped"
    )
    return (case.closed_on - sent.day).days - stood


def _groups(case: Case, person: Person | None) -> tuple[str, ...]:
    if person is not None:
        hukou, sex, birth = person.hukou_region, person.sex, person.birth
    else:
        said = answers_of(case) if case.answers_ct else {}
        hukou, sex, birth = said.get("hukou_region", ""), said.get("sex", ""), day_of(said.get("birth"))
    return (
        origin(hukou, case.region), SEXES.get(sex, UNKNOWN), band(birth, case.opened_at.date()),
        case.region[:COUNTY] or UNKNOWN,
    )  # fmt: skip


def origin(hukou: str, region: str) -> str:
    """Registered in the city of the case, or elsewhere; unknown where either is not known."""
    if not hukou or not region:
        return UNKNOWN
    return "here" if hukou[:CITY] == region[:CITY] else "elsewhere"


def band(birth: dt.date | None, day: dt.date) -> str:
    """Age group on a day by its first and last year of age, such as 16-34; unknown without a birth day."""
    if birth is None:
        return UNKNOWN
    age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    starts = list(provision("equal_treatment.age_bands", day).value)
    at = max((i for i, first in enumerate(starts) if age >= first), default=0)
    return f"{starts[at]}-{starts[at + 1] - 1}" if at + 1 < len(starts) else f"{starts[at]}+"
