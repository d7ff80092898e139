"""The text that the rules read: simplified, without meaningless spaces, with the way back to the original.

Spans of the rules are offsets into `Text.text`; `Text.back` turns them into spans of the source.
"""

import re
from dataclasses import dataclass

from renben.engines.plan_reader.script import simplified
from renben.engines.plan_reader.source import Line, Source, Span

MEANINGLESS = re.compile(
    r"(?<=\n)[ \t]+|\A[ \t]+|[ \t]+(?=\n)|[ \t]+\Z"
    r"|(?<=[0-9A-Za-z%.]) +(?=[^\x00-\x7f])|(?<=[^\x00-\x7f]) +(?=[0-9A-Za-z])"
    r"|(?<=[，。；：、（）“”《》]) +(?=[^\x00-\x7f])|(?<=[^\x00-\x7f]) +(?=[，。；：、（）“”《》])"
)
NUMBER_BEFORE = re.compile(r"(?:\A|\n)[ \t]*\d{1,2}(?:\.\d{1,2}){0,3}\Z")
"""A number that opens a line; the space behind it sets it off from the heading."""
TERMINAL = "。！？"
OPENING, CLOSING = "“（《〔", "”）》〕"


@dataclass(frozen=True)
class Text:
    """Simplified text with its lines and the original offset of every character."""

    text: str
    origin: tuple[int, ...]
    lines: tuple[Line, ...]

    def back(self, span: Span) -> Span:
        """The span of the source text that a span of this text came from."""
        start, end = span
        if start >= end:
            at = self.origin[start] if start < len(self.origin) else 0
            return (at, at)
        return (self.origin[start], self.origin[end - 1] + 1)

    def of(self, span: Span) -> str:
        """The characters of a span, without spaces at its ends."""
        return self.text[span[0] : span[1]].strip()


def cleaned(source: Source) -> Text:
    """The source text made ready for the rules."""
    text = simplified(source.text)
    kept: list[str] = []
    origin: list[int] = []
    position = 0
    for match in MEANINGLESS.finditer(text):
        if NUMBER_BEFORE.search(text[max(0, match.start() - 12) : match.start()]):
            continue
        kept.append(text[position : match.start()])
        origin.extend(range(position, match.start()))
        position = match.end()
    kept.append(text[position:])
    origin.extend(range(position, len(text)))
    forward = _forward(origin, len(text))
    lines = tuple(
        Line(
            forward[line.start],
            forward[line.end],
            tuple((forward[a], forward[b]) for a, b in line.cells) if line.cells is not None else None,
            line.table,
        )
        for line in source.lines
    )
    return Text("".join(kept), tuple(origin), lines)


def _forward(origin: list[int], length: int) -> list[int]:
    """For every offset of the source, the first offset of the clean text at or after it."""
    forward = [0] * (length + 1)
    index = 0
    for offset in range(length + 1):
        while index < len(origin) and origin[index] < offset:
            index += 1
        forward[offset] = index
    return forward


def trimmed(text: str, span: Span) -> Span:
    """A span without the white space at its ends."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end)


def sentences(text: str, span: Span) -> list[Span]:
    """Sentences of a paragraph; a full stop inside quotation marks or brackets does not end one.

    Args:
        text: the clean text.
        span: the paragraph.
    """
    found: list[Span] = []
    start, depth = span[0], 0
    for index in range(*span):
        character = text[index]
        if character in OPENING:
            depth += 1
        elif character in CLOSING:
            depth = max(0, depth - 1)
        if character in TERMINAL and (depth == 0 or not _closes(text, index, span[1])):
            found.append((start, index + 1))
            start, depth = index + 1, 0
    found.append((start, span[1]))
    return [s for s in (trimmed(text, s) for s in found) if s[0] < s[1]]


def _closes(text: str, index: int, end: int) -> bool:
    """Whether an open bracket or quotation mark is closed further on in the paragraph."""
    return any(c in CLOSING for c in text[index + 1 : min(end, index + 200)])
