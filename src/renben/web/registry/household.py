"""A household after its registration: who joins, is born, leaves, becomes its head, founds
another household or joins two; kept in time, and undone whole.

Carries out: Hukou Regulation art. 7 (birth), provincial order on floating population (changes are reported). Not modelled:
divorce and custody, which an officer reads from the papers.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from renben.web.clock import now
from renben.web.flow.bindings import Step
from renben.web.flow.models import Case
from renben.web.law import Provided, provision
from renben.web.registry import household_parts, merging, people, proxies, registration
from renben.web.registry.answers import answers_of, day_of
from renben.web.registry.household_members import membership_of, open_members
from renben.web.registry.identifiers import check_id
from renben.web.registry.models import Household, HouseholdMember, Mandate, Person, Residence, replace
from renben.web.registry.models.undoing import built_upon, undo
from renben.web.registry.permit_rules import add_months
from renben.web.registry.permits import spell_of
from renben.web.registry.questions import missing_questions

MODELS = (HouseholdMember, Household, Residence, Person)
"""Tables in which a change is stated, and from which it is taken back."""
COMING = ("join", "born")
CHOOSING = ("leave", "head", "split")
"""Changes that begin with one of the members."""


def birth_due(birth: dt.date) -> tuple[dt.date, Provided]:
    """Last day on which a birth is registered in time, with its law."""
    law = provision("household.birth_registration_months", birth)
    return add_months(birth, int(law.value)), law


def facts(case: Case, _payload: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    """Facts that the guards of household changes ask for."""
    answers, mine = answers_of(case), membership_of(case.person_key)
    open_now = open_members(mine.household) if mine else []
    chosen = next((one for one in open_now if str(one.person_key) == answers.get("member")), None)
    kind, coming = answers.get("change"), answers.get("change") in COMING
    return {
        "questions_missing": len(missing_questions(case.kind, answers)),
        "in_household": mine is not None,
        "day_is_possible": _possible(day_of(answers.get("change_date")), mine, chosen, day),
        "member_known": kind not in CHOOSING or chosen is not None,
        "head_leaves": kind == "leave" and chosen is not None and chosen.relation == "head",
        "already_member": coming and _is_member(answers, open_now),
        "number_errors": int(coming and check_id(answers["number"], answers["document_kind"], day).level == "error")
        if answers.get("number") else 0,
        "returns": case.returns,
        "changed_since": built_upon(MODELS, str(case.id)),
        **household_parts.facts(case, answers, open_now),
    }  # fmt: skip


def _possible(
    on: dt.date | None, mine: HouseholdMember | None, chosen: HouseholdMember | None, day: dt.date
) -> bool:
    """Whether a change can have happened on a day: not ahead, and not before the membership it touches."""
    if on is None or mine is None:
        return True
    return max(mine.valid_from, chosen.valid_from if chosen else mine.valid_from) <= on <= day


def _is_member(answers: Mapping[str, Any], open_now: list[HouseholdMember]) -> bool:
    known = people.find(answers.get("document_kind", ""), answers.get("number", ""))
    return known is not None and known.key in {one.person_key for one in open_now}


def change(step: Step) -> None:
    """On approval: state the change from the day on which it happened."""
    answers = answers_of(step.case)
    on = day_of(answers["change_date"]) or step.day
    mine = membership_of(step.case.person_key)
    if mine is None:
        raise ValueError(f"case {step.case.id}: no household; the guard `sound` let it pass.")
    key = CHANGES[answers["change"]](step, mine.household, on, answers)
    step.case.result = {**step.case.result, "household": str(mine.household), "person": str(key)}
    step.detail["change"] = answers["change"]


def _come(step: Step, household: uuid.UUID, on: dt.date, answers: Mapping[str, Any]) -> uuid.UUID:
    """Somebody joins, or is born: person, spell at the household's address, membership."""
    case, spell = step.case, spell_of(step.case.person_key)
    if spell is None:
        raise ValueError(f"case {case.id}: nobody of the household has an open residence spell.")
    statement = {**answers, "phone": "", "region": spell.region, "birth": day_of(answers["birth"]),
                 "hukou_rural": {"yes": True, "no": False}.get(answers.get("hukou_rural", ""))}  # fmt: skip
    person = people.state_person(statement, on, str(case.id))
    here = Residence.objects.current().filter(person_key=person.key, valid_to=None, address=spell.address)
    if not here.exists():
        stay = {"hukou_region": answers["hukou_region"], "reason": "family", "housing": spell.housing}
        registration.state_spell(step, person.key, spell.address, on, stay)
    before = membership_of(person.key)
    if before is not None:
        replace(before, str(case.id), valid_to=max(on, before.valid_from))
    household_parts.enter(step, household, person.key, answers["relation"], on)
    if answers["relation"] == "child" and _is_parent(case, household):
        proxies.look_after(step, person.key, person.birth)
    merging.open_reviews(person.key, step.day)
    return person.key


def _is_parent(case: Case, household: uuid.UUID) -> bool:
    """Whether a child of the head is the applicant's own: the head, or the head's spouse."""
    mine = next((one for one in open_members(household) if one.person_key == case.person_key), None)
    return mine is not None and mine.relation in ("head", "spouse")


def _leave(step: Step, household: uuid.UUID, on: dt.date, answers: Mapping[str, Any]) -> uuid.UUID:
    """Somebody leaves the household, and the address as well unless living there apart."""
    key = uuid.UUID(answers["member"])
    for one in open_members(household):
        if one.person_key == key:
            replace(one, str(step.case.id), valid_to=max(on, one.valid_from))
    if answers["leaves_to"] == "away":
        for spell in Residence.objects.current().filter(person_key=key, valid_to=None):
            replace(spell, str(step.case.id), valid_to=max(on, spell.valid_from))
    return key


def _lead(step: Step, household: uuid.UUID, on: dt.date, answers: Mapping[str, Any]) -> uuid.UUID:
    """Another head: every relation is to the head, so each is stated anew from that day."""
    key = uuid.UUID(answers["member"])
    rows = open_members(household)
    before = {one.person_key: one.relation for one in rows}
    spouse = before[key] == "spouse"
    for one in rows:
        replace(one, str(step.case.id), valid_to=max(on, one.valid_from))
        if one.person_key == key:
            relation = "head"
        elif one.relation == "head":
            relation = answers["old_head_is"]
        else:
            relation = household_parts.after(one.relation, spouse)
        household_parts.enter(step, household, one.person_key, relation, max(on, one.valid_from))
    return key


CHANGES = {
    "join": _come,
    "born": _come,
    "leave": _leave,
    "head": _lead,
    "split": household_parts.split,
    "merge": household_parts.merge,
}
"""Kind of change -> what states it and returns the person whom it is about."""


def undo_change(step: Step) -> None:
    """Take the whole change back; both what it stated and what was known before stay readable in time."""
    step.detail["restored"] = undo(MODELS, str(step.case.id))
    Mandate.objects.filter(case=step.case.id, valid_to__gt=step.day).update(valid_to=step.day, ended_at=now())
