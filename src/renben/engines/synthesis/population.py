"""Writes a synthetic population, county by county, as Parquet files that are marked synthetic for ever.

`persons/CODE.parquet` and `households/CODE.parquet` per county, `fit.json` with every margin's error, and
`assumptions.json` with every prior. A county that is already there from the same run is kept, so an interrupted
run goes on where it stopped; a folder that holds another population is refused.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from renben import __version__
from renben.core.workspace import Cite, Provenance
from renben.engines.synthesis.attributes import EDUCATION, OCCUPATION, STAGES
from renben.engines.synthesis.fit import MarginFit, fit_report
from renben.engines.synthesis.fitting import FitError
from renben.engines.synthesis.partition import CountyRows, make_county
from renben.engines.synthesis.planning import Plan

RUN_KEY = b"renben.synthesis.run"
COUNTS_KEY = b"renben.synthesis.counts"
SYNTHETIC_KEY = b"renben.synthetic"
_PROVENANCE_KEY = b"renben"
_NUMBERS = ("person", "household", "dwelling", "mother", "father", "spouse")
_ROW_GROUP = 262_144
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Made:
    """What a run wrote: persons, households, bytes, and how well each margin is kept."""

    persons: int
    households: int
    bytes: int
    kept_from_before: int
    fit: list[MarginFit]


def write_population(
    plan: Plan,
    folder: Path,
    *,
    seed: int = 0,
    threads: int = 2,
    created_at: dt.datetime,
    counties: list[str] | None = None,
    tell: Tell | None = None,
) -> Made:
    """Write the population of a plan; the rows do not depend on the number of threads (persons, households).

    Args:
        plan: Margins, assumptions and tables.
        folder: Made where absent.
        seed: Another seed gives another population with the same margins.
        threads: Counties made at the same time.
        created_at: Clock of the caller, written into each file's provenance.
        counties: Only these counties.
        tell: Called with county, number done and number in all.

    Raises:
        FitError: If the folder holds another population or a county is unknown.
    """
    run = run_key(plan, seed)
    wanted = _chosen(plan, counties)
    for name in ("persons", "households"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    counts = _from_before(plan, folder, wanted, run)
    before, total = len(counts), len(wanted)
    missing = [index for index in wanted if plan.margins.codes[index] not in counts]

    def make(index: int) -> CountyRows:
        rows = make_county(plan, index, seed)
        _write(folder, rows, plan, run, seed, created_at)
        return CountyRows(rows.code, rows.persons.slice(0, 0), rows.households.slice(0, 0), rows.counts)

    for rows in _in_turn(make, missing, threads):
        counts[rows.code] = rows.counts
        if tell is not None:
            tell(rows.code, len(counts), total)
    fit = fit_report(plan, counts)
    _write_json(folder / "fit.json", [row.row() for row in fit])
    _write_json(folder / "assumptions.json", list(plan.priors.rows))
    return _made(folder, counts, before, fit)


def _from_before(plan: Plan, folder: Path, wanted: list[int], run: str) -> dict[str, dict[str, list[float]]]:
    """Counts of the wanted counties that an earlier call of the same run has written."""
    found = {plan.margins.codes[i]: _finished(folder, plan.margins.codes[i], run) for i in wanted}
    return {code: counts for code, counts in found.items() if counts is not None}


def _made(folder: Path, counts: dict[str, dict[str, list[float]]], before: int, fit: list[MarginFit]) -> Made:
    return Made(
        persons=round(sum(sum(c["age_sex"]) for c in counts.values())),
        households=round(sum(c["families"][0] + c["collective"][0] for c in counts.values())),
        bytes=sum(path.stat().st_size for path in folder.glob("*/*.parquet")),
        kept_from_before=before,
        fit=fit,
    )


def run_key(plan: Plan, seed: int) -> str:
    """Return a digest of all that the rows depend on (no unit): seed, margins, assumptions, census and version.

    Args:
        plan: Margins and assumptions.
        seed: Seed of the run.
    """
    digest = hashlib.blake2b(digest_size=12)
    digest.update(
        json.dumps([__version__, seed, plan.margins.share, plan.priors.values], default=str).encode()
    )
    margins = plan.margins
    figures = [margins.codes, margins.parents, margins.province, margins.households, margins.income]
    digest.update(json.dumps([*figures, margins.old_survival]).encode())
    for table in (margins.age_sex, margins.urban, margins.away, margins.fertility, margins.seats):
        digest.update(table.tobytes())
    for code, shares in sorted(plan.census.items()):
        digest.update(json.dumps([code, {k: v.tolist() for k, v in shares.items()}]).encode())
    return digest.hexdigest()


def _chosen(plan: Plan, counties: list[str] | None) -> list[int]:
    """County numbers, the largest first so that threads finish together."""
    codes = plan.margins.codes
    unknown = [code for code in counties or () if code not in codes]
    if unknown:
        raise FitError(
            f"county {unknown[0]}: not in the facts; use a county code of regions.csv, e.g. {codes[0]}"
        )
    chosen = [i for i, code in enumerate(codes) if counties is None or code in counties]
    return sorted(chosen, key=lambda i: -int(plan.margins.residents[i]))


def _in_turn(make: Callable[[int], CountyRows], wanted: list[int], threads: int) -> Iterator[CountyRows]:
    """Counties as they are made, never more under way than threads, so that memory stays bounded."""
    queue = iter(wanted)
    with ThreadPoolExecutor(max_workers=max(threads, 1)) as pool:
        running = {pool.submit(make, index) for index in islice(queue, max(threads, 1))}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            running |= {pool.submit(make, index) for index in islice(queue, len(done))}
            for future in done:
                yield future.result()


def _finished(folder: Path, code: str, run: str) -> dict[str, list[float]] | None:
    """Counts of a county already written by this run; None where it is not there yet."""
    path = folder / "persons" / f"{code}.parquet"
    if not (path.is_file() and (folder / "households" / path.name).is_file()):
        return None
    metadata = pq.read_metadata(path).metadata or {}
    if metadata.get(RUN_KEY, b"").decode() != run:
        raise FitError(
            f"{path}: belongs to another population (other seed, share, assumptions or version); "
            "choose an empty folder or move it away"
        )
    counts: dict[str, list[float]] = json.loads(metadata[COUNTS_KEY])
    return counts


def _write(folder: Path, rows: CountyRows, plan: Plan, run: str, seed: int, created_at: dt.datetime) -> None:
    """Households first, persons last: a county counts as finished once its persons are there."""
    for name, table in (("households", rows.households), ("persons", rows.persons)):
        path = folder / name / f"{rows.code}.parquet"
        metadata = {
            SYNTHETIC_KEY: b"true",
            RUN_KEY: run.encode(),
            COUNTS_KEY: json.dumps(rows.counts).encode(),
            _PROVENANCE_KEY: _provenance(name, plan, seed, created_at).encode(),
        }
        part = path.with_suffix(".part")
        _write_table(table, part, metadata)
        part.replace(path)


def _write_table(table: pa.Table, path: Path, metadata: dict[bytes, bytes]) -> None:
    """Plain strings instead of dictionaries for readers; whole numbers that rise are stored as differences."""
    numbers = [name for name in _NUMBERS if name in table.column_names]
    with pq.ParquetWriter(
        path,
        table.schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=[
            n for n in table.column_names if n not in numbers and n not in ("income", "assets", "area_m2")
        ],
        column_encoding={name: "DELTA_BINARY_PACKED" for name in numbers},
        store_schema=False,
    ) as writer:
        writer.write_table(table, row_group_size=_ROW_GROUP)
        writer.add_key_value_metadata(metadata)


def _provenance(name: str, plan: Plan, seed: int, created_at: dt.datetime) -> str:
    """Provenance as a dataset version carries it; synthetic is inherited by all that is made from it."""
    cites = tuple(
        Cite(
            name=f"synthesis.{row['key']}",
            value=row["value"],
            since=row["since"],
            ref=row["ref"],
            trust=row["trust"],
        )
        for row in plan.priors.rows
    )
    return Provenance(
        dataset=f"synthetic_{name}",
        period=str(plan.priors.reference_date.year),
        made_by="renben synth",
        code=__version__,
        provisions=cites,
        seed=seed,
        synthetic=True,
        sources=(
            "population_county",
            "age_county",
            "age_sex_province",
            "province_series",
            "economy_services",
        ),
        note="Synthetic population: nobody in it exists.",
        created_at=created_at,
    ).model_dump_json()


def code_lists() -> dict[str, Any]:
    """Return what the small integer codes of the person table mean (no unit)."""
    return {
        "sex": {1: "male", 2: "female"},
        "relation": dict(
            enumerate(("head", "spouse", "child", "parent", "grandparent", "other", "collective"), 1)
        ),
        "away": dict(enumerate(("at hukou township", "same county", "other county", "other province"))),
        "education": dict(enumerate(EDUCATION)),
        "schooling": dict(enumerate(STAGES)),
        "occupation": dict(enumerate(OCCUPATION)),
        "marital": {10: "never married", 20: "married", 30: "widowed", 40: "divorced"},
        "hukou_type": {10: "family", 20: "collective"},
        "insurance": {
            1: "employee pension",
            2: "resident pension",
            4: "employee medical",
            8: "resident medical",
            16: "unemployment",
        },
    }


def _write_json(path: Path, value: Any) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")
    part.replace(path)
