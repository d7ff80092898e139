"""The other engines beside DuckDB: the same decisions over the same people, equal in every county, warm, wall clock."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from benchmarks.harness import Row, wall_seconds
from benchmarks.rules_people import DECISIONS, ON
from renben.engines.rules import LoadedBook
from renben.engines.rules.engine import DuckDB, Engine, EngineError, Source, parquet, run, table_source
from renben.engines.rules.postgresql import PostgreSQL
from renben.engines.rules.select import decisions
from renben.engines.rules.spark import Spark

ADDRESS = os.environ.get("RENBEN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
TABLE = "renben_bench_people"


def engine_rows(people: Path, book: LoadedBook) -> list[Row]:
    """One line per engine that is here, over one file of the people."""
    file = sorted(people.glob("*.parquet"))[0]
    duck = DuckDB()
    base = _asked(duck, parquet(duck, file, book.book.facts), book)
    answers, seconds = base(), wall_seconds(base)
    count = pq.read_metadata(file).num_rows
    return [_row(name, count, ask, answers, seconds) for name, ask in _others(file, book)]


def _asked(engine: Engine, source: Source, book: LoadedBook) -> Callable[[], pl.DataFrame]:
    selection = decisions(book, ON, DECISIONS)

    def ask() -> pl.DataFrame:
        table = run(engine, selection, source, book.book.facts, group_by=("county",))
        return pl.DataFrame(pl.from_arrow(table)).sort("county")

    return ask


def _others(file: Path, book: LoadedBook) -> Iterator[tuple[str, Callable[[], pl.DataFrame]]]:
    facts = book.book.facts
    try:
        spark = Spark("local[2]")
        yield "Spark, local[2]", _asked(spark, parquet(spark, file, facts), book)
        spark.session.stop()
    except EngineError as error:
        print(f"Spark is not measured: {error}")
    try:
        database = PostgreSQL(ADDRESS)
    except EngineError as error:
        print(f"PostgreSQL is not measured: {error}")
        return
    database.put(TABLE, pq.read_table(file))
    yield "PostgreSQL, one session", _asked(database, table_source(database, TABLE, facts), book)


def _row(
    name: str, count: int, ask: Callable[[], pl.DataFrame], answers: pl.DataFrame, seconds: float
) -> Row:
    found = ask()
    if not found.select(answers.columns).cast(dict(answers.schema)).equals(answers):
        raise ValueError(f"{name} and DuckDB differ")
    theirs = wall_seconds(ask)
    return Row(
        f"{name}: {count:,} people x {len(DECISIONS)} decisions and 4 amounts, equal in every county (wall, warm)",
        f"{theirs:.2f} s",
        f"DuckDB {seconds:.2f} s",
        f"{theirs / seconds:.1f}x",
    )
