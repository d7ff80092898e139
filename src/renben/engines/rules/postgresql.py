"""PostgreSQL as an engine: for populations that live in the register's own database.

Its just-in-time compiler makes these queries several times slower, so it is switched off for the session.
"""

from __future__ import annotations

import importlib
import io
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from pyarrow import csv

from renben.engines.rules.dialects import POSTGRESQL, Dialect
from renben.engines.rules.engine import EngineError

TYPES = {
    16: pa.bool_(),
    20: pa.int64(),
    21: pa.int16(),
    23: pa.int32(),
    25: pa.string(),
    1043: pa.string(),
    1082: pa.date32(),
}
BATCH = 50_000
NAMES = {
    pa.bool_(): "boolean",
    pa.string(): "text",
    pa.large_string(): "text",
    pa.int8(): "smallint",
    pa.date32(): "date",
    pa.int16(): "smallint",
    pa.int32(): "integer",
    pa.int64(): "bigint",
}


def _type_name(type_: pa.DataType) -> str:
    if type_ not in NAMES:
        raise EngineError(
            f"a column of type {type_} cannot be copied to PostgreSQL; cast it to text, number or date"
        )
    return NAMES[type_]


@dataclass
class PostgreSQL:
    """A PostgreSQL database.

    Args:
        address: postgresql://USER@HOST:PORT/DATABASE.

    Raises:
        EngineError: psycopg is not installed, or the server does not answer.
    """

    address: str
    dialect: Dialect = field(default=POSTGRESQL, init=False)

    def __post_init__(self) -> None:
        """Open a session without just-in-time compilation."""
        try:
            self._driver: Any = importlib.import_module("psycopg")
        except ImportError:
            raise EngineError("PostgreSQL needs an extra: pip install 'renben[postgresql]'") from None
        try:
            self.connection = self._driver.connect(self.address, autocommit=True)
        except self._driver.OperationalError as error:
            raise EngineError(f"{self.address}: {error}") from None
        self.connection.execute("SET jit = off")

    def query(self, sql: str) -> pa.Table:
        """Result of one SELECT."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            columns = cursor.description or ()
            schema = pa.schema([pa.field(c.name, TYPES.get(c.type_code, pa.string())) for c in columns])
            batches = []
            while rows := cursor.fetchmany(BATCH):
                arrays = [
                    pa.array(values, field.type)
                    for values, field in zip(zip(*rows, strict=True), schema, strict=True)
                ]
                batches.append(pa.record_batch(arrays, schema=schema))
        return pa.Table.from_batches(batches, schema=schema)

    def put(self, name: str, table: pa.Table) -> None:
        """Copy an Arrow table into a temporary table of this session."""
        columns = ", ".join(f'"{f.name}" {_type_name(f.type)}' for f in table.schema)
        with self.connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
            cursor.execute(f"CREATE TEMP TABLE {name} ({columns})")
            with cursor.copy(f"COPY {name} FROM STDIN (FORMAT csv)") as copy:
                for batch in table.to_batches(max_chunksize=BATCH):
                    sink = io.BytesIO()
                    csv.write_csv(batch, sink, csv.WriteOptions(include_header=False))
                    copy.write(sink.getvalue())
            cursor.execute(f"ANALYZE {name}")

    def columns(self, table: str) -> dict[str, str]:
        """Column names and types of a source."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} LIMIT 0")
            return {c.name: str(c.type_code) for c in cursor.description or ()}
