"""A table of the contract (a lazy frame) as a population, read part by part so that it never stands in memory whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import polars as pl

from renben.engines.rules.engine import Engine, Source
from renben.engines.rules.facts import Relation
from renben.engines.rules.parts import Extent, apart, id_columns

NAME = "part_of_population"


@dataclass(frozen=True, kw_only=True)
class FrameSource(Source):
    """A lazy frame, one part per value of a column; as one where people are related across parts.

    Args:
        frame: one row per person.
        by: the column that divides it, such as the county.
    """

    frame: pl.LazyFrame
    by: str

    def parts(self, engine: Engine, relations: Sequence[Relation]) -> Iterator[Source]:
        """The parts, each put into the engine when it is its turn; there is always one, be it empty."""
        names = [name for name in id_columns(relations) if name in self.frame.collect_schema()]
        spans = [pl.col(name).min().alias(f"{name}<") for name in names]
        spans += [pl.col(name).max().alias(f"{name}>") for name in names]
        rows = self.frame.group_by(self.by).agg(*spans).collect(engine="streaming").sort(self.by).to_dicts()
        if len(rows) < 2 or not apart([_extent(row, names) for row in rows], relations):
            yield self._part(engine, self.frame)
            return
        for row in rows:
            yield self._part(engine, self.frame.filter(pl.col(self.by).eq_missing(row[self.by])))

    def _part(self, engine: Engine, frame: pl.LazyFrame) -> Source:
        engine.put(NAME, frame.collect(engine="streaming").to_arrow())
        plain = {f.name: getattr(self, f.name) for f in fields(Source)}
        return Source(**{**plain, "table": NAME})


def _extent(row: dict[str, object], names: Sequence[str]) -> Extent:
    return {name: None if row[f"{name}<"] is None else (row[f"{name}<"], row[f"{name}>"]) for name in names}
