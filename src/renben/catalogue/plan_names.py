"""The names a plan uses: every id of an office, place, indicator or mechanism, with where it is written."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from renben.catalogue.plan import Commitment, Plan


class Named(NamedTuple):
    """An id that a plan uses, with its kind and the path at which it is written."""

    kind: Literal["office", "place", "indicator", "mechanism", "planned"]
    name: str
    at: tuple[Any, ...]


def named(plan: Plan) -> Iterator[Named]:
    """Every office, place, indicator and mechanism id that a plan uses, with the path where it is written."""
    yield Named("office", plan.issuer, ("issuer",))
    yield Named("place", plan.region, ("region",))
    for key, goal in plan.goals.items():
        if goal.indicator is not None:
            yield Named("indicator", goal.indicator, ("goals", key, "indicator"))
    for key, action in plan.actions.items():
        yield from _each("place", action.places, ("actions", key, "places"))
        for number, measure in action.measures.items():
            at = ("actions", key, "measures", number)
            yield from _each("office", measure.owners, (*at, "owners"))
            for n, commitment in measure.commitments.items():
                yield from _named_in(commitment, (*at, "commitments", n))
    for n, commitment in plan.safeguards.items():
        yield from _named_in(commitment, ("safeguards", n))


def _named_in(commitment: Commitment, at: tuple[Any, ...]) -> Iterator[Named]:
    yield from _each("office", commitment.owners, (*at, "owners"))
    yield from _each("place", commitment.places, (*at, "places"))
    yield from _each("indicator", commitment.indicators, (*at, "indicators"))
    yield from _each("mechanism", commitment.mechanisms, (*at, "mechanisms"))
    yield from _each("planned", commitment.planned, (*at, "planned"))


def _each(kind: Any, names: tuple[str, ...], at: tuple[Any, ...]) -> Iterator[Named]:
    return (Named(kind, name, (*at, i)) for i, name in enumerate(names))
