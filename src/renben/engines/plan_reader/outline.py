"""The tree of chapters, headings and numbered items that a document's numbers span.

Which number stands above which is learnt from the document: a kind of number seen for the first time opens
a level below the one that is open, a kind already open continues its level.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from renben.engines.plan_reader.labels import Label, label_of
from renben.engines.plan_reader.source import Line, Span
from renben.engines.plan_reader.text import TERMINAL, Text

HIGHEST = ("annex", "part", "chapter", "section", "article")
"""Kinds with a fixed order; a chapter never stands below an article."""
UNNUMBERED = re.compile(
    r"(?:总体要求|总体思路|指导思想|基本原则|主要目标|工作目标|发展目标|目标任务|重点任务|主要任务|工作任务"
    r"|工作举措|主要措施|重点举措|保障措施|组织保障|实施保障|组织实施|工作要求|工作保障|附则|总则)"
)


@dataclass
class Node:
    """A numbered item with its paragraphs and the items below it."""

    kind: str
    label: str
    value: int
    label_span: Span
    parent: "Node | None" = None
    paragraphs: list[Line] = field(default_factory=list)
    """The first is what follows the number on its own line; table rows carry cells."""
    children: list["Node"] = field(default_factory=list)
    late: list[Line] = field(default_factory=list)
    """Paragraphs after the children that belong to this item: one owner line for all of them."""

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in the order of the document."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def ancestors(self) -> Iterator["Node"]:
        """The nodes above, nearest first; the root is not among them."""
        node = self.parent
        while node is not None and node.parent is not None:
            yield node
            node = node.parent


def outline(text: Text, taken: set[int]) -> Node:
    """The document as a tree; the root holds the paragraphs before the first number.

    Args:
        text: the clean text.
        taken: start offsets of lines that belong to the document's head and are left out.
    """
    root = Node("root", "", 0, (0, 0))
    open_nodes = [root]
    lines = [line for line in text.lines if line.start not in taken and text.of(line.span)]
    for line, below in zip_longest(lines, lines[1:]):
        label = None if line.cells is not None else _label(text, line, below)
        if label is None:
            open_nodes[-1].paragraphs.append(line)
            continue
        _close(open_nodes, label.kind)
        at = line.start + label.length
        node = Node(label.kind, label.text, label.value, (line.start, at), open_nodes[-1])
        node.paragraphs.append(Line(at, line.end))
        open_nodes[-1].children.append(node)
        open_nodes.append(node)
    return root


def _label(text: Text, line: Line, below: Line | None) -> Label | None:
    paragraph = text.text[line.start : line.end]
    label = label_of(paragraph)
    if label is None:
        heading = UNNUMBERED.fullmatch(paragraph.strip()) or _is_caption(paragraph, below)
        return Label("plain", 0, 0, "") if heading else None
    if label.kind == "han_bare" and len(paragraph) > 40:
        return None
    if label.kind == "article" and _mentions(paragraph, label):
        return None
    return label


def _is_caption(paragraph: str, below: Line | None) -> bool:
    """A short line without a full stop right above a table is the table's heading."""
    short = len(paragraph) <= 60 and not ends_sentence(paragraph)
    return short and below is not None and below.cells is not None


def _mentions(paragraph: str, label: Label) -> bool:
    """A sentence that begins with the mention of an article (第三条规定的……) opens no article."""
    return paragraph[label.length :].startswith(("规定", "第", "和", "、", "所", "的", "至"))


def _close(open_nodes: list[Node], kind: str) -> None:
    """Close every node that the new one does not stand below."""
    kinds = [node.kind for node in open_nodes]
    if kind == "annex":
        del open_nodes[1:]
    elif kind in kinds:
        del open_nodes[kinds.index(kind) :]
    elif kind == "plain":
        del open_nodes[2 if kinds[1:2] == ["annex"] else 1 :]
    elif kind in HIGHEST:
        rank = HIGHEST.index(kind)
        lower = [i for i, k in enumerate(kinds) if k in HIGHEST and HIGHEST.index(k) > rank]
        if lower:
            del open_nodes[lower[0] :]


def ends_sentence(paragraph: str) -> bool:
    """Whether a paragraph holds a full stop, so that it is more than a heading."""
    return any(c in TERMINAL for c in paragraph)
