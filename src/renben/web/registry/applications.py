"""Applications from the applicant's side: begin, answer, look over, send."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from renben.web.flow.command import Command, Result, act, open_case
from renben.web.flow.definition import flow_of
from renben.web.flow.models import Case
from renben.web.flow.refusals import NotAllowed, Unknown
from renben.web.guard import scope
from renben.web.guard.policy import Actor
from renben.web.prepared import Prepared
from renben.web.registry import proxies
from renben.web.registry.answers import DRAFT, answers_of
from renben.web.registry.form_parts import QuestionForm
from renben.web.registry.permits import spell_of
from renben.web.registry.questions import (
    QUESTIONS,
    Question,
    following,
    missing_questions,
    question,
    unsettled,
)

FIRST = "residence_registration"
ANYBODY = (FIRST, "institution")
"""What needs no residence on record."""
ASSISTED = "assisted"
"""Stage in which an officer takes a form down; until it is handed in, it is his alone."""
FROM_A_CASE = ("reconsideration", "claim")
"""What is begun from the page of the case, or of the service, that it is about."""


OWN = Prepared(lambda key, account: Case.objects.filter(id=key, applicant=account))


@dataclass(frozen=True)
class Routes:
    """Names of the pages on which a case is filled in."""

    question: str = "question"
    draft: str = "draft"
    check: str = "check"
    case: str = "my_case"


RESIDENT = Routes()
COUNTER = Routes("assist_question", "assist_draft", "assist_check", "office_case")


def routes_of(case: Case) -> Routes:
    """The pages of a case: the applicant's, or the counter's where an officer takes it down."""
    return COUNTER if case.taken_down else RESIDENT


def begin(actor: Actor, kind: str, key: str, ward: str = "") -> Result:
    """Open an application; all but a registration and an enrolment need a residence on record.

    Args:
        actor: the applicant.
        kind: what is applied for.
        key: one-time key of the form.
        ward: key of the person for whom a guardian applies, empty for oneself.

    Raises:
        Unknown: no such kind of application.
        NotAllowed: no residence on record, or no mandate.
    """
    if kind not in QUESTIONS or kind in FROM_A_CASE:
        raise Unknown()
    if kind in ANYBODY:
        return open_case(kind, actor, key)
    person = proxies.acting_for(actor, ward) if ward else actor.person_key
    with scope.reading_as("registry"):
        spell = spell_of(person)
    if spell is None:
        raise NotAllowed("refusal.not_registered")
    return open_case(kind, actor, key, spell.region, person_key=person)


def not_anothers_form(officer: int | None) -> Q:
    """Cases without the forms that other officers are taking down."""
    return Q(holder=officer) | ~Q(stage=ASSISTED)


def own_case(actor: Actor, case_id: uuid.UUID) -> Case:
    """A case of the actor's own.

    Raises:
        Unknown: no such case, or somebody else's.
    """
    case: Case | None = OWN.first(case_id, actor.user_id)
    if case is None:
        raise Unknown()
    return case


def is_open(case: Case) -> bool:
    """Whether the applicant may still change answers."""
    return saving(case) is not None


def saving(case: Case) -> str | None:
    """The action by which answers are kept in a case's stage, None where they are fixed."""
    flow = flow_of(case.kind, case.flow_version)
    action = "take_down" if case.taken_down else "save"
    return action if flow.find(case.stage, action) else None


@dataclass(frozen=True)
class Asked:
    """One question of one case, ready to be shown."""

    case: Case
    question: Question
    form: QuestionForm
    answers: dict[str, Any]
    position: int
    total: int

    @property
    def routes(self) -> Routes:
        """Names of the pages on which this case is filled in."""
        return routes_of(self.case)

    @property
    def before(self) -> str:
        """Name of the question before this one, empty for the first."""
        return QUESTIONS[self.case.kind][self.position - 2].name if self.position > 1 else ""

    @property
    def begun(self) -> bool:
        """Whether somebody was typed into the form of a list, though perhaps not added yet."""
        return any(self.form.data.get(name, "").strip() for name in self.question.form.told)


def asked(case: Case, name: str, query: str = "", data: QueryDict | None = None, files: Any = None) -> Asked:
    """A question with its form: filled from what was typed, else from the draft, else from the answers.

    Raises:
        Unknown: the kind has no such question, or the case can no longer be changed.
    """
    found = question(case.kind, name)
    if found is None or not is_open(case):
        raise Unknown()
    answers = answers_of(case)
    initial = {} if found.repeats else {**answers, **answers.get(DRAFT, {}).get(name, {})}
    form = found.form(data, files, initial=initial, answers=answers, query=query, case=case)
    names = [one.name for one in QUESTIONS[case.kind]]
    return Asked(case, found, form, answers, names.index(name) + 1, len(names))


def answer(ask: Asked, actor: Actor, key: str) -> str | None:
    """Keep a valid form's answers and return the question that follows, None when all are answered."""
    fields = ask.form.kept()
    payload = {"question": ask.question.name, "fields": fields}
    if again := unsettled(ask.case.kind, ask.question.name, ask.answers, fields):
        payload["reopens"] = again
    _save(ask.case, actor, key, payload)
    fresh = OWN.first(ask.case.pk, ask.case.applicant)
    return following(fresh.kind, ask.question.name, answers_of(fresh), fresh.marks)


def keep_draft(case: Case, actor: Actor, name: str, data: QueryDict, key: str) -> None:
    """Keep what was typed so far, unchecked; nothing else changes."""
    found = question(case.kind, name)
    if found is None or found.repeats or not is_open(case):
        raise Unknown()
    fields = {field: data.get(field, "") for field in found.form.base_fields if field != "file"}
    _save(case, actor, key, {"question": name, "fields": fields, "draft": True})


def add_member(ask: Asked, actor: Actor, key: str) -> None:
    """Add one person to the list of those who moved along."""
    members = [*ask.answers.get("members", ()), ask.form.kept()]
    payload = {"question": ask.question.name, "fields": {"members": members}, "done": False}
    _save(ask.case, actor, key, payload)


def remove_member(ask: Asked, actor: Actor, key: str, number: int) -> None:
    """Take one person from the list."""
    members = [one for at, one in enumerate(ask.answers.get("members", ())) if at != number]
    payload = {"question": ask.question.name, "fields": {"members": members}, "done": False}
    _save(ask.case, actor, key, payload)


def finish_members(ask: Asked, actor: Actor, key: str) -> str | None:
    """The list is complete; return the question that follows."""
    members = ask.answers.get("members", [])
    _save(ask.case, actor, key, {"question": ask.question.name, "fields": {"members": members}})
    fresh = OWN.first(ask.case.pk, ask.case.applicant)
    return following(fresh.kind, ask.question.name, answers_of(fresh), fresh.marks)


def _save(case: Case, actor: Actor, key: str, payload: dict[str, Any]) -> None:
    act(Command(case.id, saving(case) or "save", actor, key, None, payload))


SENDING = ("submit", "resubmit")


def send(case: Case, actor: Actor, key: str, version: int, action: str) -> Result:
    """Send an application, or send it again after mending what was marked.

    The action comes with the form, so that the same form sent twice is the same command.

    Raises:
        Unknown: another action than sending.
    """
    if action not in SENDING:
        raise Unknown()
    return act(Command(case.id, action, actor, key, version))


def sending(case: Case) -> str:
    """The action by which a case in its stage is sent."""
    return "resubmit" if case.stage == "returned" else "submit"


def still_missing(case: Case) -> list[Question]:
    """Questions that are not answered yet."""
    names = missing_questions(case.kind, answers_of(case))
    return [one for one in QUESTIONS[case.kind] if one.name in names]
