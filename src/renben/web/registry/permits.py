"""Effects and facts of residence permits: application, issue, endorsement, suspension, end.

Carries out: Decree 663 arts. 2, 9, 10; validity after the provincial order. Not modelled: printing the card.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from renben.web.clock import now
from renben.web.flow.bindings import Step
from renben.web.flow.command import open_case
from renben.web.flow.models import Case
from renben.web.flow.numbers import next_number
from renben.web.law import provision
from renben.web.prepared import Prepared
from renben.web.registry import people, permit_rules, photo_ledger
from renben.web.registry.answers import answers_of, day_of
from renben.web.registry.held_rows import GROUNDS
from renben.web.registry.models import Endorsement, Permit, Residence, record, replace
from renben.web.registry.permit_closing import REGISTRY

SPELL = Prepared(
    lambda keys: (
        Residence.objects.current()
        .filter(person_key__in=keys, valid_to=None)
        .select_related("address")
        .order_by("-valid_from")[:1]
    )
)
PERMIT = Prepared(
    lambda keys: (
        Permit.objects.current()
        .filter(person_key__in=keys, valid_to=None)
        .exclude(state="closed")
        .order_by("pk")[:1]
    )
)


def spell_of(key: uuid.UUID | None) -> Residence | None:
    """The open residence spell of a person."""
    return None if key is None else spell_under(people.all_keys(key))


def spell_under(keys: list[uuid.UUID]) -> Residence | None:
    """The open residence spell under a person's keys."""
    found: Residence | None = SPELL.first(keys) if keys else None
    return found


def open_permit(key: uuid.UUID | None) -> Permit | None:
    """The permit of a person that is not closed."""
    return None if key is None else permit_under(people.all_keys(key))


def permit_under(keys: list[uuid.UUID]) -> Permit | None:
    """The permit under a person's keys that is not closed."""
    found: Permit | None = PERMIT.first(keys) if keys else None
    return found


def facts(case: Case, _payload: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    """Facts that the guards of permit applications ask for."""
    spell = spell_of(case.person_key)
    return {
        "registered": spell is not None,
        "open_permit": open_permit(case.person_key) is not None,
        "half_year_reached": spell is not None
        and permit_rules.eligible_on(spell.valid_from, day, case.region) <= day,
        "proof_given": _has_proof(case, day),
        "returns": case.returns,
        "extended": "extended" in case.result,
    }


def _has_proof(case: Case, day: dt.date) -> bool:
    """One of job, dwelling or schooling stands on the day: in the answers or on record."""
    answers = answers_of(case)
    until = day_of(answers.get("proof_to"))
    if answers.get("proof_kind") and (until is None or until >= day):
        return True
    if case.person_key is None:
        return False
    return bool(GROUNDS(people.all_keys(case.person_key), day))


def issue_permit(step: Step) -> None:
    """Record the permit, open its life, and set the first endorsement day."""
    case, day = step.case, step.day
    key, spell = case.person_key, spell_of(case.person_key)
    if key is None or spell is None:
        raise ValueError(f"case {case.id}: no residence spell; the guard `eligible` let it pass.")
    months = int(provision("residence_permit.valid_months", day, case.region).value)
    anchor = permit_rules.anchor_day(spell.registered_on, day, case.region)
    permit = uuid.uuid4()
    due = permit_rules.next_due(anchor, day, case.region)
    result = {"permit": str(permit), "due": due.isoformat()}
    life = open_case(
        "permit_life", REGISTRY, f"life:{permit}", case.region, applicant=case.applicant,
        person_key=key, wait_on=due, result=result,
    )  # fmt: skip
    number = next_number(case.region[:4], day.year, "permit", "JZZ")
    record(
        Permit, str(case.id), key=permit, valid_from=day, number=number, person_key=key, region=case.region,
        issued=day, anchor=anchor, next_due=due, expires=permit_rules.add_months(day, months),
        life=uuid.UUID(life.case),
    )  # fmt: skip
    photo_ledger.use_for_permit(step, key)
    case.result = {**case.result, "permit": str(permit), "permit_number": number}
    step.detail["permit_number"] = number


def permit_of(case: Case) -> Permit:
    """The permit whose life a case carries."""
    return Permit.objects.current().get(key=case.result["permit"], valid_to=None)


def life_facts(case: Case, _payload: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    """Facts that the guards of a permit's life ask for."""
    permit = permit_of(case)
    return {
        "in_window": permit_rules.window(permit.next_due, case.region).holds(day),
        "registered": spell_of(case.person_key) is not None,
    }


def note_asked(step: Step) -> None:
    """The day of asking counts as the day of endorsement."""
    step.case.result = {**step.case.result, "asked": step.day.isoformat()}


def endorse(step: Step) -> None:
    """Endorse in time: the next full year from the same anchor is due."""
    permit = permit_of(step.case)
    done = day_of(step.case.result.get("asked")) or step.day
    Endorsement.objects.create(
        permit=permit.key, due=permit.next_due, done=done, late=False, recorded_at=now()
    )
    due = permit_rules.next_due(permit.anchor, max(permit.next_due, done), step.case.region)
    _go_on(step, permit, permit.anchor, due)


def endorse_late(step: Step) -> None:
    """Endorse late: functions are restored, and the lapse rule says from when the years count."""
    permit = permit_of(step.case)
    done = day_of(step.case.result.get("asked")) or step.day
    Endorsement.objects.create(
        permit=permit.key, due=permit.next_due, done=done, late=True, recorded_at=now()
    )
    anchor = permit_rules.anchor_after_late(permit.anchor, done, step.case.region)
    _go_on(step, permit, anchor, permit_rules.next_due(anchor, done, step.case.region))


def _go_on(step: Step, permit: Permit, anchor: dt.date, due: dt.date) -> None:
    due = min(due, permit.expires)
    replace(permit, str(step.case.id), anchor=anchor, next_due=due, state="in_force")
    step.case.wait_on = due
    step.case.result = {**step.case.result, "due": due.isoformat()}
    step.detail["next_due"] = due.isoformat()


def keep_due(step: Step) -> None:
    """Declined: the permit waits for the same due day as before."""
    step.case.wait_on = permit_of(step.case).next_due


def suspend(step: Step) -> None:
    """Not endorsed in time: functions are suspended until a late endorsement (Decree 663 art. 10)."""
    permit = permit_of(step.case)
    replace(permit, str(step.case.id), state="suspended")
    step.case.wait_on = permit.expires


def keep_expiry(step: Step) -> None:
    """Declined: still suspended, until the permit expires."""
    step.case.wait_on = permit_of(step.case).expires


def close_permit(step: Step) -> None:
    """End the permit on this day."""
    permit = permit_of(step.case)
    replace(permit, str(step.case.id), state="closed", valid_to=max(step.day, permit.valid_from))
