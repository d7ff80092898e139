"""Writes a flow as BPMN 2.0 XML: for people's tools and for exchange, never for execution here.

A stage becomes a user task followed by a gateway for its choices, a wait or deadline a boundary timer, a
final stage an end event. What BPMN has no word for (permissions, guards, effects, separations) stands in extension
elements of our own, so that `bpmn_drafting` reads back the same table. Diagram positions are written along.
"""

import json
from dataclasses import asdict
from xml.etree import ElementTree

from renben.web.flow.definition import ANY, SAME, Flow, Stage, Transition
from renben.web.flow.layout import HEIGHT, WIDTH, boxes, lines

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
OURS = "urn:renben:flow"
SET_BY_CASE = "day set by the case"
Element = ElementTree.Element


def bpmn(flow: Flow) -> bytes:
    """The flow as a BPMN 2.0 document."""
    for prefix, space in (("bpmn", MODEL), ("bpmndi", DI), ("dc", DC), ("di", DD), ("renben", OURS)):
        ElementTree.register_namespace(prefix, space)
    root = Element(f"{{{MODEL}}}definitions", {"id": f"{flow.name}_v{flow.version}", "targetNamespace": OURS})
    process = _sub(root, "process", id=flow.name, name=f"{flow.zh} / {flow.en}", isExecutable="false")
    _sub(process, "documentation").text = flow.basis
    _extensions(_sub(process, "extensionElements"), flow)
    _sub(process, "startEvent", id="start", name=f"{flow.prefix}")
    _sequence(process, "to_start", "start", _node(flow, flow.start))
    for name in flow.stages:
        _stage(process, flow, name)
    _flows(process, flow)
    _diagram(root, flow)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _sub(parent: Element, tag: str, **attributes: str) -> Element:
    return ElementTree.SubElement(parent, f"{{{MODEL}}}{tag}", attributes)


def own(name: str) -> str:
    """A name in our namespace."""
    return f"{{{OURS}}}{name}"


def _extensions(into: Element, flow: Flow) -> None:
    """What the drawing cannot say."""
    head = {"version": str(flow.version), "apply": flow.apply, "read": flow.read}
    ElementTree.SubElement(into, own("flow"), head)
    for name, one in flow.deadlines.items():
        ElementTree.SubElement(into, own("deadline"), {"name": name, **one.model_dump()})
    for maker, checker in flow.separations:
        ElementTree.SubElement(into, own("separation"), {"maker": maker, "checker": checker})
    for name, rows in flow.guards.items():
        text = json.dumps([asdict(row) for row in rows], ensure_ascii=False)
        ElementTree.SubElement(into, own("guard"), {"name": name}).text = text
    for number, move in enumerate(flow.transitions):
        ElementTree.SubElement(into, own("transition"), {"row": str(number), **_said(flow, move)})


def _said(flow: Flow, move: Transition) -> dict[str, str]:
    """One row of the table; with its stages and names only where no arrow says them."""
    said = {"action": move.action, "by": move.by, "permission": move.permission, "guard": move.guard,
            "assigned": str(move.assigned).lower(), "needs": " ".join(move.needs), "effects": " ".join(move.effects),
            "tone": move.tone, "counter": move.counter}  # fmt: skip
    hidden = [name for name in flow.sources(move) if move.to == SAME or flow.stages[name].final]
    if move.from_ == (ANY,):
        hidden = [ANY]
    if move.to == SAME or any(flow.stages[name].final for name in flow.sources(move)):
        said |= {"to": move.to, "zh": move.zh, "en": move.en}
    return {name: value for name, value in {**said, "from": " ".join(hidden)}.items() if value}


def _kind(stage: Stage) -> dict[str, str]:
    return {"holder": stage.holder, "clock": stage.clock, "outcome": stage.outcome}


def _marks(**values: str) -> dict[str, str]:
    return {own(name): value for name, value in values.items() if value}


def _node(flow: Flow, stage: str) -> str:
    return f"end_{stage}" if flow.stages[stage].final else f"task_{stage}"


def _stage(process: Element, flow: Flow, name: str) -> None:
    stage = flow.stages[name]
    label = f"{stage.zh} / {stage.en}"
    if stage.final:
        _sub(
            process,
            "endEvent",
            id=f"end_{name}",
            name=label,
            **_marks(holder=stage.holder, outcome=stage.outcome),
        )
        return
    _sub(process, "userTask", id=f"task_{name}", name=label, **_marks(**_kind(stage)))
    _sub(process, "exclusiveGateway", id=f"choice_{name}")
    _sequence(process, f"choose_{name}", f"task_{name}", f"choice_{name}")
    if stage.wait is not None:
        event = _sub(process, "boundaryEvent", id=f"wait_{name}", attachedToRef=f"task_{name}", name="wait")
        _timer(event, stage.wait.provision or SET_BY_CASE)
    if stage.deadline:
        attributes = {"id": f"due_{name}", "attachedToRef": f"task_{name}", "cancelActivity": "false"}
        event = _sub(process, "boundaryEvent", **attributes, name=stage.deadline)
        _timer(event, flow.deadlines[stage.deadline].provision)


def _timer(event: Element, provision: str) -> None:
    definition = _sub(event, "timerEventDefinition")
    _sub(definition, "timeDuration").text = provision


def _flows(process: Element, flow: Flow) -> None:
    for number, line in enumerate(lines(flow)):
        move = flow.find(line.source, line.action)
        stage = flow.stages[line.source]
        waits = stage.wait is not None and stage.wait.action == line.action
        source = f"wait_{line.source}" if waits else f"choice_{line.source}"
        if stage.final:
            continue
        label = f"{move.zh} / {move.en}" if move else line.action
        row = str(flow.transitions.index(move)) if move else ""
        _sequence(process, f"flow_{number}", source, _node(flow, line.target), label, **_marks(row=row))
    for move in flow.transitions:
        if move.to == SAME:
            _sub(
                process,
                "textAnnotation",
                id=f"stays_{move.action}_{'_'.join(move.from_)}".replace("*", "any"),
            )


def _sequence(process: Element, key: str, source: str, target: str, name: str = "", **marks: str) -> None:
    _sub(process, "sequenceFlow", id=key, sourceRef=source, targetRef=target, name=name, **marks)


def _diagram(root: Element, flow: Flow) -> None:
    diagram = ElementTree.SubElement(root, f"{{{DI}}}BPMNDiagram", {"id": "diagram"})
    plane = ElementTree.SubElement(diagram, f"{{{DI}}}BPMNPlane", {"id": "plane", "bpmnElement": flow.name})
    for stage, box in boxes(flow).items():
        node = _node(flow, stage)
        shape = ElementTree.SubElement(plane, f"{{{DI}}}BPMNShape", {"id": f"di_{node}", "bpmnElement": node})
        place = {"x": str(box.x), "y": str(box.y), "width": str(WIDTH), "height": str(HEIGHT)}
        ElementTree.SubElement(shape, f"{{{DC}}}Bounds", place)
