"""What every step of a reading shares: the text, the names, and the reading that grows."""

from dataclasses import dataclass, field, replace

from renben.engines.plan_reader.deadlines import deadline, due_in_cell
from renben.engines.plan_reader.kinds import kind_of, strength_of
from renben.engines.plan_reader.model import (
    Commitment,
    Deadline,
    Owner,
    Reading,
    Segment,
    Sentence,
    Target,
    Unread,
)
from renben.engines.plan_reader.owners import Named
from renben.engines.plan_reader.pieces import Piece, pieces
from renben.engines.plan_reader.places import Gazetteer
from renben.engines.plan_reader.programmes import programmes
from renben.engines.plan_reader.quantities import quantities
from renben.engines.plan_reader.registry import Registry
from renben.engines.plan_reader.source import Span
from renben.engines.plan_reader.targets import aims, targets
from renben.engines.plan_reader.text import Text, trimmed


@dataclass
class Context:
    """The document being read and what has been found so far."""

    text: Text
    registry: Registry
    gazetteer: Gazetteer
    reading: Reading
    _cut: dict[Span, list[Piece]] = field(default_factory=dict)

    @property
    def horizon(self) -> int | None:
        """Last year of the plan, where it is known."""
        return self.reading.head.period[1]

    def pieces(self, span: Span) -> list[Piece]:
        """A paragraph cut into sentences and owner statements."""
        if span not in self._cut:
            self._cut[span] = pieces(self.text.text, span, self.registry.is_office)
        return self._cut[span]

    def mark(self, span: Span, role: str) -> None:
        """Note what a stretch of text was read as."""
        start, end = trimmed(self.text.text, span)
        if start < end:
            self.reading.segments.append(Segment(self.text.back((start, end)), role))

    def unread(self, span: Span, reason: str) -> None:
        """Note a stretch that could not be placed."""
        span = trimmed(self.text.text, span)
        if span[0] < span[1]:
            self.mark(span, "unread")
            self.reading.unread.append(Unread(self.text.of(span), self.text.back(span), reason))

    def owner(self, named: Named) -> Owner:
        """An owner with what the catalogue knows about it."""
        code = self.registry.government_code(named.name)
        return Owner(named.name, named.role, self.registry.office(named.name), code)

    def commitment(self, span: Span, number: str, role: str = "commitment") -> Commitment:
        """A sentence as a commitment with its places, quantities, deadline and programmes."""
        words, text = self.text.of(span), self.text.text
        self.mark(span, role)
        return Commitment(
            id=f"{self.reading.plan_id}/{number}",
            text=words,
            span=self.text.back(span),
            kind=kind_of(words),
            strength=strength_of(words),
            places=self.gazetteer.find(span),
            quantities=quantities(text, span),
            deadline=deadline(text, span),
            programmes=programmes(text, span),
        )

    def sentence(self, span: Span) -> Sentence:
        """A sentence that is no commitment."""
        self.mark(span, "preamble")
        return Sentence(self.text.of(span), self.text.back(span), tuple(self.gazetteer.find(span)))

    def targets_of(self, span: Span, *, certain: bool = False) -> bool:
        """Read a sentence's targets where it states any; False where it is no target.

        Args:
            span: the sentence.
            certain: the sentence stands under a heading of goals.
        """
        if not (certain or aims(self.text.of(span))):
            return False
        found = targets(self.text.text, span, self.horizon)
        if certain and not aims(self.text.of(span)):
            found = [target for target in found if target.value is not None]
        for target in found:
            self.reading.targets.append(_placed(self.text, target))
        if found:
            self.mark(span, "target")
        return bool(found)

    def targets_in(self, span: Span, commitment: str) -> None:
        """Note the indicators with numbers that a measure's sentence promises."""
        for target in targets(self.text.text, span, self.horizon, only_numbers=True):
            self.reading.targets.append(_placed(self.text, target, commitment))

    def due(self, span: Span | None) -> Deadline | None:
        """A deadline written after 完成时限."""
        if span is None:
            return None
        return due_in_cell(self.text.text, span)


def _placed(text: Text, target: Target, commitment: str | None = None) -> Target:
    """The target with its span in the source."""
    return replace(target, span=text.back(target.span), commitment=commitment)
