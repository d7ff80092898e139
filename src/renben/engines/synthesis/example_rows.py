"""Lays out the rows of an example frame: which grain they have and where referenced values come from.

Columns that take their value `from` the same dataset are filled from the same row of it, so that an id and its
region stay together. Not modelled: references of a dataset to itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import numpy.typing as npt
import polars as pl

from renben.catalogue import Dataset
from renben.core.randomness import stream
from renben.core.schema import DTYPES, polars_schema
from renben.engines.synthesis.example_values import Cell, ExampleError, bounds, check_words, draw

_DERIVED = ("share_of", "after")
_REFERENCES = ("from", "total_of")
_LARGEST_ERROR = 0.1
_LARGEST = 2_000_000
_EPOCH_DAY = np.datetime64("1970-01-01")


def referenced(dataset: Dataset) -> set[str]:
    """Return the names of the datasets that a dataset's `from` and `total_of` hints take values of (no unit)."""
    hints = [column.example or {} for column in dataset.columns.values()]
    return {str(hint[key]).split(".")[0] for hint in hints for key in _REFERENCES if key in hint}


@dataclass
class RowPlan:
    """One example frame in the making."""

    dataset: Dataset
    cells: dict[str, Cell]
    regions: tuple[str, ...]
    offices: tuple[str, ...]
    rows: int
    levels: Mapping[str, str]
    related: Mapping[str, pl.DataFrame]
    key: tuple[int, str, str]
    done: dict[str, pl.Series] = field(default_factory=dict)
    picks: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)

    def frame(self) -> pl.DataFrame:
        """Return the rows, columns in the schema's order (units as in the schema)."""
        n = self._grain()
        rest = [name for name in self.cells if name not in self.done]
        for name in sorted(rest, key=lambda c: any(key in self.cells[c].hint for key in _DERIVED)):
            self.done[name] = self._emptied(name, self._column(name, n))
        schema = polars_schema(self.dataset)
        made = {
            name: self.done.get(name, pl.Series([None] * n, dtype=dtype)) for name, dtype in schema.items()
        }
        return pl.DataFrame({name: made[name].cast(dtype) for name, dtype in schema.items()})

    def _grain(self) -> int:
        """Fill the grain: every region and code once, times `rows` where a column is open. Returns the length."""
        axes = {name: values for name in self.dataset.grain if (values := self._axis(name)) is not None}
        opened = [name for name in self.dataset.grain if name not in axes]
        crossed = list(product(*axes.values()))
        if not crossed:
            empty = [name for name, values in axes.items() if not values]
            raise ExampleError(
                f"example data for {self.dataset.name}: nothing to fill {empty} with; give regions or rows"
            )
        times = self.rows if opened else 1
        n = len(crossed) * times
        if n > _LARGEST:
            raise ExampleError(
                f"example data for {self.dataset.name}: {n} rows are no small example; ask for fewer"
            )
        for i, name in enumerate(axes):
            values = [combo[i] for combo in crossed for _ in range(times)]
            self.done[name] = pl.Series(name, values, dtype=DTYPES[self.cells[name].column.type])
            self._pin(name)
        turn = np.tile(np.arange(times), len(crossed))
        for i, name in enumerate(opened):
            self.done[name] = self._open(name, turn) if i == 0 else self._column(name, n)
        return n

    def _axis(self, name: str) -> list[object] | None:
        """The values a grain column takes once each, or None where it is open (ids, dates, numbers)."""
        cell = self.cells[name]
        if "from" in cell.hint:
            return list(self._source(cell).drop_nulls().unique(maintain_order=True))
        if cell.column.type == "region":
            return list(self._places(cell))
        if cell.column.type == "office":
            return list(self._offices(cell))
        if cell.column.type == "bool":
            return [False, True]
        values = cell.column.codes or cell.hint.get("values")
        return list(values) if values else None

    def _pin(self, name: str) -> None:
        """Remember which row of the other dataset each grain value stands for."""
        cell = self.cells[name]
        if "from" not in cell.hint:
            return
        source = self._source(cell)
        first = {value: row for row, value in reversed(list(enumerate(source)))}
        self.picks[_dataset_of(cell)] = np.asarray([first[v] for v in self.done[name]], dtype=np.int64)

    def _open(self, name: str, turn: npt.NDArray[np.int64]) -> pl.Series:
        """The open grain column that tells apart the rows of one combination."""
        cell = self.cells[name]
        kind, count = cell.column.type, int(turn.max()) + 1
        if kind in ("date", "datetime"):
            span = (cell.end - cell.start).days + 1
            if count > span:
                raise cell.fail(f"{count} rows do not fit on {span} days of the period; ask for fewer rows")
            days = np.datetime64(cell.start) - _EPOCH_DAY + (turn * span) // count
            return pl.Series(name, days.astype(np.int32)).cast(pl.Date).cast(DTYPES[kind])
        if kind in ("int", "float", "decimal"):
            low, high = bounds(cell)
            if kind == "float" and np.isfinite(high - low):
                return pl.Series(name, low + (high - low) * turn / max(count - 1, 1))
            numbers = np.ceil(float(cell.hint.get("start", max(low, 1.0)))) + turn
            if numbers.max() > high:
                raise cell.fail(f"no {count} whole numbers up to {high}; ask for fewer rows")
            return pl.Series(name, numbers.astype(np.int64)).cast(DTYPES[kind])
        return draw(cell, self._stream(name), len(turn), self.done)

    def _column(self, name: str, n: int) -> pl.Series:
        """A column outside the grain."""
        cell, rng = self.cells[name], self._stream(name)
        if "from" in cell.hint:
            return self._source(cell).gather(self._rows_of(cell, n).tolist()).alias(name)
        if "total_of" in cell.hint:
            return self._total(cell, rng, n)
        pool = self._places(cell) if cell.column.type == "region" else ()
        pool = self._offices(cell) if cell.column.type == "office" else pool
        if not pool:
            return draw(cell, rng, n, self.done)
        words = [pool[i] for i in rng.integers(0, len(pool), n)]
        check_words(cell, words)
        return pl.Series(name, words, dtype=pl.String)

    def _stream(self, name: str) -> np.random.Generator:
        """Randomness of one column; a steady column has the same in every period."""
        seed, dataset, period = self.key
        return stream(seed, dataset, "" if self.cells[name].hint.get("steady") else period, name)

    def _emptied(self, name: str, series: pl.Series) -> pl.Series:
        """The column with some cells empty, where its hint asks for it and its schema allows it."""
        cell = self.cells[name]
        share = float(cell.hint.get("null", 0.0))
        if share == 0.0:
            return series
        if not cell.column.nullable:
            raise cell.fail(
                "its hint empties cells but the column is not nullable; drop `null` or set nullable"
            )
        full = pl.Series(stream(*self.key, name, "null").random(len(series)) >= share)
        return series.to_frame().select(pl.when(full).then(pl.first()).alias(name))[name]

    def _places(self, cell: Cell) -> tuple[str, ...]:
        """The regions that a region column takes: all, or those of the levels its hint names."""
        wanted = cell.hint.get("levels")
        if not wanted or not self.levels:
            return self.regions
        found = tuple(code for code in self.regions if self.levels.get(code) in wanted)
        if not found:
            raise cell.fail(f"none of the regions given has a level of {list(wanted)}; give such regions")
        return found

    def _total(self, cell: Cell, rng: np.random.Generator, n: int) -> pl.Series:
        """Sums over the other dataset's rows of the same grain; 0 where it has none; some wrong on purpose."""
        dataset, _, column = str(cell.hint["total_of"]).partition(".")
        self._source(cell, "total_of")
        keys = [name for name in self.dataset.grain if name in self.related[dataset].columns]
        if not keys:
            raise cell.fail(
                f"{dataset} shares no grain column with {self.dataset.name}; share a region or id"
            )
        sums = self.related[dataset].group_by(keys).agg(pl.col(column).sum())
        mine = pl.DataFrame({name: self.done[name] for name in keys})
        joined = mine.join(sums, on=keys, how="left", maintain_order="left")
        whole = joined[column].cast(pl.Float64).fill_null(0.0).to_numpy()
        wrong = rng.random(n) < float(cell.hint.get("wrong", 0.0))
        high = np.ceil(whole * (1.0 + rng.uniform(_LARGEST_ERROR / 10, _LARGEST_ERROR, n)))
        return pl.Series(cell.name, np.where(wrong, high, whole)).cast(DTYPES[cell.column.type])

    def _offices(self, cell: Cell) -> tuple[str, ...]:
        if cell.column.codes or cell.hint.get("values"):
            return tuple(cell.column.codes or cell.hint["values"])
        offices = self.offices or ((self.dataset.owner,) if self.dataset.owner else ())
        if not offices:
            raise cell.fail("no office known; give offices or write the dataset's owner")
        return offices

    def _source(self, cell: Cell, key: str = "from") -> pl.Series:
        """The column of the other dataset that a hint names."""
        dataset, _, column = str(cell.hint[key]).partition(".")
        if dataset not in self.related:
            raise cell.fail(f"its values come from {dataset}, which is not given; make that example first")
        if column not in self.related[dataset].columns:
            raise cell.fail(f"{dataset} has no column {column!r}; have {self.related[dataset].columns}")
        return self.related[dataset][column]

    def _rows_of(self, cell: Cell, n: int) -> npt.NDArray[np.int64]:
        """Which row of the other dataset each row here refers to, the same for all columns taken from it."""
        dataset = _dataset_of(cell)
        if dataset not in self.picks:
            height = self.related[dataset].height
            if height == 0:
                raise cell.fail(f"{dataset} has no rows to take values from")
            self.picks[dataset] = stream(*self.key, "rows of", dataset).integers(0, height, n)
        return self.picks[dataset]


def _dataset_of(cell: Cell) -> str:
    return str(cell.hint["from"]).partition(".")[0]


def add_up(frame: pl.DataFrame, dataset: Dataset, parents: Mapping[str, str | None]) -> pl.DataFrame:
    """Return the frame with every parent region's row equal to the sum of its children (units of the columns).

    Args:
        frame: Example rows, one per grain.
        dataset: Its schema; `sums_to_parent` names the columns.
        parents: Region code -> parent code.
    """
    region = next((name for name in dataset.grain if dataset.columns[name].type == "region"), None)
    if region is None:
        return frame
    keys, sums = list(dataset.grain), list(dataset.sums_to_parent)
    for parent in _bottom_up(set(frame[region]), parents):
        children = frame.filter(pl.col(region).replace_strict(dict(parents), default=None) == parent)
        if children.is_empty():
            continue
        total = (
            children.with_columns(pl.lit(parent).alias(region))
            .group_by(keys, maintain_order=True)
            .agg(pl.col(sums).sum())
            .cast({name: frame.schema[name] for name in sums})
        )
        frame = frame.update(total, on=keys, how="left")
    return frame


def _bottom_up(present: set[str], parents: Mapping[str, str | None]) -> list[str]:
    """Regions of the frame that are parents of others in it, the lowest level first."""

    def depth(code: str | None) -> int:
        return 0 if code is None else 1 + depth(parents.get(code))

    found = {parent for code in present if (parent := parents.get(code)) in present and parent is not None}
    return sorted(found, key=depth, reverse=True)
