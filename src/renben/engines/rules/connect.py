"""Which engine: duckdb (embedded), spark, or a PostgreSQL address."""

from __future__ import annotations

from renben.engines.rules.engine import DuckDB, Engine, EngineError
from renben.engines.rules.postgresql import PostgreSQL
from renben.engines.rules.spark import Spark


def connect(name: str) -> Engine:
    """The engine of a name.

    Raises:
        EngineError: the name is unknown, or the optional extra behind it is not installed.
    """
    if name == "duckdb":
        return DuckDB()
    if name == "spark":
        return Spark()
    if name.startswith(("postgresql://", "postgres://")):
        return PostgreSQL(name)
    raise EngineError(f"--engine {name}: choose duckdb, spark or postgresql://USER@HOST/DATABASE")
