"""Checks a flow before it may run: no dead stage, no wait without a way out, nobody checks himself.

A flow with problems is refused when the service starts and by a test.
"""

from collections.abc import Iterator

from renben.catalogue import load
from renben.web.flow.bindings import BOUND, bindings
from renben.web.flow.conditions import ALLOW, OPERATORS, REFUSE
from renben.web.flow.definition import SAME, Flow, flows
from renben.web.flow.effects import COMMON
from renben.web.flow.handing_over import HAND_OVER
from renben.web.guard.policy import policy

UNITS = ("day", "working_day")


class FlowError(ValueError):
    """A flow that must not run; the message lists every problem."""


def check_all() -> None:
    """Verify every flow version that is written.

    Raises:
        FlowError: one or more flows have problems.
    """
    found = [f"{flow.name} v{flow.version}: {text}" for flow in flows().values() for text in problems(flow)]
    if found:
        raise FlowError("; ".join(found))


def problems(flow: Flow) -> tuple[str, ...]:
    """Everything wrong with a flow, in words."""
    parts = (_names, _ambiguities, _reachability, _waits, _clocks, _separations, _guards, _handovers, _known)
    if named := tuple(_names(flow)):
        return named
    return tuple(text for part in parts for text in part(flow))


def _names(flow: Flow) -> Iterator[str]:
    for move in flow.transitions:
        for stage in (*flow.sources(move), move.to):
            if stage not in flow.stages and stage != SAME:
                yield f"transition {move.action}: no stage {stage}"
        if move.guard and move.guard not in flow.guards:
            yield f"transition {move.action}: no guard {move.guard}"
    if flow.start not in flow.stages:
        yield f"start: no stage {flow.start}"


def _ambiguities(flow: Flow) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for move in flow.transitions:
        for stage in flow.sources(move):
            if (stage, move.action) in seen:
                yield f"two transitions for {move.action} in {stage}"
            seen.add((stage, move.action))
            if flow.stages[stage].final and move.by == "system":
                yield f"{move.action} leaves the final stage {stage} by itself"


def steps(flow: Flow) -> dict[str, set[str]]:
    """Stages reachable in one step from each stage."""
    graph: dict[str, set[str]] = {name: set() for name in flow.stages}
    for move in flow.transitions:
        for stage in flow.sources(move):
            if move.to != SAME:
                graph[stage].add(move.to)
    return graph


def reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    """Stages reachable from a stage, itself included."""
    found, open_ = {start}, [start]
    while open_:
        for stage in graph[open_.pop()] - found:
            found.add(stage)
            open_.append(stage)
    return found


def _reachability(flow: Flow) -> Iterator[str]:
    graph = steps(flow)
    for stage in set(flow.stages) - reachable(graph, flow.start):
        yield f"stage {stage} cannot be reached"
    finals = {name for name, stage in flow.stages.items() if stage.final}
    for stage in flow.stages:
        if not finals & reachable(graph, stage):
            yield f"stage {stage} has no way to an end"


def _waits(flow: Flow) -> Iterator[str]:
    for name, stage in flow.stages.items():
        if stage.final:
            continue
        if stage.wait is None and not (stage.deadline and flow.find(name, "escalate")):
            yield f"stage {name} has neither a wait with a way out nor a deadline that escalates"
        if stage.holder == "applicant" and stage.wait is None:
            yield f"stage {name} waits for the applicant without a time-out"
        if stage.wait is not None:
            move = flow.find(name, stage.wait.action)
            if move is None or move.by != "system" or move.to in (SAME, name):
                yield f"stage {name}: its time-out {stage.wait.action} is no step of the system to another stage"


def _clocks(flow: Flow) -> Iterator[str]:
    for name, stage in flow.stages.items():
        if stage.deadline and stage.deadline not in flow.deadlines:
            yield f"stage {name}: no deadline {stage.deadline}"
        if stage.wait and stage.wait.provision:
            yield from _period(f"stage {name}", stage.wait.provision)
        if stage.clock == "stopped" and stage.holder != "applicant":
            yield f"stage {name}: the clock stops only while the applicant holds the case"
    for name, deadline in flow.deadlines.items():
        for provision in filter(None, (deadline.provision, deadline.extended)):
            yield from _period(f"deadline {name}", provision)


def _period(where: str, provision: str) -> Iterator[str]:
    laws = load().laws
    if provision not in laws:
        yield f"{where}: no provision {provision}"
    elif laws[provision].unit not in UNITS:
        yield f"{where}: {provision} is in {laws[provision].unit!r}, not in days"


def _separations(flow: Flow) -> Iterator[str]:
    actions = {move.action: move for move in flow.transitions}
    for pair in flow.separations:
        for action in pair:
            if action not in actions or actions[action].by == "system":
                yield f"separation {pair}: {action} is no step of a person"
    checkers = {checker for _, checker in flow.separations}
    for move in flow.transitions:
        granted = move.to != SAME and flow.stages[move.to].outcome == "granted"
        if granted and move.by != "system" and move.action not in checkers:
            yield f"{move.action} grants, and nobody has to be somebody else: maker is checker"


def _guards(flow: Flow) -> Iterator[str]:
    for name, rows in flow.guards.items():
        if not rows or rows[-1].when:
            yield f"guard {name}: the last row must hold always"
        if any(not row.when for row in rows[:-1]):
            yield f"guard {name}: a row after one that always holds is never reached"
        for row in rows:
            if row.then not in (ALLOW, REFUSE) or (row.then == REFUSE and not row.say):
                yield f"guard {name}: a row must allow, or refuse and say why"
            if any(op not in OPERATORS for tests in row.when.values() for op in tests):
                yield f"guard {name}: unknown operator"


def _handovers(flow: Flow) -> Iterator[str]:
    """A case that is handed over is taken, sent back, or comes home by itself, and its clock never rests."""
    for move in (one for one in flow.transitions if HAND_OVER in one.effects):
        if move.to == SAME or move.by != "office" or "note" not in move.needs or not move.guard:
            yield f"{move.action} hands over: it needs an officer, a reason, a guard and a stage of its own"
            continue
        stage, ways = flow.stages[move.to], flow.actions(move.to)
        for effect, by in (("take_over", "office"), ("send_back", "office"), ("come_home", "system")):
            if not any(effect in one.effects and one.by == by for one in ways):
                yield f"stage {move.to}: nobody can {effect.replace('_', ' ')} what was handed over"
        home = flow.find(move.to, stage.wait.action) if stage.wait else None
        if home is None or "come_home" not in home.effects:
            yield f"stage {move.to}: its time-out does not bring the case home"
        if stage.holder != "office" or any(
            flow.stages[one].deadline != stage.deadline for one in flow.sources(move)
        ):
            yield f"stage {move.to}: the deadline of the office before does not run on"


def _known(flow: Flow) -> Iterator[str]:
    if flow.name not in BOUND:
        yield "no bindings (flow/bindings.py: BOUND)"
        return
    own = bindings(flow.name).effects
    for move in flow.transitions:
        for effect in move.effects:
            if effect not in COMMON and effect not in own:
                yield f"transition {move.action}: no effect {effect}"
        if move.by != "system" and move.permission not in policy().permissions:
            yield f"transition {move.action}: permission {move.permission!r} is not in the policy"
    for use, permission in (("apply", flow.apply), ("read", flow.read)):
        if permission not in policy().permissions:
            yield f"{use}: permission {permission!r} is not in the policy"
