"""Effects and facts of hukou settlement: who may settle, and what settling changes.

Carries out: Decree 663 art. 16; Hukou Regulation art. 6 (one place only). Not modelled: land rights, which a
settlement never asks for nor touches.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from renben.web.flow.bindings import Step
from renben.web.flow.models import Case
from renben.web.law import provision
from renben.web.registry import people, permit_closing
from renben.web.registry.answers import answers_of
from renben.web.registry.concepts import origin_class
from renben.web.registry.models import HouseholdMember, Person, Settlement, record, replace
from renben.web.registry.permits import spell_of


def facts(case: Case, _payload: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    """Facts that the guards of settlement ask for."""
    person = people.person(case.person_key) if case.person_key else None
    grounds = provision("hukou_settlement.accepted_bases", day, case.region).value
    chosen = answers_of(case).get("settlement_basis")
    return {
        "registered": spell_of(case.person_key) is not None,
        "settled_here": None
        if person is None or not person.hukou_region
        else person.hukou_region[:6] == case.region[:6],
        "basis_accepted": None if chosen is None else chosen in grounds,
        "returns": case.returns,
    }


def household_of(key: uuid.UUID) -> list[uuid.UUID]:
    """The person and everybody who lives in the same household on record."""
    mine = HouseholdMember.objects.current().filter(person_key__in=people.all_keys(key), valid_to=None)
    latest = mine.order_by("-valid_from", "-pk").first()
    if latest is None:
        return [key]
    members = HouseholdMember.objects.current().filter(household=latest.household, valid_to=None)
    return [key, *[m.person_key for m in members.order_by("pk") if m.person_key != key]]


def settle(step: Step) -> None:
    """Move the registration of the applicant and of everybody who settles along; their permits end. Who is registered nowhere
    yet has nothing to move: the birth is registered instead (Hukou Regulation art. 7)."""
    answers = answers_of(step.case)
    whole = answers.get("settle_with") == "household"
    keys = household_of(step.case.person_key) if whole else [step.case.person_key]
    persons = [person for key in keys if (person := people.person(key))]
    done = [_settle_one(step, person, answers) for person in persons if person.hukou_region]
    step.case.result = {**step.case.result, "settled": [str(key) for key in done]}
    step.detail["persons"] = len(done)


def _settle_one(step: Step, person: Person, answers: Mapping[str, Any]) -> uuid.UUID:
    case, before = step.case, person.hukou_region
    record(
        Settlement, str(case.id), key=uuid.uuid4(), valid_from=step.day, person_key=person.key,
        from_region=before, region=case.region, basis=answers["settlement_basis"],
        origin=origin_class(before, case.region), decided=step.day,
    )  # fmt: skip
    replace(person, str(case.id), hukou_region=case.region, hukou_rural=False)
    permit_closing.close(step, person.key, "close_settled")
    return person.key
