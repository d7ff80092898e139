"""Says what differs between a document and a plan of the catalogue: measures, owners, places, numbers, sentences.

The catalogue speaks in its own words, so sentences are counted and their facts compared, not their wording.
What the catalogue adds by interpretation (a group of regions that a sentence means without naming it) is a
note; everything else is a difference.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from renben.catalogue import Catalogue
from renben.catalogue.plan import Commitment as Written
from renben.catalogue.plan import Measure as WrittenMeasure
from renben.catalogue.plan import Plan
from renben.engines.plan_reader.model import Commitment, Measure, Owner, Reading
from renben.engines.plan_reader.script import simplified

MARKS = str.maketrans("", "", "，。；：、“”（）《》—- \t")


@dataclass(frozen=True)
class Difference:
    """One thing that differs, with what each side says."""

    where: str
    what: str
    document: str
    catalogue: str
    note: bool = False
    """True: an interpretation of the catalogue, no contradiction."""


def differences(reading: Reading, plan: Plan, catalogue: Catalogue) -> list[Difference]:
    """Everything in which a document and a catalogue plan differ, in the order of the plan.

    Args:
        reading: what the reader found in the document.
        plan: the plan as the catalogue states it.
        catalogue: names of offices, regions and groups.
    """
    found = [*_heads(reading, plan), *_goals(reading, plan), *_chapters(reading, plan)]
    read = {measure.number: measure for measure in reading.measures}
    for written in plan.measures:
        measure = read.pop(written.number, None)
        where = f"{plan.id}/{written.number}"
        if measure is None:
            found.append(Difference(where, "measure", "", written.zh))
        else:
            found += _measure(where, measure, written, plan, catalogue)
    found += [Difference(f"{plan.id}/{n}", "measure", m.title, "") for n, m in read.items()]
    return found


def _heads(reading: Reading, plan: Plan) -> Iterator[Difference]:
    head = reading.head
    pairs = (
        ("title", head.title, plan.zh),
        ("document number", head.document_no or "", plan.number),
        ("issue date", head.issued_on or "", plan.issued_on.isoformat()),
        ("first year", str(head.period[0] or ""), str(plan.first_year)),
        ("last year", str(head.period[1] or ""), str(plan.last_year)),
        ("issuer", (reading.issuer.office or reading.issuer.name) if reading.issuer else "", plan.issuer),
    )
    for what, ours, theirs in pairs:
        if bare(ours) != bare(theirs):
            yield Difference(plan.id, what, ours, theirs)


def _goals(reading: Reading, plan: Plan) -> Iterator[Difference]:
    ours = {
        (t.value, t.unit, t.year) for t in reading.targets if t.value is not None and t.commitment is None
    }
    theirs = {(g.value, g.unit, g.year) for g in plan.goals.values() if g.value is not None}
    for value in sorted(ours - theirs, key=str):
        yield Difference(plan.id, "target", _words(value), "")
    for value in sorted(theirs - ours, key=str):
        yield Difference(plan.id, "target", "", _words(value))


def _chapters(reading: Reading, plan: Plan) -> Iterator[Difference]:
    ours = [bare(action.title) for action in reading.actions]
    for action in reading.actions:
        if bare(action.title) not in {bare(a.zh) for a in plan.actions.values()}:
            yield Difference(plan.id, "action", action.title, "")
    for written in plan.actions.values():
        if bare(written.zh) not in ours:
            yield Difference(plan.id, "action", "", written.zh)


def _measure(
    where: str, measure: Measure, written: WrittenMeasure, plan: Plan, catalogue: Catalogue
) -> Iterator[Difference]:
    if bare(measure.title) != bare(written.zh):
        yield Difference(where, "title", measure.title, written.zh)
    yield from _owners(where, measure.owners, written.owners, catalogue)
    if len(measure.commitments) != len(written.commitments):
        counts = len(measure.commitments), len(written.commitments)
        yield Difference(where, "number of commitments", str(counts[0]), str(counts[1]))
    for number, commitment in enumerate(measure.commitments, 1):
        if number in written.commitments:
            yield from _commitment(
                f"{where}/{number}", commitment, written.commitments[number], plan, catalogue
            )


def _owners(
    where: str, read: list[Owner], written: tuple[str, ...], catalogue: Catalogue
) -> Iterator[Difference]:
    ours = {owner.office or owner.name: owner.name for owner in read}
    for office, name in ours.items():
        if office not in written:
            yield Difference(where, "owner", name, "")
    for office in written:
        if office not in ours:
            known = catalogue.offices.get(office)
            yield Difference(where, "owner", "", known.zh if known else office)


def _commitment(
    where: str, read: Commitment, written: Written, plan: Plan, catalogue: Catalogue
) -> Iterator[Difference]:
    yield from _places(where, read, written, catalogue)
    ours = {(q.value, q.to) for q in read.quantities}
    theirs = {(q.value, q.to) for q in written.quantities}
    for value in sorted(ours - theirs, key=str):
        yield Difference(where, "quantity", _words(value), "")
    for value in sorted(theirs - ours, key=str):
        yield Difference(where, "quantity", "", _words(value))
    due = read.deadline.date if read.deadline and read.deadline.date else None
    stated = written.deadline.isoformat() if written.deadline else None
    if due != stated and due != f"{plan.last_year}-12-31":
        yield Difference(where, "deadline", due or "", stated or "")
    for programme in written.programmes:
        if bare(programme.zh) not in bare(read.text):
            yield Difference(where, "programme", "", programme.zh, note=True)


def _places(where: str, read: Commitment, written: Written, catalogue: Catalogue) -> Iterator[Difference]:
    """Places compared by codes; a group stands for its members."""
    stated = {code for place in written.places for code in _codes(place, catalogue)}
    named: set[str] = set()
    for place in read.places:
        codes = set(place.members) if place.group else {place.code} if place.code else set()
        named |= codes
        if not codes or not codes <= stated:
            yield Difference(where, "place", place.name, "")
    for name in written.places:
        if not set(_codes(name, catalogue)) <= named:
            group, region = catalogue.groups.get(name), catalogue.regions.get(name)
            label = group.zh if group else region.name_zh if region else name
            yield Difference(where, "place", "", label, note=True)


def _codes(name: str, catalogue: Catalogue) -> tuple[str, ...]:
    group = catalogue.groups.get(name)
    return group.members if group else (name,)


def bare(text: str) -> str:
    """Simplified text without punctuation and spaces, for comparing names."""
    return simplified(text).translate(MARKS)


def _words(value: tuple[object, ...]) -> str:
    return " ".join(str(part) for part in value if part is not None)
