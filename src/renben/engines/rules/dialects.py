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

    def add_months(self, day: str, months: str) -> str:
        """Calendar month shift that saturates at "never" and keeps unknown unknown."""
        moved = self.months.format(day=day, n=months)
        return (
            f"CASE WHEN {day} >= {SATURATE} AND {months} IS NOT NULL THEN {NEVER} "
            f"WHEN {moved} >= {SATURATE} THEN {NEVER} ELSE {moved} END"
        )

    def add_days(self, day: str, days: str) -> str:
        """Day shift that saturates at "never" and keeps unknown unknown."""
        moved = self.days.format(day=day, n=days)
        return (
            f"CASE WHEN {day} >= {SATURATE} AND {days} IS NOT NULL THEN {NEVER} "
            f"WHEN {moved} > {NEVER} THEN {NEVER} ELSE {moved} END"
        )


DUCKDB = Dialect(
    name="duckdb",
    months="CAST({day} + to_months(CAST({n} AS INTEGER)) AS DATE)",
    days="({day} + CAST({n} AS INTEGER))",
    between="CAST(({last} - {first}) AS BIGINT)",
    divide="({a} // NULLIF({b}, 0))",
)
POSTGRESQL = Dialect(
    name="postgresql",
    months="CAST({day} + make_interval(months => CAST({n} AS INTEGER)) AS DATE)",
    days="({day} + CAST({n} AS INTEGER))",
    between="CAST(({last} - {first}) AS BIGINT)",
    divide="({a} / NULLIF({b}, 0))",
)
SPARK = Dialect(
    name="spark",
    months="add_months({day}, CAST({n} AS INT))",
    days="date_add({day}, CAST({n} AS INT))",
    between="CAST(datediff({last}, {first}) AS BIGINT)",
    divide="({a} div NULLIF({b}, 0))",
    quote="`",
)
DIALECTS = {dialect.name: dialect for dialect in (DUCKDB, POSTGRESQL, SPARK)}
