"""Effects and facts of corrections of homes, jobs, schooling and insurance: added, put right, or taken back.

Carries out: Personal Information Protection Law arts. 8 and 46. A resident asks and an officer decides; where an officer
found it himself, he writes down why and a colleague decides. Always with a paper, whose file lives as any proof's does. What
was known before stays: decisions of then rest on it. Undone whole, unless somebody corrected it since.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from renben.web.clock import now
from renben.web.flow.bindings import Bindings, Step
from renben.web.flow.models import Case
from renben.web.registry import circumstances
from renben.web.registry.answers import answers_of, day_of, store_answers
from renben.web.registry.circumstances import MODELS, Told, day_after
from renben.web.registry.forms_facts import NEEDED, NEW, SAID, WITHDRAW, matter_of, said_of
from renben.web.registry.models import Circumstance, Proof, replace, withdraw
from renben.web.registry.models.undoing import built_upon, undo
from renben.web.registry.permit_rules import add_months
from renben.web.registry.questions import missing_questions
from renben.web.registry.reconsideration import note_reopened
from renben.web.registry.registration import take_in

KIND = "fact_correction"
SHOWN_AS = {"study": "student", "insurance": "insurance"}
"""Matter -> kind of the proof that a correction brings, where it is not the fact's own kind."""
MEANS = {said: kept for kept, said in SAID.items()}


def facts(case: Case, _payload: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    """Facts that the guards of such a correction ask for."""
    answers = answers_of(case)
    there, new = _there(case, answers), str(answers.get("fact", "")).startswith(f"{NEW}:")
    said = answers.get("fact_act") != WITHDRAW
    return {
        "questions_missing": len(missing_questions(case.kind, answers)),
        "stands": new or there is not None,
        "evidence": bool(answers.get("document")),
        "reason_missing": bool(case.result.get("assisted_by")) and not answers.get("fact_reason"),
        "day_is_possible": not said or _possible(answers, day),
        "same": said and there is not None and _same(answers, there),
        "changed_since": _changed_since(case),
    }


def _there(case: Case, answers: Mapping[str, Any]) -> Told | None:
    return circumstances.named(case.person_key, str(answers.get("fact", "")))


def _possible(answers: Mapping[str, Any], day: dt.date) -> bool:
    """Whether it has begun, and ends no day before."""
    first, last = day_of(answers.get("fact_from")), day_of(answers.get("fact_to"))
    return first is not None and first <= day and (last is None or last >= first)


def _same(answers: Mapping[str, Any], there: Told) -> bool:
    """Whether what is said is what is on record."""
    asked = NEEDED[there.matter]
    known = said_of(there)
    return all(str(answers.get(name) or "") == str(known[name] or "") for name in asked)


def correct_fact(step: Step) -> None:
    """State it anew, add it, or take it back; what was known before stays in the history."""
    case, answers = step.case, answers_of(step.case)
    there = _there(case, answers)
    step.detail["matter"], step.detail["act"] = matter_of(answers), answers["fact_act"]
    if answers["fact_act"] == WITHDRAW:
        if there is None:
            raise ValueError(
                f"case {case.id}: {answers['fact']} does not stand; the guard `sound` let it pass."
            )
        withdraw(there.row)
        case.result = {**case.result, "withdrew": there.ref}
        return
    if case.person_key is None:
        raise ValueError(f"case {case.id}: it is about nobody.")
    matter = matter_of(answers)
    columns = _columns(matter, answers)
    columns["proof"] = _proof(
        case, there.row.person_key if there else case.person_key, matter, columns, answers
    )
    if there is None:
        circumstances.state(matter, str(case.id), case.person_key, columns)
        return
    replace(there.row, str(case.id), **_changes(there.row, columns))


def _changes(row: Circumstance, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a row stated anew, a relation by its key."""
    found = circumstances.sealed(type(row), row.key, columns)
    return {**found, "proof_id": found.pop("proof").pk}


def _columns(matter: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    since, last = day_of(answers["fact_from"]), day_of(answers.get("fact_to"))
    if since is None:
        raise ValueError("a correction without a first day; the guard `sound` let it pass.")
    ends = day_after(last)
    if matter == "insurance":  # months, from the first of the first to the first after the last
        since, ends = since.replace(day=1), add_months(last.replace(day=1), 1) if last else None
    found: dict[str, Any] = {"kind": answers["fact_kind"], "valid_from": since, "valid_to": ends}
    asked = NEEDED[matter]
    if "fact_name" in asked:
        found["name"] = answers.get("fact_name", "")
    if "fact_region" in asked:
        found["region"] = answers["fact_region"]
    if "fact_enrolled" in asked:
        found["enrolled"] = MEANS.get(answers["fact_enrolled"])
    if "fact_whole" in asked:
        found["whole"] = MEANS.get(answers["fact_whole"])
    return found


def _proof(
    case: Case, person: uuid.UUID, matter: str, columns: Mapping[str, Any], answers: Mapping[str, Any]
) -> Proof:
    return Proof.objects.create(
        person_key=person, kind=SHOWN_AS.get(matter, columns["kind"]), valid_from=columns["valid_from"],
        valid_to=circumstances.last_day(columns["valid_to"]), document_id=answers["document"], case=case.id,
        recorded_at=now(),
    )  # fmt: skip


def _changed_since(case: Case) -> bool:
    """Whether somebody stated anew, or took back, since what this case stated or took back."""
    if "withdrew" not in case.result:
        mine = [model.objects.filter(source=str(case.id)) for model in MODELS.values()]
        gone = any(rows.exists() for rows in mine) and not any(rows.current().exists() for rows in mine)
        return gone or built_upon(MODELS.values(), str(case.id))
    matter, key = case.result["withdrew"].split(":")
    return MODELS[matter].objects.current().filter(key=key).exists()


def undo_fact(step: Step) -> None:
    """Take the correction back: what was known before is stated again, in its own source's name."""
    case = step.case
    if "withdrew" not in case.result:
        step.detail["restored"] = undo(MODELS.values(), str(case.id))
        return
    matter, key = case.result["withdrew"].split(":")
    before = MODELS[matter].objects.filter(key=key).order_by("-recorded_at", "-pk").first()
    if before is not None:
        replace(before, before.source)
    step.detail["restored"] = int(before is not None)


FACT_CORRECTION = Bindings(
    {
        "store_answers": store_answers,
        "take_in": take_in,
        "note_reopened": note_reopened,
        "correct_fact": correct_fact,
        "undo_fact": undo_fact,
    },
    facts,
)
