"""Makes a draft of a flow table from a BPMN 2.0 process: for validation, never for execution.

A user task is a stage, an end event a final stage, an exclusive gateway the choice of its task, a boundary timer a wait
(interrupting) or a deadline. A file of our own gives the same table back; of any other, what cannot be said is listed
element by element, and the static verification says what the draft still lacks before it could run.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from pydantic import ValidationError

from renben.web.flow.bpmn import MODEL, SET_BY_CASE, own
from renben.web.flow.bpmn_reading import BpmnError, Unsaid, parse, tag_of, told, unsaid
from renben.web.flow.definition import ANY, SAME, Deadline, Flow
from renben.web.flow.flaws import Flaw
from renben.web.flow.verification import problems

TASKS = ("userTask", "task", "manualTask")
PREFIXES = re.compile(r"^(task|end|wait|due)_")
SPLIT = " / "
TABLE = ("zh", "en", "by", "permission", "guard", "tone", "counter")


@dataclass(frozen=True)
class Draft:
    """What came of a file: the table (None where not even a draft could be made), what is missing, what is unsaid."""

    name: str
    flow: Flow | None
    unsaid: tuple[Unsaid, ...]
    problems: tuple[Flaw, ...]

    @property
    def table(self) -> str:
        """The draft as a flow table (YAML)."""
        return (
            ""
            if self.flow is None
            else yaml.safe_dump(_plain(self.flow), allow_unicode=True, sort_keys=False)
        )


@dataclass
class _Process:
    """The parts of a process while a draft is made of it."""

    nodes: dict[str, Any]
    arrows: dict[str, list[Any]] = field(default_factory=dict)
    lost: list[Unsaid] = field(default_factory=list)


def draft(data: bytes, name: str) -> Draft:
    """Read a BPMN 2.0 file into a draft and verify it.

    Raises:
        BpmnError: no BPMN 2.0 process.
    """
    root = parse(data, name)
    process = root.find(f"{{{MODEL}}}process")
    parts = _parts(process)
    missing = unsaid(root)
    try:
        flow = Flow.model_validate(_table(process, parts))
    except ValidationError as error:
        wrong = tuple(Flaw(f"{'.'.join(map(str, one['loc']))}: {one['msg']}") for one in error.errors())
        return Draft(process.get("id", name), None, (*missing, *dict.fromkeys(parts.lost)), wrong)
    lacking = tuple(dict.fromkeys((*_lacks(flow), *problems(flow))))
    return Draft(flow.name, flow, (*missing, *dict.fromkeys(parts.lost)), lacking)


def _lacks(flow: Flow) -> Iterator[Flaw]:
    """What a drawing of another tool never says: who may apply, and who may take each step of an officer."""
    if not flow.apply:
        yield Flaw(
            "apply: no permission says who may open such a case", "apply：没有写明谁可以提出这类办件的权限"
        )
    for move in flow.transitions:
        if move.by != "system" and not move.permission:
            where = ", ".join(move.from_)
            yield Flaw(
                f"transition {move.action} from {where}: no permission says who may take it",
                f"步骤 {move.action}（自 {where}）：没有写明谁可以办理的权限",
            )


def _parts(process: Any) -> _Process:
    nodes = {one.get("id", ""): one for one in process if one.get("id")}
    found = _Process(nodes)
    for arrow in process.findall(f"{{{MODEL}}}sequenceFlow"):
        found.arrows.setdefault(arrow.get("sourceRef", ""), []).append(arrow)
    return found


def _table(process: Any, parts: _Process) -> dict[str, Any]:
    """The whole table as the model reads it."""
    head = process.find(f".//{own('flow')}")
    start = next(iter(process.findall(f"{{{MODEL}}}startEvent")), None)
    zh, en = _names(process.get("name", "") or process.get("id", ""))
    stages, deadlines = _stages(process, parts), _deadlines(process)
    given = {} if head is None else {name: head.get(name, "") for name in ("apply", "read")}
    return {
        "name": _code(process.get("id", "")), "version": 1 if head is None else _ours(head, head.get("version", "1"), int),
        "zh": zh, "en": en, "basis": process.findtext(f"{{{MODEL}}}documentation") or "",
        "prefix": start.get("name", "") if start is not None else "", "apply": given.get("apply", ""),
        **({"read": given["read"]} if given.get("read") else {}), "start": _start(start, parts), "stages": stages,
        "transitions": _transitions(process, parts, stages), "deadlines": deadlines,
        "separations": [(one.get("maker", ""), one.get("checker", "")) for one in process.iter(own("separation"))],
        "guards": {one.get("name", ""): _ours(one, one.text or "[]", json.loads) for one in process.iter(own("guard"))},
    }  # fmt: skip


def _ours(element: Any, text: str, read: Callable[[str], Any]) -> Any:
    """A value that our own export wrote into an element.

    Raises:
        BpmnError: somebody changed it into something else.
    """
    try:
        return read(text)
    except (ValueError, RecursionError) as error:
        raise BpmnError(
            f"line {element.sourceline}: {tag_of(element)} holds {text[:60]!r}, which our export did not write; "
            "export the flow again, or take the element away."
        ) from error


def _code(id_: str) -> str:
    """A name as tables write it, from an id."""
    plain = re.sub(r"\W+", "_", PREFIXES.sub("", id_), flags=re.ASCII).strip("_").lower()
    return plain or "unnamed"


def _names(label: str) -> tuple[str, str]:
    """Chinese and English of a label; the same twice where it has one language."""
    zh, _, en = " ".join(label.split()).partition(SPLIT)
    return zh, en or zh


def _start(start: Any, parts: _Process) -> str:
    arrow = next(iter(parts.arrows.get(start.get("id", ""), [])), None) if start is not None else None
    found = next(_ends(arrow, parts, set()), None) if arrow is not None else None
    return _code(found[0].get("id", "")) if found else ""


def _stages(process: Any, parts: _Process) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in process:
        tag = tag_of(one)
        if tag not in (*TASKS, "endEvent"):
            continue
        zh, en = _names(one.get("name", "") or one.get("id", ""))
        final = tag == "endEvent"
        marks = {name: value for name in ("holder", "clock", "outcome") if (value := one.get(own(name)))}
        found[_code(one.get("id", ""))] = {
            "zh": zh, "en": en, "final": final, **({"holder": "nobody"} if final else {}), **marks,
        }  # fmt: skip
    for event in process.findall(f"{{{MODEL}}}boundaryEvent"):
        _boundary(event, found, parts)
    return found


def _boundary(event: Any, stages: dict[str, dict[str, Any]], parts: _Process) -> None:
    """A timer on a task's edge: a wait with its way out, or a deadline that lets the task go on."""
    stage = stages.get(_code(event.get("attachedToRef", "")))
    text = event.findtext(f".//{{{MODEL}}}timeDuration")
    if stage is None or text is None:
        parts.lost.append(told(event, "boundary"))
    elif event.get("cancelActivity") == "false":
        stage["deadline"] = event.get("name") or _code(event.get("id", ""))
    else:
        action = _action(_way(event, parts), parts)
        stage["wait"] = {"provision": "" if text == SET_BY_CASE else text.strip(), "action": action}


def _way(event: Any, parts: _Process) -> Any:
    return next(iter(parts.arrows.get(event.get("id", ""), [])), None)


def _deadlines(process: Any) -> dict[str, dict[str, str]]:
    """Deadlines by name: provision as the timer says it, the rest as our own element has it."""
    written = {
        one.get("name", ""): {field: one.get(field, "") for field in Deadline.model_fields}
        for one in process.iter(own("deadline"))
    }
    for event in process.findall(f"{{{MODEL}}}boundaryEvent"):
        text = event.findtext(f".//{{{MODEL}}}timeDuration")
        if event.get("cancelActivity") == "false" and text is not None:
            name = event.get("name") or _code(event.get("id", ""))
            written[name] = {**written.get(name, {}), "provision": text.strip()}
    return written


def _rows(process: Any) -> dict[str, Any]:
    return {one.get("row", ""): one for one in process.iter(own("transition"))}


def _action(arrow: Any, parts: _Process) -> str:
    """The action that an arrow stands for: that of its row, else a name made of what is written on it."""
    if arrow is None:
        return ""
    rows = _rows(arrow.getparent())
    row = rows.get(arrow.get(own("row"), ""))
    if row is not None:
        return str(row.get("action", ""))
    label = arrow.get("name", "")
    target = next(_ends(arrow, parts, set()), None)
    made = re.sub(r"\W+", "_", _names(label)[1], flags=re.ASCII).strip("_").lower()
    return made or f"to_{_code(target[0].get('id', ''))}" if target else made


def _ends(arrow: Any, parts: _Process, passed: set[str]) -> Iterator[tuple[Any, Any]]:
    """Stages to which an arrow leads over exclusive gateways, each with the arrow that names the way."""
    target = parts.nodes.get(arrow.get("targetRef", ""))
    if target is None or tag_of(target) not in (*TASKS, "endEvent", "exclusiveGateway"):
        parts.lost.append(told(arrow, "nowhere"))
    elif tag_of(target) != "exclusiveGateway":
        yield target, arrow
    elif target.get("id") not in passed:
        for after in parts.arrows.get(target.get("id"), []):
            for end, named in _ends(after, parts, passed | {target.get("id")}):
                yield end, named if named.get("name") else arrow


def _transitions(process: Any, parts: _Process, stages: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows in the order of the table, then arrows that no row stands for, in the order of the file."""
    rows, more = _rows(process), []
    drawn: dict[str, list[tuple[str, str, Any]]] = {}
    for source, end, arrow, timed in _ways(process, parts):
        key = arrow.get(own("row"), "")
        if key in rows:
            drawn.setdefault(key, []).append((source, end, arrow))
        else:
            more.append(_fresh(source, end, arrow, timed, parts))
    made = [_known(row, drawn.get(key, []), stages) for key, row in rows.items()]
    return [*made, *_apart(more)]


def _ways(process: Any, parts: _Process) -> Iterator[tuple[str, str, Any, bool]]:
    """Every way from a stage to a stage: its arrow, and whether a timer takes it."""
    for one in process:
        timed = tag_of(one) == "boundaryEvent" and one.get("cancelActivity") != "false"
        if tag_of(one) not in TASKS and not timed:
            continue
        source = one.get("attachedToRef", "") if timed else one.get("id", "")
        for arrow in parts.arrows.get(one.get("id", ""), []):
            for end, named in _ends(arrow, parts, set()):
                yield _code(source), _code(end.get("id", "")), named, timed


def _known(row: Any, drawn: list[tuple[str, str, Any]], stages: dict[str, Any]) -> dict[str, Any]:
    """A row with its stages and names as they are drawn, or as it says itself where nothing can be drawn."""
    hidden = tuple(row.get("from", "").split())
    sources = tuple(dict.fromkeys(source for source, _, _ in drawn))
    whole = hidden == (ANY,) and (
        not drawn or set(sources) == {n for n, s in stages.items() if not s["final"]}
    )
    from_ = (ANY,) if whole else (*sources, *(name for name in hidden if name != ANY))
    zh, en = _names(drawn[0][2].get("name", "")) if drawn else (row.get("zh", ""), row.get("en", ""))
    texts = {name: row.get(name, "") for name in TABLE if row.get(name)}
    return {
        **texts, "zh": zh, "en": en, "action": row.get("action", ""), "from_": from_,
        "to": drawn[0][1] if drawn else row.get("to", SAME), "assigned": row.get("assigned") == "true",
        "needs": tuple(row.get("needs", "").split()), "effects": tuple(row.get("effects", "").split()),
    }  # fmt: skip


def _fresh(source: str, end: str, arrow: Any, timed: bool, parts: _Process) -> dict[str, Any]:
    """A transition of which only the arrow is known: who may take it is what the draft lacks."""
    action = _action(arrow, parts)
    zh, en = _names(arrow.get("name", "") or action)
    return {
        "action": action,
        "zh": zh,
        "en": en,
        "from_": (source,),
        "to": end,
        "by": "system" if timed else "office",
    }


def _apart(moves: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows with a number behind an action that a stage has twice."""
    seen: set[tuple[str, str]] = set()
    for move in moves:
        plain, n = move["action"], 2
        while (move["from_"][0], move["action"]) in seen:
            move["action"], n = f"{plain}_{n}", n + 1
        seen.add((move["from_"][0], move["action"]))
    return moves


def _plain(flow: Flow) -> dict[str, Any]:
    """A flow as its table is written by hand: `from` for `from_`, and no value that is the default."""
    said: dict[str, Any] = json.loads(flow.model_dump_json(exclude_defaults=True))
    for move in said.get("transitions", ()):
        move["from"] = move.pop("from_")
    return said
