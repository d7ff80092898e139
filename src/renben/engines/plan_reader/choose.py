"""Chooses which numbered items of a document are its measures.

The items that name who is responsible are measures; their kind of number makes the others of the same kind
measures too. Where a document names nobody, the second level of numbers holds the measures.
"""

import re
from collections import Counter
from collections.abc import Callable

from renben.engines.plan_reader.outline import Node
from renben.engines.plan_reader.pieces import pieces
from renben.engines.plan_reader.source import Line
from renben.engines.plan_reader.text import Text

FRONT = re.compile(
    "总体要求|总体思路|指导思想|基本原则|目标|背景|形势|意义|总则|现状|发展基础|总体考虑|编制依据|适用范围|总体部署"
)
SAFEGUARD = re.compile(
    "保障措施|组织保障|实施保障|组织实施|组织领导|工作要求|工作保障|附则|推进机制|监督检查|保障机制|实施要求|强化保障|有关要求"
)


def mood_of(title: str, above: str, *, chapter: bool) -> str:
    """front, goal, safeguard or body, from the heading of a chapter; an item inherits from its chapter."""
    if chapter and above == "body" and SAFEGUARD.search(title) and len(title) <= 16:
        return "safeguard"
    if (chapter or above == "front") and "目标" in title and len(title) <= 16:
        return "goal"
    if chapter and above == "body" and FRONT.search(title) and len(title) <= 20:
        return "front"
    return above


def opening(text: Text, node: Node) -> str:
    """The first words of an item, up to its first stop."""
    if not node.paragraphs:
        return ""
    words = re.sub(" ", "", text.of(node.paragraphs[0].span))
    return re.split("[。：，；\t]", words)[0]


def moods(text: Text, root: Node) -> dict[int, str]:
    """The mood of every node, by its identity."""
    found = {id(root): "body"}
    for node in root.walk():
        for child in node.children:
            chapter = node is root or node.kind in ("annex", "part")
            found[id(child)] = mood_of(opening(text, child), found[id(node)], chapter=chapter)
    return found


def measures_of(text: Text, root: Node, known: Callable[[str], bool]) -> set[int]:
    """Identities of the nodes that are measures.

    Args:
        text: the clean text.
        root: the outline.
        known: whether the catalogue knows a unit's name.
    """
    named = {id(node) for node in root.walk() if node is not root and _names_owners(text, node, known)}
    _lift(root, named, lambda node: _owner_line_alone(text, node, known))
    mood = moods(text, root)
    nodes = [node for node in root.walk() if node is not root and node.kind not in ("annex", "box", "plain")]
    kind = _kind(nodes, named, mood)
    chosen: set[int] = set()
    for node in root.walk():
        if node is root or any(id(above) in chosen for above in node.ancestors):
            continue
        wanted = node.kind == kind and mood[id(node)] == "body" and not _annex_title(text, node)
        if id(node) in named and not _has_measures_below(node, kind, named):
            chosen.add(id(node))
        elif wanted or _leaf_of_body(text, node, mood):
            chosen.add(id(node))
    return chosen


def _kind(nodes: list[Node], named: set[int], mood: dict[int, str]) -> str | None:
    """The kind of number that measures carry in this document."""
    counts = Counter(node.kind for node in nodes if id(node) in named)
    if counts:
        return counts.most_common(1)[0][0]
    if any(node.kind == "article" for node in nodes):
        return "article"
    body = [node for node in nodes if mood[id(node)] == "body"]
    second = Counter(node.kind for node in body if len(list(node.ancestors)) == 1)
    first = Counter(node.kind for node in body if not list(node.ancestors))
    levels = second or first
    return levels.most_common(1)[0][0] if levels else None


def _has_measures_below(node: Node, kind: str | None, named: set[int]) -> bool:
    return node.kind != kind and any(
        below is not node and below.kind == kind and id(below) in named for below in node.walk()
    )


def _annex_title(text: Text, node: Node) -> bool:
    """One of the titles listed after 附件：, which hold no sentence."""
    below_annex = any(above.kind == "annex" for above in node.ancestors)
    return below_annex and not any("。" in text.of(p.span) for n in node.walk() for p in n.paragraphs)


def _leaf_of_body(text: Text, node: Node, mood: dict[int, str]) -> bool:
    """A chapter of the body without items of its own but with sentences is a measure itself."""
    if node.children or mood[id(node)] != "body" or node.kind in ("annex", "box", "plain"):
        return False
    return any("。" in text.of(line.span) for line in node.paragraphs if line.cells is None)


def _names_owners(text: Text, node: Node, known: Callable[[str], bool]) -> bool:
    return any(
        piece.statement
        for line in node.paragraphs
        if line.cells is None
        for piece in pieces(text.text, line.span, known)
    )


def _owner_line_alone(text: Text, node: Node, known: Callable[[str], bool]) -> bool:
    """Whether the item's last paragraph, below its first, says only who is responsible."""
    if len(node.paragraphs) < 2 or node.paragraphs[-1].cells is not None:
        return False
    cut = pieces(text.text, node.paragraphs[-1].span, known)
    return bool(cut) and all(piece.statement or piece.due for piece in cut)


def _lift(node: Node, named: set[int], alone: Callable[[Node], bool]) -> None:
    """An owner line after the last of several items belongs to all of them, so to the item above."""
    for child in node.children:
        _lift(child, named, alone)
    if node.parent is None or len(node.children) < 2 or id(node) in named:
        return
    with_owner = [child for child in node.children if any(id(below) in named for below in child.walk())]
    last = node.children[-1]
    if with_owner == [last] and id(last) in named and not last.children and alone(last):
        moved: list[Line] = []
        while len(last.paragraphs) > 1 and alone(last):
            moved.insert(0, last.paragraphs.pop())
        node.late += moved
        named.discard(id(last))
        named.add(id(node))
