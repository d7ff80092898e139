"""Effects of spot checks: who may say it, what was said, and whose turn it is.

The region of the check's case goes with its turn: the other office while it looks, the office that closed the case while
that puts things right. What the other office said first stays what it said.

Not modelled: the check changes nothing in the drawn case; the office that closed it mends it by its own steps.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from renben.web.flow.bindings import Bindings, Effect, Step
from renben.web.flow.models import Case, CaseEvent
from renben.web.flow.refusals import Incomplete, NotAllowed
from renben.web.programme.seats import office_of
from renben.web.spotcheck.models import Check
from renben.web.spotcheck.offices import CLAIM, VERIFY, apart, drawn_kinds

WAYS = ("papers", "register", "call", "visit")
REASONS = ("not_carried_out", "record_wrong", "papers_missing", "rule_misapplied", "not_told")
MOST_RETURNS = 2
"""How often the other office may send a mended case back; after that both offices settle it outside, and the ladder shows that it is open."""


def check_of(step: Step) -> Check:
    """The drawn case behind a step, locked."""
    return Check.objects.select_for_update().get(case=step.case.pk)


def as_other_office(step: Step) -> None:
    """Only an officer of another office who does the same work and had no hand in the drawn case takes this step."""
    check, actor = check_of(step), step.actor
    if not set(drawn_kinds()[check.kind]) & set(actor.roles):
        raise NotAllowed("refusal.spot_other_work")
    if not all(apart(region, check.office) for region in actor.regions(VERIFY)):
        raise NotAllowed("refusal.spot_own_office")
    if CaseEvent.objects.filter(case=check.about_id, account=actor.user_id).exists():
        raise NotAllowed("refusal.spot_handled")
    if check.kind == CLAIM and check.about.office != office_of(actor):
        raise NotAllowed("refusal.spot_other_work")


def _say(verdict: str) -> Effect:
    """An effect that keeps a verdict with how it was found."""

    def effect(step: Step) -> None:
        ways = [way for way in WAYS if way in step.payload["ways"]]
        reason = str(step.payload.get("reason", "")) if verdict == "disputed" else ""
        if not ways or (verdict == "disputed" and reason not in REASONS):
            raise Incomplete(fields="reason" if ways else "ways")
        Check.objects.filter(pk=check_of(step).pk).update(
            verdict=verdict, ways=ways, reason=reason, said_on=step.day, **_file(step)
        )
        step.detail |= {"ways": ways, **({"reason": reason} if reason else {})}

    return effect


def _file(step: Step) -> dict[str, Any]:
    """Columns for the file that came as evidence."""
    return {name: step.payload[name] for name in ("document", "fingerprint") if step.payload.get(name)}


def to_closer(step: Step) -> None:
    """It is the turn of the office that closed the case."""
    _turn(step, check_of(step).office)


def to_verifier(step: Step) -> None:
    """It is the other office's turn again."""
    _turn(step, check_of(step).region)


def _turn(step: Step, region: str) -> None:
    step.detail |= {"from": step.case.region, "to": region}
    step.case.region, step.case.holder = region, None


def facts(case: Case, _payload: Mapping[str, Any], _day: dt.date) -> dict[str, Any]:
    """Facts that the guards ask for."""
    returned = CaseEvent.objects.filter(case=case.pk, action="insist").count()
    return {"most": returned >= MOST_RETURNS}


CHECK = Bindings(
    {
        "as_other_office": as_other_office,
        "say_confirmed": _say("confirmed"),
        "say_disputed": _say("disputed"),
        "say_unclear": _say("unclear"),
        "to_closer": to_closer,
        "to_verifier": to_verifier,
    },
    facts,
)
