"""Reads a BPMN 2.0 file safely, and says of every element that a flow table has no word for why it has none.

Nothing of a file is ever executed: scripts, expressions and service calls are listed, not run. Document types,
entities and anything from outside the file are refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from renben.core.errors import RenbenError
from renben.web.flow.bpmn import DC, DD, DI, MODEL, OURS

LARGEST = 2_000_000
"""Bytes of a file at most; a process of a hundred stages has a tenth of that."""
DRAWN = (DI, DC, DD)
"""Namespaces of the picture, which is drawn anew."""
SAID = frozenset(
    "documentation extensionElements startEvent endEvent userTask manualTask task exclusiveGateway boundaryEvent "
    "sequenceFlow incoming outgoing timerEventDefinition timeDuration textAnnotation text association process".split()
)
"""Elements that a flow table can say."""
REASONS = {
    "parallel": "parallelGateway inclusiveGateway complexGateway eventBasedGateway",
    "script": "scriptTask script",
    "service": "serviceTask sendTask receiveTask businessRuleTask",
    "inside": "subProcess transaction adHocSubProcess callActivity",
    "event": "intermediateThrowEvent intermediateCatchEvent messageEventDefinition signalEventDefinition "
    "errorEventDefinition escalationEventDefinition compensateEventDefinition conditionalEventDefinition "
    "linkEventDefinition cancelEventDefinition terminateEventDefinition",
    "timer": "timeDate timeCycle",
    "condition": "conditionExpression",
    "loop": "multiInstanceLoopCharacteristics standardLoopCharacteristics",
    "data": "dataObject dataObjectReference dataStoreReference dataStore dataInputAssociation dataOutputAssociation "
    "ioSpecification property",
    "role": "laneSet lane potentialOwner humanPerformer performer resourceRole",
    "partner": "collaboration participant messageFlow message signal error escalation itemDefinition interface",
}
WHY = {tag: reason for reason, tags in REASONS.items() for tag in tags.split()}


class BpmnError(RenbenError):
    """A file that is no BPMN 2.0 process; the message says what it is and what to send instead."""


@dataclass(frozen=True)
class Unsaid:
    """An element that a flow table cannot say, where it stands, and the word key of the reason."""

    element: str
    id: str
    name: str
    line: int
    reason: str


def parse(data: bytes, name: str) -> Any:
    """The root of a BPMN document.

    Args:
        data: the file's bytes.
        name: of the file, for messages.

    Raises:
        BpmnError: too large, no XML, with a document type, or no BPMN 2.0 definitions with a process.
    """
    if len(data) > LARGEST:
        raise BpmnError(
            f"{name}: {len(data)} bytes; a BPMN file has at most {LARGEST}. Send one process at a time."
        )
    safe = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, safe)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BpmnError(f"{name}: no XML ({error}). Export it as BPMN 2.0 XML.") from error
    if root.getroottree().docinfo.doctype:
        raise BpmnError(f"{name}: has a document type, which BPMN has not. Take the <!DOCTYPE ...> away.")
    if root.tag != f"{{{MODEL}}}definitions" or root.find(f"{{{MODEL}}}process") is None:
        raise BpmnError(
            f"{name}: the root is {tag_of(root)}, not BPMN 2.0 definitions with a process ({MODEL})."
        )
    return root


def tag_of(element: Any) -> str:
    """An element's name without its namespace."""
    return str(etree.QName(element).localname)


def space_of(element: Any) -> str:
    """An element's namespace."""
    return str(etree.QName(element).namespace or "")


def unsaid(root: Any) -> tuple[Unsaid, ...]:
    """Every element that a flow table cannot say, in the order of the file; what is inside one is not listed again."""
    first = root.find(f"{{{MODEL}}}process")
    return tuple(_unsaid(root, first))


def _unsaid(parent: Any, first: Any) -> Iterator[Unsaid]:
    for one in parent:
        if space_of(one) in DRAWN or space_of(one) == OURS:
            continue
        reason = _reason(one, first)
        if reason:
            yield told(one, reason)
        else:
            yield from _unsaid(one, first)


def _reason(one: Any, first: Any) -> str:
    """Why an element cannot be said, empty where it can."""
    tag = tag_of(one)
    if space_of(one) != MODEL:
        return "foreign"
    if tag == "process" and one is not first:
        return "second"
    return "" if tag in SAID else WHY.get(tag, "other")


def told(one: Any, reason: str) -> Unsaid:
    """An element with where it stands."""
    return Unsaid(tag_of(one), one.get("id", ""), one.get("name", ""), one.sourceline or 0, reason)
