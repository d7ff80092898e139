"""The workspace: a folder with one Parquet file per dataset version, each carrying its provenance.

`data/NAME/PERIOD/VINTAGE.parquet`; a vintage is a day, and a number where a day has several. Nothing is
overwritten. A version appears whole or not at all: it is written under a temporary name, synced and linked.
"""

import datetime as dt
import os
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import polars as pl
import yaml

from renben.catalogue import Catalogue, Dataset, load
from renben.core.errors import WorkspaceError, did_you_mean
from renben.core.finding import dataset_of
from renben.core.period import Period
from renben.core.schema import canonical, refuse_bad
from renben.core.version import Cite, Provenance, Read, Version, link, sync, write_whole

__all__ = ["Cite", "Provenance", "Read", "Version", "Workspace", "sync", "write_whole"]

MARKER = "renben.yaml"
SORT_ROWS = 5_000_000
_VINTAGE = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:\.(\d+))?$")


class Workspace:
    """A folder of dataset versions, an optional catalogue overlay and an operator's confirmations.

    Raises:
        WorkspaceError: the folder is no workspace.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        if not (root / MARKER).is_file():
            raise WorkspaceError(
                f"{root} is no renben workspace (no {MARKER} in it); make one: renben init {root}"
            )
        self.data = root / "data"

    @classmethod
    def create(cls, root: Path) -> "Workspace":
        """A new, empty workspace in a folder that is empty or does not exist.

        Raises:
            WorkspaceError: the folder holds something else.
        """
        if (root / MARKER).exists():
            return cls(root)
        if root.exists() and any(root.iterdir()):
            raise WorkspaceError(f"{root} is not empty and no workspace; choose an empty folder.")
        (root / "data").mkdir(parents=True, exist_ok=True)
        (root / "catalogue").mkdir(exist_ok=True)
        write_whole(
            root / MARKER,
            b"# A renben workspace. data/ holds dataset versions, catalogue/ your overlay.\nversion: 1\n",
        )
        return cls(root)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Our catalogue with this workspace's overlay."""
        overlay = self.root / "catalogue"
        return Catalogue(overlay) if overlay.is_dir() else load()

    @property
    def confirmed(self) -> frozenset[str]:
        """Names of memory-only provisions that an operator has confirmed."""
        path = self.root / "confirmed.yaml"
        return (
            frozenset(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
            if path.is_file()
            else frozenset()
        )

    def confirm(self, name: str, by: str, ref: str, on: dt.date) -> None:
        """Record that an operator has read the text behind a memory-only provision."""
        if name not in self.catalogue.laws:
            raise WorkspaceError(f"{name}: no such provision.{did_you_mean(name, self.catalogue.laws)}")
        path = self.root / "confirmed.yaml"
        known = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
        known[name] = {"by": by, "ref": ref, "on": on.isoformat()}
        write_whole(path, yaml.safe_dump(known, allow_unicode=True).encode())

    def dataset(self, name: str) -> Dataset:
        """Declared schema of a dataset.

        Raises:
            WorkspaceError: nothing of that name is declared.
        """
        if name.startswith("findings_"):
            return dataset_of(name.removeprefix("findings_"))
        if name not in self.catalogue.datasets:
            hint = did_you_mean(name, self.catalogue.datasets)
            raise WorkspaceError(
                f"{name}: no such dataset in catalogue/datasets.{hint} See renben data list."
            )
        return self.catalogue.datasets[name]

    def sweep(self) -> int:
        """Remove drafts that processes left when they were killed; returns how many."""
        left = [p for p in self.data.glob("*/*/.*.tmp") if not Path(f"/proc/{p.name.split('.')[1]}").exists()]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def names(self) -> list[str]:
        """Datasets that have at least one version."""
        return sorted(p.name for p in self.data.iterdir() if p.is_dir()) if self.data.is_dir() else []

    def versions(
        self, name: str, period: Period | None = None, as_of: dt.date | None = None
    ) -> list[Version]:
        """Versions of a dataset, oldest first, those known on a day where one is given."""
        found = [v for v in self._versions(name, period) if as_of is None or v.day <= as_of]
        return sorted(found, key=lambda v: (v.period, v.order))

    def _versions(self, name: str, period: Period | None) -> Iterator[Version]:
        for path in (self.data / name).glob(f"{period or '*'}/*.parquet"):
            if _VINTAGE.match(path.stem):
                yield Version(name, Period(path.parent.name), path.stem, path)

    def latest(self, name: str, period: Period, as_of: dt.date | None = None) -> Version | None:
        """Newest version of a dataset for a period; for a dataset of frequency once, of any period up to it."""
        if self.dataset(name).frequency == "once":
            upto = [v for v in self.versions(name, None, as_of) if v.period <= period]
            return upto[-1] if upto else None
        found = self.versions(name, period, as_of)
        return found[-1] if found else None

    def history(self, name: str, upto: Period, as_of: dt.date | None = None) -> list[Version]:
        """Newest version of each period up to and including one, oldest first."""
        newest = {v.period: v for v in self.versions(name, None, as_of) if v.period <= upto}
        return [newest[period] for period in sorted(newest)]

    def read(self, name: str, period: str, as_of: dt.date | None = None) -> pl.DataFrame:
        """Rows of the newest version of a dataset for a period.

        Raises:
            WorkspaceError: there is none.
        """
        version = self.latest(name, Period(period), as_of)
        if version is None:
            have = ", ".join(sorted({str(v.period) for v in self.versions(name)})) or "no period"
            known = f" known on {as_of}" if as_of else ""
            raise WorkspaceError(
                f"{name}: no version for {period}{known}; it has {have}. Run renben run --period {period}."
            )
        return version.scan().collect()

    def write_checked(
        self, frame: pl.LazyFrame, dataset: Dataset, provenance: Provenance, day: dt.date
    ) -> Version:
        """A new version of a dataset, after its schema, rules and grain hold; it appears whole or not at all.

        Rows are kept in grain order up to SORT_ROWS rows, so that equal tables are equal files.

        Raises:
            SchemaError: the table does not fit the schema.
        """
        folder = self.data / provenance.dataset / provenance.period
        folder.mkdir(parents=True, exist_ok=True)
        draft, checked = folder / f".{os.getpid()}.tmp", folder / f".{os.getpid()}.checked.tmp"
        try:
            _stream(canonical(frame, dataset), draft)
            table = pl.scan_parquet(draft)
            rows = refuse_bad(table, dataset, self.catalogue)
            metadata = {"renben": provenance.model_dump_json()}
            if rows <= SORT_ROWS:
                table.sort(dataset.grain).collect().write_parquet(checked, metadata=metadata)
            else:
                _stream(table, checked, metadata)
            sync(checked)
            final = link(checked, folder, day)
        finally:
            draft.unlink(missing_ok=True)
            checked.unlink(missing_ok=True)
        sync(folder)
        return Version(provenance.dataset, Period(provenance.period), final.stem, final)


def _stream(frame: pl.LazyFrame, path: Path, metadata: dict[str, str] | None = None) -> None:
    """Write a table that need not fit into memory.

    The file is opened here: given a path, polars may create it after it has already raised its error.
    """
    with path.open("wb") as file:
        frame.sink_parquet(file, metadata=metadata, engine="streaming")
