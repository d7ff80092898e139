"""The facts as tables of text, ours with an operator's folder laid over them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl


class FactTables(Mapping[str, pl.DataFrame]):
    """Facts tables by name (file name without .csv), read when asked for; a table of a later folder replaces.

    Args:
        folders: folders of CSV files; those that do not exist hold nothing.
    """

    def __init__(self, *folders: Path) -> None:
        self._paths = {path.stem: path for folder in folders for path in sorted(folder.glob("*.csv"))}
        self.places = tuple(str(folder) for folder in folders)
        self._read: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._read:
            self._read[name] = pl.read_csv(self._paths[name], infer_schema_length=0)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)
