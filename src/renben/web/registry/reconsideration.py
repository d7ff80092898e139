"""Reconsideration of a refusal: admissible in time and once, heard by another office, decided by a second person.

Carries out: Administrative Reconsideration Law (revised 2023) arts. 11, 20, 30, 31, 61, 62, 64 (revocation with a new
decision). Not modelled: hearings, mediation, review of the rules themselves, the summary procedure, the court.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from renben.web.clock import today
from renben.web.flow.bindings import Step
from renben.web.flow.command import Command, Result, act, open_case
from renben.web.flow.course import note_of
from renben.web.flow.definition import Flow, flow_of
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded
from renben.web.guard import audit, scope
from renben.web.guard.policy import Actor
from renben.web.law import Provided, provision
from renben.web.registry import summary
from renben.web.registry.answers import answers_of
from renben.web.registry.questions import missing_questions

KIND = "reconsideration"
DAY = dt.timedelta(days=1)


def target_of(case: Case) -> Case | None:
    """The refused case that a reconsideration is about."""
    key = case.result.get("about")
    return Case.objects.filter(pk=key).first() if key else None


def was_refused(case: Case | None) -> bool:
    """Whether a case ended with a refusal by an officer, not by the person's own word."""
    if case is None or case.kind == KIND or case.result.get("denied"):
        return False
    return flow_of(case.kind, case.flow_version).stages[case.stage].outcome == "refused" and bool(
        case.result.get("article")
    )


def last_day(case: Case) -> tuple[dt.date, Provided] | None:
    """Last day on which reconsideration of a refusal may be asked for, with its law."""
    if case.closed_on is None:
        return None
    law = provision("reconsideration.apply_days", case.closed_on, case.region)
    return case.closed_on + int(law.value) * DAY, law


def facts(case: Case, _payload: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    """Facts that the guards of reconsideration ask for."""
    with scope.reading_as("review"):  # another office's case, which nobody but that office sees
        target = target_of(case)
    last = last_day(target) if target else None
    return {
        "was_refused": was_refused(target),
        "in_time": None if last is None else day <= last[0],
        "heard_before": bool(others(case).exclude(number=None).exists()),
        "questions_missing": len(missing_questions(case.kind, answers_of(case))),
        "returns": case.returns,
        "extended": "extended" in case.result,
    }


def others(case: Case) -> Any:
    """Other reconsiderations of the same refusal by the same applicant."""
    rows = Case.objects.filter(kind=KIND, applicant=case.applicant, result__about=case.result.get("about"))
    return rows.exclude(pk=case.pk)


@dataclass(frozen=True)
class Offer:
    """What the applicant of a refused case is told about reconsideration."""

    until: dt.date
    law: Provided
    open: bool
    case: Case | None
    """A reconsideration that was begun."""


def offer(case: Case, actor: Actor) -> Offer | None:
    """The way to reconsideration, for the page of a refused case."""
    last = last_day(case) if was_refused(case) else None
    if last is None:
        return None
    begun = Case.objects.filter(kind=KIND, applicant=actor.user_id, result__about=str(case.pk))
    return Offer(last[0], last[1], today() <= last[0], begun.order_by("-opened_at").first())


def begin(actor: Actor, case: Case, key: str) -> Result:
    """Open a reconsideration of a refused case.

    Raises:
        Guarded: it was not refused, or the time is over.
    """
    last = last_day(case)
    if not was_refused(case) or last is None:
        raise Guarded("refusal.not_refused")
    if today() > last[0]:
        raise Guarded("refusal.too_late", ref=last[1].ref)
    return open_case(
        KIND, actor, key, case.region, person_key=case.person_key, result={"about": str(case.pk)}
    )


def keep_article(step: Step) -> None:
    """Keep the article on which a decision rests."""
    step.case.result = {**step.case.result, "article": step.payload["article"]}
    step.detail["article"] = step.payload["article"]


def reopen_about(step: Step) -> None:
    """The refusal is revoked: the case goes back to its queue, by this decision."""
    target = target_of(step.case)
    if target is None:
        raise ValueError(f"case {step.case.id}: the case it is about is gone; refusals are kept.")
    if flow_of(target.kind, target.flow_version).find(target.stage, "reopen") is None:
        raise Guarded("refusal.cannot_reopen")
    act(Command(
        target.pk, "reopen", step.actor, f"reopen:{step.case.id}", target.version,
        {"decision": step.case.number or str(step.case.id)},
    ))  # fmt: skip


def note_reopened(step: Step) -> None:
    """Keep which decision reopened a case; the refusal itself stays in its history."""
    kept = {name: value for name, value in step.case.result.items() if name != "article"}
    step.case.result = {**kept, "reopened_by": step.payload["decision"]}
    step.case.closed_on = None
    step.detail["decision"] = step.payload["decision"]


@dataclass(frozen=True)
class About:
    """The refused case as the reconsideration office sees it: numbers covered, with the reason of the refusal."""

    case: Case
    flow: Flow
    sections: list[summary.Section]
    article: str
    note: str
    refused_on: dt.date | None


def about(case: Case, actor: Actor) -> About | None:
    """The case that a reconsideration is about; the look is recorded with the person."""
    if case.kind != KIND or not case.result.get("about"):
        return None
    with scope.reading_as("review"):
        target = target_of(case)
    if target is None:
        return None
    audit.record(
        actor, "read", "reconsideration.hear", object_type=target.kind, object_id=str(target.pk),
        subject=target.person_key, region=target.region,
    )  # fmt: skip
    with scope.reading_as("review"):
        refused = target.events.filter(to_stage="refused").order_by("-seq").first()
        sections = summary.for_office(summary.sections(target.kind, answers_of(target), []))
    note = note_of(refused)
    flow = flow_of(target.kind, target.flow_version)
    article = str(refused.detail.get("article", "")) if refused else ""
    return About(target, flow, sections, article, note, refused.day if refused else None)
