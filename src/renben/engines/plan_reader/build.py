"""Turns the outline into actions, measures, commitments, targets and preamble; nothing falls between."""

import re
from dataclasses import dataclass, field

from renben.engines.plan_reader.choose import measures_of, moods
from renben.engines.plan_reader.context import Context
from renben.engines.plan_reader.model import Action, Commitment, Measure, Owner
from renben.engines.plan_reader.outline import Node
from renben.engines.plan_reader.owners import Named
from renben.engines.plan_reader.pieces import Headline, headline
from renben.engines.plan_reader.source import Line, Span
from renben.engines.plan_reader.tables import read_tables

INFERRED = 30
"""Longest title taken from the opening words of a measure without headline (characters)."""


@dataclass
class Group:
    """Commitments with the owners stated after (or before) them."""

    commitments: list[Commitment] = field(default_factory=list)
    owners: list[Owner] = field(default_factory=list)


class Builder:
    """Walks the outline once."""

    def __init__(self, context: Context, root: Node) -> None:
        self.context = context
        self.reading = context.reading
        self.root = root
        self.measures = measures_of(context.text, root, context.registry.is_office)
        self.moods = moods(context.text, root)
        self.actions: dict[int, Action] = {}

    def build(self) -> None:
        """Read the whole outline."""
        self._prose(self.root.paragraphs, "body", None)
        for node in self.root.children:
            self._node(node)

    def _node(self, node: Node) -> None:
        if id(node) in self.measures:
            self._measure(node)
            return
        mood = self.moods[id(node)]
        self.context.mark(node.label_span, "label")
        head = headline(self.context.text, node, self.context.registry.is_office)
        rest = self._heading(node, head, mood)
        self._prose(rest, mood, node)
        for child in node.children:
            self._node(child)
        self._prose(node.late, mood, node)

    def _heading(self, node: Node, head: Headline | None, mood: str) -> list[Line]:
        """Mark the heading of a chapter and give back what is left of its paragraphs."""
        if not node.paragraphs:
            return []
        first = node.paragraphs[0]
        if head is not None:
            self.context.mark(head.span, "heading")
            return [Line(*head.rest), *node.paragraphs[1:]]
        words = self.context.text.of(first.span)
        empty = len(node.paragraphs) == 1 and not node.children
        if empty and "。" not in words and mood not in ("safeguard", "goal"):
            written = (node.label_span[0], first.end)
            self.reading.segments.pop()
            self.context.unread(written, "a heading without anything under it")
            return []
        if not any(c in words for c in "。；") and not empty:
            self.context.mark(first.span, "heading")
            return node.paragraphs[1:]
        return node.paragraphs

    def _prose(self, paragraphs: list[Line], mood: str, node: Node | None) -> None:
        """Sentences outside the measures."""
        for line in [line for line in paragraphs if line.cells is None]:
            for piece in self.context.pieces(line.span):
                self._sentence(piece.span, mood, node)
        rows = [line for line in paragraphs if line.cells is not None]
        if rows:
            read_tables(self.context, rows, self._title_above(node))

    def _sentence(self, span: Span, mood: str, node: Node | None) -> None:
        context = self.context
        words = context.text.of(span)
        if mood == "safeguard":
            number = f"safeguards/{len(self.reading.safeguards) + 1}"
            self.reading.safeguards.append(context.commitment(span, number, "safeguard"))
            return
        if context.targets_of(span, certain=mood == "goal"):
            return
        if node is not None and node.kind == "annex" and not words.endswith(("。", "；")):
            context.unread(span, "a line of an annex that is no sentence")
        elif node is None and not words.endswith(("。", "！", "？", "；", "：")):
            context.unread(span, "a line before the body that is neither title, number, issuer nor date")
        elif mood == "body" and node is not None and self._holds_measures(node):
            self._action(node).preamble.append(context.sentence(span))
        else:
            self.reading.preamble.append(context.sentence(span))

    def _holds_measures(self, node: Node) -> bool:
        return any(id(child) in self.measures for child in node.children)

    def _title_above(self, node: Node | None) -> str:
        return self._titles(node)[-1] if node is not None else self.reading.head.title

    def _titles(self, node: Node) -> tuple[str, ...]:
        """Headings from the top of the document down to a node."""
        chain = [node, *node.ancestors][::-1]
        return tuple(self._title(n) for n in chain)

    def _title(self, node: Node) -> str:
        if not node.paragraphs:
            return node.label
        head = headline(self.context.text, node, self.context.registry.is_office)
        words = self.context.text.of(head.span if head else node.paragraphs[0].span)
        return tidy(words)

    def _action(self, parent: Node | None) -> Action:
        """The action whose measures stand under a node; the plan itself where they stand under none.

        Where other measures came between, it is opened again, so that measures stay in the document's order.
        """
        key = id(parent) if parent is not None and parent.parent is not None else 0
        if key not in self.actions or self.actions[key] is not self.reading.actions[-1]:
            titles = self._titles(parent) if key and parent is not None else (self.reading.head.title,)
            label, span = (parent.label, parent.label_span) if key and parent is not None else ("", (0, 0))
            action = Action(titles[-1], label, titles[:-1], self.context.text.back(span))
            self.actions[key] = action
            self.reading.actions.append(action)
        return self.actions[key]

    def _measure(self, node: Node) -> None:
        number = sum(len(action.measures) for action in self.reading.actions) + 1
        maker = MeasureBuilder(self.context, node, number)
        self._action(node.parent).measures.append(maker.build())
        if maker.rows:
            read_tables(self.context, maker.rows, maker.measure.title)


class MeasureBuilder:
    """Reads one measure with everything below it."""

    def __init__(self, context: Context, node: Node, number: int) -> None:
        self.context = context
        self.node = node
        self.groups = [Group()]
        self.rows: list[Line] = []
        span = context.text.back(node.label_span)
        self.measure = Measure(number, node.label, "", True, span)

    def build(self) -> Measure:
        """The measure with owners, deadline and commitments."""
        self._item(self.node, "")
        self._owners()
        if not self.measure.title:
            self.measure.title_written = False
            first = self.measure.commitments[0].text if self.measure.commitments else self.node.label
            self.measure.title = opening_words(first)
        return self.measure

    def _item(self, node: Node, under: str) -> None:
        context = self.context
        if self.groups[-1].commitments:
            self.groups.append(Group())
        context.mark(node.label_span, "label")
        head = headline(context.text, node, context.registry.is_office)
        paragraphs = node.paragraphs
        if head is not None:
            context.mark(head.span, "heading")
            title = tidy(context.text.of(head.span))
            paragraphs = [Line(*head.rest), *paragraphs[1:]]
            if node is self.node:
                self.measure.title = title
            else:
                under = f"{under} / {title}" if under else title
        self._paragraphs(paragraphs, under, has_children=bool(node.children))
        for child in node.children:
            self._item(child, under)
        self._paragraphs(node.late, under, has_children=False)

    def _paragraphs(self, paragraphs: list[Line], under: str, *, has_children: bool) -> None:
        for line in paragraphs:
            if line.cells is not None:
                self.rows.append(line)
                continue
            for piece in self.context.pieces(line.span):
                if piece.due is not None:
                    self.measure.deadline = self.context.due(piece.due)
                if piece.statement is not None:
                    self._statement(piece.statement.owners, piece.statement.others)
                    self.context.mark(piece.span, "owner")
                elif piece.due is not None:
                    self.context.mark(piece.span, "deadline")
                else:
                    self._sentence(piece.span, under, has_children)

    def _statement(self, owners: tuple[Named, ...], others: bool) -> None:
        self.groups[-1].owners += [self.context.owner(named) for named in owners]
        self.measure.owners_open |= others

    def _sentence(self, span: Span, under: str, has_children: bool) -> None:
        if has_children and self.context.text.of(span).endswith("："):
            self.context.mark(span, "heading")
            return
        if self.groups[-1].owners and self.groups[-1].commitments:
            self.groups.append(Group())
        number = f"{self.measure.number}/{len(self.measure.commitments) + 1}"
        commitment = self.context.commitment(span, number)
        commitment.under = under
        self.context.targets_in(span, commitment.id)
        self.measure.commitments.append(commitment)
        self.groups[-1].commitments.append(commitment)

    def _owners(self) -> None:
        """Owners of the measure; where they differ from sentence to sentence, each sentence keeps its own."""
        stated = [group for group in self.groups if group.owners]
        self.measure.owners = list(dict.fromkeys(owner for group in stated for owner in group.owners))
        if len(stated) < 2:
            return
        general = [owner for group in stated if not group.commitments for owner in group.owners]
        for group in self.groups:
            for commitment in group.commitments:
                commitment.owners = list(dict.fromkeys(group.owners or general))


def tidy(words: str) -> str:
    """A heading without its stop, brackets, and the spaces that only set it wide (总　则)."""
    return re.sub(r"(?<=[一-鿿]) +(?=[一-鿿])", "", words.rstrip("。：；").strip("【】"))


def opening_words(sentence: str) -> str:
    """The first clause of a sentence that is no date, cut to the length of a title."""
    clauses = [c for c in re.split("[，。；：]", sentence) if c]
    named = [
        c
        for c in clauses
        if not re.match(r"(?:力争)?(?:到|至|自|从|截至)?(?:20\d\d年|“十)", c) or len(c) > 14
    ]
    return (named or clauses or [sentence])[0][:INFERRED]
