"""The few places where SQL engines differ: month and day shifts, integer division, casts."""

from __future__ import annotations

from dataclasses import dataclass

from renben.engines.rules import kernel
from renben.engines.rules.types import BOOL, DATE, Type

SATURATE = "DATE '9999-01-01'"
NEVER = "DATE '9999-12-31'"


@dataclass(frozen=True)
class Dialect:
    """How one engine writes what the standard leaves open (templates over SQL text)."""

    name: str
    months: str
    days: str
    between: str
    divide: str
    quote: str = '"'
    stored: str = ""
    """Keyword that has a subquery of few columns computed once."""

    def column(self, name: str) -> str:
        """A quoted column name."""
        return f"{self.quote}{name}{self.quote}"

    def type_name(self, type_: Type) -> str:
        """The engine's name of a type."""
        return {BOOL: "BOOLEAN", DATE: "DATE"}.get(type_, "BIGINT")

    def literal(self, value: bool | int | None, type_: Type) -> str:
        """A constant as SQL text."""
        if value is None:
            return f"CAST(NULL AS {self.type_name(type_)})"
        if type_ == DATE:
            return f"DATE '{kernel.to_date(value)}'"
        if type_ == BOOL:
            return "TRUE" if value else "FALSE"
        return (
            f"CAST({value} AS BIGINT)"
            if abs(value) > 2**31 - 1
            else f"({value})"
            if value < 0
            else str(value)
        )

    def saturated(self, day: str, moved: str) -> str:
        """A shifted day that stays "never" where it was, or would pass the year 9998; unknown stays unknown."""
        never = f"({day} >= {SATURATE} AND {moved} IS NOT NULL) OR {moved} >= {SATURATE}"
        return f"CASE WHEN {never} THEN {NEVER} ELSE {moved} END"


DUCKDB = Dialect(
    name="duckdb",
    months="CAST({day} + to_months(CAST({n} AS INTEGER)) AS DATE)",
    days="({day} + CAST({n} AS INTEGER))",
    between="CAST(({last} - {first}) AS BIGINT)",
    divide="({a} // {b})",
    stored="MATERIALIZED ",
)
POSTGRESQL = Dialect(
    name="postgresql",
    months="CAST({day} + make_interval(months => CAST({n} AS INTEGER)) AS DATE)",
    days="({day} + CAST({n} AS INTEGER))",
    between="CAST(({last} - {first}) AS BIGINT)",
    divide="({a} / {b})",
    stored="MATERIALIZED ",
)
SPARK = Dialect(
    name="spark",
    months="add_months({day}, CAST({n} AS INT))",
    days="date_add({day}, CAST({n} AS INT))",
    between="CAST(datediff({last}, {first}) AS BIGINT)",
    divide="({a} div {b})",
    quote="`",
)
DIALECTS = {dialect.name: dialect for dialect in (DUCKDB, POSTGRESQL, SPARK)}
