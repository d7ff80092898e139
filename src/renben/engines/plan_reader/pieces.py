"""Cuts paragraphs into sentences, owner statements, deadlines and headlines."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from renben.engines.plan_reader.deadlines import deadline
from renben.engines.plan_reader.outline import Node, ends_sentence
from renben.engines.plan_reader.owners import DUE, Statement, sentence_statement, statements
from renben.engines.plan_reader.quantities import quantities
from renben.engines.plan_reader.source import Span
from renben.engines.plan_reader.text import Text, sentences, trimmed

LONGEST_TITLE = 36
LONGEST_WITH_COMMA = 24
COLON_TITLE = re.compile(r"[^，。；：]{2,24}：(?=.{6,})")
SPACE_TITLE = re.compile(r"[^，。；：\s]{4,30}[\s　]+(?=\S{6,})")
BRACKET_TITLE = re.compile(r"【[^】]{2,30}】")


@dataclass(frozen=True)
class Piece:
    """A sentence, or a statement of owners, or a deadline standing alone."""

    span: Span
    statement: Statement | None = None
    due: Span | None = None


def pieces(text: str, span: Span, known: Callable[[str], bool]) -> list[Piece]:
    """A paragraph as sentences, owner statements and deadlines, in order and without gap but spaces.

    Args:
        text: the clean text.
        span: the paragraph or the part of it after the headline.
        known: whether the catalogue knows a unit's name.
    """
    found: list[Piece] = []
    position = span[0]
    for statement in statements(text, span, known):
        found += _plain(text, (position, statement.span[0]), known)
        found.append(Piece(statement.span, statement, _due(text, statement.span)))
        position = statement.span[1]
    return found + _plain(text, (position, span[1]), known)


def _plain(text: str, span: Span, known: Callable[[str], bool]) -> list[Piece]:
    found = []
    for sentence in sentences(text, span):
        words = text[slice(*sentence)]
        due = DUE.match(words.strip("（）"))
        if due and len(words) < 60:
            found.append(Piece(sentence, None, _due(text, sentence)))
            continue
        owners = sentence_statement(text, sentence, known)
        found.append(Piece(sentence, Statement(sentence, *owners, bracketed=False) if owners else None))
    return found


def _due(text: str, span: Span) -> Span | None:
    match = DUE.search(text, *span)
    return match.span("due") if match else None


@dataclass(frozen=True)
class Headline:
    """The headline of an item, and where the rest of its first paragraph begins."""

    span: Span
    rest: Span


def headline(text: Text, node: Node, known: Callable[[str], bool]) -> Headline | None:
    """The headline that opens an item, or None where the item opens with its first sentence.

    Args:
        text: the clean text.
        node: the item.
        known: whether the catalogue knows a unit's name.
    """
    if not node.paragraphs or node.paragraphs[0].cells is not None:
        return None
    span = trimmed(text.text, node.paragraphs[0].span)
    words = text.text[slice(*span)]
    for pattern in (BRACKET_TITLE, COLON_TITLE, SPACE_TITLE):
        match = pattern.match(words)
        if match and not _opens_with_owner(text.text, span, known):
            at = span[0] + match.end()
            return Headline(trimmed(text.text, (span[0], at)), (at, span[1]))
    return _by_sentence(text, node, span, known)


def _by_sentence(text: Text, node: Node, span: Span, known: Callable[[str], bool]) -> Headline | None:
    cut = pieces(text.text, span, known)
    if not cut or cut[0].statement or cut[0].due:
        return None
    first = cut[0].span
    words = text.text[slice(*first)]
    more_sentences = any(not p.statement and not p.due for p in cut[1:])
    has_body = len(node.paragraphs) > 1 and not _only_owners(text, node, known)
    if not ends_sentence(words):
        fits = len(words) <= 60 and (has_body or bool(node.children))
        return Headline(first, (first[1], span[1])) if fits and not more_sentences else None
    short = _short_enough(words, node.kind) and not states_facts(text.text, first)
    if short and (more_sentences or ((has_body or node.children) and len(words) <= 26)):
        return Headline(first, (first[1], span[1]))
    return None


def _short_enough(words: str, kind: str) -> bool:
    """Whether a sentence is short enough for a headline; articles of a regulation rarely have one."""
    if "，" not in words:
        return len(words) <= LONGEST_TITLE
    return kind != "article" and words.count("，") == 1 and len(words) <= LONGEST_WITH_COMMA


def states_facts(text: str, span: Span) -> bool:
    """Whether a sentence states a number or a date, which headlines do not."""
    return bool(quantities(text, span)) or deadline(text, span) is not None


def _only_owners(text: Text, node: Node, known: Callable[[str], bool]) -> bool:
    """Whether everything after the first paragraph says who is responsible or until when."""
    rest = [
        p for line in node.paragraphs[1:] if line.cells is None for p in pieces(text.text, line.span, known)
    ]
    return all(p.statement or p.due for p in rest) and not any(line.cells for line in node.paragraphs[1:])


def _opens_with_owner(text: str, span: Span, known: Callable[[str], bool]) -> bool:
    cut = pieces(text, span, known)
    return bool(cut) and cut[0].statement is not None
