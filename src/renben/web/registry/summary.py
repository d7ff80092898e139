"""An application as a list of questions and answers in words, with numbers masked unless revealed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from renben.web.guard import fields, scope
from renben.web.look.templatetags.words import day
from renben.web.registry import people, places
from renben.web.registry.answers import DONE
from renben.web.registry.models import Address
from renben.web.registry.questions import QUESTIONS
from renben.web.words import say_now, words

CHOSEN = {
    "acting_as": "acting", "document_kind": "document", "hukou_kind": "hukou", "hukou_rural": "rural",
    "reason": "reason", "housing": "housing", "proof_kind": "proof", "settlement_basis": "basis",
    "settle_with": "settle_with", "correct_field": "correct", "number_cause": "number_cause", "relation": "relation",
    "change": "change", "institution_kind": "institution", "leaves_to": "leaves_to", "old_head_is": "relation",
    "fact_act": "fact_act", "fact_kind": "ground", "fact_enrolled": "enrolled",
    "fact_whole": "whole",
}  # fmt: skip
"""Field -> prefix of the words of its choices."""
DAYS = ("arrival", "proof_from", "proof_to", "change_date", "birth", "fact_from", "fact_to")
QUIET = ("notice_language",)


@dataclass(frozen=True)
class Line:
    """One answer in words."""

    field: str
    label: str
    text: str


@dataclass(frozen=True)
class Section:
    """One question with its answers."""

    name: str
    title: str
    lines: tuple[Line, ...]
    marked: bool
    answered: bool


def sections(kind: str, answers: Mapping[str, Any], marks: list[str], reveal: bool = False) -> list[Section]:
    """The application question by question."""
    done = set(answers.get(DONE, ()))
    found = []
    for one in QUESTIONS.get(kind, ()):
        if one.repeats:
            lines = _members(answers.get("members", ()), reveal)
        else:
            names = one.form.base_fields
            lines = tuple(_line(name, answers, reveal) for name in _kept(names, answers))
        title = say_now(f"q.{one.word}.title")
        found.append(Section(one.name, title, lines, one.name in marks, one.name in done))
    return found


def for_office(found: list[Section]) -> list[Section]:
    """Sections under headings that speak about the applicant, where the question speaks to the applicant."""
    known = words()
    return [
        replace(one, title=say_now(key)) if (key := f"q.{one.name}.office") in known else one for one in found
    ]


def _kept(names: Mapping[str, Any], answers: Mapping[str, Any]) -> list[str]:
    wanted = [
        name
        for name in names
        if name in answers and name not in QUIET and answers[name] not in ("", None, [])
    ]
    if "file" not in names:
        return wanted
    return [*wanted, *(name for name in ("document", "photo") if answers.get(name))]


def _line(name: str, answers: Mapping[str, Any], reveal: bool) -> Line:
    """A line; a corrected value is covered like the field that it corrects."""
    field = answers.get("correct_field", name) if name == "correct_value" else name
    field = "number" if field == "wrong_number" else field
    return Line(name, say_now(f"field.{name}"), spoken(field, answers[name], reveal))


def spoken(name: str, value: Any, reveal: bool = False) -> str:
    """One answer as a person reads it."""
    if name in CHOSEN:
        return say_now(f"{CHOSEN[name]}.{value}")
    if name in DAYS:
        return day(value)
    if name == "sex":
        return say_now(f"sex.{value}")
    if name in FIXED:
        return say_now(FIXED[name])
    if name in COVERED:
        return fields.shown(_under(reveal), COVERED[name], str(value))
    return PLACES[name](value) if name in PLACES else str(value)


def _under(reveal: bool) -> str:
    return "person.reveal" if reveal else "queue.read"


def _region(value: str) -> str:
    if value == places.OTHER_PROVINCE:
        return say_now("place.other_province")
    return places.full_name(value)


def _address(value: str) -> str:
    return Address.objects.filter(pk=value).values_list("text", flat=True).first() or say_now("none")


def _member(value: str) -> str:
    with scope.reading_as("registry"):
        found = people.person(value)
    return fields.shown("queue.read", "name", found.name) if found else say_now("none")


def _grade(value: str) -> str:
    return say_now("school.grade_of", n=value)


def _fact(value: str) -> str:
    first, _, rest = value.partition(":")
    return say_now(f"fact.new.{rest}" if first == "new" else f"matter.{first}")


def _year(value: str) -> str:
    return say_now("school.year_of", year=value, next=int(value) + 1)


def _others(value: list[str]) -> str:
    return say_now("list.comma").join(_member(one) for one in value)


FIXED = {"notice": "notice.read", "document": "document.attached", "photo": "document.attached"}

COVERED = {"name": "name", "number": "number", "phone": "phone", "fact_name": "employer"}
"""Field -> the policy's field as which it is shown."""
PLACES: dict[str, Callable[[Any], str]] = {
    "region": _region,
    "hukou_region": _region,
    "address": _address,
    "member": _member,
    "others": _others,
    "grade": _grade,
    "school_year": _year,
    "fact_region": _region,
    "fact": _fact,
}


def _members(members: Any, reveal: bool) -> tuple[Line, ...]:
    lines = []
    for one in members:
        name, number = (fields.shown(_under(reveal), field, one[field]) for field in ("name", "number"))
        text = f"{name} · {say_now('sex.' + one['sex'])} · {day(one['birth'])} · {number}"
        lines.append(Line("members", say_now(f"relation.{one['relation']}"), text))
    return tuple(lines) or (Line("members", say_now("field.members"), say_now("members.none")),)
