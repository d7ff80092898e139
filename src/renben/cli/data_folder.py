"""`renben data add` with a folder of Parquet files: too many rows for a cell-by-cell check, checked as one table."""

import datetime as dt
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
from pydantic import ValidationError

from renben.catalogue import Dataset
from renben.cli.common import err, now
from renben.core.errors import WorkspaceError
from renben.core.period import Period
from renben.core.schema import polars_schema
from renben.core.workspace import Cite, Provenance, Version, Workspace

KEY = b"renben"


def add_folder(
    space: Workspace,
    name: str,
    folder: Path,
    period: str,
    day: dt.date,
    synthetic: bool,
    sent_by: str = "",
) -> Version:
    """Add the Parquet files of a folder (or of its `persons/`) as one version; all of it or nothing.

    What the files say about themselves (synthetic, assumptions, sources) goes into the version. Columns that may be
    empty are filled where the files lack them; columns the dataset does not know are left out and named.

    Raises:
        WorkspaceError: no Parquet file is there.
        SchemaError: the rows do not fit the dataset.
    """
    at = folder / "persons" if (folder / "persons").is_dir() else folder
    files = sorted(at.glob("*.parquet"))
    if not files:
        raise WorkspaceError(f"{folder}: no Parquet file in it; give the folder that renben synth wrote")
    dataset = space.dataset(name)
    provenance = _told(files, name, Period(period), synthetic, folder).model_copy(update={"sent_by": sent_by})
    return space.write_checked(_fitted(pl.scan_parquet(files), dataset), dataset, provenance, day)


def _fitted(frame: pl.LazyFrame, dataset: Dataset) -> pl.LazyFrame:
    wanted, have = polars_schema(dataset), frame.collect_schema().names()
    absent = [c for c, column in dataset.columns.items() if c not in have and column.nullable]
    unknown = [c for c in have if c not in wanted]
    if unknown:
        err.print(f"left out, unknown to {dataset.name}: {', '.join(unknown)}", highlight=False)
    if absent:
        err.print(f"not in the files, so unknown: {', '.join(absent)}", highlight=False)
    filled = frame.with_columns(pl.lit(None, wanted[c]).alias(c) for c in absent)
    return filled.select(c for c in wanted if c in have or c in absent)


def _told(files: list[Path], name: str, period: Period, synthetic: bool, folder: Path) -> Provenance:
    """What the files say about themselves, put together."""
    every = [each for each in map(_own, files) if each is not None]
    cites: dict[str, Cite] = {str(c): c for each in every for c in each.uncertain()}
    sources = sorted({source for each in every for source in each.sources})
    return Provenance(
        dataset=name,
        period=str(period),
        made_by="renben data add",
        inherited=tuple(cites[key] for key in sorted(cites)),
        synthetic=synthetic or any(each.synthetic for each in every),
        sources=(f"{folder.name}: {len(files)} files", *sources),
        created_at=now(),
    )


def _own(file: Path) -> Provenance | None:
    written = (pq.read_metadata(file).metadata or {}).get(KEY)
    if written is None:
        return None
    try:
        return Provenance.model_validate_json(written)
    except ValidationError as error:
        raise WorkspaceError(
            f"{file}: its provenance cannot be read ({error.error_count()} errors)"
        ) from error
