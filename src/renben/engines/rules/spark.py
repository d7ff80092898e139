"""Spark as an engine: for populations that already live in Spark.

The virtual machine refuses by default to compile generated methods above 8,000 bytecodes, which these queries
exceed; without the flag set here they run seven times slower.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from renben.engines.rules.dialects import SPARK, Dialect
from renben.engines.rules.engine import EngineError

JVM_FLAG = "-XX:-DontCompileHugeMethods"


@dataclass
class Spark:
    """A Spark session, by default on all local cores.

    Args:
        master: address of the cluster, or local[N].
        memory: memory of the driver.

    Raises:
        EngineError: pyspark is not installed, or no session comes up (Java missing).
    """

    master: str = "local[*]"
    memory: str = "2g"
    dialect: Dialect = field(default=SPARK, init=False)

    def __post_init__(self) -> None:
        """Open a session with the flag, in UTC, with ANSI errors on overflow."""
        try:
            sql: Any = importlib.import_module("pyspark.sql")
        except ImportError:
            raise EngineError("Spark needs an extra and Java 17: pip install 'renben[spark]'") from None
        builder = sql.SparkSession.builder.master(self.master).appName("renben")
        for key, value in self._settings().items():
            builder = builder.config(key, value)
        try:
            self.session = builder.getOrCreate()
        except Exception as error:  # noqa: BLE001 - pyspark raises bare exceptions where Java is missing
            raise EngineError(f"no Spark session on {self.master}: {error}. Is Java 17 installed?") from None
        self.session.sparkContext.setLogLevel("ERROR")

    def _settings(self) -> dict[str, str]:
        return {
            "spark.driver.extraJavaOptions": JVM_FLAG,
            "spark.executor.extraJavaOptions": JVM_FLAG,
            "spark.driver.memory": self.memory,
            "spark.ui.enabled": "false",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.ansi.enabled": "true",
            "spark.sql.shuffle.partitions": "8",
            "spark.sql.codegen.hugeMethodLimit": "65535",
            "spark.sql.codegen.maxFields": "2000",
            "spark.sql.debug.maxToStringFields": "50",
        }

    def query(self, sql: str) -> pa.Table:
        """Result of one SELECT."""
        return self.session.sql(sql).toArrow()

    def put(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table readable under a name for this session."""
        self.session.createDataFrame(table).createOrReplaceTempView(name)

    def columns(self, table: str) -> dict[str, str]:
        """Column names and types of a source."""
        return {
            f.name: f.dataType.simpleString()
            for f in self.session.sql(f"SELECT * FROM {table} LIMIT 0").schema
        }
