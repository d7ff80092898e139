"""Checks a flow before it may run: no dead stage, no wait without a way out, nobody checks himself.

A flow with problems is refused when the service starts and by a test.
"""

from collections.abc import Iterator

from renben.catalogue import load
from renben.web.flow.bindings import BOUND, bindings
from renben.web.flow.conditions import ALLOW, OPERATORS, REFUSE
from renben.web.flow.definition import SAME, Flow, flows
from renben.web.flow.effects import COMMON
from renben.web.flow.flaws import Flaw
from renben.web.flow.verified_ways import collections, handovers
from renben.web.guard.policy import policy

UNITS = ("day", "working_day")
HOURS = ("hour", "working_hour")
"""Units of a deadline beside days; a wait ends on a day, and an extension counts in days."""


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


def problems(flow: Flow) -> tuple[Flaw, ...]:
    """Everything wrong with a flow, in words."""
    parts = (
        _names,
        _ambiguities,
        _reachability,
        _waits,
        _clocks,
        _separations,
        _guards,
        handovers,
        collections,
        _known,
    )
    if named := tuple(_names(flow)):
        return named
    return tuple(text for part in parts for text in part(flow))


def _names(flow: Flow) -> Iterator[Flaw]:
    for move in flow.transitions:
        for stage in (*flow.sources(move), move.to):
            if stage not in flow.stages and stage != SAME:
                yield Flaw(
                    f"transition {move.action}: no stage {stage}",
                    f"步骤 {move.action}：没有阶段 {stage}",
                )
        if move.guard and move.guard not in flow.guards:
            yield Flaw(
                f"transition {move.action}: no guard {move.guard}",
                f"步骤 {move.action}：没有判断表 {move.guard}",
            )
    if flow.start not in flow.stages:
        yield Flaw(
            f"start: no stage {flow.start}",
            f"起点：没有阶段 {flow.start}",
        )


def _ambiguities(flow: Flow) -> Iterator[Flaw]:
    seen: set[tuple[str, str]] = set()
    for move in flow.transitions:
        for stage in flow.sources(move):
            if (stage, move.action) in seen:
                yield Flaw(
                    f"two transitions for {move.action} in {stage}",
                    f"阶段 {stage} 有两个步骤 {move.action}",
                )
            seen.add((stage, move.action))
            if flow.stages[stage].final and move.by == "system":
                yield Flaw(
                    f"{move.action} leaves the final stage {stage} by itself",
                    f"步骤 {move.action} 自动离开终结阶段 {stage}",
                )


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


def _reachability(flow: Flow) -> Iterator[Flaw]:
    graph = steps(flow)
    reached = reachable(graph, flow.start)
    for stage in (one for one in flow.stages if one not in reached):
        yield Flaw(
            f"stage {stage} cannot be reached",
            f"阶段 {stage} 无法到达",
        )
    finals = {name for name, stage in flow.stages.items() if stage.final}
    for stage in flow.stages:
        if not finals & reachable(graph, stage):
            yield Flaw(
                f"stage {stage} has no way to an end",
                f"阶段 {stage} 没有通往终结的路",
            )


def _waits(flow: Flow) -> Iterator[Flaw]:
    for name, stage in flow.stages.items():
        if stage.final:
            continue
        if stage.wait is None and not (stage.deadline and flow.find(name, "escalate")):
            yield Flaw(
                f"stage {name} has neither a wait with a way out nor a deadline that escalates",
                f"阶段 {name} 既没有到时自动转出的等待，也没有会升级的时限",
            )
        if stage.holder == "applicant" and stage.wait is None:
            yield Flaw(
                f"stage {name} waits for the applicant without a time-out",
                f"阶段 {name} 等待申请人而没有期限",
            )
        if stage.wait is not None:
            move = flow.find(name, stage.wait.action)
            if move is None or move.by != "system" or move.to in (SAME, name):
                yield Flaw(
                    f"stage {name}: its time-out {stage.wait.action} is no step of the system to another stage",
                    f"阶段 {name}：到时步骤 {stage.wait.action} 不是系统转往另一阶段的步骤",
                )


def _clocks(flow: Flow) -> Iterator[Flaw]:
    for name, stage in flow.stages.items():
        if stage.deadline and stage.deadline not in flow.deadlines:
            yield Flaw(
                f"stage {name}: no deadline {stage.deadline}",
                f"阶段 {name}：没有时限 {stage.deadline}",
            )
        if stage.wait and stage.wait.provision:
            yield from _period(f"stage {name}", stage.wait.provision)
        if stage.clock == "stopped" and stage.holder != "applicant" and stage.wait is None:
            yield Flaw(
                f"stage {name}: the clock stops only while the applicant holds the case, or until a day",
                f"阶段 {name}：只有在申请人手中，或者到某日为止，才停计时限",
            )
    for name, deadline in flow.deadlines.items():
        yield from _period(f"deadline {name}", deadline.provision, (*UNITS, *HOURS))
        if deadline.extended:
            yield from _period(f"deadline {name}", deadline.extended)


def _period(where: str, provision: str, units: tuple[str, ...] = UNITS) -> Iterator[Flaw]:
    laws = load().laws
    if provision not in laws:
        yield Flaw(
            f"{where}: no provision {provision}",
            f"{where}：没有规定 {provision}",
        )
    elif laws[provision].unit not in units:
        en, zh = ("days", "天") if units == UNITS else ("days or hours", "天或小时")
        yield Flaw(
            f"{where}: {provision} is in {laws[provision].unit!r}, not in {en}",
            f"{where}：{provision} 的单位是 {laws[provision].unit!r}，不是{zh}",
        )


def _separations(flow: Flow) -> Iterator[Flaw]:
    actions = {move.action: move for move in flow.transitions}
    for pair in flow.separations:
        for action in pair:
            if action not in actions or actions[action].by == "system":
                yield Flaw(
                    f"separation {pair}: {action} is no step of a person",
                    f"分离 {pair}：{action} 不是人办理的步骤",
                )
    checkers = {checker for _, checker in flow.separations}
    for move in flow.transitions:
        granted = move.to != SAME and flow.stages[move.to].outcome == "granted"
        if granted and move.by != "system" and move.action not in checkers:
            yield Flaw(
                f"{move.action} grants, and nobody has to be somebody else: maker is checker",
                f"步骤 {move.action} 作出准予，却没有要求换人办理：经办人即复核人",
            )


def _guards(flow: Flow) -> Iterator[Flaw]:
    for name, rows in flow.guards.items():
        if not rows or rows[-1].when:
            yield Flaw(
                f"guard {name}: the last row must hold always",
                f"判断表 {name}：最后一行须总能成立",
            )
        if any(not row.when for row in rows[:-1]):
            yield Flaw(
                f"guard {name}: a row after one that always holds is never reached",
                f"判断表 {name}：总能成立的一行之后的行永远用不到",
            )
        for row in rows:
            if row.then not in (ALLOW, REFUSE) or (row.then == REFUSE and not row.say):
                yield Flaw(
                    f"guard {name}: a row must allow, or refuse and say why",
                    f"判断表 {name}：每行须准许，或拒绝并说明理由",
                )
            if any(op not in OPERATORS for tests in row.when.values() for op in tests):
                yield Flaw(
                    f"guard {name}: unknown operator",
                    f"判断表 {name}：有不认识的运算",
                )


def _known(flow: Flow) -> Iterator[Flaw]:
    if flow.name not in BOUND:
        yield Flaw(
            "no bindings (flow/bindings.py: BOUND)",
            "没有接入程序（flow/bindings.py: BOUND）",
        )
        return
    own = bindings(flow.name).effects
    for move in flow.transitions:
        for effect in move.effects:
            if effect not in COMMON and effect not in own:
                yield Flaw(
                    f"transition {move.action}: no effect {effect}",
                    f"步骤 {move.action}：没有效果 {effect}",
                )
        if move.by != "system" and move.permission not in policy().permissions:
            yield Flaw(
                f"transition {move.action}: permission {move.permission!r} is not in the policy",
                f"步骤 {move.action}：权限表中没有 {move.permission!r}",
            )
    for use, permission in (("apply", flow.apply), ("read", flow.read)):
        if permission not in policy().permissions:
            yield Flaw(
                f"{use}: permission {permission!r} is not in the policy",
                f"{use}：权限表中没有 {permission!r}",
            )
