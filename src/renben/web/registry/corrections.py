"""Effects and facts of corrections that a resident asks for (Personal Information Protection Law art. 46)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from renben.web.flow.bindings import Step
from renben.web.flow.models import Case
from renben.web.guard import crypto
from renben.web.registry import merging, people
from renben.web.registry.answers import answers_of
from renben.web.registry.models import replace
from renben.web.registry.questions import missing_questions


def facts(case: Case, _payload: Mapping[str, Any], _day: dt.date) -> dict[str, Any]:
    """Facts that the guard of corrections asks for."""
    return {"questions_missing": len(missing_questions(case.kind, answers_of(case)))}


def correct_record(step: Step) -> None:
    """State the person anew with the corrected value; the old statement stays in the history."""
    answers = answers_of(step.case)
    person = people.person(step.case.person_key) if step.case.person_key else None
    if person is None:
        raise ValueError(f"case {step.case.id}: its person {step.case.person_key} is not on record.")
    name, value = answers["correct_field"], answers["correct_value"]
    if name == "name":
        changes = {
            "name_ct": crypto.encrypt(value, "person.name", person.key),
            "name_index": people.name_index(value),
        }
        people.index_name(person.key, value)
    else:
        changes = {
            "phone_ct": crypto.encrypt(value, "person.phone", person.key),
            "phone_index": crypto.blind_index(value, "phone"),
        }
    replace(person, str(step.case.id), **changes)
    step.detail["field"] = name
    step.detail["duplicates"] = merging.open_reviews(person.key, step.day)
