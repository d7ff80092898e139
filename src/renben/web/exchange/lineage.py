"""Where a number comes from: from an indicator's value over the run's dataset versions to files and publications.

Everything here is read from what the workspace keeps anyway: provenance in each version, sources in each row. What
nobody wrote down is shown as unknown; nothing is guessed.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from renben.catalogue.indicator import Indicator
from renben.core.errors import RenbenError
from renben.core.period import Period
from renben.core.workspace import Cite, Version
from renben.evaluation.formula import element_ids, parse
from renben.web.exchange.findings import PREFIX
from renben.web.exchange.reading import Reading
from renben.web.words import say, words

FILE = re.compile(r"^(?P<name>.+)#(?P<digest>[0-9a-f]{16})$")
VALUES, STATUS = "indicator_values", "target_status"
BASE = ("elements", "mechanism_elements")
PUBLISHED = "indicator_published"
FEW = 12
"""Regions of an aggregate that are listed one by one."""


@dataclass(frozen=True)
class Source:
    """One thing from outside that a version or a row rests on."""

    kind: Literal["file", "publication", "text"]
    zh: str
    en: str
    digest: str = ""
    """BLAKE2b-64 of the file as it came in; empty where the source is no file."""
    id: str = ""
    """Id of the publication, which has a page."""


@dataclass(frozen=True)
class Link:
    """A dataset version by name: label in both languages, period, vintage, and whether it is still there."""

    dataset: str
    zh: str
    en: str
    period: str
    vintage: str
    known: bool
    synthetic: bool


@dataclass(frozen=True)
class Input:
    """One base value behind an indicator: which element, where it was read, how good it is, who published it."""

    zh: str
    en: str
    region: str
    value: float | None
    unit: str
    quality: str
    version: Link
    sources: tuple[Source, ...]


def source_of(read: Reading, written: str) -> Source:
    """A source as provenance and rows write it: FILE#DIGEST, an id of a publication (maybe with a prefix), or words."""
    if found := FILE.match(written):
        return Source("file", found["name"], found["name"], found["digest"])
    key = written.split(":", 1)[-1]
    known = read.evidence.publications.get(key)
    if known is not None:
        return Source("publication", *titles(known), id=key)
    return Source("text", written, written)


def titles(publication: dict[str, str]) -> tuple[str, str]:
    """Title of a publication in Chinese and English: its own or our gloss; its own where nobody wrote a gloss."""
    own = publication["publication"]
    return publication["publication_zh"] or own, publication["publication_en"] or own


def sources_of(read: Reading, written: Iterable[str]) -> tuple[Source, ...]:
    """Sources, each once, in the order written."""
    return tuple(source_of(read, one) for one in dict.fromkeys(part for part in written if part))


def find(read: Reading, dataset: str, period: str, vintage: str) -> Version | None:
    """A version of the workspace by its names, None where there is none."""
    try:
        versions = read.evidence.workspace.versions(dataset, Period(period))
    except RenbenError:
        return None
    return next((v for v in versions if v.vintage == vintage), None)


def link(read: Reading, dataset: str, period: str, vintage: str) -> Link:
    """How a version is named and reached."""
    version = find(read, dataset, period, vintage)
    named = read.catalogue.datasets.get(dataset)
    zh, en = (named.zh or dataset, named.en or dataset) if named else _unnamed(dataset)
    return Link(dataset, zh, en, period, vintage, version is not None,
                version is not None and version.provenance.synthetic)  # fmt: skip


def _unnamed(dataset: str) -> tuple[str, str]:
    """Findings are named after their check."""
    if not dataset.startswith(PREFIX):
        return dataset, dataset
    key = f"trace.check.{dataset.removeprefix(PREFIX)}"
    plain = dataset.removeprefix(PREFIX).replace("_", " ")
    zh, en = words().get(key, (plain, plain))
    return say("zh", "trace.check", name=zh), say("en", "trace.check", name=en)


def linked(read: Reading, version: Version) -> Link:
    """How a version that is there is named and reached."""
    return link(read, version.dataset, str(version.period), version.vintage)


@dataclass(frozen=True)
class Told:
    """Everything that is written about one dataset version."""

    link: Link
    made_by: str
    created_at: dt.datetime
    known_on: dt.date
    rows: int
    code: str
    seed: int | None
    note: str
    sent_by: str
    """Office that sent it, as the one who added it wrote; empty where nobody did."""
    owner: str
    """Office that answers for the dataset by the catalogue; empty where none is written."""
    digest: str
    source: bool
    reads: tuple[Link, ...]
    used_by: tuple[Link, ...]
    provisions: tuple[Cite, ...]
    inherited: tuple[Cite, ...]
    sources: tuple[Source, ...]


def told(read: Reading, version: Version) -> Told:
    """One dataset version: who made it, from what, under which provisions, and what was made from it."""
    known, named = version.provenance, read.catalogue.datasets.get(version.dataset)
    return Told(
        link=linked(read, version), made_by=known.made_by, created_at=known.created_at, known_on=version.day,
        rows=version.scan().select(pl.len()).collect().item(), code=known.code, seed=known.seed, note=known.note,
        sent_by=known.sent_by, owner=named.owner if named else "", digest=version.digest,
        source=bool(named and named.source), provisions=known.provisions, inherited=known.inherited,
        reads=tuple(link(read, r.dataset, r.period, r.vintage) for r in known.reads),
        used_by=tuple(linked(read, v) for v in _users(read, version)), sources=sources_of(read, known.sources),
    )  # fmt: skip


def _users(read: Reading, version: Version) -> list[Version]:
    """Versions made from one, those of the newest run."""
    key = (version.dataset, str(version.period), version.vintage)
    return [
        one
        for one in read.newest_versions
        if key in {(r.dataset, r.period, r.vintage) for r in one.provenance.reads}
    ]


def inputs(
    read: Reading, indicator: Indicator, region: str, value: dict[str, Any]
) -> tuple[list[Input], int]:
    """Base values behind an indicator's value, and how many more there are of the same kind.

    Args:
        read: the run.
        indicator: of the catalogue.
        region: code.
        value: its row in indicator_values, empty where there is none.
    """
    method = value.get("method")
    if method == "published":
        found = _rows(read, PUBLISHED, pl.col("indicator") == indicator.id, [region])
        return [_input(read, row, version, indicator) for row, version in found], 0
    if method is None:
        return [], 0
    places = [region] if method == "computed" else _below(read, region)
    names = [_reported(read, name) for name in element_ids(parse(indicator.formula))]
    wanted = pl.col("element").is_in(names)
    found = [pair for dataset in BASE for pair in _rows(read, dataset, wanted, places)]
    seen: dict[tuple[str, str], Input] = {}
    for row, version in found:  # what was reported comes before what mechanisms made
        seen.setdefault((row["region"], row["element"]), _input(read, row, version, None))
    rows = list(seen.values())
    return rows[:FEW], max(0, len(rows) - FEW)


def _reported(read: Reading, name: str) -> str:
    element = read.catalogue.elements[name]
    return element.from_element or element.id


def _below(read: Reading, region: str) -> list[str]:
    """A region and every region in it."""
    known, found = read.catalogue.regions, []
    for code in known:
        at: str | None = code
        while at is not None and at != region:
            at = known[at].parent if at in known else None
        found += [code] if at == region else []
    return found


def _rows(
    read: Reading, dataset: str, wanted: pl.Expr, places: list[str]
) -> list[tuple[dict[str, Any], Version]]:
    """Rows of the run's version of a base dataset, with a value."""
    version = read.evidence.workspace.latest(dataset, read.evidence.period)
    if version is None:
        return []
    mine = wanted & pl.col("region").is_in(places) & pl.col("value").is_not_null()
    return [(row, version) for row in version.scan().filter(mine).sort("region").collect().to_dicts()]


def _input(read: Reading, row: dict[str, Any], version: Version, indicator: Indicator | None) -> Input:
    named = indicator or read.catalogue.elements.get(row["element"])
    zh, en = (named.name_zh, named.name_en) if named else (row["element"],) * 2
    made = row.get("made_by")
    origin = read.evidence.workspace.latest(made, read.evidence.period) if made else None
    return Input(
        zh, en, row["region"], row["value"], named.unit if named else "", row["quality"],
        linked(read, origin or version), sources_of(read, (row.get("sources") or "").split(";")),
    )  # fmt: skip


def receipt(read: Reading, indicator: Indicator, region: str) -> dict[str, Any]:
    """What one number rested on, for a machine to keep: the same digest means the same number on the same grounds."""
    space, value = read.evidence.workspace, read.value(indicator.id, region)
    version = space.latest(VALUES, read.evidence.period)
    rows, more = inputs(read, indicator, region, value)
    body = {
        "indicator": indicator.id, "formula": indicator.formula, "region": region, "period": read.period,
        "value": value.get("value"), "unit": indicator.unit, "state": value.get("state"),
        "reason": value.get("value_reason"), "method": value.get("method"), "synthetic": value.get("synthetic"),
        "dataset": VALUES, "vintage": version.vintage if version else None,
        "dataset_digest": version.digest if version else None,
        "inputs": [
            {"name": one.en, "region": one.region, "value": one.value, "unit": one.unit, "quality": one.quality,
             "dataset": one.version.dataset, "period": one.version.period, "vintage": one.version.vintage,
             "sources": [s.id or (f"{s.en}#{s.digest}" if s.digest else s.en) for s in one.sources]}
            for one in rows
        ],
        "more_inputs": more,
        "versions": [
            {"dataset": s.dataset, "period": s.period, "vintage": s.vintage, "made_by": s.made_by,
             "synthetic": s.synthetic, "sources": list(s.sources), "present": s.known}
            for s in read.trace()
        ],
        "provisions": [c.model_dump(mode="json") for c in _cited(read)],
    }  # fmt: skip
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return {"digest": hashlib.blake2b(text.encode(), digest_size=16).hexdigest(), **body}


def _cited(read: Reading) -> list[Cite]:
    """Provisions that the versions behind the values used or inherited, each once."""
    found: dict[tuple[str, str | None, Any], Cite] = {}
    for step in read.trace():
        version = find(read, step.dataset, step.period, step.vintage)
        for cite in (*version.provenance.provisions, *version.provenance.inherited) if version else ():
            found[cite.name, cite.region, cite.since] = cite
    return [found[key] for key in sorted(found, key=str)]


def cited_in(read: Reading, key: str) -> list[dict[str, Any]]:
    """Values of the run that cite a publication: indicator, region, year, value; at most some hundred."""
    rows = read.evidence.history.filter(
        pl.col("value").is_not_null()
        & pl.col("sources").fill_null("").str.replace_all(r"[a-z]+:", "").str.split(";").list.contains(key)
    )
    return rows.sort("indicator", "region", "year").head(300).to_dicts()
