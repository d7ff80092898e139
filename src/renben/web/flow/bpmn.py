"""Writes a flow as BPMN 2.0 XML: for people's tools and for exchange, never for execution here.

A stage becomes a user task followed by a gateway for its choices, a wait or deadline a boundary timer, a
final stage an end event. Diagram positions are written along.
"""

from xml.etree import ElementTree

from renben.web.flow.definition import SAME, Flow
from renben.web.flow.layout import HEIGHT, WIDTH, boxes, lines

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
OURS = "urn:renben:flow"
Element = ElementTree.Element


def bpmn(flow: Flow) -> bytes:
    """The flow as a BPMN 2.0 document."""
    for prefix, space in (("bpmn", MODEL), ("bpmndi", DI), ("dc", DC), ("di", DD)):
        ElementTree.register_namespace(prefix, space)
    root = Element(f"{{{MODEL}}}definitions", {"id": f"{flow.name}_v{flow.version}", "targetNamespace": OURS})
    process = _sub(root, "process", id=flow.name, name=f"{flow.zh} / {flow.en}", isExecutable="false")
    _sub(process, "documentation").text = flow.basis
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


def _node(flow: Flow, stage: str) -> str:
    return f"end_{stage}" if flow.stages[stage].final else f"task_{stage}"


def _stage(process: Element, flow: Flow, name: str) -> None:
    stage = flow.stages[name]
    label = f"{stage.zh} / {stage.en}"
    if stage.final:
        _sub(process, "endEvent", id=f"end_{name}", name=label)
        return
    _sub(process, "userTask", id=f"task_{name}", name=label)
    _sub(process, "exclusiveGateway", id=f"choice_{name}")
    _sequence(process, f"choose_{name}", f"task_{name}", f"choice_{name}")
    if stage.wait is not None:
        event = _sub(process, "boundaryEvent", id=f"wait_{name}", attachedToRef=f"task_{name}", name="wait")
        _timer(event, stage.wait.provision or "day set by the case")
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
        _sequence(process, f"flow_{number}", source, _node(flow, line.target), label)
    for move in flow.transitions:
        if move.to == SAME:
            _sub(
                process,
                "textAnnotation",
                id=f"stays_{move.action}_{'_'.join(move.from_)}".replace("*", "any"),
            )


def _sequence(process: Element, key: str, source: str, target: str, name: str = "") -> None:
    _sub(process, "sequenceFlow", id=key, sourceRef=source, targetRef=target, name=name)


def _diagram(root: Element, flow: Flow) -> None:
    diagram = ElementTree.SubElement(root, f"{{{DI}}}BPMNDiagram", {"id": "diagram"})
    plane = ElementTree.SubElement(diagram, f"{{{DI}}}BPMNPlane", {"id": "plane", "bpmnElement": flow.name})
    for stage, box in boxes(flow).items():
        node = _node(flow, stage)
        shape = ElementTree.SubElement(plane, f"{{{DI}}}BPMNShape", {"id": f"di_{node}", "bpmnElement": node})
        place = {"x": str(box.x), "y": str(box.y), "width": str(WIDTH), "height": str(HEIGHT)}
        ElementTree.SubElement(shape, f"{{{DC}}}Bounds", place)
