"""The reading as plain values for JSON: names, codes and numbers, each with its place in the file."""

from typing import Any

from renben.engines.plan_reader.model import (
    Action,
    Commitment,
    Deadline,
    Measure,
    Owner,
    Place,
    Quantity,
    Reading,
    Sentence,
    Target,
)
from renben.engines.plan_reader.source import Source, Span


def as_json(reading: Reading) -> dict[str, Any]:
    """The reading as mappings, lists, texts and numbers.

    Args:
        reading: what the reader found.
    """
    source, head = reading.source, reading.head
    return {
        "plan": reading.plan_id,
        "title": head.title,
        "document_no": head.document_no,
        "issuer": head.issuer,
        "issued_on": head.issued_on,
        "period": {"from": head.period[0], "to": head.period[1]},
        "references": [
            {"title": r.title, "document_no": r.document_no, **_at(source, r.span)}
            for r in reading.references
        ],
        "targets": [_target(source, target) for target in reading.targets],
        "actions": [_action(source, action) for action in reading.actions],
        "safeguards": [_commitment(source, commitment) for commitment in reading.safeguards],
        "preamble": [_sentence(source, sentence) for sentence in reading.preamble],
        "unread": [{"text": u.text, "reason": u.reason, **_at(source, u.span)} for u in reading.unread],
        "furniture": [{"text": f.text, "reason": f.reason, "page": f.page} for f in source.furniture],
        "source": {"format": source.format, "encoding": source.encoding, "script": reading.script},
    }


def _at(source: Source, span: Span) -> dict[str, Any]:
    """Where a stretch stands: offsets into the text, page (None without pages), line or paragraph."""
    page, line = source.at(span[0])
    return {"offset": span[0], "end": span[1], "page": page, "line": line}


def _target(source: Source, target: Target) -> dict[str, Any]:
    return {
        "text": target.text,
        "value": target.value,
        "unit": target.unit,
        "vague": target.vague,
        "comparison": target.comparison,
        "year": target.year,
        "to": target.to,
        "subject": target.subject,
        "commitment": target.commitment,
        **_at(source, target.span),
    }


def _action(source: Source, action: Action) -> dict[str, Any]:
    return {
        "title": action.title,
        "label": action.label,
        "path": list(action.path),
        "preamble": [_sentence(source, sentence) for sentence in action.preamble],
        "measures": [_measure(source, measure) for measure in action.measures],
    }


def _measure(source: Source, measure: Measure) -> dict[str, Any]:
    return {
        "number": measure.number,
        "label": measure.label,
        "title": measure.title,
        "title_written": measure.title_written,
        "owners": [_owner(owner) for owner in measure.owners],
        "owners_open": measure.owners_open,
        **_deadline(measure.deadline),
        **_at(source, measure.span),
        "commitments": [_commitment(source, commitment) for commitment in measure.commitments],
    }


def _commitment(source: Source, commitment: Commitment) -> dict[str, Any]:
    own = commitment.owners
    return {
        "id": commitment.id,
        "text": commitment.text,
        "original": source.text[slice(*commitment.span)],
        "kind": commitment.kind,
        "strength": commitment.strength,
        "places": [_place(place) for place in commitment.places],
        "quantities": [_quantity(quantity) for quantity in commitment.quantities],
        **_deadline(commitment.deadline),
        "programmes": [{"name": p.name, "kind": p.kind} for p in commitment.programmes],
        "owners": None if own is None else [_owner(owner) for owner in own],
        "under": commitment.under,
        **_at(source, commitment.span),
    }


def _sentence(source: Source, sentence: Sentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "places": [_place(place) for place in sentence.places],
        **_at(source, sentence.span),
    }


def _owner(owner: Owner) -> dict[str, Any]:
    return {"name": owner.name, "role": owner.role, "office": owner.office, "code": owner.code}


def _place(place: Place) -> dict[str, Any]:
    return {
        "name": place.name,
        "code": place.code,
        "group": place.group,
        "members": list(place.members),
        "written": place.written,
    }


def _quantity(quantity: Quantity) -> dict[str, Any]:
    return {
        "value": quantity.value,
        "unit": quantity.unit,
        "comparison": quantity.comparison,
        "to": quantity.to,
        "per": quantity.per,
        "text": quantity.text,
    }


def _deadline(deadline: Deadline | None) -> dict[str, Any]:
    """The day as ISO date (None where the text gives none), the words, and the rhythm."""
    if deadline is None:
        return {"deadline": None, "deadline_text": None, "every": None}
    return {"deadline": deadline.date, "deadline_text": deadline.text, "every": deadline.every}
