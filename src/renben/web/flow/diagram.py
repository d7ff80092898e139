"""Draws a flow as SVG: stages as boxes, transitions as arrows with their names."""

from typing import Any
from xml.etree import ElementTree

from renben.web.flow.definition import Flow, Stage
from renben.web.flow.layout import HEIGHT, WIDTH, Box, boxes, lines, size
from renben.web.words import either_in

SVG = "http://www.w3.org/2000/svg"
FILL = {"applicant": "#fdf3dc", "office": "#e3f0ef", "nobody": "#eef0f2"}
LINE, TEXT = "#5b6b73", "#1d2b30"


def svg(flow: Flow, language: str) -> str:
    """The diagram of a flow with labels in a language."""
    width, height = size(flow)
    root = ElementTree.Element(
        "svg", xmlns=SVG, viewBox=f"0 0 {width} {height}", width=str(width), height=str(height), role="img"
    )
    ElementTree.SubElement(root, "title").text = _label(flow, language)
    _arrowhead(root)
    placed = boxes(flow)
    merged: dict[tuple[str, str], list[str]] = {}
    for line in lines(flow):
        move = flow.find(line.source, line.action)
        merged.setdefault((line.source, line.target), []).append(_label(move, language))
    for (source, target), labels in merged.items():
        aside = flow.stages[target].outcome == "ended"
        _arrow(root, placed[source], placed[target], "" if aside else " / ".join(labels), aside)
    for name, stage in flow.stages.items():
        _box(root, placed[name], stage, _label(stage, language))
    return ElementTree.tostring(root, encoding="unicode")


def _label(thing: Any, language: str) -> str:
    return either_in(language, thing.zh, thing.en)


def _arrowhead(root: ElementTree.Element) -> None:
    marker = ElementTree.SubElement(
        ElementTree.SubElement(root, "defs"), "marker", id="a", viewBox="0 0 8 8", refX="7", refY="4",
        markerWidth="7", markerHeight="7", orient="auto-start-reverse",
    )  # fmt: skip
    ElementTree.SubElement(marker, "path", d="M0 0L8 4L0 8z", fill=LINE)


def _box(root: ElementTree.Element, box: Box, stage: Stage, label: str) -> None:
    ElementTree.SubElement(
        root, "rect", x=str(box.x), y=str(box.y), width=str(WIDTH), height=str(HEIGHT),
        rx="26" if stage.final else "8", fill=FILL[stage.holder], stroke=LINE,
    )  # fmt: skip
    attributes: dict[str, str] = {
        "text-anchor": "middle",
        "font-size": "13",
        "fill": TEXT,
        "font-family": "sans-serif",
    }
    middle = box.middle
    words = [label] if len(label) <= 19 else [label[:18] + "…"]
    at = {"x": str(middle[0]), "y": str(middle[1] + 5), **attributes}
    text = ElementTree.SubElement(root, "text", at)
    text.text = words[0]


def _arrow(root: ElementTree.Element, source: Box, target: Box, label: str, aside: bool) -> None:
    """One arrow; arrows back bend below, arrows on above, those that only end a case stay faint and unnamed."""
    start, end = _edge(source, target), _edge(target, source)
    bend = 16 if target.x < source.x else -16
    middle = ((start[0] + end[0]) // 2, (start[1] + end[1]) // 2 + bend)
    path = f"M{start[0]} {start[1]}Q{middle[0]} {middle[1]} {end[0]} {end[1]}"
    faint = {"opacity": "0.3", "stroke-dasharray": "4 4"} if aside else {}
    ElementTree.SubElement(
        root, "path", {"d": path, "fill": "none", "stroke": LINE, "marker-end": "url(#a)", **faint}
    )
    drop = 12 if bend > 0 else -2
    at = {
        "x": str(middle[0]),
        "y": str(middle[1] - bend // 2 + drop),
        "text-anchor": "middle",
        "font-size": "10",
    }
    text = ElementTree.SubElement(root, "text", {**at, "fill": TEXT, "font-family": "sans-serif"})
    text.text = label if len(label) <= 22 else label[:21] + "…"


def _edge(box: Box, other: Box) -> tuple[int, int]:
    """Where an arrow leaves a box towards another: on its way up high, on its way back low."""
    if other.x > box.x:
        return box.x + WIDTH, box.middle[1] - 8
    if other.x < box.x:
        return box.x, box.middle[1] + 8
    return box.middle[0], box.y + HEIGHT if other.y > box.y else box.y
