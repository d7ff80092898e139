"""Whole households parted and joined: some members found a household of their own, or two households become one.

A relation to a head that does not follow from what is known is stated as unknown, never made up. Joining two households
is for the counter, where an officer sees somebody of both.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from renben.web.flow.bindings import Step
from renben.web.flow.models import Case
from renben.web.registry import people
from renben.web.registry.household_members import membership_of, open_members
from renben.web.registry.models import Household, HouseholdMember, record, replace
from renben.web.registry.permits import spell_of

UNSTATED = "unstated"
KEPT_BY_SPOUSE = ("child",)
"""Relations to the old head that hold to the new one where the new head is the old one's spouse."""


def enter(step: Step, household: uuid.UUID, key: uuid.UUID, relation: str, on: dt.date) -> None:
    """State that somebody is in a household from a day on."""
    record(
        HouseholdMember, str(step.case.id), key=uuid.uuid4(), valid_from=on, household=household, person_key=key,
        relation=relation,
    )  # fmt: skip


def after(relation: str, spouse: bool) -> str:
    """The relation to a new head of somebody with a relation to the old one (`spouse`: the new head was its spouse)."""
    return relation if spouse and relation in KEPT_BY_SPOUSE else UNSTATED


def _leaving(answers: Mapping[str, Any]) -> set[str]:
    """Keys of those who leave together: the head of their household to be, and who goes along."""
    return {answers.get("member", ""), *(answers.get("others") or ())} - {""}


def facts(case: Case, answers: Mapping[str, Any], rows: Iterable[HouseholdMember]) -> dict[str, Any]:
    """Facts about parting and joining that the guard of household changes asks for."""
    kind, rows = answers.get("change"), list(rows)
    leaving = _leaving(answers) if kind == "split" else set()
    other = _other(answers) if kind == "merge" else None
    mine, theirs = (spell_of(key) for key in (case.person_key, other.person_key if other else None))
    return {
        "head_leaves_along": any(str(one.person_key) in leaving for one in rows if one.relation == "head"),
        "others_known": leaving <= {str(one.person_key) for one in rows},
        "at_counter": kind != "merge" or bool(case.result.get("assisted_by")),
        "other_household": kind != "merge" or (other is not None and other.household not in {r.household for r in rows}),
        "same_address": kind != "merge" or (mine is not None and theirs is not None
                                            and mine.address_id == theirs.address_id),
    }  # fmt: skip


def _other(answers: Mapping[str, Any]) -> HouseholdMember | None:
    """The membership of the one whose number names the other household."""
    found = people.find(answers.get("document_kind", ""), answers.get("number", ""))
    return membership_of(found.key) if found else None


def split(step: Step, household: uuid.UUID, on: dt.date, answers: Mapping[str, Any]) -> uuid.UUID:
    """Some members have a household of their own from a day on, at the same address; its head is returned."""
    head, leaving, rows = uuid.UUID(answers["member"]), _leaving(answers), open_members(household)
    spouse = any(one.person_key == head and one.relation == "spouse" for one in rows)
    fresh = uuid.uuid4()
    region = Household.objects.current().get(key=household, valid_to=None).region
    record(Household, str(step.case.id), key=fresh, valid_from=on, region=region)
    for one in rows:
        if str(one.person_key) in leaving:
            _move(step, one, fresh, "head" if one.person_key == head else after(one.relation, spouse), on)
    step.case.result = {**step.case.result, "new_household": str(fresh)}
    return head


def merge(step: Step, household: uuid.UUID, on: dt.date, answers: Mapping[str, Any]) -> uuid.UUID:
    """Everybody of another household belongs to this one from a day on; the other one ends. Its head is returned."""
    other = _other(answers)
    if other is None:
        raise ValueError(f"case {step.case.id}: no other household; the guard `sound` let it pass.")
    rows = open_members(other.household)
    for one in rows:
        _move(step, one, household, answers["relation"] if one.relation == "head" else UNSTATED, on)
    for ended in Household.objects.current().filter(key=other.household, valid_to=None):
        replace(ended, str(step.case.id), valid_to=max(on, ended.valid_from))
    step.case.result = {**step.case.result, "joined_household": str(other.household)}
    return rows[0].person_key


def _move(step: Step, row: HouseholdMember, household: uuid.UUID, relation: str, on: dt.date) -> None:
    """End a membership and begin the next."""
    day = max(on, row.valid_from)
    replace(row, str(step.case.id), valid_to=day)
    enter(step, household, row.person_key, relation, day)
