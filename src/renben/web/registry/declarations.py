"""A whole application in one command, for programs and for devices that were offline: same forms, same flow, all
mistakes told at once.

Carries out: Decree 663 art. 9 (what is missing is told at one time). Nothing is kept unless everything is right.
"""

import base64
import binascii
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from renben.web.flow.command import Command, Result, once, opened, stepped
from renben.web.flow.from_device import FromDevice
from renben.web.flow.models import Case
from renben.web.guard import audit, scope
from renben.web.guard.policy import Actor
from renben.web.registry import applications
from renben.web.registry.answers import DONE, DRAFT, put_answers
from renben.web.registry.form_parts import QuestionForm
from renben.web.registry.proxies import REGISTRY
from renben.web.registry.questions import QUESTIONS, Question
from renben.web.words import say_now

NOTICE = "notice"
COUNTER, TICKS = "counter", ("read_back", "signed")
"""What an officer who takes down for somebody says beside the answers."""
ASSIST = "registration.assist"
AT_ONCE = FromDevice()


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


def declare(actor: Actor, given: Mapping[str, Any], key: str, device: FromDevice = AT_ONCE) -> Result:
    """Open, fill in and send a residence registration under one one-time key.

    Once more with the same key answers with the first result.

    Args:
        actor: the applicant.
        given: question -> its fields as a form would send them, for a question that repeats a list of them; `notice`
            holds the version of the notice that was shown; a file is {name, base64}.
        key: one-time key.
        device: where it waited on a device before, what the device says of that.

    Raises:
        Mistaken: some answers cannot be taken; all of them are named.
        Refusal: the flow refuses.
    """
    work = partial(_opened_and_sent, actor, given, key, device)
    return once(actor, key, ["declare", given], work, longer=device.days)


def _opened_and_sent(actor: Actor, given: Mapping[str, Any], key: str, device: FromDevice) -> Result:
    blank = Case(id=uuid.uuid4(), kind=applications.FIRST, result=device.result)
    answers, mistakes = _checked(blank, given)
    if mistakes:
        raise Mistaken(mistakes)
    opened(blank.kind, actor, str(answers["region"]), _columns(blank, answers))
    return stepped(Command(blank.id, "submit", actor, key, None))


def take_down(actor: Actor, given: Mapping[str, Any], key: str, device: FromDevice = AT_ONCE) -> Result:
    """What an officer wrote down for somebody, read back and had signed on paper: into the queue, where a colleague decides.

    Once more with the same key answers with the first result.

    Args:
        actor: the officer.
        given: as for `declare`, and `counter` with `read_back` and `signed`.
        key: one-time key.
        device: where it waited on a device before, what the device says of that.

    Raises:
        Mistaken: some answers cannot be taken, the place is not one of the officer's regions, or it was not read back or
            signed; all is named.
        Refusal: the flow refuses.
    """
    work = partial(_taken_down, actor, given, key, device)
    return once(actor, key, ["take_down", given], work, longer=device.days)


def _taken_down(actor: Actor, given: Mapping[str, Any], key: str, device: FromDevice) -> Result:
    result = {**device.result, "assisted_by": actor.user_id}
    blank = Case(id=uuid.uuid4(), kind=applications.FIRST, result=result)
    ticks = given.get(COUNTER)
    said = {name: True for name in TICKS if isinstance(ticks, dict) and ticks.get(name)}
    answers, mistakes = _checked(blank, {name: fields for name, fields in given.items() if name != COUNTER})
    if answers.get("region") and not actor.may(ASSIST, answers["region"]):
        mistakes.append(Mistake("place.region", say_now("form.outside")))
    mistakes += [Mistake(f"{COUNTER}.{name}", say_now("form.empty")) for name in TICKS if name not in said]
    if mistakes:
        raise Mistaken(mistakes)
    region, columns = str(answers["region"]), _columns(blank, answers)
    opened(blank.kind, REGISTRY, region, {**columns, "applicant": None, "holder": actor.user_id})
    stepped(Command(blank.id, "assist", REGISTRY, key, None))
    audit.record(actor, "command", ASSIST, object_type=blank.kind, object_id=str(blank.id), region=region,
                 detail={"action": "assist"})  # fmt: skip
    return stepped(Command(blank.id, "hand_in", actor, key, None, said))


def _columns(blank: Case, answers: dict[str, Any]) -> dict[str, Any]:
    """Columns of a case whose questions are all answered."""
    put_answers(blank, {**answers, DONE: sorted(one.name for one in QUESTIONS[blank.kind]), DRAFT: {}})
    return {"id": blank.id, "answers_ct": blank.answers_ct, "result": blank.result}


def _checked(case: Case, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Mistake]]:
    """Answers of all questions through their forms, and those that cannot be taken."""
    known = [one.name for one in QUESTIONS[case.kind]]
    nothing = say_now("declare.unknown", known=", ".join(known))
    mistakes = [Mistake(name, nothing) for name in given if name not in known]
    answers: dict[str, Any] = {}
    for question in QUESTIONS[case.kind]:
        found, wrong = _ask(case, question, given.get(question.name), answers)
        answers.update(found)
        mistakes += wrong
    return answers, mistakes


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
        with scope.as_job("flow"):  # a file is kept before the case that it belongs to is there
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
