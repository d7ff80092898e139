"""Effects that every kind of case may use: claim, release, mark, extend, raise the level."""

from renben.web.flow.bindings import Effect, Step
from renben.web.flow.deadlines import LEVELS


def claim(step: Step) -> None:
    """The acting officer holds the case."""
    step.case.holder = step.actor.user_id


def release(step: Step) -> None:
    """Nobody holds the case."""
    step.case.holder = None


def mark_fields(step: Step) -> None:
    """Mark the fields to be mended, all at once, and count the return."""
    step.case.marks = sorted(set(step.payload["fields"]))
    step.case.returns += 1
    step.detail["fields"] = step.case.marks


def clear_marks(step: Step) -> None:
    """The applicant has answered; no field is marked any more."""
    step.case.marks = []


def extend_deadline(step: Step) -> None:
    """The running deadline uses its longer provision from its start."""
    step.case.result = {**step.case.result, "extended": step.case.clock}


def raise_level(step: Step) -> None:
    """The case is one level later: warned, urged, supervised, escalated."""
    step.case.level = max(step.case.level, LEVELS[step.payload["kind"]])
    step.detail["kind"] = step.payload["kind"]


def refuse(step: Step) -> None:
    """Keep the article on which a refusal rests."""
    step.case.result = {**step.case.result, "article": step.payload["article"]}
    step.detail["article"] = step.payload["article"]


def notify(step: Step) -> None:
    """Tell the applicant; a case taken down at the counter has no account to tell."""
    if step.case.applicant is not None:
        step.messages.append(f"{step.flow.name}.{step.move.action}")


COMMON: dict[str, Effect] = {
    "claim": claim,
    "release": release,
    "mark_fields": mark_fields,
    "clear_marks": clear_marks,
    "extend_deadline": extend_deadline,
    "raise_level": raise_level,
    "refuse": refuse,
    "notify": notify,
}
