"""Engines: whatever can run one SELECT over a population and give Arrow back.

    DuckDB().run(selection, source, group_by=("county",))

The embedded default is DuckDB. Another engine needs a dialect and a `query` method, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow as pa

from renben.core.errors import RenbenError
from renben.engines.rules.binding import walk
from renben.engines.rules.dialects import DUCKDB, Dialect
from renben.engines.rules.facts import Facts, Relation
from renben.engines.rules.parts import Extent, apart, id_columns
from renben.engines.rules.rows import NOBODY
from renben.engines.rules.sql import Layout, groups_query, rows_query
from renben.engines.rules.terms import Term


class EngineError(RenbenError):
    """A population cannot be read, or an engine is not there."""


@dataclass(frozen=True)
class Selection:
    """What to compute: bound terms by column name."""

    outputs: Mapping[str, Term]

    def __or__(self, other: Selection) -> Selection:
        """Both at once, in one pass."""
        return Selection({**self.outputs, **other.outputs})


class Engine(Protocol):
    """Runs SQL over a population."""

    dialect: Dialect

    def query(self, sql: str) -> pa.Table:
        """Result of one SELECT."""
        ...

    def columns(self, table: str) -> dict[str, str]:
        """Column names and types of a source."""
        ...

    def put(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table readable under a name for this session."""
        ...


@dataclass(frozen=True)
class Source:
    """A population: where it is, and how its columns give the facts.

    Args:
        table: SQL text of the table (a name, or a function such as read_parquet).
        columns: SQL expression per fact and key column.
        files: the Parquet files behind it, if any; related people stand in one file.
        windowed: facts whose expression looks at other rows of the household.
        readings: what was read into the data (zh, en), to be shown beside results.
    """

    table: str
    columns: Mapping[str, str]
    files: tuple[str, ...] = ()
    windowed: frozenset[str] = frozenset()
    readings: tuple[tuple[str, str], ...] = ()

    def parts(self, engine: Engine, relations: Sequence[Relation]) -> Iterable[Source]:
        """The same population in sources to be answered one after the other, none where it is answered as one.

        Args:
            engine: the engine that will read it.
            relations: those by which the question looks at other people's rows.
        """
        if not relations or engine.dialect.name != "duckdb" or len(self.files) < 2:
            return ()
        files = self.by_file()
        extents = [_extent(engine, file, id_columns(relations)) for file in files]
        return files if apart(extents, relations) else ()

    def by_file(self) -> list[Source]:
        """The same population, one source per file."""
        return [replace(self, table=read_files((file,)), files=(file,)) for file in self.files]


def _extent(engine: Engine, source: Source, columns: Sequence[str]) -> Extent:
    """Smallest and largest id of a source in some columns."""
    known = [name for name in columns if name in source.columns]
    ids = [f"NULLIF({source.columns[name]}, {NOBODY})" for name in known]
    spans = ", ".join(f"min({x}), max({x})" for x in ids) or "1"
    row = list(engine.query(f"SELECT {spans} FROM {source.table}").to_pylist()[0].values())
    pairs = zip(row[::2], row[1::2], strict=True) if known else ()
    return {
        name: None if low is None else (low, high) for name, (low, high) in zip(known, pairs, strict=True)
    }


def run(
    engine: Engine,
    selection: Selection,
    source: Source,
    facts: Facts,
    *,
    keep: Sequence[str] = (),
    group_by: Sequence[str] | None = None,
    computed: Mapping[str, Term] | None = None,
    unknowns: bool = True,
) -> pa.Table:
    """Values per person (with the kept columns), or counts and sums per group.

    Grouped truths give two columns: how many are true, and under `NAME?` how many are unknown.

    Args:
        engine: the engine to run on.
        selection: what to compute.
        source: the population.
        facts: the rule book's facts (for the relations between rows).
        keep: key columns to return beside the values.
        group_by: columns to group by; None for one row per person.
        computed: bound terms to group by as well, by column name.
        unknowns: whether groups also count where a truth is unknown (columns `NAME?`).

    Raises:
        EngineError: a column asked for is not in the population.
    """
    for column in (*keep, *(group_by or ())):
        if column not in source.columns:
            known = ", ".join(sorted(source.columns))
            raise EngineError(f"the population has no column {column}; it has {known}")
    parts = source.parts(engine, gathers(selection, source, facts))
    if parts:
        return _part_by_part(engine, selection, parts, facts, keep, group_by, computed, unknowns)
    layout = Layout(source.table, source.columns, facts.relations)
    if group_by is None:
        return engine.query(rows_query(selection.outputs, keep, layout, engine.dialect))
    return engine.query(groups_query(selection.outputs, group_by, layout, engine.dialect, computed, unknowns))


def gathers(selection: Selection, source: Source, facts: Facts) -> list[Relation]:
    """Relations by which a selection looks at other people's rows."""
    nodes = walk(selection.outputs.values())
    linked = {t.data[1] for t in nodes if t.kind == "link"}
    windowed = any(t.kind == "fact" and t.data in source.windowed for t in nodes)
    return [r for r in facts.relations.values() if r.name in linked or (windowed and r.shared)]


def _part_by_part(
    engine: Engine,
    selection: Selection,
    sources: Iterable[Source],
    facts: Facts,
    keep: Sequence[str],
    group_by: Sequence[str] | None,
    computed: Mapping[str, Term] | None,
    unknowns: bool,
) -> pa.Table:
    """One source after the other, their rows put together or their groups added up."""
    options = {"keep": keep, "group_by": group_by, "computed": computed, "unknowns": unknowns}
    parts = [run(engine, selection, part, facts, **options) for part in sources]  # type: ignore[arg-type]
    whole = pa.concat_tables(parts)
    if group_by is None:
        return whole
    keys = [*group_by, *(computed or ())]
    sums = [(name, "sum") for name in whole.column_names if name not in keys]
    added = whole.group_by(keys).aggregate(sums)
    return added.rename_columns([name.removesuffix("_sum") for name in added.column_names]).select(
        whole.column_names
    )


@dataclass
class DuckDB:
    """The embedded engine.

    Args:
        memory: memory limit, for example 500MB.
        threads: worker threads (None: all cores).
    """

    memory: str | None = None
    threads: int | None = None
    dialect: Dialect = field(default=DUCKDB, init=False)

    def __post_init__(self) -> None:
        """Open a database in memory."""
        self.connection = duckdb.connect()
        self.connection.execute("SET preserve_insertion_order = false")
        self.connection.execute("SET enable_progress_bar = false")
        if self.memory:
            self.connection.execute(f"SET memory_limit = '{self.memory}'")
        if self.threads:
            self.connection.execute(f"SET threads = {int(self.threads)}")

    def query(self, sql: str) -> pa.Table:
        """Result of one SELECT.

        Raises:
            EngineError: a file cannot be read, or a column has not the type of its fact.
        """
        try:
            return self.connection.sql(sql).to_arrow_table()
        except duckdb.Error as error:
            told = str(error).partition("\n")[0]
            raise EngineError(
                f"the population cannot be read: {told}. Facts are dates, whole numbers, yes/no or codes; "
                "renben rules show NAME lists those a rule reads."
            ) from error

    def columns(self, table: str) -> dict[str, str]:
        """Column names and types of a source."""
        rows = self.connection.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()
        return {str(row[0]): str(row[1]) for row in rows}

    def put(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table readable under a name for this session."""
        self.connection.register(name, table)

    def write(self, sql: str, path: Path) -> int:
        """Write one SELECT's rows as a Parquet file, whole or not at all (rows)."""
        part = path.with_suffix(".part")
        copy = f"COPY ({sql}) TO {_quoted(str(part))} (FORMAT parquet, COMPRESSION zstd)"
        found = self.connection.execute(copy).fetchone()
        part.replace(path)
        return int(found[0]) if found else 0


def read_files(files: Sequence[str]) -> str:
    """DuckDB's table function over Parquet files."""
    return f"read_parquet([{', '.join(_quoted(file) for file in files)}])"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def parquet(engine: Engine, folder: Path, facts: Facts | None, *, never: Sequence[str] = ()) -> Source:
    """A folder of Parquet files (or one file) as a population.

    Args:
        engine: the engine that will read it.
        folder: the folder or file.
        facts: the rule book's facts; None leaves the columns to the caller.
        never: date columns whose empty cells mean "known not to have happened".

    Raises:
        EngineError: no Parquet file is there, or none of its columns is a fact.
    """
    files = tuple(sorted(str(p) for p in ([folder] if folder.is_file() else folder.rglob("*.parquet"))))
    if not files:
        raise EngineError(f"{folder}: no Parquet file found; give a folder with one file per county")
    table = f"parquet.`{folder}`" if engine.dialect.name == "spark" else read_files(files)
    return table_source(engine, table, facts, never=never, files=files)


def table_source(
    engine: Engine, table: str, facts: Facts | None, *, never: Sequence[str] = (), files: tuple[str, ...] = ()
) -> Source:
    """A table as a population: columns named like facts are facts, the others may be keys.

    Raises:
        EngineError: none of its columns is a fact.
    """
    found = engine.columns(table)
    columns = {name: engine.dialect.column(name) for name in found}
    for name in never:
        if name in columns:
            columns[name] = f"COALESCE({columns[name]}, DATE '9999-12-31')"
    if facts is not None and not any(fact.name in columns for fact in facts):
        raise EngineError(f"{table}: none of its columns is a fact of the rule book: {', '.join(found)}")
    return Source(table, columns, files)
