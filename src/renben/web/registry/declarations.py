"""A whole application in one command, for programs: the same forms, the same flow, all mistakes told at once.

Carries out: Decree 663 art. 9 (what is missing is told at one time). Nothing is kept unless everything is right.
"""

import base64
import binascii
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from renben.web.flow.command import Command, Result, once, opened, stepped
from renben.web.flow.models import Case
from renben.web.guard.policy import Actor
from renben.web.registry import applications
from renben.web.registry.answers import DONE, DRAFT, put_answers
from renben.web.registry.form_parts import QuestionForm
from renben.web.registry.questions import QUESTIONS, Question
from renben.web.words import say_now

NOTICE = "notice"


@dataclass(frozen=True)
class Mistake:
    """One answer that cannot be taken, and why."""

    where: str
    """question.field, for a list of persons question.NUMBER.field (from 0)."""
    why: str


class Mistaken(Exception):
    """Answers that cannot be taken; nothing was written."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes
        super().__init__("; ".join(f"{one.where}: {one.why}" for one in mistakes))


def declare(actor: Actor, given: Mapping[str, Any], key: str) -> Result:
    """Open, fill in and send a residence registration under one one-time key.

    Once more with the same key answers with the first result.

    Args:
        actor: the applicant.
        given: question -> its fields as a form would send them, for a question that repeats a list of them; `notice`
            holds the version of the notice that was shown; a file is {name, base64}.
        key: one-time key.

    Raises:
        Mistaken: some answers cannot be taken; all of them are named.
        Refusal: the flow refuses.
    """
    return once(actor, key, ["declare", given], lambda: _opened_and_sent(actor, given, key))


def _opened_and_sent(actor: Actor, given: Mapping[str, Any], key: str) -> Result:
    blank = Case(id=uuid.uuid4(), kind=applications.FIRST)
    answers = _checked(blank, given)
    put_answers(blank, {**answers, DONE: sorted(one.name for one in QUESTIONS[blank.kind]), DRAFT: {}})
    columns = {"id": blank.id, "answers_ct": blank.answers_ct}
    opened(blank.kind, actor, str(answers["region"]), columns)
    return stepped(Command(blank.id, "submit", actor, key, None))


def _checked(case: Case, given: Mapping[str, Any]) -> dict[str, Any]:
    """Answers of all questions through their forms.

    Raises:
        Mistaken: at least one cannot be taken.
    """
    known = [one.name for one in QUESTIONS[case.kind]]
    nothing = say_now("declare.unknown", known=", ".join(known))
    mistakes = [Mistake(name, nothing) for name in given if name not in known]
    answers: dict[str, Any] = {}
    for question in QUESTIONS[case.kind]:
        found, wrong = _ask(case, question, given.get(question.name), answers)
        answers.update(found)
        mistakes += wrong
    if mistakes:
        raise Mistaken(mistakes)
    return answers


def _ask(
    case: Case, question: Question, told: Any, answers: dict[str, Any]
) -> tuple[dict[str, Any], list[Mistake]]:
    if question.name == NOTICE:
        version = say_now("notice.version")
        if told != version:
            return {}, [Mistake(NOTICE, say_now("declare.notice", version=version))]
        told = {NOTICE: "on"}
    if not question.repeats:
        return _one(case, question, told, answers, question.name)
    rows: list[dict[str, Any]] = []
    mistakes: list[Mistake] = []
    for number, one in enumerate(told if isinstance(told, list) else []):
        found, wrong = _one(
            case, question, one, {**answers, question.name: rows}, f"{question.name}.{number}"
        )
        rows.append(found)
        mistakes += wrong
    return {question.name: rows}, mistakes


def _one(
    case: Case, question: Question, told: Any, answers: dict[str, Any], where: str
) -> tuple[dict[str, Any], list[Mistake]]:
    """One form: its answers, or its mistakes."""
    fields = {name: value for name, value in told.items() if name != "file"} if isinstance(told, dict) else {}
    file, wrong = _file(told, where)
    unknown = sorted(set(fields) - set(question.form.base_fields))
    wrong += [
        Mistake(f"{where}.{name}", say_now("declare.unknown", known=", ".join(question.form.base_fields)))
        for name in unknown
    ]
    form: QuestionForm = question.form(fields, {"file": file} if file else None, answers=answers, case=case)
    if form.is_valid() and not wrong:
        return form.kept(), []
    wrong += [
        Mistake(where if name == "__all__" else f"{where}.{name}", " ".join(texts))
        for name, texts in form.errors.items()
    ]
    return {}, wrong


def _file(told: Any, where: str) -> tuple[SimpleUploadedFile | None, list[Mistake]]:
    """The file that came along in a question's fields."""
    sent = told.get("file") if isinstance(told, dict) else None
    if not sent:
        return None, []
    try:
        content = base64.b64decode(str(sent["base64"]), validate=True)
        return SimpleUploadedFile(str(sent["name"]), content), []
    except (TypeError, KeyError, binascii.Error):
        return None, [Mistake(f"{where}.file", say_now("declare.file"))]
