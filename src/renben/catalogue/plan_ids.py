"""Ids of a plan's parts come from the keys under which they are written: PLAN/MEASURE/COMMITMENT."""

from typing import Any


def with_ids(plan: dict[str, Any]) -> dict[str, Any]:
    """A copy of a written plan in which measures, commitments and goals carry the ids that their keys give."""
    name = plan.get("id", "")
    filled = dict(plan)
    filled["goals"] = _each_with(plan.get("goals"), lambda key: {"id": key})
    filled["actions"] = {
        key: {**action, "measures": _numbered(name, action.get("measures"))} if _is(action) else action
        for key, action in plan.get("actions", {}).items()
    }
    filled["safeguards"] = _each_with(plan.get("safeguards", {}), lambda n: {"id": f"{name}/safeguards/{n}"})
    return filled


def _numbered(plan: str, measures: Any) -> Any:
    if not _is(measures):
        return measures
    return {n: _measure_with_ids(plan, n, measure) for n, measure in measures.items()}


def _measure_with_ids(plan: str, number: Any, measure: Any) -> Any:
    if not _is(measure):
        return measure
    owners = measure.get("owners", ())

    def extra(n: Any) -> dict[str, Any]:
        return {"id": f"{plan}/{number}/{n}", "owners": owners}

    commitments = _each_with(measure.get("commitments"), extra)
    return {**measure, "number": number, "commitments": commitments}


def _each_with(found: Any, extra: Any) -> Any:
    """Every mapping of a mapping, laid over the extra values that its key gives it."""
    if not _is(found):
        return found
    return {key: {**extra(key), **value} if _is(value) else value for key, value in found.items()}


def _is(value: Any) -> bool:
    return isinstance(value, dict)
