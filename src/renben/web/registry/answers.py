"""The answers of a case: stored encrypted with the case, read back as one mapping."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from renben.web.flow.bindings import Step
from renben.web.flow.collecting import COMPETENT
from renben.web.flow.models import Case
from renben.web.guard import crypto

FIELD = "case.answers"
DRAFT = "_draft"
DONE = "_done"


def answers_of(case: Case) -> dict[str, Any]:
    """Everything answered so far, by field; `_draft` holds what was typed and not yet checked."""
    found = crypto.decrypt_json(case.answers_ct, FIELD, case.id)
    return dict(found)


def put_answers(case: Case, answers: Mapping[str, Any]) -> None:
    """Put answers into a case (the command saves it)."""
    case.answers_ct = crypto.encrypt_json(dict(answers), FIELD, case.id)


def store_answers(step: Step) -> None:
    """Effect `save`: merge checked answers of one question (or of all that are `answered`), or keep a draft."""
    answers = answers_of(step.case)
    drafts = dict(answers.get(DRAFT, {}))
    question = str(step.payload["question"])
    if step.payload.get("draft"):
        drafts[question] = dict(step.payload["fields"])
    else:
        answers.update(step.payload["fields"])
        drafts.pop(question, None)
        done = set(answers.get(DONE, ())) - {question} | set(step.payload.get("answered", ()))
        for name, fields in step.payload.get("reopens", {}).items():
            done.discard(name)
            drafts.pop(name, None)
            answers = {field: value for field, value in answers.items() if field not in fields}
        answers[DONE] = sorted(done | ({question} if step.payload.get("done", True) else set()))
    answers[DRAFT] = drafts
    put_answers(step.case, answers)
    if (region := answers.get("region")) and step.case.collected_by:
        step.case.result = {**step.case.result, COMPETENT: region}
    elif region:
        step.case.region = region
    step.detail["question"] = question


def day_of(text: str | None) -> dt.date | None:
    """A day from its ISO form, None for nothing."""
    return dt.date.fromisoformat(text) if text else None
