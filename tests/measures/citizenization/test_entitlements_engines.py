"""The whole rule book on DuckDB, PostgreSQL, Spark and one by one: identical answers, row for row.

A hundred thousand adversarial people; RENBEN_ROWS=1000000 asks for the million.
"""

import datetime as dt
import os
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from renben.catalogue import load as load_catalogue
from renben.engines.rules import LoadedBook, from_catalogue, load
from renben.engines.rules.adversarial import adversarial
from renben.engines.rules.compare import one_by_one, unequal
from renben.engines.rules.engine import DuckDB, EngineError, Selection, Source, run, table_source
from renben.engines.rules.postgresql import PostgreSQL
from renben.engines.rules.select import decisions
from renben.engines.rules.spark import Spark
from renben.measures.citizenization.entitlements import BOOK

ON = dt.date(2025, 2, 28)
CI = bool(os.environ.get("CI"))
ROWS = int(os.environ.get("RENBEN_ROWS", 100_000))
SLICE = 100_000
ADDRESS = os.environ.get("RENBEN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")


def absent(reason: str) -> None:
    """Skip where a developer has no such engine; fail in CI, where it must be there."""
    if CI:
        pytest.fail(f"CI must have it: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="module")
def book() -> LoadedBook:
    return load(BOOK, from_catalogue(load_catalogue().laws))


@pytest.fixture(scope="module")
def people(book: LoadedBook) -> pa.Table:
    return adversarial(book, ON, ROWS, seed=2025)


@pytest.fixture(scope="module")
def selection(book: LoadedBook) -> Selection:
    return decisions(book, ON)


def answers(engine, book: LoadedBook, selection: Selection, table: str) -> pa.Table:
    source = table if isinstance(table, Source) else table_source(engine, table, book.book.facts)
    found = run(engine, selection, source, book.book.facts, keep=("person",))
    return found.sort_by("person")


@pytest.fixture(scope="module")
def duckdb_answers(book: LoadedBook, people: pa.Table, selection: Selection) -> pa.Table:
    engine = DuckDB()
    engine.connection.register("people", people)
    return answers(engine, book, selection, "people")


def test_one_by_one_and_duckdb_agree_on_every_row(book, people, selection, duckdb_answers):
    for start in range(0, ROWS, SLICE):
        part = people.slice(start, SLICE)
        if ROWS > SLICE:
            part = adversarial(book, ON, min(SLICE, ROWS - start), seed=start + 1)
            engine = DuckDB()
            engine.connection.register("part", part)
            found = answers(engine, book, selection, "part")
        else:
            found = duckdb_answers
        assert unequal(one_by_one(book, ON, part), found) == {}


def test_postgresql_and_duckdb_agree_on_every_row(book, people, selection, duckdb_answers):
    try:
        engine = PostgreSQL(ADDRESS)
    except EngineError as error:
        absent(str(error))
    engine.put("renben_people", people)
    found = answers(engine, book, selection, "renben_people")
    assert found.num_rows == ROWS
    assert same(duckdb_answers, found) == []


def test_spark_and_duckdb_agree_on_every_row(book, people, selection, duckdb_answers, tmp_path: Path):
    if shutil.which("java") is None:
        absent("Spark needs Java 17, which is not on the path")
    try:
        engine = Spark(master="local[2]")
    except EngineError as error:
        absent(str(error))
    pq.write_table(people, tmp_path / "people.parquet")
    found = answers(engine, book, selection, f"parquet.`{tmp_path / 'people.parquet'}`")
    assert found.num_rows == ROWS
    assert same(duckdb_answers, found) == []


def same(one: pa.Table, other: pa.Table) -> list[str]:
    """Columns whose values are not identical in every row."""
    return [
        n
        for n in one.column_names
        if not one[n].combine_chunks().equals(other[n].cast(one[n].type).combine_chunks())
    ]
