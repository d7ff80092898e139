"""Effects and facts of corrections that a resident asks for (Personal Information Protection Law art. 46).

A number that was missing (a newborn, a person without household registration) is added the same way, with a paper.
Where a record with this number is there already, the two are linked as one person; nothing is rewritten, and the link
is undone with the correction. A number that was typed wrongly, or changed by the office that gave it out, is replaced:
one officer proposes, another confirms, with a paper. The former number stays in the history, encrypted and without an
index, so that nobody is found by it; the new one is compared with every record. Not modelled: certificates that went to
other cities under the former number, and stays that an institution reported under it, which stay as they were reported.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from renben.web.clock import now
from renben.web.flow.bindings import Step
from renben.web.flow.models import Case
from renben.web.guard import crypto
from renben.web.registry import merging, people
from renben.web.registry.answers import answers_of
from renben.web.registry.identifiers import NUMBERED, PAPERS, check_id, kind_now
from renben.web.registry.models import Person, SamePerson, replace
from renben.web.registry.models.undoing import built_upon, undo
from renben.web.registry.questions import missing_questions

MODELS = (Person,)


def facts(case: Case, _payload: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    """Facts that the guards of corrections ask for."""
    answers = answers_of(case)
    field = answers.get("correct_field")
    person = people.person(case.person_key) if case.person_key else None
    wanted = answers.get("correct_value", "") if field in NUMBERS else ""
    kind = kind_now(person.document_kind) if field == "wrong_number" and person else NUMBERED
    other = people.find(kind, wanted)
    return {
        "questions_missing": len(missing_questions(case.kind, answers)),
        "adds_number": bool(wanted) and field == "number",
        "changes_number": bool(wanted) and field == "wrong_number",
        "same_number": person is not None and person.number == wanted,
        "number_wrong": bool(wanted) and check_id(wanted, kind, day).level == "error",
        "evidence": bool(answers.get("document")),
        "has_number": person is not None and person.document_kind not in PAPERS,
        "other_name": other is not None and person is not None and other.name_index != person.name_index,
        "changed_since": built_upon(MODELS, str(case.id)),
        "former_taken": _former_taken(case, person),
    }


def _former_taken(case: Case, person: Person | None) -> bool:
    """Whether somebody else is on record with the number that undoing this correction would bring back."""
    rows = Person.objects.filter(source=str(case.id)).order_by("recorded_at", "pk")
    mine = rows.first() if person is not None else None
    if mine is None:
        return False
    before = Person.objects.filter(key=mine.key, recorded_at__lt=mine.recorded_at).exclude(
        source=str(case.id)
    )
    former = before.order_by("-recorded_at", "-pk").first()
    other = people.find(former.document_kind, former.number) if former else None
    return other is not None and other.key != mine.key


def correct_record(step: Step) -> None:
    """State the person anew with the corrected value; the old statement stays in the history."""
    answers = answers_of(step.case)
    person = people.person(step.case.person_key) if step.case.person_key else None
    if person is None:
        raise ValueError(f"case {step.case.id}: its person {step.case.person_key} is not on record.")
    name, value = answers["correct_field"], answers["correct_value"]
    step.detail["field"] = name
    if name in NUMBERS:
        NUMBERS[name](step, person, value)
        return
    replace(person, str(step.case.id), **(_name(person, value) if name == "name" else _phone(person, value)))
    step.detail["duplicates"] = merging.open_reviews(person.key, step.day)


def _name(person: Person, value: str) -> dict[str, Any]:
    people.index_name(person.key, value)
    sealed = crypto.encrypt(value, "person.name", person.key)
    return {"name_ct": sealed, "name_index": people.name_index(value)}


def _phone(person: Person, value: str) -> dict[str, Any]:
    sealed = crypto.encrypt(value, "person.phone", person.key)
    return {"phone_ct": sealed, "phone_index": crypto.blind_index(value, "phone")}


def _add_number(step: Step, person: Person, number: str) -> None:
    """The number, and birth and sex as it tells them; or a link to the record that has it."""
    other = people.find(NUMBERED, number)
    if other is not None:
        link(step, kept=other.key, other=person.key)
        return
    checked = check_id(number, NUMBERED, step.day)
    replace(
        person, str(step.case.id), document_kind=NUMBERED, birth=checked.birth, sex=checked.sex,
        number_ct=crypto.encrypt(checked.number, "person.number", person.key),
        number_index=people.number_index(NUMBERED, checked.number),
    )  # fmt: skip
    step.detail["duplicates"] = merging.open_reviews(person.key, step.day)


def _change_number(step: Step, person: Person, number: str) -> None:
    """The right number instead of the former one; or none and a link, where another record has the right one."""
    kind = kind_now(person.document_kind)
    other = people.find(kind, number)
    step.detail["cause"] = answers_of(step.case).get("number_cause", "")
    if other is not None and other.key != person.key:
        replace(person, str(step.case.id), document_kind="no_paper",
                number_ct=crypto.encrypt("", "person.number", person.key))  # fmt: skip
        people.index_numbers(person.key)
        link(step, kept=other.key, other=person.key)
        return
    checked = check_id(number, kind, step.day)
    told = {"birth": checked.birth, "sex": checked.sex} if checked.birth else {}
    replace(
        person, str(step.case.id), document_kind=kind,
        number_ct=crypto.encrypt(checked.number, "person.number", person.key), **told,
        number_index=people.number_index(kind, checked.number),
    )  # fmt: skip
    people.index_numbers(person.key)
    step.detail["duplicates"] = merging.open_reviews(person.key, step.day)


NUMBERS: dict[str, Callable[[Step, Person, str], None]] = {
    "number": _add_number,
    "wrong_number": _change_number,
}
"""Entry of the form -> what makes a number right: one that was missing, and one that was wrong."""


def link(step: Step, kept: uuid.UUID, other: uuid.UUID) -> None:
    """State that two records are one person; the one with the number stands for both."""
    SamePerson.objects.create(kept=kept, other=other, case=step.case.id, made_at=now())
    step.detail["kept"], step.detail["other"] = str(kept), str(other)


def undo_correction(step: Step) -> None:
    """Take the correction back: what was known before is stated again, and a link ends."""
    SamePerson.objects.filter(case=step.case.id, undone_at=None).update(undone_at=now())
    keys = set(Person.objects.filter(source=str(step.case.id)).values_list("key", flat=True))
    step.detail["restored"] = undo(MODELS, str(step.case.id))
    for key in keys:
        people.index_numbers(key)
