"""Effects and facts of residence registration: what submitting and approving does to the registry.

Carries out: Decree 663 arts. 8-9; provincial order on floating population (registration within days of
arrival). Who acts for somebody else is in `proxies`; boarders that a
school reports, children too, and hotel guests, who are not registered here, are in `stays`.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from renben.catalogue import load
from renben.web.clock import now
from renben.web.flow.bindings import Step
from renben.web.flow.models import Case
from renben.web.flow.numbers import next_number
from renben.web.guard.models import User
from renben.web.registry import (
    circumstances,
    codes,
    collecting,
    consents,
    merging,
    people,
    permit_closing,
    proxies,
)
from renben.web.registry.answers import answers_of, day_of
from renben.web.registry.form_parts import UNREGISTERED
from renben.web.registry.identifiers import PAPERS, check_id
from renben.web.registry.models import (
    Address,
    Household,
    HouseholdMember,
    Mandate,
    Proof,
    Residence,
    record,
    replace,
)
from renben.web.registry.questions import missing_questions


def facts(case: Case, payload: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    """Facts that the guards of residence registration ask for."""
    answers = answers_of(case)
    arrival = day_of(answers.get("arrival"))
    return {
        "questions_missing": len(missing_questions(case.kind, answers)),
        "number_errors": sum(_level(p, day) == "error" for p in _persons(answers)),
        "guardian_missing": _guardian_missing(answers, day) and "stay" not in case.result,
        "arrival_in_future": None if arrival is None else arrival > day,
        "returns": case.returns,
        "region_known": case.region[:6] in load().regions,
        **proxies.facts(case, answers, day),
        **collecting.facts(case, payload, answers),
    }


def _level(one: Mapping[str, Any], day: dt.date) -> str:
    return check_id(one["number"], one["document_kind"], day).level


def _persons(answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The applicant (or the person acted for) and everybody who moved along."""
    if not answers.get("name"):
        return []
    first = {name: answers.get(name) for name in ("document_kind", "number", "name", "sex", "birth")}
    return [{**first, "relation": "head"}, *answers.get("members", ())]


def _guardian_missing(answers: Mapping[str, Any], day: dt.date) -> bool:
    """Whether a child applies without a guardian (Decree 663 art. 9, third paragraph)."""
    birth = day_of(answers.get("birth"))
    if birth is None or answers.get("acting_as") == "guardian":
        return False
    return not proxies.is_adult(birth, day)


def take_in(step: Step) -> None:
    """On submission: give the case its number and fix its region."""
    case = step.case
    case.region = answers_of(case).get("region") or case.region
    if case.number is None:
        case.number = next_number(case.region[:6], step.day.year, case.kind, step.flow.prefix)
    step.detail["number"] = case.number


def register_residence(step: Step) -> None:
    """On approval: state persons, household, residence spells and proof; end spells elsewhere."""
    case, answers = step.case, answers_of(step.case)
    arrival = day_of(answers["arrival"]) or step.day
    address = Address.objects.get(pk=answers["address"])
    household = uuid.uuid4()
    keys = []
    for one in _persons(answers):
        since = max(
            arrival, day_of(one["birth"]) or arrival
        )  # a child that was born here lives here from birth on
        person = people.state_person(_statement(one, answers, case.region), since, str(case.id))
        state_spell(step, person.key, address, since, {**answers, "hukou_region": person.hukou_region})
        record(
            HouseholdMember, str(case.id), key=uuid.uuid4(), valid_from=since, household=household,
            person_key=person.key, relation=one["relation"],
        )  # fmt: skip
        keys.append(person.key)
    record(Household, str(case.id), key=household, valid_from=arrival, region=case.region)
    circumstances.shown(step, keys[0], _keep_proof(step, keys[0], arrival, answers), answers)
    _bind_account(step, keys[0], answers)
    _children_of(step, keys, answers)
    consents.with_phone(step, keys[0], answers)
    case.person_key = keys[0]
    case.result = {**case.result, "persons": [str(key) for key in keys], "household": str(household)}
    step.detail["persons"] = len(keys)
    step.detail["duplicates"] = sum(merging.open_reviews(key, step.day) for key in keys)


def _statement(one: Mapping[str, Any], answers: Mapping[str, Any], region: str) -> dict[str, Any]:
    return {
        "document_kind": one["document_kind"],
        "number": one["number"],
        "name": one["name"],
        "sex": one["sex"],
        "birth": day_of(one["birth"]),
        "phone": answers.get("phone", "") if one["relation"] == "head" else "",
        **_hukou(one, answers),
        "region": region,
    }


def _hukou(one: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The registered place: the applicant's for everybody, but a member without a number has none yet."""
    if one["relation"] != "head" and one["document_kind"] in PAPERS:
        return {"hukou_region": "", "hukou_kind": UNREGISTERED, "hukou_rural": None}
    rural = {"yes": True, "no": False}.get(answers.get("hukou_rural", ""))
    return {
        "hukou_region": answers["hukou_region"],
        "hukou_kind": answers["hukou_kind"],
        "hukou_rural": rural,
    }


def state_spell(
    step: Step, key: uuid.UUID, address: Address, arrival: dt.date, answers: Mapping[str, Any]
) -> None:
    """End the open spell on the day of arrival and begin the new one."""
    for open_spell in Residence.objects.current().filter(person_key=key, valid_to=None):
        replace(open_spell, str(step.case.id), valid_to=max(arrival, open_spell.valid_from))
        permit_closing.close_if_moved(step, key, open_spell.region, address.region)
    record(
        Residence, str(step.case.id), key=uuid.uuid4(), valid_from=arrival, person_key=key, address=address,
        region=address.region, township=address.township, hukou_region=answers["hukou_region"],
        reason=answers["reason"], housing=answers["housing"], registered_on=step.case.opened_at.date(),
        channel="counter" if step.case.result.get("assisted") else answers.get("channel", "online"), verified_by=step.actor.user_id,
    )  # fmt: skip


def _keep_proof(step: Step, key: uuid.UUID, arrival: dt.date, answers: Mapping[str, Any]) -> Proof:
    return Proof.objects.create(
        person_key=key, kind=answers["proof_kind"], valid_from=day_of(answers.get("proof_from")) or arrival,
        valid_to=day_of(answers.get("proof_to")), document_id=answers.get("document") or None,
        case=step.case.id, recorded_at=now(),
    )  # fmt: skip


def _bind_account(step: Step, key: uuid.UUID, answers: Mapping[str, Any]) -> None:
    """The applicant's account is this person's, or holds a mandate for it; who has no account gets a code."""
    account, acting = step.case.applicant, answers.get("acting_as", "self")
    if account is not None and acting == "self":
        User.objects.filter(pk=account, person_key=None).update(person_key=key)
        return
    birth = day_of(answers.get("birth"))
    if account is not None:
        Mandate.objects.create(
            account=account, person_key=key, kind=acting, case=step.case.id, valid_from=step.day,
            valid_to=proxies.mandate_until(acting, birth, step.day), document_id=answers.get("document") or None,
            recorded_at=now(),
        )  # fmt: skip
    adult = birth is not None and proxies.is_adult(birth, step.day)
    if adult and not User.objects.filter(person_key=key).exists():
        codes.make("bind", step.case.id, key)


def _children_of(step: Step, keys: list[uuid.UUID], answers: Mapping[str, Any]) -> None:
    """Who registers own children along acts for them until they are old enough."""
    if step.case.applicant is None or answers.get("acting_as", "self") != "self":
        return
    for key, one in zip(keys, _persons(answers), strict=True):
        birth = day_of(one["birth"])
        if one["relation"] == "child" and birth is not None:
            proxies.look_after(step, key, birth)


def note_assisted(step: Step) -> None:
    """Written down by an officer, read back to the person and signed."""
    step.case.result = {**step.case.result, "assisted": True}
    step.detail["assisted"] = True
