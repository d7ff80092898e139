"""Writes a reading as a proposal in the form of the catalogue's plans, for a person to review.

What a document cannot say (English names, mechanisms, checkable rules) is filled with words that show it is
open. Units the catalogue does not know keep their names, and are listed at the top of the file.
"""

import datetime as dt
from typing import Any

import yaml
from pydantic import ValidationError

from renben.catalogue.plan import Plan
from renben.engines.plan_reader.model import Commitment, Measure, Quantity, Reading, Target
from renben.engines.plan_reader.source import PlanFileError

OPEN = "(to translate)"
REASON = "proposal, not reviewed"
UNITS = {
    "年": "year",
    "个百分点": "pp",
    "百分点": "pp",
    "人": "person",
    "元": "yuan",
    "公里": "km",
    "亩": "mu",
}
CUT = "A commitment is one sentence of a measure, up to its full stop; headlines and owners are not counted."
CUT_ZH = "一项任务为举措中的一句话，以句号为界；标题和责任单位不计。"


def proposal(reading: Reading) -> tuple[str, list[str]]:
    """The plan as YAML in catalogue form, and what is missing before it can be loaded.

    Args:
        reading: what the reader found.

    Raises:
        PlanFileError: the document holds no measure, so there is nothing to propose.
    """
    if not reading.measures:
        raise PlanFileError(
            f"{reading.source.name}: no numbered measure was found, so there is no plan to propose; "
            "look at its parts with renben plan read FILE --json."
        )
    plan = _plan(reading)
    missing = [key for key, value in plan.items() if value is None or value == ""]
    missing += _complaints(reading.plan_id, plan, missing)
    body = yaml.safe_dump({reading.plan_id: plan}, allow_unicode=True, sort_keys=False, width=110)
    return _header(reading, missing) + body, missing


def _complaints(plan_id: str, plan: dict[str, Any], missing: list[str]) -> list[str]:
    """What the catalogue's model says against the proposal, apart from what is known to be missing."""
    try:
        Plan.model_validate({**plan, "id": plan_id})
    except ValidationError as error:
        found = [(".".join(map(str, e["loc"])), e["msg"]) for e in error.errors()]
        return [f"{at}: {message}" for at, message in found if at not in missing]
    return []


def _header(reading: Reading, missing: list[str]) -> str:
    unknown = dict.fromkeys(o.name for m in reading.measures for o in m.owners if o.office is None)
    rows = [
        f"Proposal read from {reading.source.name.rsplit('/', 1)[-1]}, not reviewed. Write it in your own words,",
        f"translate every {OPEN}, and settle kind, strength, reason and rules before it becomes a plan.",
        *(["Fill in: " + "; ".join(missing)] if missing else []),
        *(["Units that catalogue/offices does not know: " + "、".join(unknown)] if unknown else []),
        *(f"Unread: {' '.join(unread.text.split())[:60]} ({unread.reason})" for unread in reading.unread),
    ]
    return "".join(f"# {row}\n" for row in rows)


def _plan(reading: Reading) -> dict[str, Any]:
    head = reading.head
    first, last = head.period
    issued = dt.date.fromisoformat(head.issued_on) if head.issued_on else None
    return {
        "zh": head.title,
        "en": OPEN,
        "number": head.document_no,
        "issuer": _issuer(reading),
        "issued_on": issued,
        "first_year": first or (issued.year if issued else None),
        "last_year": last,
        "region": reading.region,
        "source": f"{head.issuer or ''} {head.document_no or ''}".strip() or REASON,
        "splitting_zh": CUT_ZH,
        "splitting_en": CUT,
        "references": [
            {"zh": r.title, "en": OPEN, "number": r.document_no or "", "parent": False}
            for r in reading.references
        ],
        "goals": {f"goal_{i}": _goal(t, last) for i, t in enumerate(_goals(reading), 1)},
        "actions": {f"action_{i}": _action(a) for i, a in enumerate(reading.actions, 1)},
        "safeguards": {i: _commitment(c, ()) for i, c in enumerate(reading.safeguards, 1)},
    }


def _issuer(reading: Reading) -> str | None:
    return (reading.issuer.office or reading.issuer.name) if reading.issuer is not None else None


def _goals(reading: Reading) -> list[Target]:
    return [target for target in reading.targets if target.commitment is None]


def _goal(target: Target, last: int | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "zh": target.text,
        "en": OPEN,
        "vague": target.vague or "exact",
        "year": target.year or last,
    }
    if target.value is not None:
        # the model compares a goal with one number; of a range the lower end is kept, the text holds both
        comparison = "at_least" if target.comparison == "between" else target.comparison or "equals"
        found |= {"value": target.value, "unit": _unit(target.unit), "comparison": comparison}
    return found | {"reason": REASON}


def _action(action: Any) -> dict[str, Any]:
    aim = "".join(sentence.text for sentence in action.preamble) or action.title
    places = [p for sentence in action.preamble for p in sentence.places]
    return {
        "zh": action.title,
        "en": OPEN,
        "chapter": action.label.strip("、．. ") or "-",
        "aim_zh": aim,
        "aim_en": OPEN,
        "places": list(dict.fromkeys(p.group or p.code for p in places if p.group or p.code)),
        "measures": {measure.number: _measure(measure) for measure in action.measures},
    }


def _measure(measure: Measure) -> dict[str, Any]:
    owners = _ids(measure.owners) or ["unstated"]
    found = {i: _commitment(c, measure.owners, measure) for i, c in enumerate(measure.commitments, 1)}
    if not found:
        found = {1: {"zh": measure.title, "en": OPEN, "strength": "must", "kind": "develop", **_open()}}
    return {"zh": measure.title, "en": OPEN, "owners": owners, "commitments": found}


def _ids(owners: Any) -> list[str]:
    return list(dict.fromkeys(owner.office or owner.name for owner in owners))


def _open() -> dict[str, Any]:
    return {"mechanisms": [], "reason": "task", "indicators": []}


def _commitment(commitment: Commitment, owners: Any, measure: Measure | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "zh": commitment.text,
        "en": OPEN,
        "strength": commitment.strength,
        "kind": commitment.kind,
    }
    if commitment.owners is not None and _ids(commitment.owners) != _ids(owners):
        found["owners"] = _ids(commitment.owners)
    places = [p.group or p.code for p in commitment.places if p.group or p.code]
    if places:
        found["places"] = list(dict.fromkeys(places))
    if commitment.programmes:
        found["programmes"] = [{"zh": p.name, "en": OPEN, "kind": p.kind} for p in commitment.programmes]
    if commitment.quantities:
        found["quantities"] = [_quantity(q) for q in commitment.quantities]
    due = commitment.deadline or (measure.deadline if measure else None)
    if due is not None and due.date:
        found["deadline"] = dt.date.fromisoformat(due.date)
    return found | _open()


def _quantity(quantity: Quantity) -> dict[str, Any]:
    found = {"zh": quantity.text, "en": OPEN, "value": quantity.value}
    if quantity.to is not None:
        found["to"] = quantity.to
    return found | {"unit": _unit(quantity.unit), "comparison": quantity.comparison}


def _unit(unit: str) -> str:
    return UNITS.get(unit, unit) or "1"
