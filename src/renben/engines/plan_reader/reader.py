"""Reads a plan document from beginning to end.

Every character of the text ends in a segment with a role; what no rule reached is noted as unread.
"""

import re
from dataclasses import replace
from pathlib import Path

from renben.catalogue import Catalogue, Region, load
from renben.engines.plan_reader.build import Builder
from renben.engines.plan_reader.context import Context
from renben.engines.plan_reader.head import Found, read_head, references
from renben.engines.plan_reader.intake import take_in
from renben.engines.plan_reader.labels import label_of
from renben.engines.plan_reader.model import Reading, Segment, Unread
from renben.engines.plan_reader.outline import outline
from renben.engines.plan_reader.owners import FIRST_LEADS, LEAD, RESPONSIBLE, Named
from renben.engines.plan_reader.places import Gazetteer
from renben.engines.plan_reader.registry import Registry, registry_of
from renben.engines.plan_reader.script import is_traditional
from renben.engines.plan_reader.source import Source, Span
from renben.engines.plan_reader.text import Text, cleaned

PLAIN_WORDS = r" (?:Province|City|County|District|Banner|League|Autonomous|Municipality|Prefecture)"
CONTENTS = re.compile(r".{2,60}?(?:[…·.．]{3,}|\t)\s*\d{1,3}")
GOVERNED = re.compile(
    r"(?!各|有关|相关|全|所有|其他|市|县|区)([一-鿿]{2,8}(?:市|县|区|州|盟|旗))(?:人民政府|政府)"
)


def read(path: Path, catalogue: Catalogue | None = None, plan_id: str | None = None) -> Reading:
    """The plan that a document states.

    Args:
        path: a .txt, .docx, .pdf or .html file.
        catalogue: names of offices, regions and groups; ours where none is given.
        plan_id: id of the plan; where none is given it is made of the issuer's region and the first year.

    Raises:
        PlanFileError: the file cannot be read.
    """
    return read_source(take_in(path), catalogue, plan_id)


def read_source(source: Source, catalogue: Catalogue | None = None, plan_id: str | None = None) -> Reading:
    """The plan that a text states; see `read`."""
    catalogue = catalogue or load()
    registry = registry_of(catalogue)
    text = cleaned(source)
    found = read_head(text, _first_label(text))
    contents = _contents(text)
    taken = {span[0] for span in [*found.taken, *contents]}
    root = outline(text, taken)
    region = region_of(found, registry)
    reading = Reading(
        source,
        plan_id or plan_id_of(found, catalogue.regions.get(region or "")),
        "traditional" if is_traditional(source.text) else "simplified",
        found.head,
        region=region,
    )
    if _is_foreign(found, registry):
        registry.forget_short_forms()
    context = Context(text, registry, Gazetteer(registry, text.text), reading)
    registry.add_names(_own_regions(context))
    context.gazetteer = Gazetteer(registry, text.text)
    for span in [*found.taken, *contents]:
        context.mark(span, "head")
    if found.head.issuer:
        reading.issuer = context.owner(Named(found.head.issuer, "lead"))
    Builder(context, root).build()
    if FIRST_LEADS.search(text.text):
        _let_the_first_lead(reading)
    reading.references = references(text, found.head.title, found.head.document_no)
    _close_gaps(reading)
    return reading


def _let_the_first_lead(reading: Reading) -> None:
    """Where the document says so, the first unit of a list without other roles is the leading one."""
    for measure in reading.measures:
        lists = [measure.owners, *(c.owners for c in measure.commitments if c.owners)]
        for owners in lists:
            if owners and all(owner.role == RESPONSIBLE for owner in owners):
                owners[0] = replace(owners[0], role=LEAD)


def _first_label(text: Text) -> int:
    """Offset of the first numbered line that is no annex and no line of a table of contents."""
    contents = {span[0] for span in _contents(text)}
    for line in text.lines:
        words = text.text[line.start : line.end]
        label = label_of(words) if line.cells is None and line.start not in contents else None
        if label is not None and label.kind not in ("annex", "han_bare"):
            return line.start
    return len(text.text)


def _contents(text: Text) -> list[Span]:
    """Lines of a table of contents: words, dots and a page number, at least three of them."""
    found = [
        line.span for line in text.lines if line.cells is None and CONTENTS.fullmatch(text.of(line.span))
    ]
    titles = [line.span for line in text.lines if re.fullmatch(r"目\s*[录次]", text.of(line.span))]
    return [*titles, *found] if len(found) >= 3 else []


def _own_regions(context: Context) -> list[str]:
    """Regions outside the catalogue whose governments the document names as owners."""
    lines = [line for line in context.text.lines if line.cells is None]
    named = [
        o.name for line in lines for p in context.pieces(line.span) if p.statement for o in p.statement.owners
    ]
    found = dict.fromkeys(match[1] for name in named if (match := GOVERNED.fullmatch(name)))
    return [name for name in found if name not in context.registry.places]


def _is_foreign(found: Found, registry: Registry) -> bool:
    """Whether the document's issuer belongs to a region that the catalogue does not know."""
    words = f"{found.head.issuer or ''} {found.head.title}"
    names = re.findall(r"(?<![一-鿿])[一-鿿]{2,7}?(?:省|自治区|市|自治州|县|区)", words)
    return bool(names) and not any(name in words for name in registry.codes)


def region_of(found: Found, registry: Registry) -> str | None:
    """Code of the region that the first issuer names last (甲省乙市 is 乙市), else of one that the title names."""
    for words in ((found.head.issuer or "").split("、")[0], found.head.title):
        named = [
            (words.rfind(name) + len(name), code) for name, code in registry.codes.items() if name in words
        ]
        if named:
            return max(named)[1]
    return None


def plan_id_of(found: Found, region: Region | None) -> str:
    """Id of a plan: the English name of its region and its first year, as far as they are known."""
    head = found.head
    name = re.split(PLAIN_WORDS, region.name_en)[0].lower().replace(" ", "-") if region else "plan"
    first, last = head.period
    year = first or (int(head.issued_on[:4]) if head.issued_on else last)
    return f"{name}-{year}" if year else name


def _close_gaps(reading: Reading) -> None:
    """Text between the segments that no rule reached becomes unread, so that nothing is lost silently."""
    text = reading.source.text
    segments = sorted(reading.segments, key=lambda s: s.span)
    position = 0
    for span in [*(s.span for s in segments), (len(text), len(text))]:
        gap = text[position : span[0]]
        if gap.strip():
            start = position + len(gap) - len(gap.lstrip())
            stop = position + len(gap.rstrip())
            segments.append(Segment((start, stop), "unread"))
            reading.unread.append(Unread(gap.strip(), (start, stop), "reached by no rule"))
        position = max(position, span[1])
    reading.segments = sorted(segments, key=lambda s: s.span)
    reading.unread.sort(key=lambda u: u.span)
