"""The application for a place in a public school: what its guards ask, what handing in and deciding do.

Carries out: Compulsory Education Law art. 12 (a place where the parents work or live); Personal Information Protection Law
art. 24 (the officer decides; the rule book's answer stands beside it as a receipt). No seat is allocated here.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from renben.web.flow.bindings import Bindings, Step
from renben.web.flow.models import Case
from renben.web.registry import moving, people, schooling
from renben.web.registry.answers import answers_of, put_answers, store_answers
from renben.web.registry.decided_again import KEPT
from renben.web.registry.models import Person
from renben.web.registry.questions import missing_questions
from renben.web.registry.reconsideration import note_reopened
from renben.web.registry.registration import take_in

KIND = "school_place"


def facts(case: Case, _payload: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    """Facts that the guards of an application ask for."""
    answers = answers_of(case)
    person = people.person(case.person_key) if case.person_key else None
    found = schooling.papers(person, day) if person else None
    year = answers.get("school_year")
    return {
        "questions_missing": len(missing_questions(case.kind, answers)),
        "papers_missing": None if found is None else bool(found.asked_for) and not answers.get("document"),
        "applied_before": person is not None and others(case, person, year).exists(),
        "entitled": schooling.decision(person, day, int(year)).receipt.answer if person and year else None,
        "returns": case.returns,
        **moving.facts(case),
    }


def others(case: Case, person: Person, year: Any) -> Any:
    """Other applications for the same child and school year that are open or were granted, under every number."""
    rows = Case.objects.filter(kind=KIND, person_key__in=people.all_keys(person.key), result__year=year)
    return rows.exclude(pk=case.pk).exclude(stage__in=("refused", "withdrawn", "expired", "draft"))


def hand_in(step: Step) -> None:
    """On sending: number and region; which papers are held and which was fetched is kept by name."""
    take_in(step)
    case, answers = step.case, answers_of(step.case)
    person = people.person(case.person_key) if case.person_key else None
    if person is None:
        raise ValueError(f"case {case.id}: its child {case.person_key} is not on record.")
    found = schooling.papers(person, step.day)
    if found.document and not answers.get("document"):
        put_answers(case, {**answers, "document": found.document})
    case.result = {**case.result, "year": answers["school_year"]}
    step.detail["papers"] = {one.name: one.state for one in found.all}


def place(step: Step) -> None:
    """A place is given: the article, and the receipt of the rule book's answer on this day."""
    _decided(step)
    step.case.result = {**step.case.result, "placed": True}


def turn_down(step: Step) -> None:
    """No place is given: the article, and the receipt of the rule book's answer on this day."""
    _decided(step)


def _decided(step: Step) -> None:
    case, answers = step.case, answers_of(step.case)
    person = people.person(case.person_key) if case.person_key else None
    if person is None:
        raise ValueError(f"case {case.id}: its child {case.person_key} is not on record.")
    receipt = schooling.decision(person, step.day, int(answers["school_year"])).receipt
    put_answers(case, {**answers, KEPT: receipt.model_dump(mode="json")})
    case.result = {**case.result, "article": step.payload["article"], "receipt": receipt.digest}
    step.detail |= {"article": step.payload["article"], "receipt": receipt.digest, "answer": receipt.answer}


SCHOOL = Bindings(
    {
        **moving.MOVING,
        "store_answers": store_answers,
        "hand_in_school": hand_in,
        "note_reopened": note_reopened,
        "place_child": place,
        "turn_down": turn_down,
    },
    facts,
)
