"""One dataset version: a Parquet file that carries its provenance, and how a file appears whole or not at all."""

import datetime as dt
import hashlib
import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel, ConfigDict

from renben.core.errors import WorkspaceError
from renben.core.period import Period


class Cite(BaseModel):
    """A provision value a version rests on, its own or inherited from what it read."""

    model_config = ConfigDict(frozen=True)
    name: str
    region: str | None = None
    value: Any
    since: dt.date
    ref: str
    trust: str


class Read(BaseModel):
    """A dataset version that was read."""

    model_config = ConfigDict(frozen=True)
    dataset: str
    period: str
    vintage: str
    digest: str


class Provenance(BaseModel):
    """Where a dataset version comes from."""

    model_config = ConfigDict(frozen=True)
    dataset: str
    period: str
    made_by: str
    code: str = ""
    reads: tuple[Read, ...] = ()
    provisions: tuple[Cite, ...] = ()
    inherited: tuple[Cite, ...] = ()
    catalogue: dict[str, str] = {}
    seed: int | None = None
    synthetic: bool = False
    sources: tuple[str, ...] = ()
    note: str = ""
    sent_by: str = ""
    """Who sent the data, as written when they were added; empty where nobody wrote it."""
    created_at: dt.datetime

    def uncertain(self) -> list[Cite]:
        """Provisions behind this version that are not law or plan text (trust S, D, or confirmed M)."""
        every = {(c.name, c.region, c.since): c for c in (*self.provisions, *self.inherited)}
        return sorted((c for c in every.values() if c.trust in "SDM"), key=lambda c: (c.name, c.region or ""))


@dataclass(frozen=True)
class Version:
    """One dataset version on disk."""

    dataset: str
    period: Period
    vintage: str
    path: Path

    @property
    def day(self) -> dt.date:
        """Day on which it became known."""
        return dt.date.fromisoformat(self.vintage[:10])

    @property
    def order(self) -> tuple[dt.date, int]:
        """Sort key among versions of one period."""
        return self.day, int(self.vintage[11:] or 1)

    def scan(self) -> pl.LazyFrame:
        """The table, lazily."""
        return pl.scan_parquet(self.path)

    @cached_property
    def provenance(self) -> Provenance:
        """Provenance read from the file.

        Raises:
            WorkspaceError: the file is damaged or was not written by renben.
        """
        try:
            found = pl.read_parquet_metadata(self.path).get("renben")
        except (OSError, pl.exceptions.PolarsError) as error:
            raise WorkspaceError(f"{self.path}: damaged ({error}); move it away and run again.") from error
        if found is None:
            raise WorkspaceError(f"{self.path}: carries no provenance; add data with renben data add.")
        return Provenance.model_validate_json(found)

    @cached_property
    def digest(self) -> str:
        """Digest of the rows, the synthetic mark and the uncertain provisions behind them."""
        digest = hashlib.blake2b(digest_size=16)
        with self.path.open("rb") as file:
            end = self.path.stat().st_size
            file.seek(end - 8)
            rest = end - 8 - int.from_bytes(file.read(4), "little")
            file.seek(0)
            while rest > 0:
                chunk = file.read(min(rest, 1 << 22))
                digest.update(chunk)
                rest -= len(chunk)
        marks = [c.model_dump(mode="json") for c in self.provenance.uncertain()]
        digest.update(json.dumps([self.provenance.synthetic, marks], ensure_ascii=False).encode())
        return digest.hexdigest()


def link(draft: Path, folder: Path, day: dt.date) -> Path:
    """The draft under the first free vintage name of a day; an existing file is never replaced."""
    number = 1
    while True:
        final = folder / (
            f"{day.isoformat()}.parquet" if number == 1 else f"{day.isoformat()}.{number}.parquet"
        )
        try:
            os.link(draft, final)
            return final
        except FileExistsError:
            number += 1


def sync(path: Path) -> None:
    """Make a file or folder durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> None:
    """Replace a small file at once: temporary name, sync, rename."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    draft.write_bytes(content)
    sync(draft)
    draft.replace(path)
    sync(path.parent)
