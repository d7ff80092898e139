"""A flow as people read it: its kinds with their versions, and its rules in the sentences that a refusal says."""

from dataclasses import dataclass

from renben.web.flow.definition import Flow, Transition, flows
from renben.web.words import say_now


@dataclass(frozen=True)
class Kind:
    """One kind of case: the version that new cases follow, and those before it, newest first."""

    now: Flow
    before: tuple[Flow, ...]


@dataclass(frozen=True)
class Rule:
    """A rule that steps ask: its number on the page, the steps, and what is said where it does not hold."""

    number: int
    moves: tuple[Transition, ...]
    sentences: tuple[str, ...]


def kinds() -> list[Kind]:
    """Every kind of case in the order of the flows."""
    found: dict[str, list[Flow]] = {}
    for flow in flows().values():
        found.setdefault(flow.name, []).append(flow)
    for versions in found.values():
        versions.sort(key=lambda one: -one.version)
    return [Kind(versions[0], tuple(versions[1:])) for versions in found.values()]


def rules(flow: Flow) -> dict[str, Rule]:
    """The rules of a flow by name, in the order of the steps that ask them."""
    asked: dict[str, list[Transition]] = {}
    for move in flow.transitions:
        if move.guard:
            asked.setdefault(move.guard, []).append(move)
    return {
        name: Rule(number, tuple(moves), _sentences(flow, name))
        for number, (name, moves) in enumerate(asked.items(), start=1)
    }


def _sentences(flow: Flow, name: str) -> tuple[str, ...]:
    refused = (row for row in flow.guards[name] if row.then != "allow")
    return tuple(dict.fromkeys(say_now(row.say, ref=row.ref) for row in refused))
