"""A flow that could trap a case, or let somebody check himself, is refused before it runs."""

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from renben.web.flow import bpmn, diagram
from renben.web.flow.bindings import BOUND
from renben.web.flow.conditions import Row, decide
from renben.web.flow.definition import Flow, flows, newest
from renben.web.flow.flaws import Flaw
from renben.web.flow.verification import check_all, problems, steps

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def broken(change: Callable[[dict[str, Any]], None]) -> tuple[Flaw, ...]:
    """Problems of the registration flow after one change."""
    written = newest("residence_registration").model_dump()
    change(written)
    return problems(Flow.model_validate(written))


def without(action: str) -> Callable[[dict[str, Any]], None]:
    def change(flow: dict[str, Any]) -> None:
        flow["transitions"] = [move for move in flow["transitions"] if move["action"] != action]

    return change


def test_every_flow_that_is_written_may_run() -> None:
    check_all()
    assert {name for name, _ in flows()} == set(BOUND), "the table of bindings and the folder of flows agree"


CASES: list[tuple[str, Callable[[dict[str, Any]], None], str]] = [
    ("a wait without its time-out", without("expire"), "is no step of the system"),
    ("a stage nobody reaches", without("return"), "returned cannot be reached"),
    ("no escalation", without("escalate"), "neither a wait with a way out nor a deadline"),
    ("no separation", lambda f: f.update(separations=()), "maker is checker"),
    ("a final stage cut off", lambda f: f["stages"]["registered"].update(final=False), "no way to an end"),
    ("twice the same step", lambda f: f.update(transitions=[*f["transitions"], f["transitions"][1]]), "two transitions"),
    ("an unknown stage", lambda f: f["transitions"][1].update(to="limbo"), "no stage limbo"),
    ("an unknown effect", lambda f: f["transitions"][1].update(effects=("fly",)), "no effect fly"),
    ("an unknown permission", lambda f: f["transitions"][1].update(permission="all"), "permission 'all'"),
    ("an unknown provision", lambda f: f["deadlines"]["review"].update(provision="no.such"), "no provision no.such"),
    ("a deadline in months", lambda f: f["deadlines"]["review"].update(provision="residence_permit.min_months"), "not in days"),
    ("a guard with a hole", lambda f: f["guards"].update(complete=(Row({"a": {"eq": 1}}, "allow"),)), "must hold always"),
    ("a refusal without words", lambda f: f["guards"].update(complete=(Row({}, "refuse"),)), "say why"),
    ("an applicant without time-out", lambda f: f["stages"]["draft"].update(wait=None), "without a time-out"),
    ("a clock stopped by the office", lambda f: f["stages"]["in_review"].update(clock="stopped"), "the clock stops only"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "change", "said"), CASES, ids=[case[0] for case in CASES])
def test_a_faulty_flow_is_refused_with_its_reason(why: str, change: Any, said: str) -> None:
    assert any(said in text for text in broken(change)), (why, broken(change))
    assert all(re.search(r"[\u4e00-\u9fff]", text.zh) and text.zh != text.en for text in broken(change)), (
        "said in Chinese too"
    )


def test_a_missing_fact_is_neither_true_nor_false() -> None:
    table = (Row({"years": {"lt": 1}}, "refuse", "too_short"), Row({}, "allow"))
    assert decide(table, {"years": 0}).then == "refuse"
    assert decide(table, {"years": 2}).then == "allow"
    assert decide(table, {}).missing == ("years",)
    both = (Row({"known": {"eq": 0}, "years": {"lt": 1}}, "refuse", "x"), Row({}, "allow"))
    assert decide(both, {"known": 1}).then == "allow", "a row that fails on a known fact needs no other"


@pytest.mark.parametrize("flow", flows().values(), ids=lambda flow: flow.name)
def test_the_bpmn_of_a_flow_has_every_stage_and_every_arrow_joins_two_nodes(flow: Flow) -> None:
    root = ElementTree.fromstring(bpmn.bpmn(flow))
    process = root.find(f"{BPMN}process")
    assert process is not None
    nodes = {node.get("id") for node in process if node.tag != f"{BPMN}sequenceFlow"}
    for stage, row in flow.stages.items():
        assert (f"end_{stage}" if row.final else f"task_{stage}") in nodes
    arrows = process.findall(f"{BPMN}sequenceFlow")
    assert arrows and all({a.get("sourceRef"), a.get("targetRef")} <= nodes for a in arrows)
    identities = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(identities) == len(set(identities)), "ids are unique"
    waits = sum(row.wait is not None for row in flow.stages.values())
    assert len([n for n in nodes if str(n).startswith("wait_")]) == waits


@pytest.mark.parametrize("flow", flows().values(), ids=lambda flow: flow.name)
def test_the_diagram_of_a_flow_draws_every_stage(flow: Flow) -> None:
    root = ElementTree.fromstring(diagram.svg(flow, "en"))
    boxes = [node for node in root.iter() if node.tag.endswith("rect")]
    assert len(boxes) == len(flow.stages)
    arrows = [node for node in root if node.tag.endswith("path")]
    assert len(arrows) == sum(len(targets - {stage}) for stage, targets in steps(flow).items())
